//! The cases: one piece of work each, as an AVS template and as the best command line of each peer.

mod cards;
mod grid;
mod long;
mod lower_third;
mod podcast;
mod quick;
mod slideshow;
mod vertical;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::material::Material;

/// Frames per second of every case.
pub(crate) const FPS: u32 = 30;
/// x264 settings of all sides.
const PRESET: &str = "veryfast";
const CRF: &str = "23";
/// Two files of the same picture are at least this near in dB: text rasterisers and scalers differ.
const SAME_PICTURE_DB: f64 = 32.0;

type MakeCase = fn(&Material) -> anyhow::Result<Case>;

/// Every case by its name.
pub(crate) const ALL: [(&str, MakeCase); 8] = [
    ("quick", quick::case),
    ("lower-third", lower_third::case),
    ("slideshow", slideshow::case),
    ("vertical", vertical::case),
    ("grid", grid::case),
    ("cards", cards::case),
    ("podcast", podcast::case),
    ("long", long::case),
];

/// What runs where no case is named: minutes, not hours.
pub(crate) const SHORT: [&str; 6] = ["quick", "lower-third", "slideshow", "vertical", "grid", "cards"];

/// The case that two engines render at once.
pub(crate) fn lower_third(material: &Material) -> anyhow::Result<Case> {
    lower_third::case(material)
}

/// One piece of work.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Length of the video.
    pub(crate) secs: u32,
    /// As the engine's command line has it.
    pub(crate) aspect: &'static str,
    pub(crate) template: serde_json::Value,
    pub(crate) peers: Vec<Peer>,
    /// Where one turn takes minutes.
    pub(crate) turns_max: usize,
}

/// Another renderer's way to do it.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// Program and arguments, without the output.
    pub(crate) line: Vec<String>,
    /// Wanted: its wall time divided by ours.
    pub(crate) speedup_min: Option<f64>,
    /// How near its picture must be to ours; none where it draws less on purpose.
    pub(crate) psnr_db_min: Option<f64>,
}

impl Peer {
    /// ffmpeg with inputs, a filter graph that ends in `[v]`, and what else to write.
    pub(crate) fn ffmpeg(name: &'static str, inputs: &[&str], graph: &str, sound: &[&str]) -> Self {
        let head = ["ffmpeg", "-y", "-v", "error", "-nostdin"];
        let graph = ["-filter_complex", graph, "-map", "[v]"];
        let coding = ["-c:v", "libx264", "-preset", PRESET, "-crf", CRF, "-pix_fmt", "yuv420p"];
        let colors = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"];
        let parts = [&head[..], inputs, &graph, sound, &coding, &colors, &["-movflags", "+faststart"]];
        Self { name, line: owned(&parts.concat()), speedup_min: None, psnr_db_min: Some(SAME_PICTURE_DB) }
    }

    /// melt with its arguments before the consumer.
    pub(crate) fn melt(arguments: &[&str]) -> Self {
        let line = owned(&[&["melt", "-quiet", "-profile", "atsc_1080p_30"], arguments].concat());
        Self { name: "MLT", line, speedup_min: None, psnr_db_min: None }
    }

    pub(crate) fn goal(self, speedup_min: f64) -> Self {
        Self { speedup_min: Some(speedup_min), ..self }
    }

    pub(crate) fn near(self, psnr_db_min: f64) -> Self {
        Self { psnr_db_min: Some(psnr_db_min), ..self }
    }

    pub(crate) fn draws_less(self) -> Self {
        Self { psnr_db_min: None, ..self }
    }

    /// The command that writes `out`.
    pub(crate) fn command(&self, scratch: &Path, out: &Path) -> Command {
        let mut command = Command::new(&self.line[0]);
        command.args(&self.line[1..]);
        if self.line[0] == "melt" {
            command.arg("-consumer").arg(format!("avformat:{}", out.display()));
            command.args(["vcodec=libx264", "acodec=aac", "movflags=+faststart", "pix_fmt=yuv420p"]);
            command.args([format!("preset={PRESET}"), format!("crf={CRF}"), "real_time=-2".to_owned()]);
            command.env("SDL_VIDEODRIVER", "dummy").env("QT_QPA_PLATFORM", "offscreen").env("HOME", scratch);
        } else {
            command.arg(out);
        }
        command
    }

    /// False, with a word about it, where its program is not installed.
    pub(crate) fn is_here(&self) -> bool {
        let here = Command::new(&self.line[0])
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok();
        if !here {
            eprintln!("{} is not installed: {} is left out", self.line[0], self.name);
        }
        here
    }

    /// Its name in the name of a file.
    pub(crate) fn file_name(&self) -> String {
        self.name.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "-")
    }
}

/// The engine on a case's template.
pub(crate) fn our_command(case: &Case, engine: &Path, scratch: &Path, out: &Path) -> anyhow::Result<Command> {
    let template = scratch.join(format!("{}.json", case.name));
    std::fs::write(&template, serde_json::to_string_pretty(&case.template)?)?;
    let mut command = Command::new(engine);
    command.arg("render").arg(&template).arg("--assets").arg(scratch).arg("--out").arg(out);
    command.args([
        "--aspect",
        case.aspect,
        "--resolution",
        "1080p",
        "--preset",
        PRESET,
        "--crf",
        CRF,
        "--json",
    ]);
    command.arg("--fps").arg(FPS.to_string()).env("NODEVICE_SELECT", "1");
    Ok(command)
}

/// How ffmpeg writes the same sound as we.
fn sound_of(input: &str) -> [&str; 10] {
    ["-map", input, "-c:a", "aac", "-ac", "2", "-ar", "48000", "-b:a", "192k"]
}

fn owned(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}
