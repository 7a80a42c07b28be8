//! Music and voice on the timeline, and as blocks of the document.

use avs_protocol::{SoundAnalysis, Span};
use avs_template::Source;
use serde_json::{Value, json};

use super::clips::ramp;
use super::cue::{MusicCue, VoiceCue, file_secs, steady_beat};
use super::ducking::{Ducking, rounded};
use super::lane::Lane;
use crate::Brief;
use crate::timing::Schedule;

/// How music begins that begins on its first sample, on a stroke, or in the middle of something.
const FADE_IN_SECS: [f64; 3] = [0.0, 0.02, 0.3];
/// How long music takes to end: best from a beat on.
const FADE_OUT_SECS: std::ops::RangeInclusive<f64> = 0.8..=1.5;
/// Where no beat says how long.
const FADE_OUT_USUAL_SECS: f64 = 1.2;

/// Music on the timeline.
pub(super) struct MusicTrack {
    cue: MusicCue,
    source: Value,
    /// What it sounds like, turned down under words.
    pub(super) lane: Lane,
    duration_secs: f64,
    fade_in: f64,
    fade_out: f64,
}

impl MusicTrack {
    pub(super) fn of(cue: &MusicCue, brief: &Brief, ducking: &Ducking, schedule: &Schedule) -> Self {
        let (part_secs, video_secs) = (cue.end_secs - cue.start_secs, schedule.duration_secs());
        let duration_secs = if cue.looped { video_secs } else { part_secs.min(video_secs) };
        let sound = brief.assets.get(cue.asset).and_then(|asset| asset.analysis.sound.as_ref());
        let fade_in = match sound.and_then(steady_beat) {
            _ if cue.start_secs < 0.01 => FADE_IN_SECS[0],
            Some(_) => FADE_IN_SECS[1],
            None => FADE_IN_SECS[2],
        };
        let strokes = schedule.cues.beats(brief, video_secs);
        let from_stroke = strokes
            .iter()
            .map(|stroke| duration_secs - stroke.at_secs)
            .filter(|fade| FADE_OUT_SECS.contains(fade))
            // The longest that a beat gives.
            .fold(None, |best: Option<f64>, fade| Some(best.map_or(fade, |best| best.max(fade))));
        let fade_out = from_stroke.unwrap_or(FADE_OUT_USUAL_SECS).min(duration_secs / 3.0);
        let source_secs = |at_secs: f64| {
            let passed = if cue.looped { at_secs % part_secs } else { at_secs };
            (at_secs < duration_secs).then_some(cue.start_secs + passed)
        };
        let gain = |at_secs: f64| {
            ducking.gain(at_secs) * ramp(at_secs, fade_in) * ramp(duration_secs - at_secs, fade_out)
        };
        let lane = sound
            .map(|sound| Lane::of(sound, schedule.sound_block_count(), source_secs, gain))
            .unwrap_or_default();
        let source = source_json(brief, cue.asset);
        Self { cue: cue.clone(), source, lane, duration_secs, fade_in, fade_out }
    }

    pub(super) fn block(&self, ducking: &Ducking, volume: f64) -> Value {
        let mut block = json!({
            "type": "audio",
            "source": self.source,
            "start": 0,
            "duration": self.duration_secs,
            "volume": ducking.keyframes(volume, self.duration_secs),
            "fadeIn": rounded(self.fade_in),
            "fadeOut": rounded(self.fade_out),
        });
        if self.cue.looped {
            block["loop"] = json!(true);
            block["trim"] =
                json!({ "start": rounded(self.cue.start_secs), "end": rounded(self.cue.end_secs) });
        } else if self.cue.start_secs > 0.0 {
            block["trim"] = json!({ "start": rounded(self.cue.start_secs) });
        }
        block
    }
}

/// A voice on the timeline.
pub(super) struct VoiceTrack {
    source: Value,
    pub(super) lane: Lane,
    /// When it speaks, in seconds of the video.
    pub(super) words: Vec<Span>,
    start_secs: f64,
    duration_secs: f64,
    fade_out: f64,
    /// The video ends before it does.
    pub(super) is_cut_short: bool,
}

impl VoiceTrack {
    pub(super) fn of(cue: &VoiceCue, brief: &Brief, video_secs: f64, block_count: usize) -> Self {
        let sound = brief.assets.get(cue.asset).and_then(|asset| asset.analysis.sound.as_ref());
        let whole_secs = sound.map_or(0.0, |sound| file_secs(brief, cue.asset, sound));
        let duration_secs = whole_secs.min(video_secs - cue.at_secs);
        let is_cut_short = whole_secs > duration_secs + 0.01;
        let fade_out = if is_cut_short { 0.3_f64.min(duration_secs / 3.0) } else { 0.0 };
        let source_secs = |at_secs: f64| {
            let passed = at_secs - cue.at_secs;
            (0.0..duration_secs).contains(&passed).then_some(passed)
        };
        let gain = |at_secs: f64| ramp(cue.at_secs + duration_secs - at_secs, fade_out);
        let lane = sound.map(|sound| Lane::of(sound, block_count, source_secs, gain)).unwrap_or_default();
        let words = sound.map(|sound| spoken(sound, cue.at_secs, duration_secs)).unwrap_or_default();
        let source = source_json(brief, cue.asset);
        Self { source, lane, words, start_secs: cue.at_secs, duration_secs, fade_out, is_cut_short }
    }

    pub(super) fn block(&self, volume: f64) -> Value {
        json!({
            "type": "audio",
            "source": self.source,
            "start": self.start_secs,
            "duration": self.duration_secs,
            "volume": rounded(volume),
            "fadeOut": rounded(self.fade_out),
        })
    }
}

/// When a voice speaks; where nothing was found that sounds like words, it is taken to speak all the time.
fn spoken(sound: &SoundAnalysis, at_secs: f64, duration_secs: f64) -> Vec<Span> {
    if sound.speech.is_empty() {
        return vec![Span { start_secs: at_secs, end_secs: at_secs + duration_secs }];
    }
    let moved = |span: &Span| Span {
        start_secs: span.start_secs + at_secs,
        end_secs: span.end_secs.min(duration_secs) + at_secs,
    };
    sound.speech.iter().filter(|span| span.start_secs < duration_secs).map(moved).collect()
}

/// An asset as the document names it.
pub(super) fn source_json(brief: &Brief, asset: usize) -> Value {
    match brief.assets.get(asset).map(|asset| &asset.source) {
        Some(Source::Upload(name)) => json!({ "uploadName": name }),
        Some(Source::Url(url)) => json!({ "url": url }),
        None => Value::Null,
    }
}
