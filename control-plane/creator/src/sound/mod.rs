//! How loud everything is, and when: music, voice and the sound of clips, so that the whole has the loudness that is asked
//! for, words are understood, and nothing begins or ends with a click.

mod clips;
mod cue;
mod ducking;
#[cfg(test)]
pub(crate) mod fixtures;
mod lane;
mod levels;
mod loudness;
#[cfg(test)]
mod tests;
mod tracks;

use serde_json::{Value, json};

use crate::timing::Schedule;
use crate::{Brief, ClipSound, Note, NoteCode, Storyboard};
use clips::{HeardClip, heard_clips};
use ducking::{Ducking, rounded};
use levels::{Part, STACK_MAX, Solved, VOLUME_MAX, solve};
use tracks::{MusicTrack, VoiceTrack, source_json};

pub(crate) use cue::VideoBeat;
pub use cue::{Cues, MusicCue, VoiceCue, cues};
pub use loudness::LIMITER_CEILING_DB;

/// Loudness of every video in LUFS.
pub const LOUDNESS_LUFS: f64 = -14.0;

/// Music without words under it, against the words elsewhere, in LU: nearly as loud.
const MUSIC_TO_WORDS_LU: f64 = -3.0;
/// Music under clips that are heard in full, in LU: what happens comes first.
const MUSIC_TO_CLIPS_LU: f64 = -6.0;
/// Clips that are heard under music or voice, in LU.
const UNDER_LU: f64 = -18.0;
/// No clip is raised by more than the loudest one and this: the hum of a quiet room would become a noise.
const RAISED_DB_MAX: f64 = 10.0;

/// The video of a scene that may be heard, as it is to be compiled.
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
    /// Audio blocks: music, voice, and the sound of clips once more where four times as loud is not enough.
    pub blocks: Vec<Value>,
    /// One for each clip, in their order.
    pub clips: Vec<ClipVolume>,
    /// What the whole will measure, in LUFS; -70 for silence.
    pub loudness_lufs: f64,
    /// What a caller should know.
    pub notes: Vec<Note>,
}

/// Decides how everything sounds.
pub fn mix(storyboard: &Storyboard, brief: &Brief, schedule: &Schedule, clips: &[ClipUse]) -> Mix {
    let (cues, duration_secs) = (&schedule.cues, schedule.duration_secs());
    let block_count = schedule.sound_block_count();
    let heard = match storyboard.clip_sound {
        ClipSound::Off => Vec::new(),
        ClipSound::Under | ClipSound::Full => heard_clips(brief, schedule, clips, block_count),
    };
    let alone = cues.music.is_none() && cues.voice.is_none();
    let clips_lead = storyboard.clip_sound == ClipSound::Full || alone;
    let voice = cues.voice.as_ref().map(|cue| VoiceTrack::of(cue, brief, duration_secs, block_count));
    let cut_voice = cues
        .voice
        .as_ref()
        .filter(|_| voice.as_ref().is_some_and(|voice| voice.is_cut_short))
        .map(|cue| cue.asset);
    let mut words = voice.as_ref().map(|voice| voice.words.clone()).unwrap_or_default();
    if clips_lead {
        words.extend(heard.iter().flat_map(|clip| &clip.words));
    }
    let ducking = Ducking::under(words, duration_secs);
    let music = cues.music.as_ref().map(|cue| MusicTrack::of(cue, brief, &ducking, schedule));

    let mut parts: Vec<Part<'_>> = Vec::new();
    if let Some(voice) = &voice {
        parts.push(Part { lane: &voice.lane, level_db: -voice.lane.lufs, leads: true });
    }
    let has_lead = voice.is_some() || (clips_lead && !heard.is_empty());
    if let Some(music) = &music {
        let below_lu = match (has_lead, clips_lead && !heard.is_empty()) {
            (false, _) => 0.0,
            (true, false) => MUSIC_TO_WORDS_LU,
            (true, true) => MUSIC_TO_CLIPS_LU,
        };
        parts.push(Part { lane: &music.lane, level_db: below_lu - music.lane.lufs, leads: !has_lead });
    }
    let first_clip = parts.len();
    parts.extend(clip_parts(&heard, clips_lead, voice.is_some()));
    let solved = solve(&parts);
    let clip_gains = &solved.gains[first_clip..];
    let mut gains = solved.gains.iter().copied();
    let mut blocks = Vec::new();
    // Music first, though the voice is first among the parts: it leads.
    let voice_blocks = voice.zip(gains_of(&mut gains, cues.voice.is_some()));
    if let Some((music, gain)) = music.zip(gains_of(&mut gains, cues.music.is_some())) {
        blocks.extend(stacked(gain, |volume| music.block(&ducking, volume)));
    }
    if let Some((voice, gain)) = voice_blocks {
        blocks.extend(stacked(gain, |volume| voice.block(volume)));
    }
    for (clip, gain) in heard.iter().zip(clip_gains) {
        let further = stacked(*gain, |volume| clip_block(brief, &clips[clip.index], clip, volume)).skip(1);
        blocks.extend(further);
    }
    let mut notes = notes(storyboard, &solved, schedule);
    if let Some(asset) = cut_voice {
        let text =
            format!("it is longer than the video, which ends in the middle of it after {duration_secs:.1} s");
        notes.push(Note::of_file(NoteCode::Sound, asset, text));
    }
    let volumes = clip_volumes(clips, &heard, clip_gains);
    Mix { blocks, clips: volumes, loudness_lufs: solved.loudness_lufs, notes }
}

