//! From request to verified MP4, verified webhook and exact bill, whatever happens to an engine.

use avs_tests::{Receiver, Server, gpu_context, stream_facts};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "whsec_c3lzdGVtLXRlc3Qtc2VjcmV0";

fn teaser(secs: f64, quality: &str, webhook_url: &str) -> Value {
    json!({
        "template": { "version": "1", "name": "Launch teaser", "blocks": [
            { "type": "video", "start": 0, "duration": secs, "source": { "uploadName": "hero.mp4" } },
            { "type": "text", "start": 0, "duration": secs, "text": "Now shipping" } ] },
        "output": { "aspectRatio": "9:16", "quality": quality },
        "webhook": { "url": webhook_url, "secret": SECRET },
    })
}

/// The signature as the public documentation tells receivers to compute it.
fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[test]
fn a_request_becomes_an_mp4_a_bill_and_a_signed_webhook() {
    if gpu_context().is_none() {
        return;
    }
    let (server, receiver) = (Server::start(), Receiver::start());
    server.scratch.clip("hero.mp4", "1280x720", 30, 3.0);
    let created = server.post(&teaser(2.0, "web", &receiver.url), &["hero.mp4"]);
    let job = server.ended(created["jobId"].as_str().unwrap_or_else(|| panic!("{created}")));
    assert_eq!((&job["status"], &job["phase"]), (&json!("completed"), &json!("completed")), "{job}");

    let facts = stream_facts(&server.download(job["result"]["downloadUrl"].as_str().unwrap()));
    assert_eq!(
        (facts.codecs, facts.frame_count, facts.size),
        (vec!["h264".into(), "aac".into()], 60, (720, 1280))
    );
    assert_eq!(facts.color, ["bt709", "tv", "bt709", "bt709"]);
    assert_eq!((&job["result"]["width"], &job["result"]["durationSeconds"]), (&json!(720), &json!(2.0)));

    let delivery = receiver.next();
    assert_eq!(delivery.headers["x-avs-event"], "job.completed");
    assert_eq!(delivery.headers["x-avs-signature"], signature(&delivery.body));
    let event: Value = serde_json::from_slice(&delivery.body).unwrap();
    assert_eq!(event["job"]["result"], job["result"]);
    assert_eq!((&job["credits"]["charged"], server.credits()), (&json!(10), (90, 0)));
    assert!(receiver.is_empty());
}

#[test]
fn an_engine_killed_in_mid_render_is_replaced_and_the_video_made_once() {
    if gpu_context().is_none() {
        return;
    }
    let (server, receiver) = (Server::start(), Receiver::start());
    server.scratch.clip("hero.mp4", "1280x720", 30, 12.0);
    let created = server.post(&teaser(12.0, "studio", &receiver.url), &["hero.mp4"]);
    let id = created["jobId"].as_str().unwrap_or_else(|| panic!("{created}"));
    server.kill_rendering_engine();

    let job = server.ended(id);
    assert_eq!(job["status"], "completed", "{job}");
    let facts = stream_facts(&server.download(job["result"]["downloadUrl"].as_str().unwrap()));
    assert_eq!(facts.frame_count, 360);
    assert_eq!((&job["credits"]["charged"], server.credits()), (&json!(10), (90, 0)));
    assert_eq!(receiver.next().headers["x-avs-event"], "job.completed");
    assert!(receiver.is_empty());
}

#[test]
fn a_file_that_is_no_video_fails_the_job_with_its_place_and_costs_nothing() {
    if gpu_context().is_none() {
        return;
    }
    let (server, receiver) = (Server::start(), Receiver::start());
    std::fs::write(server.scratch.file("hero.mp4"), [7; 4096]).unwrap();
    let created = server.post(&teaser(2.0, "draft", &receiver.url), &["hero.mp4"]);
    let job = server.ended(created["jobId"].as_str().unwrap_or_else(|| panic!("{created}")));
    assert_eq!(
        (&job["status"], &job["error"]["code"]),
        (&json!("failed"), &json!("unreadable_media")),
        "{job}"
    );
    assert_eq!(job["error"]["errors"][0]["pointer"], "/template/blocks/0/source");
    assert!(!job.to_string().contains(server.scratch.path().to_str().unwrap()), "no path of ours is told");
    assert_eq!((server.credits(), &job["credits"]["charged"]), ((100, 0), &json!(0)));
    assert_eq!(receiver.next().headers["x-avs-event"], "job.failed");
}
