//! The cases: one piece of work, described as an AVS template and as the best command line of a peer.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::measure::{in_turns, run};
use crate::report::Comparison;

/// Real footage where there is some, by the name it has in the media folder.
const HERO: &str = "video/bbb_1080p60_h264_aac51_12s.mp4";
/// Length of the work, the duration of the blocks below.
const SECS: &str = "5";
/// x264 settings of both sides.
const X264: [&str; 4] = ["-preset", "veryfast", "-crf", "23"];

/// The example of the public API's text, 1080p30, beside decoding and encoding alone: nothing drawn, so no
/// renderer can be faster at these settings.
pub(crate) fn quick(engine: &Path, scratch: &Path, turns: usize) -> anyhow::Result<Comparison> {
    let hero = hero(scratch)?;
    let template = scratch.join("quick.json");
    let document = serde_json::json!({
        "version": "1", "name": "Launch teaser",
        "blocks": [
            { "type": "video", "start": 0, "duration": 5, "source": { "uploadName": "hero.mp4" } },
            { "type": "text", "start": 0, "duration": 5, "text": "Now shipping" },
        ],
    });
    std::fs::write(&template, document.to_string())?;
    let ours = || {
        let mut command = Command::new(engine);
        command.arg("render").arg(&template).arg("--assets").arg(scratch);
        command.args(["--resolution", "1080p", "--fps", "30", "--json", "--out"]);
        command.arg(scratch.join("quick-avs.mp4")).args(X264.map(|arg| arg.replacen('-', "--", 1)));
        run(&mut command)
    };
    let peer = || {
        let mut command = Command::new("ffmpeg");
        command.args(["-y", "-v", "error", "-i"]).arg(&hero).args(["-t", SECS, "-r", "30"]);
        command.args(["-c:v", "libx264"]).args(X264).args(["-pix_fmt", "yuv420p"]);
        command.args(["-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", "192k", "-movflags", "+faststart"]);
        command.arg(scratch.join("quick-ffmpeg.mp4"));
        run(&mut command)
    };
    let (ours, peer) = in_turns(turns, ours, peer)?;
    Ok(Comparison { case: "quick", peer_name: "ffmpeg decode + encode alone", goal: "<= 2.00", ours, peer })
}

/// Puts `hero.mp4` into the scratch folder: real footage where `AVS_MEDIA_DIR` has it, else a generated clip.
fn hero(scratch: &Path) -> anyhow::Result<PathBuf> {
    let hero = scratch.join("hero.mp4");
    if let Some(media) = std::env::var_os("AVS_MEDIA_DIR") {
        std::fs::copy(Path::new(&media).join(HERO), &hero).context("AVS_MEDIA_DIR lacks the clip")?;
        return Ok(hero);
    }
    let mut command = Command::new("ffmpeg");
    command.args(["-y", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=60:d=6"]);
    command.args(["-f", "lavfi", "-i", "sine=f=220:d=6", "-c:v", "libx264", "-preset", "veryfast"]);
    command.args(["-pix_fmt", "yuv420p", "-c:a", "aac"]).arg(&hero);
    run(&mut command)?;
    Ok(hero)
}