fn gains_of(gains: &mut impl Iterator<Item = f64>, is_there: bool) -> Option<f64> {
    if is_there { gains.next() } else { None }
}

/// Levels of clips: all alike, but none raised far beyond the others.
fn clip_parts<'a>(heard: &'a [HeardClip], lead: bool, has_voice: bool) -> Vec<Part<'a>> {
    let loudest_lufs = heard.iter().map(|clip| clip.lane.lufs).fold(-70.0, f64::max);
    let below_lu = if lead && !has_voice { 0.0 } else { UNDER_LU };
    heard
        .iter()
        .map(|clip| Part {
            lane: &clip.lane,
            level_db: below_lu - clip.lane.lufs.max(loudest_lufs - RAISED_DB_MAX),
            leads: lead && !has_voice && clip.lane.lufs >= loudest_lufs,
        })
        .collect()
}

/// As many blocks as a gain takes, each at its share of it.
fn stacked(gain: f64, block: impl Fn(f64) -> Value) -> impl Iterator<Item = Value> {
    let count = (1..STACK_MAX).find(|count| gain <= VOLUME_MAX * f64::from(*count)).unwrap_or(STACK_MAX);
    let volume = (gain / f64::from(count)).min(VOLUME_MAX);
    (0..count).map(move |_| block(volume))
}

/// The sound of a clip as a block of its own.
fn clip_block(brief: &Brief, clip: &ClipUse, heard: &HeardClip, volume: f64) -> Value {
    json!({
        "type": "audio",
        "source": source_json(brief, clip.asset),
        "start": rounded(heard.start_secs),
        "duration": clip.duration_secs,
        "trim": { "start": clip.start_secs },
        "speed": clip.speed,
        "volume": rounded(volume),
        "fadeIn": rounded(heard.fade_in),
        "fadeOut": rounded(heard.fade_out),
    })
}

fn clip_volumes(clips: &[ClipUse], heard: &[HeardClip], gains: &[f64]) -> Vec<ClipVolume> {
    let silent = |clip: &ClipUse| ClipVolume {
        scene: clip.scene,
        volume: json!(1.0),
        fade_in: 0.0,
        fade_out: 0.0,
        muted: true,
    };
    let mut volumes: Vec<ClipVolume> = clips.iter().map(silent).collect();
    for (clip, gain) in heard.iter().zip(gains) {
        let volume = stacked(*gain, |volume| json!(rounded(volume))).next().unwrap_or(json!(0.0));
        let (fade_in, fade_out) = (rounded(clip.fade_in), rounded(clip.fade_out));
        let scene = clips[clip.index].scene;
        volumes[clip.index] = ClipVolume { scene, volume, fade_in, fade_out, muted: false };
    }
    volumes
}

fn notes(storyboard: &Storyboard, solved: &Solved, schedule: &Schedule) -> Vec<Note> {
    let mut notes = Vec::new();
    if !solved.gains.is_empty() && solved.loudness_lufs < LOUDNESS_LUFS - 1.0 {
        notes.push(Note::general(
            NoteCode::Sound,
            format!(
                "the sound is too quiet, or too uneven, to be raised to {LOUDNESS_LUFS} LUFS: it has about {:.0} LUFS",
                solved.loudness_lufs
            ),
        ));
    }
    if storyboard.music.is_some() && schedule.cues.music.is_none() {
        notes.push(Note::general(NoteCode::Sound, "nothing can be heard in the music: the video has none"));
    }
    if let Some(music) = &schedule.cues.music {
        let part_secs = music.end_secs - music.start_secs;
        if music.looped {
            let text = "it is shorter than the video: from bar to bar it plays again";
            notes.push(Note::of_file(NoteCode::TooShort, music.asset, text));
        } else if part_secs < schedule.duration_secs() - 0.5 {
            let text = format!("it is shorter than the video, and ends after {part_secs:.1} s");
            notes.push(Note::of_file(NoteCode::TooShort, music.asset, text));
        }
    }
    notes
}
