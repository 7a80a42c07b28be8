//! The section "Webhooks" of the public page.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::harness::{Receiver, Server, Upload, template};

/// As the public page tells receivers to compute it.
fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn when_a_job_reaches_a_terminal_state_avs_sends_a_webhook_to_your_endpoint() {
    let server = Server::start();
    for (name, upload, event) in [
        ("x", &b"pictures"[..], "job.completed"),
        ("x", b"not media", "job.failed"),
        ("slow once", b"pictures", "job.cancelled"),
    ] {
        let mut receiver = Receiver::answering(&[]).await;
        let request =
            json!({ "template": template(name, &["hero.mp4"]), "webhook": { "url": receiver.url } });
        let id = Server::accepted(&server.post_files(&request, &[Upload("hero.mp4", upload)]).await);
        if event == "job.cancelled" {
            server.wait_until(&id, 0, |job| job["phase"] == "rendering").await;
            server.post_to(&format!("/api/v1/jobs/{id}/cancel"), &json!({})).await;
        }
        let delivery = receiver.next().await;
        assert_eq!(delivery.header("x-avs-event"), event);
        assert!(receiver.stays_silent().await);
    }
}

#[tokio::test]
async fn headers_are_x_avs_event_x_avs_timestamp_and_x_avs_signature() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let webhook = json!({ "url": receiver.url, "secret": "whsec_seed" });
    Server::accepted(&server.post_json(&json!({ "template": template("x", &[]), "webhook": webhook })).await);
    let delivery = receiver.next().await;
    assert_eq!(delivery.header("x-avs-event"), "job.completed");
    assert!(delivery.header("x-avs-timestamp").parse::<u64>().is_ok());
    assert!(delivery.header("x-avs-signature").starts_with("sha256="));
}

#[tokio::test]
async fn the_signature_is_an_hmac_sha256_of_the_raw_request_body_with_the_secret_of_job_creation() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let webhook = json!({ "url": receiver.url, "secret": "whsec_seed" });
    Server::accepted(&server.post_json(&json!({ "template": template("x", &[]), "webhook": webhook })).await);
    let delivery = receiver.next().await;
    assert_eq!(delivery.header("x-avs-signature"), signature("whsec_seed", &delivery.body));
    assert_ne!(delivery.header("x-avs-signature"), signature("whsec_other", &delivery.body));
}

#[tokio::test]
async fn avs_retries_failed_webhook_deliveries_up_to_3_times_with_backoff() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[500; 9]).await;
    let request = json!({ "template": template("x", &[]), "webhook": { "url": receiver.url } });
    let id = Server::accepted(&server.post_json(&request).await);
    for _ in 0..4 {
        receiver.next().await;
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    let log = loop {
        let log = server.get(&format!("/api/v1/jobs/{id}/webhook/deliveries")).await.json();
        if log["delivery"]["status"] != "pending" {
            break log;
        }
        assert!(Instant::now() < deadline, "{log}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(
        (&log["delivery"]["status"], log["delivery"]["attempts"].as_array().unwrap().len()),
        (&json!("abandoned"), 4)
    );
    assert!(receiver.stays_silent().await);
}

#[tokio::test]
async fn webhooks_are_optional() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    assert_eq!(server.ended(&id).await["status"], "completed");
    let log = server.get(&format!("/api/v1/jobs/{id}/webhook/deliveries")).await;
    assert_eq!(log.json(), json!({ "delivery": null }));
}
