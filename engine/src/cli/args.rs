//! What can be said on the command line.

use std::os::fd::RawFd;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::encode::EncoderChoice;
use crate::limits;

/// Renders AVS templates to MP4.
#[derive(Debug, Parser)]
#[command(name = "avs-engine", version)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Render a template to an MP4.
    Render(RenderArgs),
    /// Render one frame of a template to a PNG.
    Still(StillArgs),
    /// Say what a media file is, as JSON.
    Probe {
        /// The file.
        file: PathBuf,
    },
    /// Look at media files and listen to them, and say what is there.
    Analyze {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// All of it as JSON, a line a file.
        #[arg(long)]
        json: bool,
    },
    /// Check a template without rendering it.
    Validate {
        /// The template.
        template: PathBuf,
    },
    /// Print the JSON Schema of templates.
    Schema,
    /// List the graphics adapters, best first, as JSON.
    Adapters,
    /// Try the video encoders, in the order in which `auto` does, and list them as JSON.
    Encoders,
    /// Serve one job to a control plane over an inherited socket.
    Serve(ServeArgs),
    /// Say what this machine has for rendering, and try whether the sandbox of a serving engine holds.
    Doctor {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Confine this process, try forbidden things, and tell as JSON: what `doctor` starts.
    #[command(hide = true)]
    TrySandbox {
        /// An empty folder to try it in.
        folder: PathBuf,
        /// Try without confining: everything should work.
        #[arg(long)]
        unconfined: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(super) struct ServeArgs {
    /// The socket's file descriptor.
    #[arg(long)]
    pub(super) ipc_fd: RawFd,
    /// The folder below which the files of every job are; nothing outside it and the system is open then.
    #[arg(long)]
    pub(super) jobs_dir: Option<PathBuf>,
    /// Longest file that may be written.
    #[arg(long, default_value_t = limits::FILE_BYTES_MAX)]
    pub(super) file_bytes_max: u64,
    /// Memory, resident and swapped, at which the process ends.
    #[arg(long, default_value_t = limits::MEMORY_BYTES_MAX)]
    pub(super) memory_bytes_max: u64,
}

/// A template, its files, and the size and rate of its frames.
#[derive(Debug, ClapArgs)]
pub(super) struct InputArgs {
    /// The template.
    pub(super) template: PathBuf,
    /// Folder of the files that the template names by `uploadName`.
    #[arg(long, default_value = ".")]
    pub(super) assets: PathBuf,
    /// draft, web or studio.
    #[arg(long)]
    pub(super) quality: Option<String>,
    /// 16:9, 9:16, 1:1, 4:5, 5:4, 4:3, 3:4 or 21:9.
    #[arg(long)]
    pub(super) aspect: Option<String>,
    /// 480p, 720p, 1080p, 1440p or 2160p: the short side.
    #[arg(long)]
    pub(super) resolution: Option<String>,
    /// Frames per second, 1 to 60.
    #[arg(long)]
    pub(super) fps: Option<u32>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct RenderArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// The MP4 to write.
    #[arg(long)]
    pub(super) out: PathBuf,
    /// auto, x264, nvenc, vaapi or videotoolbox; auto takes the first that works, x264 last.
    #[arg(long, default_value = "auto", value_parser = encoder_choice)]
    pub(super) encoder: EncoderChoice,
    /// x264 preset, instead of the quality's; other encoders take what is nearest to it.
    #[arg(long, value_parser = PRESETS)]
    pub(super) preset: Option<String>,
    /// x264 constant rate factor, instead of the quality's; other encoders take what looks like it.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=51))]
    pub(super) crf: Option<u8>,
    /// Encode pictures that stay frame by frame, instead of writing pictures that only repeat.
    #[arg(long)]
    pub(super) encode_repeats: bool,
    /// Print where the time went.
    #[arg(long)]
    pub(super) timings: bool,
    /// Write what each thread did when, for chrome://tracing or ui.perfetto.dev.
    #[arg(long, value_name = "TRACE.json")]
    pub(super) trace: Option<PathBuf>,
    /// Print the report (and timings) as JSON, and no progress bar.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct StillArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Time of the frame in seconds.
    #[arg(long, default_value_t = 0.0)]
    pub(super) at: f64,
    /// The PNG to write.
    #[arg(long)]
    pub(super) out: PathBuf,
}

fn encoder_choice(name: &str) -> Result<EncoderChoice, String> {
    let names = EncoderChoice::ALL.map(EncoderChoice::name).join(", ");
    let found = EncoderChoice::ALL.into_iter().find(|choice| choice.name() == name);
    found.ok_or_else(|| format!("the encoders are {names}"))
}

/// x264's own list.
const PRESETS: [&str; 10] = [
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
    "placebo",
];
