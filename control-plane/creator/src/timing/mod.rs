//! When each scene shows: on the grid of frames, as long as its words need, cut on beats where there are some.

mod lengths;

use avs_template::{FrameRate, Ticks};

use crate::sound::{Cues, cues};
use crate::{Brief, Storyboard, Transition};

/// When a scene shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SceneTime {
    /// Its first frame: the end of the scene before it.
    pub start_frame: u32,
    /// One past its last frame, after `start_frame`: the start of the next scene.
    pub end_frame: u32,
    /// For how many of its first frames the scene before it still shows, under its transition: 0 for a cut and for the
    /// first scene, less than its own length and than that of the scene before.
    pub overlap_frames: u32,
}

/// When all scenes show.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// In order, without a gap, from frame 0 to `frame_count`.
    pub scenes: Vec<SceneTime>,
    /// Of the whole: `round(duration * fps)`, but at least one a scene.
    pub frame_count: u32,
    /// Frames a second.
    pub fps: u32,
    /// True where there is not time enough for all words to be read: every hold was shortened by the same factor.
    pub holds_shortened: bool,
    /// Cuts that lie on beats of the music, as indices of the scenes that they begin.
    pub cuts_on_beats: Vec<usize>,
    /// Where music and voice begin.
    pub cues: Cues,
}

impl Schedule {
    /// Returns how long the whole is in seconds.
    pub fn duration_secs(&self) -> f64 {
        f64::from(self.frame_count) / f64::from(self.fps)
    }

    /// Returns one past the last frame in which the scene is seen, under the transition of the next one too.
    pub fn seen_until_frame(&self, scene: usize) -> u32 {
        let overlap = self.scenes.get(scene + 1).map_or(0, |next| next.overlap_frames);
        self.scenes.get(scene).map_or(0, |scene| scene.end_frame + overlap)
    }
}

/// Lays the scenes on the grid of frames. `fps` is in `1..=60`; `holds_secs` is how long each scene must last for its words
/// to be read, 0 or absent for those without.
pub fn schedule(storyboard: &Storyboard, brief: &Brief, fps: u32, holds_secs: &[f64]) -> Schedule {
    let fps = fps.clamp(1, 60);
    let count = storyboard.scenes.len();
    let frame_count = frame_count(storyboard.duration_seconds, fps).max(u32::try_from(count).unwrap_or(1));
    let wishes: Vec<f64> = storyboard.scenes.iter().map(|scene| scene.duration_seconds).collect();
    let holds: Vec<f64> = (0..count).map(|at| holds_secs.get(at).copied().unwrap_or(0.0)).collect();
    let fitted = lengths::fit(&wishes, &holds, fps, frame_count);
    let cues = cues(storyboard, brief, f64::from(frame_count) / f64::from(fps));
    let mut start_frame = 0;
    let mut scenes: Vec<SceneTime> = Vec::with_capacity(count);
    for (scene, length) in storyboard.scenes.iter().zip(&fitted.frames) {
        let before = scenes.last().map(|before| before.end_frame - before.start_frame);
        let overlap_frames = before.map_or(0, |before| overlap(scene.transition, fps, before.min(*length)));
        scenes.push(SceneTime { start_frame, end_frame: start_frame + length, overlap_frames });
        start_frame += length;
    }
    Schedule {
        scenes,
        frame_count,
        fps,
        holds_shortened: fitted.holds_shortened,
        cuts_on_beats: Vec::new(),
        cues,
    }
}

fn frame_count(secs: f64, fps: u32) -> u32 {
    let rate = FrameRate::new(fps).expect("between 1 and 60");
    let secs = if secs.is_finite() { secs } else { 0.0 };
    u32::try_from(rate.frame_count(Ticks::from_secs(secs))).unwrap_or(u32::MAX).max(1)
}

/// Frames of a transition; `shorter` is the length of the shorter of its scenes.
fn overlap(transition: Transition, fps: u32, shorter: u32) -> u32 {
    // At 30 frames a second: 15 to 30 for soft ones, 6 to 8 for those that punch.
    let secs = match transition {
        Transition::Cut => return 0,
        Transition::Dissolve => 0.7,
        Transition::FadeBlack => 0.6,
        Transition::Slide | Transition::Zoom => 0.25,
    };
    frames_from_secs(secs, fps).clamp(1, (shorter / 3).max(1)).min(shorter.saturating_sub(1))
}

/// The nearest number of frames.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
pub(crate) fn frames_from_secs(secs: f64, fps: u32) -> u32 {
    (secs * f64::from(fps)).round().clamp(0.0, 1e9) as u32
}
