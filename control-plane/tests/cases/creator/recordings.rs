//! `.vidova` files: ours, bare videos, and those that somebody has packed with bad intentions.

use std::io::{Cursor, Write as _};

use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{assert_failed, ended, project, sources};
use crate::harness::{Database, Server, Upload, template};

const MANIFEST: &[u8] = br#"{"version":1,"video":"screen.mp4","events":"events.json"}"#;
const EVENTS: &[u8] = br#"{"version":1,"clicks":[{"t":1.5,"x":0.5,"y":0.5}],"cursor":[],"keys":[]}"#;

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn recording() -> Vec<u8> {
    packed(&[("manifest.json", MANIFEST), ("screen.mp4", b"pictures"), ("events.json", EVENTS)])
}

#[tokio::test]
async fn a_packed_recording_is_unpacked_analysed_and_charged_as_one() {
    let server = Server::start();
    let job = ended(&server, "How to export a report", &[Upload("demo.vidova", &recording())]).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(13)), "{job}");
    let project = project(&server, &job).await;
    assert_eq!(project.assets[0].probe.as_ref().unwrap().kind, "video", "the engine was given what is in it");
    assert_eq!(project.assets[0].file, "0");
}

#[tokio::test]
async fn the_analysis_of_a_recording_that_does_not_show_is_not_charged() {
    let server = Server::start();
    let bytes = recording();
    let names: Vec<String> = (0..8).map(|n| format!("demo {n}.vidova")).collect();
    let files: Vec<Upload<'_>> = names.iter().map(|name| Upload(name, &bytes)).collect();
    // There is no time for all of them.
    let job = ended(&server, "A 3 second teaser", &files).await;
    assert_eq!(job["status"], "completed", "{job}");
    let used = sources(&project(&server, &job).await.template);
    assert!((1..8).contains(&used.len()), "{used:?}");
    let items = job["credits"]["items"].as_array().unwrap().iter();
    let analysed = items.filter(|item| item["kind"] == "screen_recording_analysis");
    let mut analysed: Vec<&str> = analysed.map(|item| item["asset"].as_str().unwrap()).collect();
    analysed.sort_unstable();
    assert_eq!(analysed, used, "{job}");
    let price = 3 + 5 + 5 * i64::try_from(used.len()).unwrap();
    assert_eq!((&job["credits"]["charged"], server.credits().await), (&json!(price), (100 - price, 0)));
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_recording_can_bring_its_sound_beside_it() {
    let server = Server::start();
    let manifest = br#"{"version":1,"video":"screen.mp4","audio":"voice.m4a"}"#;
    let files: [(&str, &[u8]); 3] =
        [("manifest.json", manifest), ("screen.mp4", b"pictures"), ("voice.m4a", b"fake audio")];
    let job = ended(&server, "How to export a report", &[Upload("demo.vidova", &packed(&files))]).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(13)), "{job}");
    let trace = project(&server, &job).await.trace.unwrap();
    let told: Vec<_> =
        trace["report"]["assets"].as_array().unwrap().iter().map(|asset| &asset["name"]).collect();
    assert_eq!(told, [&json!("demo.vidova"), &json!("0.sound")], "the creator was told of both");
}

#[tokio::test]
async fn a_template_may_use_a_packed_recording_too_and_pays_no_analysis() {
    let server = Server::start();
    let request = json!({ "template": template("x", &["demo.vidova"]) });
    let bytes = recording();
    let files = [Upload("demo.vidova", &bytes)];
    let valid = server.post_files_to("/api/v1/videos/validate", &request, &files).await;
    assert_eq!(
        (valid.status, &valid.json()["assets"][0]["kind"]),
        (200, &json!("screen_recording")),
        "{valid:?}"
    );
    let job = server.ended(&Server::accepted(&server.post_files(&request, &files).await)).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(5)), "{job}");
}

