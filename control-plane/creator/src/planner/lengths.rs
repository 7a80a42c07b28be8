//! How long each scene lasts: together exactly as long as the video, never all alike.

use avs_protocol::Span;

use super::budget::{TIGHT, Wanted};
use super::casting::Cast;
use super::slot::{Picture, Slot};
use crate::footage::{Footage, Want};
use crate::{Layout, Note, NoteCode, limits};

/// Coefficient of variation that lengths of scenes shall have (research: acceptance checks).
const VARIATION: std::ops::RangeInclusive<f64> = 0.3..=0.7;
/// Exponents on the wishes, tried in order until the lengths vary as they shall.
const EXPONENTS: [f64; 9] = [1.0, 1.3, 1.7, 2.2, 3.0, 4.0, 0.8, 0.6, 0.4];
/// No scene is shorter, in seconds.
const SCENE_SECS_MIN: f64 = 0.2;
/// A card longer than so many times its longest looks stuck.
const CARD_STRETCH: f64 = 1.6;
/// A still may move this many times longer.
const STILL_STRETCH: f64 = 2.0;

/// Settles the lengths; returns how long the whole is, in seconds.
pub(super) fn settle(
    casts: &mut Vec<Cast>,
    wanted: &Wanted,
    footage: &Footage,
    notes: &mut Vec<Note>,
) -> f64 {
    if casts.is_empty() {
        return 0.0;
    }
    let mut duration = wanted.duration_secs;
    let mut bounds: Vec<Bounds> = casts.iter().map(|cast| Bounds::of(cast, footage)).collect();
    let longest = |bounds: &[Bounds]| bounds.iter().map(|bounds| bounds.max).sum::<f64>();
    if longest(&bounds) < duration {
        for (bounds, cast) in bounds.iter_mut().zip(casts.iter()) {
            bounds.max = bounds.max.max((bounds.stretched)(cast.slot.max_secs));
        }
    }
    if longest(&bounds) < duration && !wanted.is_fixed {
        duration = longest(&bounds).max(*limits::DURATION_SECS.start());
    }
    if longest(&bounds) < duration {
        show_again(casts, &mut bounds, duration, footage, notes);
    }
    if longest(&bounds) < duration {
        hold(casts, &mut bounds, footage, notes);
    }
    let least: f64 = bounds.iter().map(|bounds| bounds.min).sum();
    if least > duration {
        bounds.iter_mut().for_each(|bounds| bounds.min *= duration / least);
        if least > duration * TIGHT {
            notes.push(Note::general(
                NoteCode::TooLittleTime,
                "there is little time to read all words: a longer video would help",
            ));
        }
    }
    let lengths = varied(&bounds, duration);
    let ends_with_its_file: Vec<bool> = casts.iter().map(|cast| cast.start_secs.is_some()).collect();
    for (cast, length) in casts.iter_mut().zip(rounded(lengths, &ends_with_its_file, duration)) {
        cast.slot.wish_secs = length;
    }
    follow(casts, footage);
    duration
}

/// Shortest, wished and longest length of a scene in seconds.
#[derive(Clone, Copy)]
struct Bounds {
    min: f64,
    wish: f64,
    max: f64,
    /// How long it may become for want of others.
    stretched: fn(f64) -> f64,
}

impl Bounds {
    fn of(cast: &Cast, footage: &Footage) -> Self {
        let slot = &cast.slot;
        let room = cast.room_secs.max(SCENE_SECS_MIN);
        let max = slot.max_secs.max(slot.min_secs).min(room).max(SCENE_SECS_MIN);
        let min = slot.min_secs.max(SCENE_SECS_MIN).min(max);
        let is_still = cast.files.first().is_some_and(|file| !footage.files[*file].is_moving());
        let stretched: fn(f64) -> f64 = match (slot.is_card(), is_still) {
            (true, _) if slot.layout == Layout::EndCard => |_| 4.0,
            (true, _) => |max| max * CARD_STRETCH,
            (false, true) => |max| max * STILL_STRETCH,
            (false, false) => |_| 0.0,
        };
        Self { min, wish: slot.wish_secs.clamp(min, max), max, stretched }
    }
}

/// Shortest part of a file that shows again, in seconds: over and over, a shorter one would flicker. Its last picture is
/// held instead.
const AGAIN_SECS_MIN: f64 = 0.8;

