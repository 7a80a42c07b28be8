//! Where in its file the music begins, and when the voice does.

use avs_protocol::{Beat, SOUND_BLOCK_SECS, SoundAnalysis, Span};

use super::loudness::{lufs_from_power, power_from_tenths};
use crate::{AssetId, Brief, Storyboard};

/// Under this nobody should cut by a beat (`Beat::confidence`).
pub(crate) const CONFIDENCE_MIN: f64 = 1.6;
/// Music begins this long before its beat, so that all of the stroke is heard.
const BEFORE_BEAT_SECS: f64 = 0.03;
/// An intro is over where a second of it is at most so much quieter than the whole, in LU.
const INTRO_LU: f64 = 8.0;
/// Longest intro that is skipped: what is quiet for longer is a quiet piece.
const INTRO_SECS_MAX: f64 = 40.0;
/// Beats after the intro on which the music may begin.
const STARTS_MAX: usize = 16;
/// A part shorter than this does not bear to be heard again and again.
const LOOP_SECS_MIN: f64 = 4.0;
/// A voice that speaks at once waits this long where there is time.
const BEFORE_VOICE_SECS: f64 = 0.3;

/// Where music and voice begin.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cues {
    /// Of the music, which begins with the video.
    pub music: Option<MusicCue>,
    /// Of the voice.
    pub voice: Option<VoiceCue>,
}

/// The part of a piece of music that plays, from the video's start on.
#[derive(Debug, Clone, PartialEq)]
pub struct MusicCue {
    /// Index of the music in the brief.
    pub asset: usize,
    /// Where in the music it begins, in seconds.
    pub start_secs: f64,
    /// Where in the music its part ends, in seconds, after `start_secs`.
    pub end_secs: f64,
    /// True where the part begins anew whenever it ends.
    pub looped: bool,
}

/// When a voice speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceCue {
    /// Index of the voice in the brief.
    pub asset: usize,
    /// When its file begins, in seconds of the video.
    pub at_secs: f64,
}

/// A beat of the music in the video.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct VideoBeat {
    /// In seconds of the video.
    pub(crate) at_secs: f64,
    /// Place in its bar, `0..4`.
    pub(crate) of_bar: usize,
}

/// Decides where music and voice begin in a video of that length.
pub fn cues(storyboard: &Storyboard, brief: &Brief, duration_secs: f64) -> Cues {
    let music = storyboard.music.as_ref().and_then(|id| heard(brief, id)).map(|(asset, sound)| {
        let (start_secs, end_secs, looped) = music_part(sound, file_secs(brief, asset, sound), duration_secs);
        MusicCue { asset, start_secs, end_secs, looped }
    });
    let voice = storyboard.voice.as_ref().and_then(|id| heard(brief, id)).map(|(asset, sound)| {
        let at_once = sound.speech.first().is_none_or(|first| first.start_secs < BEFORE_VOICE_SECS);
        let has_time = file_secs(brief, asset, sound) + BEFORE_VOICE_SECS <= duration_secs;
        VoiceCue { asset, at_secs: if at_once && has_time { BEFORE_VOICE_SECS } else { 0.0 } }
    });
    Cues { music, voice }
}

impl Cues {
    /// Returns the beats of the music in the video, rising; none where there is no steady one.
    pub(crate) fn beats(&self, brief: &Brief, duration_secs: f64) -> Vec<VideoBeat> {
        let Some(music) = &self.music else { return Vec::new() };
        let sound = brief.assets.get(music.asset).and_then(|asset| asset.analysis.sound.as_ref());
        let Some(beat) = sound.and_then(steady_beat) else { return Vec::new() };
        let round_secs = music.end_secs - music.start_secs;
        let rounds = if music.looped { duration_secs / round_secs.max(LOOP_SECS_MIN) } else { 0.0 };
        let mut beats = Vec::new();
        let mut round_start_secs = 0.0;
        while round_start_secs <= rounds * round_secs {
            for (index, source_secs) in beat.beats_secs.iter().enumerate() {
                let at_secs = round_start_secs + source_secs - music.start_secs;
                let inside = (music.start_secs..music.end_secs).contains(source_secs);
                if inside && at_secs < duration_secs {
                    beats.push(VideoBeat { at_secs, of_bar: of_bar(beat, index) });
                }
            }
            if !music.looped {
                break;
            }
            round_start_secs += round_secs;
        }
        beats
    }

    /// Returns when the voice speaks in the video.
    pub(crate) fn voice_speech(&self, brief: &Brief) -> Vec<Span> {
        let Some(voice) = &self.voice else { return Vec::new() };
        let sound = brief.assets.get(voice.asset).and_then(|asset| asset.analysis.sound.as_ref());
        let spoken = sound.map_or(&[] as &[Span], |sound| &sound.speech);
        let moved = |span: &Span| Span {
            start_secs: span.start_secs + voice.at_secs,
            end_secs: span.end_secs + voice.at_secs,
        };
        spoken.iter().map(moved).collect()
    }
}

/// The asset of that id and its sound, if it has one.
fn heard<'a>(brief: &'a Brief, id: &AssetId) -> Option<(usize, &'a SoundAnalysis)> {
    let asset = brief.asset_index(id)?;
    Some((asset, brief.assets[asset].analysis.sound.as_ref()?))
}

pub(super) fn file_secs(brief: &Brief, asset: usize, sound: &SoundAnalysis) -> f64 {
    let told = brief.assets.get(asset).and_then(|asset| asset.analysis.duration_secs);
    told.filter(|secs| secs.is_finite() && *secs > 0.0)
        .unwrap_or(sound.block_loudness_tenths.len() as f64 * SOUND_BLOCK_SECS)
}

