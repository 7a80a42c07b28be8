//! The files of the quickstart's job: a clip that the engine draws and sounds from a picture and a chord, unless the
//! user brings a video, and a shade for the text to stand on.

use std::path::{Path, PathBuf};

use avs_protocol::ProbedAsset;
use serde_json::{Value, json};
use tokio::process::Command;

use super::QuickstartError;

/// Length of the generated clip, and the most that is shown of a video.
const CLIP_SECS: f64 = 5.0;
const SHOWN_SECS_MAX: f64 = 8.0;

/// Hills at dusk, twice as wide as a frame: the clip pans over them.
const HILLS: &str = include_str!("hills.svg");
/// Dark at the bottom.
const SHADE: &str = include_str!("shade.svg");

/// What is sent.
pub(super) struct Clip {
    /// The video, then the shade.
    pub(super) files: [PathBuf; 2],
    /// The request that names them.
    pub(super) request: PathBuf,
}

/// Writes the files of the request and the request itself into `folder`.
pub(super) async fn prepare(
    engine: &Path,
    folder: &Path,
    video: Option<&Path>,
) -> Result<Clip, QuickstartError> {
    let hero = match video {
        Some(video) => video.to_owned(),
        None => generated(engine, folder).await?,
    };
    let shown_secs = length_secs(engine, &hero).await?.min(SHOWN_SECS_MAX);
    let shade = folder.join("shade.svg");
    std::fs::write(&shade, SHADE)?;
    let request = folder.join("request.json");
    std::fs::write(&request, format!("{:#}\n", request_json(&hero, shown_secs)))?;
    Ok(Clip { files: [hero, shade], request })
}

fn request_json(hero: &Path, shown_secs: f64) -> Value {
    let name = hero.file_name().unwrap_or_default().to_string_lossy();
    json!({
        "template": { "version": "1", "name": "Quickstart", "blocks": [
            { "type": "video", "duration": shown_secs, "source": { "uploadName": name } },
            { "type": "image", "x": "50%", "y": "100%", "anchor": "bottom", "width": "100%", "height": "55%",
              "fit": "fill", "source": { "uploadName": "shade.svg" } },
            { "type": "text", "text": "Now shipping", "x": "5%", "y": "84%", "anchor": "bottom-left",
              "align": "left", "font": { "size": 110, "weight": 800 } },
            { "type": "text", "text": "Made with one HTTP request", "x": "5%", "y": "93%",
              "anchor": "bottom-left", "align": "left", "font": { "size": 46, "weight": 500 },
              "color": "#ffd166" } ] },
        "output": { "aspectRatio": "16:9", "quality": "web" }
    })
}

async fn generated(engine: &Path, folder: &Path) -> Result<PathBuf, QuickstartError> {
    std::fs::write(folder.join("hills.svg"), HILLS)?;
    std::fs::write(folder.join("chord.wav"), chord_wav())?;
    let template = folder.join("clip.json");
    let blocks = json!({ "version": "1", "blocks": [
        { "type": "image", "duration": CLIP_SECS, "width": "200%", "height": "100%", "fit": "fill",
          "y": "50%", "x": [{ "time": 0, "value": "100%" }, { "time": "100%", "value": "60%", "easing": "easeInOutSine" }],
          "source": { "uploadName": "hills.svg" } },
        { "type": "audio", "duration": CLIP_SECS, "source": { "uploadName": "chord.wav" },
          "fadeIn": 0.5, "fadeOut": 1.5 } ] });
    std::fs::write(&template, format!("{blocks:#}\n"))?;
    let clip = folder.join("hero.mp4");
    let mut render = Command::new(engine);
    render.arg("render").arg(&template).arg("--assets").arg(folder).arg("--out").arg(&clip);
    render.args(["--aspect", "16:9", "--quality", "web", "--json"]);
    output(&mut render, "make", &clip).await?;
    Ok(clip)
}

/// Length of a video.
async fn length_secs(engine: &Path, video: &Path) -> Result<f64, QuickstartError> {
    let mut probe = Command::new(engine);
    let found = output(probe.arg("probe").arg(video), "read", video).await?;
    let probed: Option<ProbedAsset> = serde_json::from_slice(&found).ok();
    let secs = probed.and_then(|probed| probed.duration_secs).filter(|secs| *secs > 0.0);
    secs.ok_or_else(|| QuickstartError::Clip {
        what: "read",
        path: video.to_owned(),
        detail: "it has no length; name a video".to_owned(),
    })
}

/// What the engine printed.
async fn output(command: &mut Command, what: &'static str, path: &Path) -> Result<Vec<u8>, QuickstartError> {
    let done = command.stdin(std::process::Stdio::null()).kill_on_drop(true).output().await?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    let detail = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(QuickstartError::Clip { what, path: path.to_owned(), detail })
}

/// A chord of three sines (A3, C sharp 4, E4) as a WAV file: 16 bits, 48 kHz, mono.
fn chord_wav() -> Vec<u8> {
    const RATE_HZ: u32 = 48_000;
    const PARTS: [(f64, f64); 3] = [(220.0, 0.12), (277.18, 0.09), (329.63, 0.09)];
    let count = (CLIP_SECS * f64::from(RATE_HZ)).round();
    let mut sound = 0.0;
    let mut samples = Vec::new();
    while sound < count {
        let angle = std::f64::consts::TAU * sound / f64::from(RATE_HZ);
        let level: f64 = PARTS.iter().map(|(hz, gain)| gain * (angle * hz).sin()).sum();
        #[expect(clippy::cast_possible_truncation, reason = "the gains add up to 0.3")]
        samples.extend(((level * f64::from(i16::MAX)) as i16).to_le_bytes());
        sound += 1.0;
    }
    let size_bytes = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    // RIFF header, then the formats' chunk of 16 bytes: PCM, one channel, rate, bytes a second, bytes a sample, bits.
    let mut wav = Vec::from(*b"RIFF");
    wav.extend((36 + size_bytes).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE_HZ.to_le_bytes());
    wav.extend((RATE_HZ * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(size_bytes.to_le_bytes());
    wav.extend(samples);
    wav
}
