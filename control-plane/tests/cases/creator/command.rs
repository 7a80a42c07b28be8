//! `avs create`: without a server, by the same steps.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::processes::{is_alive, signal};
use crate::harness::{Models, Server, storyboard, storyboard_reply};

/// Runs `avs create` in a folder with files.
fn create(server: &Server, folder: &Path, more: &[&str]) -> Output {
    command(server, folder, more).output().unwrap()
}

fn command(server: &Server, folder: &Path, more: &[&str]) -> Command {
    let mut command = server.serve_command();
    let engine =
        command.get_envs().find(|(name, _)| *name == "AVS_ENGINE_BIN").unwrap().1.unwrap().to_owned();
    command = server.command();
    let assets = folder.join("assets");
    command
        .args([
            "create",
            "--assets",
            assets.to_str().unwrap(),
            "--out",
            folder.join("out.mp4").to_str().unwrap(),
        ])
        .args(more)
        .env("AVS_ENGINE_BIN", engine)
        .env("TMPDIR", folder.join("tmp"));
    command
}

/// A folder with a video, a song, something hidden and something else.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["assets", "assets/inner", "tmp"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let files: [(&str, &[u8]); 3] =
        [("hero.mp4", b"pictures"), ("song.mp3", b"fake audio"), (".hidden", b"not media")];
    for (name, bytes) in files {
        std::fs::write(folder.path().join("assets").join(name), bytes).unwrap();
    }
    folder
}

fn json_in(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_prompt_and_a_folder_become_a_video_and_what_was_done_is_told() {
    let (server, folder) = (Server::prepare(crate::harness::Database::Sqlite, &[]), folder());
    let (trace, kept) = (folder.path().join("trace.json"), folder.path().join("kept.json"));
    let more = [
        "--prompt",
        "A teaser: \"Now shipping\"",
        "--aspect",
        "1:1",
        "--trace",
        trace.to_str().unwrap(),
        "--keep-template",
        kept.to_str().unwrap(),
    ];
    let output = create(&server, folder.path(), &more);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read(folder.path().join("out.mp4")).unwrap(), b"fake video of create, attempt 1");
    assert!(told.contains("planner   built-in") && told.contains("scene 1"), "{told}");
    assert_eq!(json_in(&trace)["planner"], "built-in");
    assert_eq!(json_in(&kept)["output"]["aspectRatio"], "1:1");
    assert!(json_in(&kept)["template"]["blocks"].is_array());
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0, "the workplace is gone");
    assert_eq!(std::fs::read(folder.path().join("assets/hero.mp4")).unwrap(), b"pictures", "the files stay");
}

#[test]
fn a_storyboard_of_ones_own_is_taken_or_refused_with_places() {
    let (server, folder) = (Server::prepare(crate::harness::Database::Sqlite, &[]), folder());
    let path = folder.path().join("storyboard.json");
    let mut plan = storyboard("My own words");
    std::fs::write(&path, plan.to_string()).unwrap();
    let more = ["--prompt", "x", "--storyboard", path.to_str().unwrap()];
    let output = create(&server, folder.path(), &more);
    assert!(
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("My own words"),
        "{output:?}"
    );
    plan["scenes"][0]["assetId"] = json!("a9");
    std::fs::write(&path, plan.to_string()).unwrap();
    let output = create(&server, folder.path(), &more);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && complaint.contains("/scenes/0/assetId"), "{complaint}");
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0, "the workplace is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_plans_where_it_is_asked_for() {
    let (server, folder) = (Server::prepare(crate::harness::Database::Sqlite, &[]), folder());
    let models = Models::answering(|_, _| storyboard_reply("By the model")).await;
    let more =
        ["--prompt", "x", "--planner", "model", "--creator-model-url", &models.url, "--creator-model", "m"];
    let output = tokio::task::block_in_place(|| create(&server, folder.path(), &more));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("planner   model") && told.contains("By the model"), "{output:?}");
    let output = tokio::task::block_in_place(|| {
        create(&server, folder.path(), &["--prompt", "x", "--planner", "model"])
    });
    assert!(String::from_utf8_lossy(&output.stderr).contains("no model is set"), "{output:?}");
}

#[test]
fn nothing_is_made_of_settings_that_mean_nothing() {
    let (server, folder) = (Server::prepare(crate::harness::Database::Sqlite, &[]), folder());
    let output = create(&server, folder.path(), &["--prompt", "x", "--aspect", "16x9"]);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && complaint.contains("aspectRatio"), "{complaint}");
    assert!(!folder.path().join("out.mp4").exists());
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_any_work() {
    let (server, folder) = (Server::prepare(crate::harness::Database::Sqlite, &[]), folder());
    let nowhere = folder.path().join("nowhere/trace.json");
    let output = create(&server, folder.path(), &["--prompt", "x", "--trace", nowhere.to_str().unwrap()]);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && complaint.contains("no such folder"), "{complaint}");
    assert!(!folder.path().join("out.mp4").exists());
}

#[test]
fn whoever_stops_it_finds_nothing_left_behind() {
    let (server, folder) = (Server::prepare(crate::harness::Database::Sqlite, &[]), folder());
    std::fs::write(folder.path().join("assets/hero.mp4"), b"stall in analysis").unwrap();
    let log = folder.path().join("log");
    let mut child = command(&server, folder.path(), &["--prompt", "x"])
        .env("RUST_LOG", "info")
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let stalled = || {
        let said = std::fs::read_to_string(&log).unwrap();
        let (_, pid) = said.split_once("stalls in a analysis, pid ")?;
        pid.split_whitespace().next()?.parse::<u32>().ok()
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    let engine = loop {
        assert!(Instant::now() < deadline, "its engine never came to the file");
        match stalled() {
            Some(engine) => break engine,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    assert!(signal(child.id(), "INT"));
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(1), "it ends by itself, and says that there is no video");
    assert!(!is_alive(engine), "so does its engine");
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0, "the workplace is gone");
    assert!(!folder.path().join("out.mp4").exists());
}
