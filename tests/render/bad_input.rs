//! Bad input ends with one clear line, a pointer and exit status 2; nothing is left behind.

use std::process::{Command, Output};

use avs_tests::{Scratch, gpu_context};

fn engine() -> Command {
    Command::new(avs_tests::built_binary("avs-engine"))
}

fn render(scratch: &Scratch, template: &str) -> Output {
    std::fs::write(scratch.file("template.json"), template).unwrap();
    let (template, out) = (scratch.file("template.json"), scratch.file("out.mp4"));
    engine()
        .arg("render")
        .arg(template)
        .arg("--assets")
        .arg(scratch.path())
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

#[test]
fn every_kind_of_bad_input_is_told_in_a_line_with_its_place() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    std::fs::write(scratch.file("noise.mp4"), [7; 4096]).unwrap();
    std::fs::write(scratch.file("cut.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    scratch.clip("clip.mp4", "64x64", 10, 1.0);
    let still = scratch.file("still.png");
    avs_tests::ffmpeg(&["-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1", still.to_str().unwrap()]);
    let cases = [
        (
            r#"{"version":"1","blocks":[{"type":"image","duration":1,"source":{"uploadName":"clip.mp4"}}]}"#,
            "/blocks/0/source: clip.mp4 is a video",
        ),
        (
            r#"{"version":"1","blocks":[{"type":"video","duration":1,"source":{"uploadName":"still.png"}}]}"#,
            "/blocks/0/source: still.png is an image",
        ),
        (r#"{"version":"1""#, "the template is not valid JSON"),
        (r#"{"version":"1","blocks":[{"type":"text","text":"x","duration":0}]}"#, "/blocks/0/duration: "),
        (
            r#"{"version":"1","blocks":[{"type":"text","text":"x","duration":1,"colour":"red"}]}"#,
            "/blocks/0/colour: ",
        ),
        (
            r#"{"version":"1","blocks":[{"type":"video","source":{"uploadName":"none.mp4"}}]}"#,
            "none.mp4: the file cannot be read",
        ),
        (
            r#"{"version":"1","blocks":[{"type":"video","source":{"uploadName":"noise.mp4"}}]}"#,
            "noise.mp4: not a media file",
        ),
        (
            r#"{"version":"1","blocks":[{"type":"image","duration":1,"source":{"uploadName":"cut.png"}}]}"#,
            "cut.png: the image is damaged",
        ),
        (
            r#"{"version":"1","blocks":[{"type":"text","text":"x","duration":1,"font":{"family":"Intre"}}]}"#,
            "/blocks/0/font/family: ",
        ),
        (
            r#"{"version":"1","blocks":[{"type":"video","source":{"url":"https://a.example/b.mp4"}}]}"#,
            "/blocks/0/source: ",
        ),
    ];
    for (template, wanted) in cases {
        let output = render(&scratch, template);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{template}: {said}");
        assert!(
            said.lines().any(|line| line.starts_with("error: ") && line.contains(wanted)),
            "{template}: {said}"
        );
        assert!(!said.contains("panicked"), "{said}");
        assert!(!scratch.file("out.mp4").exists() && !scratch.file("out.mp4.part").exists());
    }
}

#[test]
fn a_playlist_under_a_video_name_reads_no_other_file() {
    let scratch = Scratch::default();
    let clip = scratch.clip("secret.mp4", "64x64", 10, 1.0);
    for list in [
        format!("ffconcat version 1.0\nfile {}\n", clip.display()),
        format!("#EXTM3U\n#EXTINF:1,\n{}\n", clip.display()),
    ] {
        std::fs::write(scratch.file("list.mp4"), list).unwrap();
        let output = engine().arg("probe").arg(scratch.file("list.mp4")).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_our_fault_and_says_so() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    std::fs::write(
        scratch.file("t.json"),
        r#"{"version":"1","blocks":[{"type":"text","text":"x","duration":1}]}"#,
    )
    .unwrap();
    let output = engine()
        .arg("render")
        .arg(scratch.file("t.json"))
        .args(["--out", "/nowhere/out.mp4"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be written"));
}
