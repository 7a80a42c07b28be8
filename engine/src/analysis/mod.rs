//! Looking at files and listening to them: what a creator needs to know to choose from them. No model, no network, and
//! no pixel that is kept.
//!
//! ```text
//!           ┌─ sound ─▶ 48 kHz ─▶ loudness · true peak · silences │ spectrum ─▶ onsets ─▶ beats · speech
//! one file ─┤
//!           └─ video ─▶ few pictures, decoded cheaply ─▶ cuts │ each 0.2 s: 320 px ─▶ one look
//! ```

mod beats;
mod colors;
mod cuts;
mod grid;
mod look;
mod loudness;
mod movement;
mod oklab;
mod picture;
mod rounding;
mod screen;
mod small_picture;
mod sound;
mod spectrum;
mod speech;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use avs_protocol::{AssetAnalysis, AssetFile, AssetRole, MediaKind};

use crate::error::RenderError;
use crate::media::{MediaFault, MediaProbe, probe};

/// How long an analysis may take, and how it is stopped.
#[derive(Debug, Clone, Copy)]
pub struct AnalysisControl<'a> {
    /// Set to stop; looked at once a picture and once a block of sound.
    pub cancelled: &'a AtomicBool,
    /// Longest time for one file. What was found by then is told; half-way there, only keyframes are looked at.
    pub wall_max: Duration,
}

/// Analyses every file of a job but the fonts, and hands each over as it is done.
///
/// # Errors
/// [`RenderError`] of the first file that cannot be read and must be, or where it was cancelled.
pub fn analyze_assets(
    assets: &[AssetFile],
    control: AnalysisControl<'_>,
    mut found: impl FnMut(AssetAnalysis),
) -> Result<(), RenderError> {
    for asset in assets.iter().filter(|asset| asset.role == AssetRole::Media) {
        match analyze(&asset.name, &PathBuf::from(&asset.path), control) {
            Ok(analysis) => found(analysis),
            Err(RenderError::Media { .. }) if asset.optional => {}
            Err(RenderError::Media { source, .. }) => {
                return Err(RenderError::Media { pointer: asset.pointer.clone(), source });
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Looks into one file and listens to it. The same file gives the same analysis, as long as time does not run out.
///
/// # Errors
/// [`RenderError::Media`] where it cannot be read, [`RenderError::Cancelled`] where it was cancelled.
pub fn analyze(name: &str, path: &Path, control: AnalysisControl<'_>) -> Result<AssetAnalysis, RenderError> {
    let media = |source| RenderError::Media { pointer: String::new(), source };
    let found = probe(name, path).map_err(media)?;
    analysis_of(name, path, &found, control).map_err(|stopped| match stopped {
        Stopped::Fault(fault) => media(fault.of(name)),
        Stopped::Cancelled => RenderError::Cancelled,
        Stopped::NoThread(error) => RenderError::NoThread(error),
    })
}

/// Sound is heard on a thread of its own while pictures are looked at.
fn analysis_of(
    name: &str,
    path: &Path,
    found: &MediaProbe,
    control: AnalysisControl<'_>,
) -> Result<AssetAnalysis, Stopped> {
    let MediaProbe { kind, facts, .. } = found;
    let pace = Pace { control, began: Instant::now() };
    let (picture, sound) = std::thread::scope(|scope| {
        let listen = || sound::analyze_sound(path, &pace);
        let listener = if facts.has_audio {
            Some(std::thread::Builder::new().name("listen".into()).spawn_scoped(scope, listen)?)
        } else {
            None
        };
        let picture = match (kind, facts.size) {
            (MediaKind::Image, Some(size)) => picture::analyze_image(path, size).map(Some),
            (MediaKind::Video, Some(size)) => picture::analyze_video(path, size, &pace).map(Some),
            _ => Ok(None),
        };
        let sound = listener.map(|listener| match listener.join() {
            Ok(sound) => sound,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        Ok::<_, Stopped>((picture?, sound.transpose()?))
    })?;
    let size = facts.size;
    Ok(AssetAnalysis {
        name: name.to_owned(),
        kind: *kind,
        duration_secs: facts.duration.map(avs_template::Ticks::as_secs),
        width_px: size.map(|(width, _)| width),
        height_px: size.map(|(_, height)| height),
        picture,
        sound,
    })
}

/// Why a file was not analysed to its end.
#[derive(Debug)]
enum Stopped {
    Fault(MediaFault),
    Cancelled,
    NoThread(std::io::Error),
}

impl From<MediaFault> for Stopped {
    fn from(fault: MediaFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::NoThread(error)
    }
}

/// How the analysis of a file is on time.
#[derive(Debug)]
struct Pace<'a> {
    control: AnalysisControl<'a>,
    began: Instant,
}

impl Pace<'_> {
    /// True once the time is up.
    fn is_over(&self) -> Result<bool, Stopped> {
        if self.control.cancelled.load(Ordering::Relaxed) {
            return Err(Stopped::Cancelled);
        }
        Ok(self.began.elapsed() >= self.control.wall_max)
    }

    /// Share of the time that is gone.
    fn spent_ratio(&self) -> f64 {
        self.began.elapsed().as_secs_f64() / self.control.wall_max.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}
