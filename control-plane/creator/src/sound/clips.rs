//! Which clips are heard, where, and how they begin and end.

use avs_protocol::{SoundAnalysis, Span};

use super::ClipUse;
use super::lane::Lane;
use super::loudness::SILENCE_LUFS;
use crate::Brief;
use crate::timing::Schedule;

/// A cut in sound takes this long: shorter clicks, longer is heard as a fade.
const CUT_SECS: f64 = 0.04;
/// A clip that goes on where the one before it ended, within this, is one sound with it.
const SEAM_SECS: f64 = 0.05;

/// A clip that is heard.
#[derive(Debug, Clone)]
pub(super) struct HeardClip {
    /// Index in the list of clips.
    pub(super) index: usize,
    /// In seconds.
    pub(super) fade_in: f64,
    /// In seconds.
    pub(super) fade_out: f64,
    /// What it sounds like on the timeline.
    pub(super) lane: Lane,
    /// When somebody speaks in it, in seconds of the video.
    pub(super) words: Vec<Span>,
    /// In seconds of the video.
    pub(super) start_secs: f64,
}

/// Returns the clips that are heard, of which there is one a scene at most: not the one that is the voice, and none that is
/// silent.
pub(super) fn heard_clips(
    brief: &Brief,
    schedule: &Schedule,
    clips: &[ClipUse],
    blocks: usize,
) -> Vec<HeardClip> {
    let voice = schedule.cues.voice.as_ref().map(|voice| voice.asset);
    let mut chosen: Vec<(usize, &ClipUse, &SoundAnalysis)> = Vec::new();
    for (index, clip) in clips.iter().enumerate() {
        let sound = brief.assets.get(clip.asset).and_then(|asset| asset.analysis.sound.as_ref());
        let Some(sound) = sound.filter(|_| Some(clip.asset) != voice && clip.scene < schedule.scenes.len())
        else {
            continue;
        };
        chosen.push((index, clip, sound));
    }
    let heard = chosen.iter().map(|(index, clip, sound)| {
        let before =
            chosen.iter().find(|(_, other, _)| other.scene + 1 == clip.scene).map(|(_, other, _)| *other);
        let after =
            chosen.iter().find(|(_, other, _)| other.scene == clip.scene + 1).map(|(_, other, _)| *other);
        let fade_in =
            fade_secs(schedule, clip.scene, before.is_some_and(|before| goes_on(schedule, before, clip)));
        let fade_out =
            fade_secs(schedule, clip.scene + 1, after.is_some_and(|after| goes_on(schedule, clip, after)));
        heard_clip((*index, clip, sound), (fade_in, fade_out), schedule, blocks)
    });
    heard.filter(|clip| clip.lane.lufs > SILENCE_LUFS + 10.0).collect()
}

fn heard_clip(
    (index, clip, sound): (usize, &ClipUse, &SoundAnalysis),
    (fade_in, fade_out): (f64, f64),
    schedule: &Schedule,
    blocks: usize,
) -> HeardClip {
    let start_secs = schedule.secs_of_frame(schedule.scenes[clip.scene].start_frame);
    let length_secs = clip.duration_secs.min(schedule.duration_secs() - start_secs);
    let third = length_secs / 3.0;
    let (fade_in, fade_out) = (fade_in.min(third), fade_out.min(third));
    let source_secs = |at_secs: f64| {
        let passed = at_secs - start_secs;
        (0.0..length_secs).contains(&passed).then_some(clip.start_secs + passed * clip.speed)
    };
    let gain = |at_secs: f64| {
        let passed = at_secs - start_secs;
        ramp(passed, fade_in) * ramp(length_secs - passed, fade_out)
    };
    let lane = Lane::of(sound, blocks, source_secs, gain);
    let on_timeline = |secs: f64| start_secs + (secs - clip.start_secs) / clip.speed.max(0.01);
    let words = spoken(clip, sound)
        .into_iter()
        .map(|span| Span { start_secs: on_timeline(span.start_secs), end_secs: on_timeline(span.end_secs) });
    HeardClip { index, fade_in, fade_out, lane, words: words.collect(), start_secs }
}

/// Linear from 0 to 1, as the engine fades.
pub(super) fn ramp(passed_secs: f64, fade_secs: f64) -> f64 {
    if fade_secs <= 0.0 { 1.0 } else { (passed_secs / fade_secs).clamp(0.0, 1.0) }
}

/// Words in the used part of a clip, in seconds of its file.
fn spoken(clip: &ClipUse, sound: &SoundAnalysis) -> Vec<Span> {
    let end_secs = clip.start_secs + clip.duration_secs * clip.speed;
    let inside = sound.speech.iter().map(|span| Span {
        start_secs: span.start_secs.max(clip.start_secs),
        end_secs: span.end_secs.min(end_secs),
    });
    inside.filter(|span| span.end_secs - span.start_secs > 0.1).collect()
}

/// Length of the fade across the cut with which a scene begins; past the last one, the end of the video.
fn fade_secs(schedule: &Schedule, scene: usize, is_seam: bool) -> f64 {
    match schedule.scenes.get(scene) {
        _ if is_seam => 0.0,
        Some(scene) => schedule.secs_of_frame(scene.overlap_frames).max(CUT_SECS),
        None => 0.5,
    }
}

/// True where the second clip shows what comes after the first in the same file, without a transition.
fn goes_on(schedule: &Schedule, first: &ClipUse, second: &ClipUse) -> bool {
    let (scene, next) = (&schedule.scenes[first.scene], &schedule.scenes[second.scene]);
    let shown_secs = schedule.secs_of_frame(scene.end_frame - scene.start_frame) * first.speed;
    first.asset == second.asset
        && next.overlap_frames == 0
        && (first.speed - second.speed).abs() < 1e-6
        && (first.start_secs + shown_secs - second.start_secs).abs() <= SEAM_SECS
}
