//! Settings → API: a token's life, as its owner leads it and as the API sees it.

use avs_tests::Server;
use serde_json::Value;

use crate::ada_at_the_console;
use crate::browser::Browser;

/// True when the API takes the token.
fn is_taken(server: &Server, token: &str) -> bool {
    let answer: Value = serde_json::from_slice(&server.curl_as(token, &[], "/api/v1/credits")).unwrap();
    answer["balance"].is_number()
}

async fn create(server: &Server, browser: &Browser, name: &str) -> String {
    browser.go(&format!("{}/settings/api", server.url)).await;
    browser.fill("#create-token [name=name]", name).await;
    browser.press("Create token").await;
    browser.text("#secret").await
}

/// The row of the token of this name.
async fn row_of(browser: &Browser, name: &str) -> String {
    let script = format!(
        "return [...document.querySelectorAll('tr[data-token]')].find(row =>
            row.querySelector('th').textContent.trim() === {name:?})?.dataset.token"
    );
    format!("tr[data-token='{}']", browser.until_script(&script).await.as_str().unwrap())
}

#[tokio::test]
async fn a_token_is_made_copied_rotated_and_revoked() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    let permissions = serde_json::json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.devtools("Browser.grantPermissions", permissions).await;
    let first = create(&server, &browser, "Back end").await;
    assert!(is_taken(&server, &first));
    browser.see("#curl", &first).await;
    browser.press("Copy").await;
    browser.see("[data-copy='#secret']", "Copied").await;
    let copied = browser.script_async("navigator.clipboard.readText().then(arguments[0])").await;
    assert_eq!(copied, first.as_str());

    browser.go(&format!("{}/settings/api", server.url)).await;
    assert!(browser.has_no("#secret").await, "a secret is shown once");
    assert!(!browser.script("return document.documentElement.outerHTML").await.to_string().contains(&first));

    let row = row_of(&browser, "Back end").await;
    browser.click(&format!("{row} details:first-of-type summary")).await;
    browser.click(&format!("{row} details:first-of-type button")).await;
    let second = browser.text("#secret").await;
    assert_ne!(first, second);
    assert!(!is_taken(&server, &first));
    assert!(is_taken(&server, &second));

    browser.click(&format!("{row} details:last-of-type summary")).await;
    browser.click(&format!("{row} details:last-of-type button")).await;
    browser.see(&row, "revoked").await;
    assert!(!is_taken(&server, &second));
    assert!(browser.has_no(&format!("{row} button")).await, "what is revoked stays so");
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_token() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    browser.go(&format!("{}/settings/api", server.url)).await;
    browser.fill("#create-token [name=name]", "Twice").await;
    let twice =
        "const button = document.querySelector('#create-token button'); button.click(); button.click();";
    browser.script(twice).await;
    browser.text("#secret").await;

    // And once more past the script: the same form, by hand.
    browser.back().await;
    browser.see_path("/settings/api").await;
    let again = browser
        .script_async(
            "const form = document.querySelector('#create-token'), done = arguments[0];
            form.elements.name.value = 'Thrice';
            const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
            Promise.all([send(), send()]).then(got => done(got.map(({ status }) => status).sort()));",
        )
        .await;
    assert!(again == serde_json::json!([201, 409]) || again == serde_json::json!([409, 409]), "{again}");
    browser.go(&format!("{}/settings/api", server.url)).await;
    let names = browser
        .script(
            "return [...document.querySelectorAll('tr[data-token] th')].map(name => name.textContent.trim())",
        )
        .await;
    let names: Vec<_> = names.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(names.iter().filter(|name| **name == "Twice").count(), 1, "{names:?}");
    assert!(names.iter().filter(|name| **name == "Thrice").count() <= 1, "{names:?}");
}