#[tokio::test]
async fn a_recording_that_cannot_be_used_is_refused_in_its_place_and_costs_nothing() {
    let server = Server::start_with(Database::Sqlite, &[("AVS_SOURCE_BYTES_MAX", "1000000")]);
    let bytes = packed(&[("manifest.json", b"{}")]);
    let request = json!({ "template": template("x", &["demo.vidova"]) });
    let files = [Upload("demo.vidova", &bytes)];
    let job = server.ended(&Server::accepted(&server.post_files(&request, &files).await)).await;
    assert_failed(&job, "unreadable_media", ("/template/blocks/0/source", "invalid_screen_recording"));
    let dry = server.post_files_to("/api/v1/videos/validate", &request, &files).await;
    assert_eq!((dry.status, &dry.json()["errors"][0]["code"]), (422, &json!("invalid_screen_recording")));
    assert_eq!(server.credits().await, (100, 0));
}

/// Bytes of a recording and what is said about it.
fn bad_recordings() -> Vec<(Vec<u8>, &'static str)> {
    let video: (&str, &[u8]) = ("screen.mp4", b"pictures");
    let manifest: (&str, &[u8]) = ("manifest.json", br#"{"version":1,"video":"screen.mp4"}"#);
    let zeros = vec![0; 3_000_000];
    let many: Vec<String> = (0..65).map(|n| format!("{n}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.start_file(manifest.0, SimpleFileOptions::default()).unwrap();
    link.write_all(manifest.1).unwrap();
    link.add_symlink("screen.mp4", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let mut flipped = packed(&[manifest, video]);
    let at = flipped.windows(10).position(|window| window == b"screen.mp4").unwrap() + 10;
    flipped[at] ^= 0xff;
    let whole = recording();
    vec![
        (packed(&[video]), "no manifest"),
        (packed(&[manifest]), "no video"),
        (packed(&[("manifest.json", b"{\"version\":2,\"video\":\"screen.mp4\"}"), video]), "version 2"),
        (packed(&[("manifest.json", b"{\"version\":1,\"video\":\"../a\"}"), ("../a", b"x")]), "leads out"),
        (packed(&[manifest, video, ("../../../etc/cron.d/x", b"x")]), "leads out"),
        (packed(&[manifest, video, ("/etc/cron.d/x", b"x")]), "leads out"),
        (packed(&[manifest, ("screen.mp4", &zeros)]), "larger than"),
        (packed(&[("manifest.json", &zeros)]), "at most"),
        (packed(&many), "more than 64 files"),
        (link.finish().unwrap().into_inner(), "no plain file"),
        (
            packed(&[
                ("manifest.json", MANIFEST),
                video,
                ("events.json", b"{\"version\":1,\"clicks\":[{}]}"),
            ]),
            "cannot be used",
        ),
        (flipped, "no ZIP"),
        (whole[..whole.len() - 30].to_vec(), "no ZIP"),
        ([&whole[..], b"tail"].concat(), "no ZIP"),
        (b"PK\x03\x04".to_vec(), "no ZIP"),
        (b"PK\x05\x06".repeat(20_000), "no ZIP"),
    ]
}

#[tokio::test]
async fn a_recording_packed_with_bad_intentions_writes_nothing_and_costs_nothing() {
    let server = Server::start_with(Database::Sqlite, &[("AVS_SOURCE_BYTES_MAX", "1000000")]);
    for (bytes, words) in bad_recordings() {
        let job = ended(&server, "How to", &[Upload("demo.vidova", &bytes)]).await;
        assert_failed(&job, "unreadable_media", ("", "invalid_screen_recording"));
        let detail = job["error"]["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{words}: {detail}");
        let assets = server.data_dir().join("jobs").join(job["jobId"].as_str().unwrap()).join("assets");
        let left = std::fs::read_dir(assets).map_or(0, Iterator::count);
        assert!(left <= 1, "{words}: {left} files");
    }
    assert_eq!(server.credits().await, (100, 0));
}
