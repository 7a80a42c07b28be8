//! The playground: a mistake is found and mended, the picture appears, the video is made; an ended session loses nothing.

use crate::{PASSWORD, ada_at_the_console};

const MISTAKEN: &str = r#"{
  "version": "1",
  "blocks": [
    { "type": "text", "text": "<img src=x onerror=alert(1)>", "duration": 1, "opacity": 7 }
  ]
}"#;

#[tokio::test]
async fn a_mistake_is_shown_mended_seen_and_rendered() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    browser.go(&format!("{}/playground", server.url)).await;
    browser.fill("#template", MISTAKEN).await;
    browser.see("#issues", "/blocks/0/opacity").await;
    browser.press("Line 4").await;
    let selected = "const { value, selectionStart, selectionEnd } = document.getElementById('template');
        return value.slice(selectionStart, selectionEnd)";
    assert_eq!(browser.script(selected).await, MISTAKEN.lines().nth(3).unwrap());
    assert_eq!(browser.text("#cost").await, "", "a mistake has no price");

    browser.lose_session().await;
    browser.press("Check").await;
    browser.see("#said", "session has ended").await;
    browser.press("Sign in again").await;
    browser.fill("[name=email]", "ada@example.com").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.press("Sign in").await;
    browser.see_path("/playground").await;
    assert_eq!(browser.script("return document.getElementById('template').value").await, MISTAKEN);

    browser.see("#issues", "/blocks/0/opacity").await;
    assert!(browser.has_no("#still[src]").await, "nothing is drawn of a mistake");
    browser.fill("#template", &MISTAKEN.replace('7', "0.7")).await;
    browser.see("#issues-title", "In order").await;
    browser.see("#cost", "credit").await;
    browser.until_script("return document.getElementById('still').src.startsWith('blob:') && document.getElementById('still').naturalWidth > 0").await;
    assert!(browser.has_no("img[src=x]").await, "what people write is text");

    browser.choose("#quality", "draft").await;
    // Twice at once is one job.
    browser.script("const button = document.getElementById('render'); button.click(); button.click();").await;
    browser.see("#status", "completed").await;
    browser.until_script("return document.getElementById('player').readyState >= 1").await;
    browser.go(&format!("{}/jobs", server.url)).await;
    browser.see_path("/jobs").await;
    assert_eq!(browser.script("return document.querySelectorAll('tbody tr').length").await, 1);
}
