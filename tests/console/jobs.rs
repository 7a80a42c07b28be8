//! Jobs on their pages: from queued to a playing video, failures with their places, cancelling, webhooks, the bill, and
//! a server that goes away in between.

use avs_tests::Receiver;
use serde_json::{Value, json};

use crate::ada_at_the_console;

/// A request for so many seconds of text.
pub(crate) fn titles(secs: f64, quality: &str) -> Value {
    json!({
        "template": { "version": "1", "name": "Titles", "blocks": [
            // It turns all the time: frames that look like the one before would take no time.
            { "type": "text", "text": "Now shipping", "duration": secs,
              "rotation": [{ "time": 0, "value": 0 }, { "time": secs, "value": 3600 }] } ] },
        "output": { "quality": quality },
    })
}

/// The id of a job that was taken.
#[track_caller]
pub(crate) fn id_of(created: &Value) -> String {
    created["jobId"].as_str().unwrap_or_else(|| panic!("{created}")).to_owned()
}

#[tokio::test]
async fn a_job_is_followed_from_queued_to_its_playing_video_and_the_one_before_it_cancelled() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    let receiver = Receiver::start();
    let before = id_of(&server.post(&titles(600.0, "web"), &[]));
    let mut request = titles(2.0, "draft");
    request["webhook"] = json!({ "url": receiver.url, "secret": "whsec_c3lzdGVtLXRlc3Qtc2VjcmV0" });
    let id = id_of(&server.post(&request, &[]));

    browser.go(&format!("{}/jobs/{id}", server.url)).await;
    browser.see("#status", "queued").await;
    assert!(browser.has_no("#player").await);
    let main_window = browser.window().await;
    browser.open_window().await;
    browser.go(&format!("{}/jobs", server.url)).await;
    browser.click(&format!("a[href='/jobs/{before}']")).await;
    browser.see_path(&format!("/jobs/{before}")).await;
    browser.press("Cancel job").await;
    browser.see("#status", "cancelled").await;
    assert!(browser.has_no("#live").await, "an ended job has no progress");
    browser.switch_to(main_window).await;

    // The page follows by itself.
    browser.see("#status", "completed").await;
    browser.see("main", "Phases").await;
    browser.until_script("const player = document.getElementById('player'); player.muted = true; return player.play().then(() => true)").await;
    browser.until_script("const player = document.getElementById('player'); return player.readyState >= 2 && player.currentTime > 0.2").await;
    assert!(browser.has_no("#error").await);

    assert_eq!(receiver.next().headers["x-avs-event"], "job.completed");
    browser.reload_until("return document.querySelectorAll('#deliveries tbody tr').length === 1").await;
    browser.press("Deliver again").await;
    assert_eq!(receiver.next().headers["x-avs-event"], "job.completed");
    browser.reload_until("return document.querySelectorAll('#deliveries tbody tr').length === 2").await;
    assert!(receiver.is_empty());

    let job = server.job(&id);
    let charged = job["credits"]["charged"].as_i64().unwrap();
    browser.go(&format!("{}/credits", server.url)).await;
    assert_eq!(browser.text("#balance").await, (100 - charged).to_string(), "the cancelled job cost nothing");
    assert_eq!(browser.text("#reserved").await, "0");
    browser.see("main", &id).await;
}

#[tokio::test]
async fn a_failed_job_says_where_and_costs_nothing() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    std::fs::write(server.scratch.file("hero.mp4"), "no video at all").unwrap();
    let request = json!({ "template": { "version": "1", "blocks": [
        { "type": "video", "duration": 1, "source": { "uploadName": "hero.mp4" } } ] } });
    let id = id_of(&server.post(&request, &["hero.mp4"]));
    browser.go(&format!("{}/jobs/{id}", server.url)).await;
    browser.see("#status", "failed").await;
    browser.see("#error code.pointer", "/template/blocks/0/source").await;
    assert!(browser.has_no("#player").await);
    browser.go(&format!("{}/credits", server.url)).await;
    assert_eq!(browser.text("#balance").await, "100");
}

#[tokio::test]
async fn a_page_catches_up_when_a_lost_server_is_back() {
    let Some((mut server, browser)) = ada_at_the_console().await else { return };
    let id = id_of(&server.post(&titles(20.0, "draft"), &[]));
    browser.go(&format!("{}/jobs/{id}", server.url)).await;
    browser.see("#status", "running").await;
    server.stop();
    browser.see("#detail", "connection lost").await;
    assert!(browser.has_no("#player").await);
    server.start_again();
    browser.see("#status", "completed").await;
    browser.until_script("return document.getElementById('player')?.readyState >= 1").await;
}
