//! Sources that fail: the job fails with the reason and the place of the source in the request, and costs nothing.

use serde_json::{Value, json};
use tokio::net::TcpSocket;

use crate::harness::{Database, Receiver, Server, Sources, assert_invariants, on_both_databases, template};

on_both_databases!(
    a_source_that_cannot_be_had_fails_its_job_with_the_reason_and_the_place_for_nothing,
    a_source_that_fails_once_is_fetched_in_another_attempt,
);

const SOURCE_BYTES_MAX: &str = "1000000";
const MEDIA: &str = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npictures";

fn answer(path: &str, asked_before: usize) -> String {
    let text = match path {
        "/page" => {
            "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 22\r\n\r\n<!doctype html><title>"
        }
        "/endless" => "HTTP/1.1 200 OK\r\n\r\n",
        "/large" => "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        "/short" => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npictures",
        "/empty" => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "/packed" => "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\npictures",
        "/locked" => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        "/private" => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\nContent-Length: 0\r\n\r\n",
        "/metadata" => {
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
        }
        "/loop" => "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
        "/noise" => "SSH-2.0-OpenSSH_9.2\r\n",
        "/hiccup" if asked_before == 0 => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        "/broken" if asked_before == 0 => "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npict",
        "/hiccup" | "/broken" | "/media" => MEDIA,
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    };
    text.to_owned()
}

/// Path, code, and whether a repetition can help.
const FAILURES: [(&str, &str, bool); 12] = [
    ("/missing", "source_not_found", false),
    ("/page", "source_is_a_web_page", false),
    ("/endless", "source_too_large", false),
    ("/large", "source_too_large", false),
    ("/short", "source_incomplete", true),
    ("/empty", "source_empty", false),
    ("/packed", "source_encoding_refused", false),
    ("/locked", "source_forbidden", false),
    ("/private", "source_url_refused", false),
    ("/metadata", "source_url_refused", false),
    ("/loop", "source_too_many_redirects", false),
    ("/noise", "source_not_http", false),
];

fn request(url: &str, receiver: &Receiver) -> Value {
    let mut template = template("x", &["hero.mp4"]);
    template["blocks"][0]["source"] = json!({ "url": url });
    json!({ "template": template, "webhook": receiver.target() })
}

/// Posts a job with a source, and waits for its end.
async fn ended(server: &Server, receiver: &Receiver, url: &str) -> Value {
    let id = Server::accepted(&server.post_json(&request(url, receiver)).await);
    server.ended(&id).await
}

fn id_of(job: &Value) -> String {
    job["jobId"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_failed(job: &Value, url: &str, (code, retryable): (&str, bool)) {
    let error = &job["error"];
    assert_eq!((&error["code"], &error["retryable"]), (&json!(code), &json!(retryable)), "{url}: {job}");
    let pointer = error["errors"][0]["pointer"].as_str().unwrap();
    assert!(pointer.starts_with("/template/blocks/0/source"), "{pointer}");
    assert!(!error.to_string().contains("127.0.0"), "{error} names an address");
}

/// A server that may fetch from these ports of 127.0.0.1.
fn start(database: Database, ports: &[u16], others: &[(&str, &str)]) -> Server {
    let ports = ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let mut settings = vec![("AVS_FETCH_PORTS", ports.as_str()), ("AVS_SOURCE_BYTES_MAX", SOURCE_BYTES_MAX)];
    settings.extend(others);
    Server::start_with(database, &settings)
}

/// A port at which nobody listens, and what keeps others from it.
fn dead_port() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

async fn a_source_that_cannot_be_had_fails_its_job_with_the_reason_and_the_place_for_nothing(
    database: Database,
) {
    let (sources, (_unused, dead)) = (Sources::raw(answer).await, dead_port());
    let (server, receiver) =
        (start(database, &[sources.port, dead, 80], &[]), Receiver::answering(&[]).await);
    let mut ids = Vec::new();
    for (path, code, retryable) in FAILURES {
        let job = ended(&server, &receiver, &sources.url(path)).await;
        assert_failed(&job, path, (code, retryable));
        ids.push(id_of(&job));
    }
    let job = ended(&server, &receiver, &format!("http://127.0.0.1:{dead}/hero.mp4")).await;
    assert_failed(&job, "a dead host", ("source_unreachable", true));
    ids.push(id_of(&job));
    assert_eq!(server.credits().await, (100, 0));
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

async fn a_source_that_fails_once_is_fetched_in_another_attempt(database: Database) {
    let sources = Sources::raw(answer).await;
    let (server, receiver) = (start(database, &[sources.port], &[]), Receiver::answering(&[]).await);
    let mut ids = Vec::new();
    for path in ["/media", "/hiccup", "/broken"] {
        let job = ended(&server, &receiver, &sources.url(path)).await;
        assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(10)), "{job}");
        ids.push(id_of(&job));
    }
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let sources = Sources::raw(answer).await;
    let nothing_private = ("AVS_FETCH_ALLOW_CIDRS", "127.0.0.2/32");
    let server = start(Database::Sqlite, &[sources.port], &[nothing_private]);
    let receiver = Receiver::answering(&[]).await;
    let url = format!("http://localhost:{}/media", sources.port);
    let job = ended(&server, &receiver, &url).await;
    assert_failed(&job, &url, ("source_url_refused", false));
    let refused = server.post_json(&request(&sources.url("/media"), &receiver)).await;
    assert_eq!(refused.status, 422, "an address that is written out needs no look-up");
    assert_eq!(server.credits().await, (100, 0));
    assert_invariants(&server, &[id_of(&job)], Some(&receiver)).await;
}
