//! Every real file of `AVS_MEDIA_DIR`, where it is set: probed, and drawn or heard in a block.

use std::path::{Path, PathBuf};

use avs_engine::error::RenderError;
use avs_tests::{Scratch, gpu_context, render_to, request, stream_facts};
use serde_json::json;

/// Endings of what this version does not read yet; each must say so instead of failing oddly.
const NOT_YET: [&str; 2] = ["avif", "heic"];

fn files(kind: &str) -> Vec<PathBuf> {
    let Some(media) = std::env::var_os("AVS_MEDIA_DIR") else {
        eprintln!("SKIPPED: AVS_MEDIA_DIR is not set");
        return Vec::new();
    };
    let folder = Path::new(&media).join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Renders half a second of one file, in a block of its own.
fn render_one(file: &Path, kind: &str) -> Result<avs_tests::StreamFacts, RenderError> {
    let mut context = gpu_context().unwrap();
    let scratch = Scratch::default();
    let name = file.file_name().unwrap().to_str().unwrap();
    let template = json!({ "version": "1", "blocks": [
        { "type": kind, "duration": 0.5, "source": { "uploadName": name } },
        { "type": "text", "duration": 0.5, "text": name },
    ] });
    let mut request =
        request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
    request.assets.insert(name.to_owned(), file.to_owned());
    render_to(&mut context, &request)?;
    Ok(stream_facts(&request.out_path))
}

#[test]
fn every_real_video_and_sound_renders_to_its_exact_length() {
    for kind in ["video", "audio"] {
        for file in files(kind) {
            let facts = render_one(&file, kind).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert_eq!(facts.frame_count, 15, "{}", file.display());
        }
    }
}

#[test]
fn every_real_image_renders_or_is_refused_by_name() {
    for file in files("image") {
        let ending = file.extension().unwrap().to_str().unwrap();
        match render_one(&file, "image") {
            Ok(facts) => assert_eq!(facts.frame_count, 15, "{}", file.display()),
            Err(error) => {
                assert!(NOT_YET.contains(&ending) && error.is_bad_input(), "{}: {error}", file.display());
            }
        }
    }
}
