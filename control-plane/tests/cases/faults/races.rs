//! Requests that meet: repetitions at once, a token that is revoked or renewed while it is in use.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::assert_completed_in_attempt;
use crate::harness::{Answer, Database, Receiver, Server, assert_invariants, on_both_databases, template};

on_both_databases!(
    sixty_four_repetitions_at_once_make_one_job_and_get_one_answer,
    an_upload_that_began_before_its_token_was_revoked_is_accepted_and_the_next_is_not,
    both_secrets_of_a_rotated_token_work_during_the_overlap,
);

const REPETITIONS: usize = 64;

async fn sixty_four_repetitions_at_once_make_one_job_and_get_one_answer(database: Database) {
    let server = Server::start_on(database);
    let receiver = Receiver::answering(&[]).await;
    let body = json!({ "template": template("x", &[]), "webhook": receiver.target() }).to_string();
    let send = || {
        let build = |request: reqwest::RequestBuilder| {
            request
                .header("Idempotency-Key", "order-7")
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone())
        };
        server.send(Method::POST, "/api/v1/videos/from-json", build)
    };
    let answers: Vec<Answer> = join_all((0..REPETITIONS).map(|_| send())).await;
    let ids: BTreeSet<String> = answers.iter().map(Server::accepted).collect();
    assert_eq!(ids.len(), 1);
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key("idempotent-replayed"));
    assert_eq!(replayed.clone().count(), REPETITIONS - 1);
    for answer in replayed {
        assert_eq!(answer.header("idempotent-replayed"), "true");
        assert_eq!(answer.bytes, answers[0].bytes);
        assert_eq!(answer.header("location"), answers[0].header("location"));
    }
    let ids: Vec<String> = ids.into_iter().collect();
    assert_completed_in_attempt(&server, &ids[0], 1).await;
    assert_eq!(server.job_ids().await, ids);
    assert_eq!(server.credits().await, (95, 0));
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

/// Sends the head of a request with a body of this length, and waits until the server asks for the body: by then it
/// has let the caller in.
async fn admitted(server: &Server, length: usize) -> TcpStream {
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/videos/from-json HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n",
        server.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// A token is asked for once, when the request begins: what it was good for then, the request may finish.
async fn an_upload_that_began_before_its_token_was_revoked_is_accepted_and_the_next_is_not(
    database: Database,
) {
    let mut server = Server::start_on(database);
    let body = json!({ "template": template("x", &[]) }).to_string();
    let (first, second) = body.as_bytes().split_at(body.len() / 2);
    let mut stream = admitted(&server, body.len()).await;
    stream.write_all(first).await.unwrap();
    server.cli(&["token", "revoke", server.token.split('.').nth(1).unwrap()]);
    stream.write_all(second).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert_eq!(server.get("/api/v1/credits").await.status, 401);
    assert_eq!(server.post_json(&json!({ "template": template("y", &[]) })).await.status, 401);
    server.token = server.new_token("ada@example.com", "api");
    let ids = server.job_ids().await;
    assert_eq!(ids.len(), 1);
    assert_completed_in_attempt(&server, &ids[0], 1).await;
    assert_invariants(&server, &ids, None).await;
}

async fn both_secrets_of_a_rotated_token_work_during_the_overlap(database: Database) {
    let server = Server::start_on(database);
    let old = server.token.clone();
    let id = old.split('.').nth(1).unwrap();
    let request = json!({ "template": template("x", &[]) });
    let with = |token: String| {
        let (server, body) = (&server, request.to_string());
        async move {
            let build = |request: reqwest::RequestBuilder| {
                request.bearer_auth(token).header(CONTENT_TYPE, "application/json").body(body)
            };
            server.send(Method::POST, "/api/v1/videos/from-json", build).await
        }
    };
    let renewed = server.cli(&["token", "rotate", id, "--overlap-hours", "1"]);
    let mut ids = Vec::new();
    for token in [&old, &renewed, &old, &renewed] {
        ids.push(Server::accepted(&with(token.clone()).await));
    }
    // Without an overlap the secret before is gone at once, and so is the one before that.
    let newest = server.cli(&["token", "rotate", id]);
    for token in [&old, &renewed] {
        assert_eq!(with(token.clone()).await.status, 401);
    }
    ids.push(Server::accepted(&with(newest.clone()).await));
    let mut server = server;
    server.token = newest;
    for id in &ids {
        assert_completed_in_attempt(&server, id, 1).await;
    }
    assert_eq!(server.job_ids().await.len(), ids.len());
    assert_invariants(&server, &ids, None).await;
}
