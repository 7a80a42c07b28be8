//! The console's own routes: sessions, CSRF, re-authentication; and command lines that a person approves.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Server, template};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike_and_soon_not_at_all() {
    let server = Server::start();
    server.cli_with_input(&["account", "password", "ada@example.com"], "correct horse battery");
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let answer =
            server.post_to("/internal/v1/session", &json!({ "email": email, "password": "wrong" })).await;
        let mut problem = answer.json();
        problem.as_object_mut().unwrap().retain(|name, _| name != "requestId" && name != "instance");
        answers.push((answer.status, problem));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0].0, &answers[0].1["code"]), (401, &json!("sign_in_refused")));
    for _ in 0..4 {
        server
            .post_to("/internal/v1/session", &json!({ "email": "ada@example.com", "password": "wrong" }))
            .await;
    }
    let form = json!({ "email": "ada@example.com", "password": "correct horse battery" });
    let late = server.post_to("/internal/v1/session", &form).await;
    assert_eq!((late.status, late.header("retry-after")), (429, "60"));
}

#[tokio::test]
async fn a_change_without_the_csrf_token_of_the_session_does_not_happen() {
    let server = Server::start();
    let console = server.sign_in().await;
    for csrf in ["", "forged"] {
        let answer =
            console.send_with(Method::POST, "/internal/v1/tokens", &json!({ "name": "x" }), csrf).await;
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("csrf_refused")));
    }
    assert_eq!(console.send(Method::DELETE, "/internal/v1/session", &Value::Null).await.status, 204);
    assert_eq!(console.send(Method::GET, "/internal/v1/session", &Value::Null).await.status, 401);
}

#[tokio::test]
async fn other_sites_cannot_sign_anybody_in() {
    let server = Server::start();
    let build = |request: reqwest::RequestBuilder| {
        request.header("content-type", "application/json").header("sec-fetch-site", "cross-site").body("{}")
    };
    let answer = server.send(Method::POST, "/internal/v1/session", build).await;
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("csrf_refused")));
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let server = Server::start();
    let console = server.sign_in().await;
    server.cli_with_input(&["account", "password", "ada@example.com"], "another long password");
    assert_eq!(console.send(Method::GET, "/internal/v1/session", &Value::Null).await.status, 401);
}

#[tokio::test]
async fn a_command_line_gets_its_token_once_a_person_has_approved_it() {
    let server = Server::start();
    let begun = server.post_to("/cli/auth/device", &json!({ "clientName": "ada's laptop" })).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let begun = begun.json();
    let device_code = json!({ "deviceCode": begun["deviceCode"] });
    let pending = server.post_to("/cli/auth/token", &device_code).await;
    assert_eq!((pending.status, &pending.json()["code"]), (400, &json!("authorization_pending")));
    // Where the machine pauses between two of these, the second is not hasty.
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let code = server.post_to("/cli/auth/token", &device_code).await.json()["code"].clone();
        if code == "slow_down" {
            break;
        }
        assert!(code == "authorization_pending" && Instant::now() < deadline, "{code}");
    }
    let console = server.sign_in().await;
    let path = format!("/internal/v1/devices/{}", begun["userCode"].as_str().unwrap());
    let shown = console.send(Method::GET, &path, &Value::Null).await.json();
    assert_eq!(shown["clientName"], "ada's laptop");
    assert_eq!(console.send(Method::POST, &path, &json!({ "decision": "approve" })).await.status, 204);
    let token =
        server.post_to("/cli/auth/token", &device_code).await.json()["token"].as_str().unwrap().to_owned();
    let whoami =
        server.send(Method::GET, "/cli/v1/whoami", |request| request.bearer_auth(&token)).await.json();
    assert_eq!(whoami["email"], "ada@example.com");
    assert_eq!(server.post_to("/cli/auth/token", &device_code).await.json()["code"], "expired_token");
    let out = server.send(Method::POST, "/cli/v1/logout", |request| request.bearer_auth(&token)).await;
    assert_eq!(out.status, 204);
    let after = server.send(Method::GET, "/cli/v1/whoami", |request| request.bearer_auth(&token)).await;
    assert_eq!(after.status, 401);
}

#[tokio::test]
async fn a_command_line_that_is_refused_is_told_so() {
    let server = Server::start();
    let begun = server.post_to("/cli/auth/device", &json!({ "clientName": "x" })).await.json();
    let console = server.sign_in().await;
    let path = format!("/internal/v1/devices/{}", begun["userCode"].as_str().unwrap());
    assert_eq!(console.send(Method::POST, &path, &json!({ "decision": "maybe" })).await.status, 422);
    assert_eq!(console.send(Method::POST, &path, &json!({ "decision": "deny" })).await.status, 204);
    let answer = server.post_to("/cli/auth/token", &json!({ "deviceCode": begun["deviceCode"] })).await;
    assert_eq!(answer.json()["code"], "access_denied");
}

#[tokio::test]
async fn the_console_stops_jobs_and_repeats_webhooks_of_its_own_account_only() {
    let server = Server::start();
    let console = server.sign_in().await;
    let id = Server::accepted(&server.post_json(&json!({ "template": template("slow once", &[]) })).await);
    let path = format!("/internal/v1/jobs/{id}/cancel");
    assert_eq!(console.send(Method::POST, &path, &Value::Null).await.status, 204);
    assert_eq!(server.ended(&id).await["status"], "cancelled");
    let foreign = format!("/internal/v1/jobs/{}/cancel", id.replace(&id[10..], "0123456789abcdef"));
    assert_eq!(console.send(Method::POST, &foreign, &Value::Null).await.status, 404);
}
