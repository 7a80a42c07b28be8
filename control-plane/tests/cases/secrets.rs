//! What must never be readable: in logs, and in the database.

use serde_json::json;

use crate::harness::{Receiver, Server, template};

#[tokio::test]
async fn no_secret_reaches_the_log_or_the_database() {
    let mut server = Server::start();
    let mut receiver = Receiver::answering(&[500]).await;
    let webhook = json!({ "url": receiver.url, "secret": "whsec_unspeakable" });
    let request = json!({ "template": template("crash once", &[]), "webhook": webhook });
    let id = Server::accepted(&server.post_json(&request).await);
    let job = server.ended(&id).await;
    let url = job["result"]["downloadUrl"].as_str().unwrap().to_owned();
    server.get(&url).await;
    receiver.next().await;
    receiver.next().await;
    let secret = server.token.rsplit('.').next().unwrap().to_owned();
    let signature = url.rsplit("sig=").next().unwrap().to_owned();
    assert!(server.stop());
    let log = server.log();
    for text in [secret.as_str(), "whsec_unspeakable", signature.as_str()] {
        assert!(!log.contains(text), "the log holds {text}");
    }
    let database: Vec<u8> = ["avs.db", "avs.db-wal"]
        .iter()
        .flat_map(|file| std::fs::read(server.data_dir().join(file)).unwrap_or_default())
        .collect();
    for text in [secret.as_str(), "whsec_unspeakable"] {
        assert!(
            !database.windows(text.len()).any(|bytes| bytes == text.as_bytes()),
            "the database holds {text}"
        );
    }
    assert!(log.contains(&id), "the log was looked at");
}
