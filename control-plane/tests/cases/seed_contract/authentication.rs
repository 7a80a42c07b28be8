//! The section "Authentication" of the public page.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Server, template};

#[tokio::test]
async fn a_token_created_in_settings_api_works_as_a_bearer_of_the_machine_token_format() {
    let server = Server::start();
    let console = server.sign_in().await;
    let made = console.send(Method::POST, "/internal/v1/tokens", &json!({ "name": "backend" })).await;
    assert_eq!(made.status, 201);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!((parts.len(), parts[0]), (3, "avs"), "avs.<tokenId>.<secret>");
    let answer = server.send(Method::GET, "/api/v1/credits", |request| request.bearer_auth(&token)).await;
    assert_eq!(answer.status, 200);
    let header = format!("Bearer {token}");
    let spelt =
        server.send(Method::GET, "/api/v1/credits", |request| request.header("authorization", header)).await;
    assert_eq!(spelt.status, 200);
}

/// Every operation of the document below a path, with its parameters filled in.
fn operations(document: &Value, below: &str) -> Vec<(Method, String)> {
    let paths = document["paths"].as_object().unwrap();
    let mut found = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with(below)) {
        let path = path.replace("{jobId}", "job_0123456789abcdef012345").replace("{file}", "video.mp4");
        for method in ["get", "post", "delete"].iter().filter(|method| item.get(**method).is_some()) {
            found.push((method.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    found
}

#[tokio::test]
async fn public_api_routes_accept_only_public_api_tokens_and_cli_tokens_do_not_work_there() {
    let server = Server::start();
    let document = server.get("/api/v1/openapi.json").await.json();
    let cli = server.new_token("ada@example.com", "cli");
    let walked = operations(&document, "/api/v1/");
    assert!(walked.len() >= 11, "{walked:?}");
    for (method, path) in walked.into_iter().filter(|(_, path)| path != "/api/v1/openapi.json") {
        let answer = server.send(method.clone(), &path, |request| request.bearer_auth(&cli)).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (403, &json!("token_kind_not_allowed")),
            "{method} {path}"
        );
        let answer = server.send(method.clone(), &path, |request| request.bearer_auth("avs.api_x.y")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("unauthorized")), "{method} {path}");
    }
    for (method, path) in operations(&document, "/cli/v1/") {
        let api = server.send(method.clone(), &path, |request| request).await;
        assert_eq!(
            (api.status, &api.json()["code"]),
            (403, &json!("token_kind_not_allowed")),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn token_lifecycle_actions_are_create_list_rotate_and_revoke() {
    let server = Server::start();
    let console = server.sign_in().await;
    let made = console.send(Method::POST, "/internal/v1/tokens", &json!({ "name": "backend" })).await.json();
    let first = made["token"].as_str().unwrap().to_owned();
    let id = first.split('.').nth(1).unwrap().to_owned();
    let works = |token: String| {
        let server = &server;
        async move {
            server.send(Method::GET, "/api/v1/credits", |request| request.bearer_auth(token)).await.status
                == 200
        }
    };
    assert!(works(first.clone()).await);
    let listed = console.send(Method::GET, "/internal/v1/tokens", &Value::Null).await;
    assert!(!String::from_utf8_lossy(&listed.bytes).contains(first.split('.').nth(2).unwrap()), "shown once");
    let tokens = listed.json()["tokens"].as_array().unwrap().clone();
    let token = tokens.iter().find(|token| token["id"] == id.as_str()).unwrap();
    assert_eq!(
        (&token["name"], &token["status"], &token["kind"]),
        (&json!("backend"), &json!("active"), &json!("api"))
    );
    let rotate = format!("/internal/v1/tokens/{id}/rotate");
    let second =
        console.send(Method::POST, &rotate, &json!({})).await.json()["token"].as_str().unwrap().to_owned();
    assert!(works(second.clone()).await && !works(first).await, "no overlap unless asked");
    let third = console.send(Method::POST, &rotate, &json!({ "overlapHours": 1 })).await.json();
    let third = third["token"].as_str().unwrap().to_owned();
    assert!(works(third.clone()).await && works(second.clone()).await, "both during the overlap");
    let revoked = console.send(Method::DELETE, &format!("/internal/v1/tokens/{id}"), &Value::Null).await;
    assert_eq!(revoked.status, 204);
    assert!(!works(third).await && !works(second).await);
}

#[tokio::test]
async fn public_api_routes_are_separate_from_internal_mutation_routes_and_cli_auth_routes() {
    let server = Server::start();
    // A bearer token means nothing to the console, and its cookie nothing to the API.
    let session = server.get("/internal/v1/tokens").await;
    assert_eq!((session.status, &session.json()["code"]), (401, &json!("session_needed")));
    let document = server.get("/api/v1/openapi.json").await.json();
    assert!(document["paths"].as_object().unwrap().keys().all(|path| !path.starts_with("/internal")));
    for path in ["/api/v1/tokens", "/api/v1/session", "/api/v1/whoami", "/api/v1/auth/device"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    assert_eq!(server.ended(&id).await["status"], "completed");
}