/// Scenes of what was shown already: only where a prompt names a length that the files do not have.
fn show_again(
    casts: &mut Vec<Cast>,
    bounds: &mut Vec<Bounds>,
    duration: f64,
    footage: &Footage,
    notes: &mut Vec<Note>,
) {
    // First whatever the parts have left.
    for (bounds, cast) in bounds.iter_mut().zip(casts.iter()) {
        if cast.start_secs.is_some() {
            bounds.max = bounds.max.max(cast.room_secs);
        }
    }
    let again = |file: usize| {
        let lasts = |stretch: &&Span| stretch.end_secs - stretch.start_secs >= AGAIN_SECS_MIN;
        let stretches: Vec<&Span> = footage.files[file].stretches.iter().filter(lasts).collect();
        (footage.files[file].is_moving() && !stretches.is_empty()).then_some((file, stretches))
    };
    let moving: Vec<(usize, Vec<&Span>)> = footage.shown().into_iter().filter_map(again).collect();
    let mut missing = duration - bounds.iter().map(|bounds| bounds.max).sum::<f64>();
    let mut nth = 0;
    while missing > 0.05 && !moving.is_empty() && casts.len() < limits::SCENES_MAX {
        let (file, stretches) = &moving[nth % moving.len()];
        let stretch = stretches[(nth / moving.len()) % stretches.len()];
        let room_secs = stretch.end_secs - stretch.start_secs;
        let mut slot = Slot::plain(Want::Any);
        (slot.wish_secs, slot.max_secs) = (room_secs, room_secs);
        slot.picture = Picture::Part(*file, stretch.start_secs, room_secs);
        let cast = Cast { slot, files: vec![*file], start_secs: Some(stretch.start_secs), room_secs };
        let at = casts.iter().position(|cast| cast.slot.layout == Layout::EndCard).unwrap_or(casts.len());
        bounds.insert(at, Bounds::of(&cast, footage));
        casts.insert(at, cast);
        missing -= room_secs.max(SCENE_SECS_MIN);
        nth += 1;
    }
    if nth > 0 {
        notes.push(Note::general(
            NoteCode::TooShort,
            "the files are shorter than the video: parts of them show again",
        ));
    }
}

/// A still without words that stands longer is shown in more than one shot, in seconds.
const STILL_SECS_MAX: f64 = 7.0;
/// And these last about so long at most, in seconds.
const PART_SECS: f64 = 6.0;

/// Parts stills that stand long into shots of it. Where several stand one after the other, each shows once before any
/// shows again.
pub(super) fn part_long_stills(casts: &mut Vec<Cast>, footage: &Footage) {
    let is_shot_of_still = |cast: &Cast| {
        cast.slot.layout == Layout::Plain
            && cast.files.first().is_some_and(|file| !footage.files[*file].is_moving())
    };
    let mut room = limits::SCENES_MAX.saturating_sub(casts.len());
    let whole = std::mem::take(casts);
    for run in whole.chunk_by(|before, after| is_shot_of_still(before) && is_shot_of_still(after)) {
        let mut rest = run.to_vec();
        while !rest.is_empty() {
            let mut again = Vec::new();
            for cast in rest {
                let parted = if room > 0 && is_shot_of_still(&cast) { parted(&cast) } else { None };
                let Some((first, left)) = parted else {
                    casts.push(cast);
                    continue;
                };
                casts.push(first);
                again.push(left);
                room -= 1;
            }
            rest = again;
        }
    }
}

/// The first of the shots of a still that stands long, and what is left for others.
fn parted(cast: &Cast) -> Option<(Cast, Cast)> {
    let secs = cast.slot.wish_secs;
    if secs <= STILL_SECS_MAX {
        return None;
    }
    // The first a little shorter than its share: never all alike.
    let count = (secs / PART_SECS).ceil();
    let (mut first, mut left) = (cast.clone(), cast.clone());
    first.slot.wish_secs = (secs / count * 0.92 * 1000.0).floor() / 1000.0;
    left.slot.wish_secs = secs - first.slot.wish_secs;
    left.slot.min_secs = left.slot.min_secs.min(left.slot.wish_secs);
    left.slot.is_turn = false;
    Some((first, left))
}

