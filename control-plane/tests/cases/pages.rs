//! The console's pages as a browser without scripts has them: what they show, what their forms do, and what they refuse.

use serde_json::{Value, json};

use crate::harness::{Answer, Console, Server, template};

const PAGES: [&str; 5] = ["/jobs", "/credits", "/settings/api", "/settings/cli", "/playground"];
const OPERATOR_PAGES: [&str; 2] = ["/operator/fleet", "/operator/accounts"];

fn html(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.clone()).unwrap()
}

/// What stands in the first element with this id.
#[track_caller]
fn text_of(answer: &Answer, id: &str) -> String {
    let page = html(answer);
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}"));
    let (_, text) = rest.split_once('>').unwrap();
    text.split('<').next().unwrap().to_owned()
}

async fn tokens(console: &Console<'_>) -> Vec<Value> {
    let answer = console.send(reqwest::Method::GET, "/internal/v1/tokens", &Value::Null).await;
    answer.json()["tokens"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_page_keeps_to_itself_and_is_shown_to_nobody_who_has_not_signed_in() {
    let server = Server::start();
    let console = server.sign_in().await;
    for path in PAGES {
        let page = console.page(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!((page.header("cache-control"), page.header("x-frame-options")), ("no-store", "DENY"));
        assert!(!html(&page).contains(" style=") && !html(&page).contains(" onclick="), "{path}");
        let stranger = server.send(reqwest::Method::GET, path, |request| request).await;
        assert!(html(&stranger).contains("name=\"password\""), "{path}: a stranger is asked to sign in");
        assert!(!html(&stranger).contains("ada@example.com"), "{path}");
    }
}

#[tokio::test]
async fn operator_pages_do_not_exist_for_normal_accounts() {
    let server = Server::start();
    let console = server.sign_in().await;
    for path in OPERATOR_PAGES {
        assert_eq!(console.page(path).await.status, 404, "{path}");
    }
    let session = console.send(reqwest::Method::GET, "/internal/v1/session", &Value::Null).await.json();
    let path = format!("/operator/accounts/{}/grant", session["accountId"].as_str().unwrap());
    assert_eq!(console.form(&path, &[("credits", "9"), ("once", "a")]).await.status, 404);
    assert_eq!(server.credits().await, (100, 0));
    assert_eq!(console.form("/operator/accounts", &[("email", "eve@example.com")]).await.status, 404);
    assert!(!server.cli(&["account", "list"]).contains("eve@example.com"));
    server.cli_with_input(&["account", "password", "ada@example.com", "--operator"], "correct horse battery");
    let console = server.sign_in().await;
    for path in OPERATOR_PAGES {
        assert_eq!(console.page(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_grant_that_is_sent_twice_is_given_once() {
    let server = Server::start();
    server.cli_with_input(&["account", "password", "ada@example.com", "--operator"], "correct horse battery");
    let console = server.sign_in().await;
    let before: i64 = text_of(&console.page("/credits").await, "balance").parse().unwrap();
    let page = html(&console.page("/operator/accounts").await);
    let id = page.split("data-account=\"").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/operator/accounts/{id}/grant");
    for _ in 0..2 {
        assert_eq!(console.form(&path, &[("credits", "40"), ("once", "n1")]).await.status, 200);
    }
    for nonsense in ["0", "-5", "1e3", "99999999999", ""] {
        assert_eq!(
            console.form(&path, &[("credits", nonsense), ("once", "n2")]).await.status,
            422,
            "{nonsense}"
        );
    }
    let after: i64 = text_of(&console.page("/credits").await, "balance").parse().unwrap();
    assert_eq!(after - before, 40);
}

#[tokio::test]
async fn a_token_is_made_once_shown_once_and_works_until_it_is_revoked() {
    let server = Server::start();
    let console = server.sign_in().await;
    let form = [("name", "Back end"), ("expires", "30"), ("once", "f1")];
    let made = console.form("/settings/api", &form).await;
    assert_eq!(made.status, 201, "{}", html(&made));
    let secret = text_of(&made, "secret");
    assert_eq!(console.form("/settings/api", &form).await.status, 409, "the same form again");
    assert_eq!(tokens(&console).await.iter().filter(|token| token["name"] == "Back end").count(), 1);
    assert!(!html(&console.page("/settings/api").await).contains(&secret));
    let with = async |secret: &str| {
        server
            .send(reqwest::Method::GET, "/api/v1/credits", |request| request.bearer_auth(secret))
            .await
            .status
    };
    assert_eq!(with(&secret).await, 200);
    let id = secret.split('.').nth(1).unwrap();
    let path = format!("/settings/api/{id}/rotate");
    let renewed = text_of(&console.form(&path, &[("overlap", "0"), ("once", "f2")]).await, "secret");
    assert_eq!((with(&secret).await, with(&renewed).await), (401, 200));
    let page = console.form(&format!("/settings/api/{id}/revoke"), &[]).await;
    assert!(html(&page).contains("badge revoked"), "a revoked token stays in the list");
    assert_eq!(with(&renewed).await, 401);
}

#[tokio::test]
async fn a_form_without_its_sessions_csrf_token_changes_nothing() {
    let server = Server::start();
    let console = server.sign_in().await;
    let before = tokens(&console).await.len();
    for csrf in ["", "forged"] {
        let form = [("csrf", csrf), ("name", "x"), ("once", "a")];
        assert_eq!(console.form_as_is("/settings/api", &form).await.status, 403);
    }
    assert_eq!(tokens(&console).await.len(), before);
}

#[tokio::test]
async fn what_users_write_is_shown_as_text_everywhere() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let server = Server::start();
    let console = server.sign_in().await;
    let form = [("name", HOSTILE), ("expires", ""), ("once", "a")];
    let made = console.form("/settings/api", &form).await;
    assert_eq!(made.status, 201);
    let mut sent = template("fine", &[]);
    sent["blocks"][0]["text"] = HOSTILE.into();
    let request = json!({ "template": sent, "metadata": { HOSTILE: HOSTILE } });
    let id = Server::accepted(&server.post_json(&request).await);
    server.ended(&id).await;
    for path in [format!("/jobs/{id}"), "/settings/api".to_owned(), "/jobs".to_owned()] {
        let page = html(&console.page(&path).await);
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}: {page}");
    }
    assert!(html(&console.page(&format!("/jobs/{id}")).await).contains("&#60;script&#62;alert"));
    let unknown = console.page("/login?next=%22%3E%3Cscript%3E").await;
    assert!(!html(&unknown).contains("\"><script>"));
}

#[tokio::test]
async fn a_job_of_another_account_is_not_there() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("fine", &[]) })).await);
    server.ended(&id).await;
    let console = server.sign_in().await;
    assert_eq!(console.page(&format!("/jobs/{id}")).await.status, 200);
    server.cli(&["account", "create", "eve@example.com"]);
    let eve = server.sign_in_as("eve@example.com").await;
    let page = eve.page(&format!("/jobs/{id}")).await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(eve.form(&format!("/jobs/{id}/cancel"), &[]).await.status, 404);
    assert_eq!(eve.page(&format!("/internal/v1/jobs/{id}/events")).await.status, 404);
}

