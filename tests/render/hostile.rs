//! Damaged files of every kind: an error that names the file or a video, never a crash, a hang or an empty file.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use avs_tests::{Scratch, ffmpeg, gpu_context};
use serde_json::json;

/// Longest time that one file may take: whole renders of these take less than two seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Variants of each file.
const VARIANTS: u64 = 4;

fn write_sound_files(scratch: &Scratch) -> Vec<(&'static str, &'static str)> {
    let picture = "testsrc2=s=160x90:r=25:d=1";
    let video = |name: &str, args: &[&str]| {
        let path = scratch.file(name);
        let inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=d=1"];
        ffmpeg(&[&inputs[..], args, &[path.to_str().unwrap()]].concat());
    };
    let image = |name: &str, args: &[&str]| {
        let path = scratch.file(name);
        ffmpeg(&[&["-f", "lavfi", "-i", picture][..], args, &[path.to_str().unwrap()]].concat());
    };
    video("a.mp4", &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]);
    video("a.webm", &["-c:v", "libvpx", "-c:a", "libopus"]);
    video("a.ts", &["-c:v", "mpeg2video", "-c:a", "mp2"]);
    video("a.mkv", &["-c:v", "ffv1", "-c:a", "flac"]);
    video("a.mov", &["-c:v", "prores_ks", "-c:a", "pcm_s16le"]);
    image("a.png", &["-frames:v", "1"]);
    image("a.jpg", &["-frames:v", "1"]);
    image("a.webp", &["-frames:v", "1"]);
    image("a.gif", &["-r", "5"]);
    for (name, codec) in
        [("a.mp3", "libmp3lame"), ("a.wav", "pcm_s16le"), ("a.ogg", "libvorbis"), ("a.flac", "flac")]
    {
        let path = scratch.file(name);
        ffmpeg(&["-f", "lavfi", "-i", "sine=d=1", "-c:a", codec, path.to_str().unwrap()]);
    }
    let kind_of = |name: &'static str| match name.rsplit('.').next().unwrap() {
        "mp4" | "webm" | "ts" | "mkv" | "mov" => (name, "video"),
        "png" | "jpg" | "webp" | "gif" => (name, "image"),
        _ => (name, "audio"),
    };
    [
        "a.mp4", "a.webm", "a.ts", "a.mkv", "a.mov", "a.png", "a.jpg", "a.webp", "a.gif", "a.mp3", "a.wav",
        "a.ogg", "a.flac",
    ]
    .map(kind_of)
    .into()
}

/// Bytes of a file, some of them others, cut somewhere in every second variant. SplitMix64 (Steele et al., 2014) chooses.
fn damaged(bytes: &[u8], variant: u64) -> Vec<u8> {
    let mut state = variant.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ bytes.len() as u64;
    let mut random = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 16).unwrap()
    };
    let mut damaged = bytes.to_vec();
    for _ in 0..1 + bytes.len() / 500 {
        let at = random() % damaged.len();
        damaged[at] = u8::try_from(random() % 256).unwrap();
    }
    // Headers, where sizes and counts are.
    for _ in 0..8 {
        let at = random() % damaged.len().min(200);
        damaged[at] = u8::try_from(random() % 256).unwrap();
    }
    if variant % 2 == 1 {
        damaged.truncate(1 + random() % damaged.len());
    }
    damaged
}

/// Runs to the end, or kills what does not end.
fn run(command: &mut Command) -> Option<ExitStatus> {
    let mut child =
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

fn rendered(folder: &Path, name: &str, kind: &str) -> Option<ExitStatus> {
    let template = json!({ "version": "1", "blocks": [
        { "type": kind, "duration": 0.4, "source": { "uploadName": name } },
        { "type": "text", "duration": 0.4, "text": "x" } ] });
    let (template_path, out) = (folder.join("template.json"), folder.join("out.mp4"));
    std::fs::write(&template_path, template.to_string()).unwrap();
    let mut command = Command::new(avs_tests::built_binary("avs-engine"));
    command.arg("render").arg(template_path).arg("--assets").arg(folder).args(["--quality", "draft"]);
    run(command.arg("--out").arg(out))
}

#[test]
fn damaged_files_of_every_kind_end_in_an_error_or_a_whole_video() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    let mut wrong = Vec::new();
    for (name, kind) in write_sound_files(&scratch) {
        let bytes = std::fs::read(scratch.file(name)).unwrap();
        for variant in 0..VARIANTS {
            let folder = Scratch::default();
            std::fs::write(folder.file(name), damaged(&bytes, variant)).unwrap();
            let status = rendered(folder.path(), name, kind);
            let out = std::fs::metadata(folder.file("out.mp4"));
            let is_right = match status.and_then(|status| status.code()) {
                Some(0) => out.is_ok_and(|file| file.len() > 1000),
                Some(2) => out.is_err(),
                _ => false,
            };
            if !is_right {
                wrong.push(format!("{name}, variant {variant}: {status:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_picture_is_the_same_whatever_the_number_of_cores() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    scratch.clip("a.mp4", "640x360", 25, 2.0);
    let template = json!({ "version": "1", "blocks": [
        { "type": "video", "duration": 1, "trim": { "start": 0.52 }, "source": { "uploadName": "a.mp4" } } ] });
    std::fs::write(scratch.file("template.json"), template.to_string()).unwrap();
    let still = |cores: &str| {
        let out = scratch.file(&format!("{cores}.png"));
        let status = Command::new("taskset")
            .args(["-c", cores])
            .arg(avs_tests::built_binary("avs-engine"))
            .arg("still")
            .arg(scratch.file("template.json"))
            .arg("--assets")
            .arg(scratch.path())
            .args(["--at", "0.6", "--out"])
            .arg(&out)
            .status()
            .unwrap();
        assert!(status.success());
        std::fs::read(out).unwrap()
    };
    let every = std::thread::available_parallelism().unwrap().get() - 1;
    assert!(still("0") == still(&format!("0-{every}")));
}
