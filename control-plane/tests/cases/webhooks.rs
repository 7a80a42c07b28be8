//! Webhooks: retried with the same bytes, signed both ways, given up in the end.

use avs::domain::webhook::{avs_signature, standard_signature};
use serde_json::json;

use crate::harness::{Receiver, Server, template};

async fn post(server: &Server, receiver: &Receiver, secret: Option<&str>) {
    let mut webhook = json!({ "url": receiver.url });
    if let Some(secret) = secret {
        webhook["secret"] = json!(secret);
    }
    let request = json!({ "template": template("x", &[]), "webhook": webhook });
    Server::accepted(&server.post_json(&request).await);
}

#[tokio::test]
async fn a_failed_delivery_is_repeated_with_the_same_bytes_and_id() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[500, 302]).await;
    post(&server, &receiver, Some("whsec_x")).await;
    let (first, second, third) = (receiver.next().await, receiver.next().await, receiver.next().await);
    assert_eq!((&first.body, &first.body), (&second.body, &third.body));
    assert_eq!(first.header("webhook-id"), third.header("webhook-id"));
    let body: serde_json::Value = serde_json::from_slice(&first.body).unwrap();
    assert_eq!(
        (body["id"].as_str().unwrap(), &body["event"]),
        (first.header("webhook-id"), &json!("job.completed"))
    );
    assert!(receiver.stays_silent().await);
}

#[tokio::test]
async fn both_signatures_can_be_checked_by_the_receiver() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    post(&server, &receiver, Some("whsec_x")).await;
    let delivery = receiver.next().await;
    assert_eq!(delivery.header("x-avs-signature"), avs_signature("whsec_x", &delivery.body));
    let (id, timestamp) = (delivery.header("webhook-id"), delivery.header("webhook-timestamp"));
    assert_eq!(timestamp, delivery.header("x-avs-timestamp"));
    let expected = standard_signature("whsec_x", id, timestamp.parse().unwrap(), &delivery.body);
    assert_eq!(delivery.header("webhook-signature"), expected);
}

#[tokio::test]
async fn without_a_secret_there_is_no_signature() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    post(&server, &receiver, None).await;
    let delivery = receiver.next().await;
    assert!(!delivery.headers.contains_key("x-avs-signature"));
    assert!(!delivery.headers.contains_key("webhook-signature"));
}

#[tokio::test]
async fn a_receiver_that_always_fails_is_given_up_after_four_attempts() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[500; 9]).await;
    post(&server, &receiver, None).await;
    for _ in 0..4 {
        receiver.next().await;
    }
    assert!(receiver.stays_silent().await);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[410]).await;
    post(&server, &receiver, None).await;
    receiver.next().await;
    assert!(receiver.stays_silent().await);
}
