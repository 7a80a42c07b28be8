//! Strings that would be markup in a careless page: they are shown as they are, and run nowhere.

use serde_json::json;

use crate::ada_at_the_console;
use crate::jobs::id_of;

const MARKUP: &str = "<img src=x onerror=alert(1)>";

/// Set by nothing but markup that was taken for such.
const MARKUP_CAME_TRUE: &str = "return document.querySelector('img[src=x], main script, main svg') !== null";

#[tokio::test]
async fn markup_of_people_is_text_everywhere() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    browser.go(&format!("{}/settings/api", server.url)).await;
    browser.fill("#create-token [name=name]", MARKUP).await;
    browser.press("Create token").await;
    browser.text("#secret").await;
    browser.see("tr[data-token] th", MARKUP).await;
    assert_eq!(browser.script(MARKUP_CAME_TRUE).await, false);

    let file = format!("{MARKUP}.mp4");
    std::fs::write(server.scratch.file(&file), "no video at all").unwrap();
    let script = "</pre><script>alert(1)</script>";
    let request = json!({
        "template": { "version": "1", "name": MARKUP, "blocks": [
            { "type": "video", "duration": 1, "source": { "uploadName": file } },
            { "type": "text", "duration": 1, "text": script } ] },
        "metadata": { "note": MARKUP },
    });
    let id = id_of(&server.post(&request, &[&file]));
    browser.go(&format!("{}/jobs/{id}", server.url)).await;
    browser.see("#status", "failed").await;
    browser.see("pre#template", script).await;
    browser.see("pre#template", &file).await;
    browser.see("pre:not(#template)", MARKUP).await;
    assert_eq!(browser.script(MARKUP_CAME_TRUE).await, false);

    browser.go(&format!("{}/login?next=%22%3E{}", server.url, "%3Cimg%20src=x%3E")).await;
    browser.go(&format!("{}/jobs?status=%22%3E%3Cimg%20src=x%3E", server.url)).await;
    assert_eq!(browser.script(MARKUP_CAME_TRUE).await, false);
    browser.go(&format!("{}/settings/cli?code=%22%3E%3Cimg%20src=x%3E", server.url)).await;
    browser.see("main", "Command line").await;
    assert_eq!(browser.script(MARKUP_CAME_TRUE).await, false);
}
