//! The API reference at `/docs/api`: its examples are commands, and they do what they say.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Receiver, Server, template};

/// Each command of the page, by operation.
fn commands_of(page: &str) -> Vec<(String, String)> {
    let plain = |html: &str| html.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'");
    let plain = |html: &str| {
        plain(html).replace("&lt;", "<").replace("&gt;", ">").replace("&#60;", "<").replace("&#62;", ">")
    };
    let plain = |html: &str| plain(html).replace("&amp;", "&").replace("&#38;", "&");
    let pieces = page.split("<pre class=\"curl\"").skip(1).map(|piece| {
        let operation = piece.split("data-operation=\"").nth(1).unwrap().split('"').next().unwrap();
        let text = piece.split_once('>').unwrap().1.split("</pre>").next().unwrap();
        (operation.to_owned(), plain(text))
    });
    pieces.collect()
}

/// Runs a command as a reader would, but for a few seconds at most; returns the status that it was answered with.
fn status_of(command: &str, variables: &[(&str, &str)]) -> u16 {
    let folder = tempfile::tempdir().unwrap();
    let command = command
        .replacen("curl -sS", "curl -sS --max-time 20 -D headers -o body", 1)
        .replace("-o video.mp4", "");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(&command).env_clear().env("PATH", "/usr/bin:/bin").current_dir(folder.path());
    let output = shell.envs(variables.iter().copied()).output().unwrap();
    let headers = std::fs::read_to_string(folder.path().join("headers")).unwrap_or_default();
    let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("{command}\n{}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test]
async fn every_example_of_the_reference_is_answered_as_the_document_says() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let webhook = json!({ "url": receiver.url });
    let request = json!({ "template": template("x", &[]), "webhook": webhook });
    let job = Server::accepted(&server.post_json(&request).await);
    let ended = server.ended(&job).await;
    let open = Server::accepted(&server.post_json(&json!({ "template": template("slow once", &[]) })).await);
    let link = ended["result"]["downloadUrl"].as_str().unwrap().to_owned();
    let [cli_token, ending_token] = [(); 2].map(|()| server.new_token("ada@example.com", "cli"));
    let page = String::from_utf8(server.get("/docs/api").await.bytes).unwrap();
    let commands = commands_of(&page);
    let document: Value = server.get("/api/v1/openapi.json").await.json();
    assert_eq!(commands.len(), page.matches("class=\"method\"").count());
    for (operation, command) in commands {
        let token = match operation.as_str() {
            "whoami" => &cli_token,
            "logOut" => &ending_token,
            _ => &server.token,
        };
        let job = if operation == "cancelJob" { &open } else { &job };
        let variables =
            [("AVS_URL", server.url.as_str()), ("AVS_TOKEN", token), ("JOB", job), ("LINK", &link)];
        let status = status_of(&command, &variables);
        // Nobody has asked for the token of the example.
        let expected = if operation == "pollDeviceSignIn" { 400..=400 } else { 200..=299 };
        assert!(expected.contains(&status), "{operation}: {status}\n{command}");
        assert!(is_documented(&document, &operation, status), "{operation}: {status}");
    }
}

fn is_documented(document: &Value, operation: &str, status: u16) -> bool {
    let items = document["paths"].as_object().unwrap().values().filter_map(Value::as_object);
    let mut found = items.flat_map(|item| item.values()).filter(|it| it["operationId"] == operation);
    found.next().is_some_and(|it| it["responses"].get(status.to_string()).is_some())
}

#[tokio::test]
async fn anybody_may_read_the_reference_and_it_is_small() {
    let server = Server::start();
    let answer =
        server.send(reqwest::Method::GET, "/docs/api", |request| request.header("authorization", "x")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(answer.bytes.len() < 150_000, "{}", answer.bytes.len());
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
}