/// The last resort: stills and cards stand as long as it takes, or else the last pictures of videos.
fn hold(casts: &[Cast], bounds: &mut [Bounds], footage: &Footage, notes: &mut Vec<Note>) {
    let is_moving = |cast: &Cast| cast.files.first().is_some_and(|file| footage.files[*file].is_moving());
    let has_still = casts.iter().any(|cast| !is_moving(cast));
    for (bounds, cast) in bounds.iter_mut().zip(casts) {
        if !is_moving(cast) || !has_still {
            bounds.max = f64::INFINITY;
        }
    }
    notes.push(Note::general(
        NoteCode::TooShort,
        "there is less to show than the video is long: scenes stand longer than they should",
    ));
}

/// Lengths within their bounds whose sum is `duration`, varied as they shall be where the bounds allow.
fn varied(bounds: &[Bounds], duration: f64) -> Vec<f64> {
    let mut nearest = (f64::INFINITY, Vec::new());
    let mean_log = bounds.iter().map(|bounds| bounds.wish.ln()).sum::<f64>() / bounds.len() as f64;
    for exponent in EXPONENTS {
        let wishes: Vec<f64> =
            bounds.iter().map(|bounds| ((bounds.wish.ln() - mean_log) * exponent + mean_log).exp()).collect();
        let lengths = filled(bounds, &wishes, duration);
        let variation = variation(&lengths);
        let off = (VARIATION.start() - variation).max(variation - VARIATION.end()).max(0.0);
        if off < nearest.0 {
            nearest = (off, lengths);
        }
        if off == 0.0 {
            break;
        }
    }
    nearest.1
}

/// Stretches the wishes by one factor until the bounded lengths fill the duration.
fn filled(bounds: &[Bounds], wishes: &[f64], duration: f64) -> Vec<f64> {
    let at = |factor: f64| -> Vec<f64> {
        bounds
            .iter()
            .zip(wishes)
            .map(|(bounds, wish)| (wish * factor).max(bounds.min).min(bounds.max))
            .collect()
    };
    let (mut low, mut high) = (1e-6, 1e6);
    for _ in 0..100 {
        let middle = f64::sqrt(low * high);
        if at(middle).iter().sum::<f64>() < duration { low = middle } else { high = middle }
    }
    at(high)
}

fn variation(lengths: &[f64]) -> f64 {
    let count = lengths.len() as f64;
    let mean = lengths.iter().sum::<f64>() / count;
    let variance = lengths.iter().map(|length| (length - mean).powi(2)).sum::<f64>() / count;
    if lengths.len() < 3 || mean <= 0.0 { *VARIATION.start() } else { variance.sqrt() / mean }
}

/// To the millisecond, with what that leaves over in the longest scene, of a still or a card where there is one.
fn rounded(lengths: Vec<f64>, ends_with_its_file: &[bool], duration: f64) -> Vec<f64> {
    let mut rounded: Vec<f64> =
        lengths.into_iter().map(|length| (length * 1000.0).floor() / 1000.0).collect();
    let mut left = duration - rounded.iter().sum::<f64>();
    if ends_with_its_file.iter().all(|ends| *ends) {
        // A millisecond each, as it was taken: all of it in one would show what the next one begins with.
        for length in &mut rounded {
            let share = left.clamp(0.0, 0.001);
            *length += share;
            left -= share;
        }
    }
    let longest =
        rounded.iter_mut().zip(ends_with_its_file).max_by(|a, b| b.1.cmp(a.1).then(a.0.total_cmp(b.0)));
    if let Some((longest, _)) = longest {
        *longest += left;
    }
    rounded
}

/// What is told in one breath goes on where it stopped; and no part ends after its file.
fn follow(casts: &mut [Cast], footage: &Footage) {
    for at in 0..casts.len() {
        if let Some(before) = at.checked_sub(1)
            && let (Picture::Part(a, start, length), Picture::Part(b, next, _)) =
                (&casts[before].slot.picture, &casts[at].slot.picture)
            && a == b
            && (start + length - next).abs() < 1e-6
            && let Some(start_secs) = casts[before].start_secs
        {
            casts[at].start_secs = Some(start_secs + casts[before].slot.wish_secs);
        }
        let Some(file) = casts[at].files.first() else { continue };
        let duration = footage.files[*file].duration_secs;
        let length = casts[at].slot.wish_secs;
        if let Some(start) = &mut casts[at].start_secs {
            *start = ((start.min(duration - length)).max(0.0) * 1000.0).floor() / 1000.0;
        }
    }
}
