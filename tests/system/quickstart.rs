//! `avs quickstart`: from an empty directory to an MP4 over HTTP, and what it says where that cannot be.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use avs_tests::{Scratch, avs_command, gpu_context, stream_facts};

fn quickstart(scratch: &Path, arguments: &[&str]) -> Output {
    let mut command = avs_command(scratch);
    command.arg("quickstart").args(arguments).args(["--admin-listen", "127.0.0.1:0"]);
    command.output().unwrap()
}

fn said(output: &Output, start: &str) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix(start));
    let errors = String::from_utf8_lossy(&output.stderr);
    line.unwrap_or_else(|| panic!("no `{start}` in {text}{errors}")).trim().to_owned()
}

/// The one line of a failure.
fn refusal(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), text.lines().count()), (Some(1), 1), "{text}");
    text
}

#[test]
fn a_first_video_is_made_over_http_from_an_empty_directory() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    let made = quickstart(scratch.path(), &["--listen", "127.0.0.1:0"]);
    let facts = stream_facts(Path::new(&said(&made, "video ")));
    assert_eq!((facts.codecs, facts.frame_count), (vec!["h264".into(), "aac".into()], 150));
    assert_eq!((facts.size, said(&made, "charged ").as_str()), ((1280, 720), "10 credits"));
    assert!(made.status.success());
}

#[test]
fn a_server_that_runs_on_the_directory_is_used_and_left_running() {
    if gpu_context().is_none() {
        return;
    }
    let server = avs_tests::Server::start();
    let made = quickstart(server.scratch.path(), &["--once"]);
    assert_eq!(said(&made, "server "), format!("{}, running already", server.url));
    assert!(Path::new(&said(&made, "video ")).is_file());
    assert_eq!(server.credits(), (100, 0), "the account of another pays nothing");
}

#[test]
fn without_billing_nothing_is_reserved_or_charged() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    let made = quickstart(scratch.path(), &["--listen", "127.0.0.1:0", "--billing", "off"]);
    assert_eq!(said(&made, "charged "), "0 credits");
    let shown =
        avs_command(scratch.path()).args(["credits", "show", "quickstart@example.com"]).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.starts_with("available 100\treserved 0\n"), "{shown}");
}

#[test]
fn a_named_port_that_is_taken_is_refused_and_nothing_runs() {
    let scratch = Scratch::default();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = refusal(&quickstart(scratch.path(), &["--listen", &address]));
    assert!(line.contains(&format!("cannot listen on {address}")), "{line}");
    assert!(line.contains("in use"), "{line}");
}

#[test]
fn a_missing_engine_is_named_before_anything_is_made() {
    let scratch = Scratch::default();
    let line = refusal(&quickstart(scratch.path(), &["--engine-bin", "/nowhere/avs-engine"]));
    assert!(line.contains("no engine at /nowhere/avs-engine"), "{line}");
    assert!(!scratch.path().join("data").exists(), "nothing was made");
}

#[test]
fn a_server_of_another_version_is_not_asked() {
    let scratch = Scratch::default();
    let data = scratch.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let lock = std::fs::File::create(data.join("lock")).unwrap();
    lock.lock().unwrap();
    std::fs::write(data.join("lock"), r#"{"base_url":"http://127.0.0.1:9","version":"9.9.9"}"#).unwrap();
    let line = refusal(&quickstart(scratch.path(), &[]));
    assert!(line.contains("has version 9.9.9") && line.contains("restart it"), "{line}");
}

#[test]
fn a_file_that_is_no_video_is_refused_with_the_reason_of_the_engine() {
    let scratch = Scratch::default();
    let file = scratch.path().join("notes.txt");
    std::fs::write(&file, "not a video").unwrap();
    let line =
        refusal(&quickstart(scratch.path(), &["--listen", "127.0.0.1:0", "--video", file.to_str().unwrap()]));
    assert!(line.contains("the engine cannot read") && line.contains("notes.txt"), "{line}");
}

#[test]
fn every_setting_of_the_packaged_file_is_one_that_the_server_takes() {
    let scratch = Scratch::default();
    let file =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/avs.toml")).unwrap();
    let is_setting = |line: &&str| line.contains(" = ") && !line.starts_with("# ");
    let lines: Vec<&str> = file.lines().filter(is_setting).map(|line| line.trim_start_matches('#')).collect();
    assert!(lines.len() > 10, "{lines:?}");
    let path = scratch.path().join("avs.toml");
    std::fs::write(&path, lines.join("\n")).unwrap();
    let shown = avs_command(scratch.path())
        .env_remove("AVS_DATA_DIR")
        .arg("config")
        .arg("--config")
        .arg(&path)
        .output();
    let shown: Output = shown.unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(text.contains("AVS_DATA_DIR=/var/lib/avs\t"), "{text}");
}