/// Beats that one may cut by.
pub(crate) fn steady_beat(sound: &SoundAnalysis) -> Option<&Beat> {
    sound.beat.as_ref().filter(|beat| {
        beat.confidence >= CONFIDENCE_MIN
            && beat.beats_secs.len() >= 8
            && beat.beats_secs.windows(2).all(|pair| pair[1] - pair[0] > 0.05)
    })
}

fn of_bar(beat: &Beat, index: usize) -> usize {
    // Downbeats lie on both sides of the first that is told.
    (index + 4 - beat.first_downbeat % 4) % 4
}

/// Start, end, and whether it loops.
fn music_part(sound: &SoundAnalysis, file_secs: f64, duration_secs: f64) -> (f64, f64, bool) {
    let intro_secs = intro_secs(sound);
    let Some(beat) = steady_beat(sound) else {
        // Without a beat it begins where something begins to sound.
        let onset = sound.onsets_secs.iter().copied().find(|onset| *onset >= intro_secs);
        let wanted = onset.filter(|onset| onset - intro_secs < 1.0).unwrap_or(intro_secs);
        let latest = (file_secs - duration_secs).max(first_sound_secs(sound).min(file_secs / 2.0));
        return ((wanted - BEFORE_BEAT_SECS).clamp(0.0, latest), file_secs, false);
    };
    if let Some(start) = best_start(beat, intro_secs, file_secs - duration_secs, duration_secs) {
        return ((start - BEFORE_BEAT_SECS).max(0.0), file_secs, false);
    }
    if duration_secs <= file_secs {
        return (0.0, file_secs, false);
    }
    let outro_secs = outro_secs(sound, file_secs);
    let bars = || {
        let beats = beat.beats_secs.iter().enumerate();
        beats.filter(|(index, _)| of_bar(beat, *index) == 0).map(|(_, secs)| *secs)
    };
    let first = bars().find(|secs| *secs >= intro_secs - BEFORE_BEAT_SECS);
    let last = bars().rfind(|secs| *secs <= outro_secs + 0.1);
    match (first, last) {
        (Some(first), Some(last)) if last - first >= LOOP_SECS_MIN => {
            ((first - BEFORE_BEAT_SECS).max(0.0), (last - BEFORE_BEAT_SECS).min(file_secs), true)
        }
        _ => (0.0, file_secs, false),
    }
}

/// The beat to begin on: soon after the intro, best the first of a bar, so that the video ends with a bar.
fn best_start(beat: &Beat, intro_secs: f64, latest_secs: f64, duration_secs: f64) -> Option<f64> {
    let fits: Vec<(usize, f64)> =
        beat.beats_secs.iter().copied().enumerate().filter(|(_, secs)| *secs <= latest_secs).collect();
    let after = fits.partition_point(|(_, secs)| *secs < intro_secs - BEFORE_BEAT_SECS);
    // Where the intro takes too much of the piece, the last beats that leave time enough.
    let from = if after < fits.len() { after } else { fits.len().saturating_sub(4) };
    let score = |order: usize, index: usize, start: f64| {
        let end = start + duration_secs;
        let (next, spacing) = (beat.beats_secs.partition_point(|secs| *secs < end), spacing_secs(beat, end));
        let to_bar = |at: usize| {
            let far = beat.beats_secs.get(at).map_or(2.0 * spacing, |secs| (secs - end).abs());
            if of_bar(beat, at) == 0 { far / spacing } else { 2.0 }
        };
        let off_bar = (next.saturating_sub(3)..next + 3).map(to_bar).fold(2.0, f64::min);
        off_bar + if of_bar(beat, index) == 0 { 0.0 } else { 0.75 } + 0.04 * order as f64
    };
    let starts = fits[from..].iter().take(STARTS_MAX).enumerate();
    starts
        .map(|(order, (index, start))| (score(order, *index, *start), *start))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, start)| start)
}

/// Distance of the beats around a time of the music.
fn spacing_secs(beat: &Beat, at_secs: f64) -> f64 {
    let at = beat.beats_secs.partition_point(|secs| *secs < at_secs).clamp(1, beat.beats_secs.len() - 1);
    beat.beats_secs[at] - beat.beats_secs[at - 1]
}

/// Blocks in a second.
const SECOND_BLOCKS: usize = 10;

/// Where the music begins to be about as loud as it mostly is.
fn intro_secs(sound: &SoundAnalysis) -> f64 {
    let loud = loud_seconds(sound);
    let at = loud.iter().position(|loud| *loud).unwrap_or(0) as f64 * SOUND_BLOCK_SECS;
    if at <= INTRO_SECS_MAX { at } else { first_sound_secs(sound) }
}

/// Where it ceases to be.
fn outro_secs(sound: &SoundAnalysis, file_secs: f64) -> f64 {
    let last = loud_seconds(sound).iter().rposition(|loud| *loud);
    last.map_or(file_secs, |at| ((at + SECOND_BLOCKS) as f64 * SOUND_BLOCK_SECS).min(file_secs))
}

/// For each block, whether the second from it on is loud.
fn loud_seconds(sound: &SoundAnalysis) -> Vec<bool> {
    let powers: Vec<f64> =
        sound.block_loudness_tenths.iter().map(|tenths| power_from_tenths(*tenths)).collect();
    let mean = |second: &[f64]| lufs_from_power(second.iter().sum::<f64>() / second.len() as f64);
    powers.windows(SECOND_BLOCKS).map(|second| mean(second) >= sound.loudness_lufs - INTRO_LU).collect()
}

fn first_sound_secs(sound: &SoundAnalysis) -> f64 {
    let at = sound.block_loudness_tenths.iter().position(|tenths| *tenths > -500).unwrap_or(0);
    at as f64 * SOUND_BLOCK_SECS
}
