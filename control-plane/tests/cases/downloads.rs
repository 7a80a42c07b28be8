//! Signed download links.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Server, template};

async fn finished(server: &Server) -> (String, String) {
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    let job = server.ended(&id).await;
    (format!("fake video of {id}, attempt 1"), job["result"]["downloadUrl"].as_str().unwrap().to_owned())
}

async fn ranged(server: &Server, url: &str, range: &str) -> Answer {
    server.send(Method::GET, url, |request| request.header("range", range)).await
}

#[tokio::test]
async fn a_link_gives_the_whole_file_or_one_range_of_it() {
    let server = Server::start();
    let (text, url) = finished(&server).await;
    let whole = server.get(&url).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "video/mp4"));
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert!(whole.header("content-disposition").starts_with("attachment"));
    let part = ranged(&server, &url, "bytes=5-9").await;
    assert_eq!((part.status, part.bytes.as_slice()), (206, b"video".as_slice()));
    assert_eq!(part.header("content-range"), format!("bytes 5-9/{}", text.len()));
    let outside = ranged(&server, &url, "bytes=99999-").await;
    assert_eq!(
        (outside.status, outside.header("content-range")),
        (416, format!("bytes */{}", text.len()).as_str())
    );
    let head = server.send(Method::HEAD, &url, |request| request).await;
    assert_eq!(
        (head.status, head.header("content-length"), head.bytes.len()),
        (200, text.len().to_string().as_str(), 0)
    );
}

#[tokio::test]
async fn a_changed_range_condition_gives_the_whole_file() {
    let server = Server::start();
    let (text, url) = finished(&server).await;
    let build =
        |request: reqwest::RequestBuilder| request.header("range", "bytes=0-1").header("if-range", "\"old\"");
    let answer = server.send(Method::GET, &url, build).await;
    assert_eq!((answer.status, answer.bytes), (200, text.into_bytes()));
}

#[tokio::test]
async fn a_link_that_was_tampered_with_opens_nothing() {
    let server = Server::start();
    let (_, url) = finished(&server).await;
    let other_job = url.replace("/d/job_", "/d/job_x");
    let longer = url.replace("exp=1", "exp=2");
    let unsigned = url.split("&sig=").next().unwrap().to_owned();
    for link in [other_job, longer, unsigned, url.split('?').next().unwrap().to_owned()] {
        let answer = server.get(&link).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("link_refused")), "{link}");
    }
}

#[tokio::test]
async fn a_link_still_works_after_a_restart() {
    let mut server = Server::start();
    let (text, url) = finished(&server).await;
    assert!(server.stop());
    server.start_again();
    let path = &url[url.find("/d/").unwrap()..];
    assert_eq!(server.get(path).await.bytes, text.into_bytes());
}
