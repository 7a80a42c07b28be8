//! When each scene shows: on the grid of frames, as long as its words need, cut on beats where there are some.

mod lengths;
mod snap;
#[cfg(test)]
mod tests;

use avs_protocol::{SOUND_BLOCK_SECS, Span};
use avs_template::{FrameRate, Ticks};

use crate::sound::{Cues, cues};
use crate::{Brief, ClipSound, Storyboard, Transition};
use snap::Cuts;

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

    /// Returns the time at which a frame begins to show.
    pub fn secs_of_frame(&self, frame: u32) -> f64 {
        f64::from(frame) / f64::from(self.fps)
    }

    /// Returns how many whole blocks of sound the video has, at least one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a video has at most an hour"
    )]
    pub(crate) fn sound_block_count(&self) -> usize {
        ((self.duration_secs() / SOUND_BLOCK_SECS + 1e-6).floor() as usize).max(1)
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
    let words = Words::of(storyboard, brief, &cues, fps);
    let speaks = |scene: usize, before: u32, cut: u32| words.are_cut(scene, before, cut);
    let frames = lengths::starts(&fitted.frames);
    let mut cuts = Cuts { frames, least: &fitted.least, fps, speaks: &speaks };
    cuts.move_out_of_words();
    let cuts_on_beats = cuts.move_onto_beats(&cues.beats(brief, f64::from(frame_count) / f64::from(fps)));
    let scenes = scene_times(storyboard, &cuts.frames, fps);
    Schedule { scenes, frame_count, fps, holds_shortened: fitted.holds_shortened, cuts_on_beats, cues }
}

fn scene_times(storyboard: &Storyboard, frames: &[u32], fps: u32) -> Vec<SceneTime> {
    let mut scenes: Vec<SceneTime> = Vec::with_capacity(storyboard.scenes.len());
    for (scene, ends) in storyboard.scenes.iter().zip(frames.windows(2)) {
        let (start_frame, end_frame) = (ends[0], ends[1]);
        let before = scenes.last().map(|before| before.end_frame - before.start_frame);
        let overlap_frames =
            before.map_or(0, |before| overlap(scene.transition, fps, before.min(end_frame - start_frame)));
        scenes.push(SceneTime { start_frame, end_frame, overlap_frames });
    }
    scenes
}

/// Words that a cut could fall into.
struct Words {
    /// Of the voice, in frames of the video.
    voice: Vec<(f64, f64)>,
    /// Of the clip of each scene that is heard, in frames after the scene's start.
    clips: Vec<Vec<(f64, f64)>>,
}

impl Words {
    fn of(storyboard: &Storyboard, brief: &Brief, cues: &Cues, fps: u32) -> Self {
        let in_frames = |spans: &[Span], from_secs: f64| -> Vec<(f64, f64)> {
            let frame = |secs: f64| (secs - from_secs) * f64::from(fps);
            spans.iter().map(|span| (frame(span.start_secs), frame(span.end_secs))).collect()
        };
        let clips = storyboard.scenes.iter().map(|scene| {
            let asset = scene.asset_id.as_ref().and_then(|id| brief.asset(id));
            let sound = asset.and_then(|asset| asset.analysis.sound.as_ref());
            match (sound, scene.asset_start, storyboard.clip_sound) {
                (Some(sound), Some(start), ClipSound::Full) => in_frames(&sound.speech, start),
                _ => Vec::new(),
            }
        });
        Self { voice: in_frames(&cues.voice_speech(brief), 0.0), clips: clips.collect() }
    }

    /// True where the cut with which a scene begins falls into words of the voice, or of the scene before it, which begins
    /// at the frame `before`.
    fn are_cut(&self, scene: usize, before: u32, cut: u32) -> bool {
        let (cut_frame, shown) = (f64::from(cut), f64::from(cut.saturating_sub(before)));
        // A hundredth of a frame is the rounding of floats.
        let inside =
            |spans: &[(f64, f64)], at: f64| spans.iter().any(|(from, to)| from + 0.01 < at && at < to - 0.01);
        inside(&self.voice, cut_frame)
            || scene.checked_sub(1).is_some_and(|before| inside(&self.clips[before], shown))
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
        // Longer where there is time.
        Transition::Dissolve => (f64::from(shorter) / f64::from(fps) / 5.0).clamp(0.5, 1.0),
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