#[tokio::test]
async fn an_ended_session_leads_to_the_sign_in_and_back() {
    let server = Server::start();
    let console = server.sign_in().await;
    server.cli_with_input(&["account", "password", "ada@example.com"], "another long password");
    let page = html(&console.page("/jobs?status=failed").await);
    assert!(page.contains("name=\"next\" value=\"/jobs?status=failed\""), "{page}");
    let form = console.form("/settings/api", &[("name", "late"), ("once", "a")]).await;
    assert!(html(&form).contains("name=\"password\""));
}

#[tokio::test]
async fn the_first_run_makes_one_operator_with_the_printed_link_only() {
    let server = Server::start();
    for key in ["", "guessed"] {
        let path = format!("/setup?key={key}");
        assert_eq!(server.send(reqwest::Method::GET, &path, |request| request).await.status, 404);
    }
    let setup_url = server.setup_url.clone().unwrap();
    let key = setup_url.split_once("key=").unwrap().1;
    let set_up = async |email: &str, password: &str| {
        let pairs = [("key", key), ("email", email), ("password", password)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        server.send(reqwest::Method::POST, "/setup", |request| request.body(body)).await.status
    };
    assert_eq!(set_up("grace@example.com", "too short").await, 422);
    assert_eq!(set_up("no address", "correct horse battery").await, 422);
    assert!(!server.cli(&["account", "list"]).contains("operator"));
    set_up("grace@example.com", "correct horse battery").await;
    let accounts = server.cli(&["account", "list"]);
    assert_eq!(accounts.matches("operator").count(), 1, "{accounts}");
    assert_eq!(set_up("eve@example.com", "correct horse battery").await, 404);
    assert_eq!(server.send(reqwest::Method::GET, &setup_url, |request| request).await.status, 404);
    assert_eq!(server.cli(&["account", "list"]), accounts);
}
