//! In and out of the console: the first run, wrong passwords, sessions that end, and pages of operators.

use avs_tests::Server;
use serde_json::json;

use crate::browser::Browser;
use crate::{PASSWORD, ada_at_the_console};

#[tokio::test]
async fn the_link_of_the_first_run_makes_the_operator_once() {
    let server = Server::without_accounts();
    let Some(browser) = Browser::open().await else { return };
    let setup_url = server.setup_url.clone().expect("serve prints the link");

    browser.go(&setup_url).await;
    browser.fill("[name=email]", "grace@example.com").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.press("Create account").await;
    browser.see_path("/jobs").await;
    browser.see("header", "grace@example.com").await;
    browser.see("nav[aria-label=Console]", "Operator").await;

    browser.go(&setup_url).await;
    browser.see("h1", "Not Found").await;
    assert!(browser.has_no("form[action='/setup']").await);
}

#[tokio::test]
async fn a_wrong_key_makes_no_operator() {
    let server = Server::without_accounts();
    let Some(browser) = Browser::open().await else { return };
    browser.go(&format!("{}/setup?key=wrong", server.url)).await;
    browser.see("h1", "Not Found").await;
    assert_eq!(browser.status_of("/setup").await, 404);
    assert!(browser.has_no("[name=password]").await);
}

#[tokio::test]
async fn a_person_signs_in_and_out_and_not_with_a_wrong_password() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    assert_eq!(browser.script("return document.cookie").await, "", "no script can read the session");
    browser.press("Sign out").await;
    browser.see_path("/login").await;

    browser.go(&format!("{}/credits", server.url)).await;
    browser.see_path("/login").await;
    browser.fill("[name=email]", "ada@example.com").await;
    browser.fill("[name=password]", "wrong horse battery staple").await;
    browser.press("Sign in").await;
    browser.see("[role=alert]", "password").await;
    assert_eq!(browser.status_of("/internal/v1/session").await, 401);

    browser.fill("[name=password]", PASSWORD).await;
    browser.press("Sign in").await;
    browser.see_path("/credits").await;
}

#[tokio::test]
async fn a_session_that_ends_in_a_form_leads_back_to_the_form() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    browser.go(&format!("{}/settings/api", server.url)).await;
    browser.fill("#create-token [name=name]", "half done").await;
    browser.lose_session().await;
    browser.press("Create token").await;
    browser.see_path("/login").await;

    browser.fill("[name=email]", "ada@example.com").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.press("Sign in").await;
    browser.see_path("/settings/api").await;
    assert!(browser.has_no("#secret").await, "nothing was done without a session");
    assert!(!browser.text("main").await.contains("half done"));
}

#[tokio::test]
async fn what_belongs_to_others_is_not_there() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    let token = server.customer("eve@example.com");
    let request = json!({ "template": { "version": "1", "blocks": [
        { "type": "text", "text": "Eve's", "duration": 0.5 } ] } });
    let theirs = server.post_as(&token, &request, &[]);
    let id = theirs["jobId"].as_str().unwrap_or_else(|| panic!("{theirs}"));

    for path in
        ["/operator/fleet", "/operator/accounts", &format!("/operator/jobs/{id}"), &format!("/jobs/{id}")]
    {
        assert_eq!(browser.status_of(path).await, 404, "{path}");
        browser.go(&format!("{}{path}", server.url)).await;
        browser.see("h1", "Not Found").await;
    }
    assert_eq!(browser.status_of(&format!("/internal/v1/jobs/{id}/events")).await, 404);
    browser.go(&format!("{}/jobs", server.url)).await;
    browser.see("main", "No jobs yet").await;
    assert!(!browser.text("header").await.contains("Operator"));
}
