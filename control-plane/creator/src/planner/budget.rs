//! How long the video is, which words there is time for, and how many shots come between them.

use super::slot::{Picture, Slot};
use super::variety::Variety;
use crate::footage::{Footage, Role, Want};
use crate::prompt::{Genre, Pace, Understanding};
use crate::{Layout, limits};

/// Letters that a video may show a second (research 1.2).
const LETTERS_PER_SEC: f64 = 9.0;
/// No video is shorter where the prompt leaves it open, in seconds.
const OPEN_SECS_MIN: f64 = 3.0;
/// Nor longer, in seconds.
const OPEN_SECS_MAX: f64 = 120.0;
/// After the last word of a voice, in seconds.
const AFTER_VOICE_SECS: f64 = 1.2;
/// A card to music alone, in seconds.
const MUSIC_SECS_MIN: f64 = 6.0;
/// A still shows for this many times the median, so that lengths can vary.
const STILL_FACTOR: f64 = 1.25;
/// Stills that follow each other faster than this are not seen, in seconds; but where a video is to be fast.
const STILL_SECS_MIN: f64 = 0.9;
/// Words are left out where their scenes would be shortened by more than this.
pub(super) const TIGHT: f64 = 1.05;
/// Share of a video that shots are cut from; the rest is between them.
const USED_RATIO: f64 = 0.75;
/// Spread of the lengths of shots: sigma of the logarithm (research 1.1).
const SHOT_SIGMA: f64 = 0.45;
/// Spread of the lengths of scenes with words, which must be read.
const WORDS_SIGMA: f64 = 0.22;
/// A gallery is looked at for this long at least, in seconds.
const GALLERY_SECS_MIN: f64 = 2.0;
/// Pictures of one gallery.
const GALLERY: std::ops::RangeInclusive<usize> = 3..=6;

/// What is wanted of the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wanted {
    pub(super) duration_secs: f64,
    /// The prompt names the length.
    pub(super) is_fixed: bool,
    pub(super) pace: Pace,
}

impl Wanted {
    pub(super) fn of(understanding: &Understanding, footage: &Footage, slots: &[Slot]) -> Self {
        let pace = pace(understanding, footage);
        let named = wished_secs(understanding);
        let voice = footage.with_role(Role::Voice).next().map(|voice| footage.files[voice].duration_secs);
        // Who speaks is heard to the end.
        let spoken = voice.map(|secs| secs + AFTER_VOICE_SECS).filter(|_| named.is_none());
        let duration = named.or(spoken).unwrap_or_else(|| open_duration(&pace, footage, slots));
        let is_fixed = named.is_some() || spoken.is_some();
        Self { duration_secs: held_secs(duration, understanding), is_fixed, pace }
    }
}

/// Returns the length that the prompt wishes, in seconds, as near as a video may come to it.
pub(super) fn wished_secs(understanding: &Understanding) -> Option<f64> {
    let wished = understanding.duration_secs.filter(|secs| secs.is_finite());
    wished.map(|secs| held_secs(secs, understanding))
}

/// Returns a length as near as a video may come to it, and no longer than the prompt allows.
pub(super) fn held_secs(secs: f64, understanding: &Understanding) -> f64 {
    let cap = understanding.duration_cap_secs.filter(|secs| secs.is_finite()).unwrap_or(f64::INFINITY);
    secs.min(cap).clamp(*limits::DURATION_SECS.start(), *limits::DURATION_SECS.end())
}

/// The genre's pace, as fast as the prompt wants it.
fn pace(understanding: &Understanding, footage: &Footage) -> Pace {
    let mut pace = understanding.genre.pace();
    let factor = match (understanding.wishes.fast, understanding.wishes.slow) {
        (true, false) => 0.7,
        (false, true) => 1.4,
        _ => 1.0,
    };
    pace.shot_median_secs *= factor;
    pace.shot_max_secs *= factor;
    let is_fast = factor < 1.0 || matches!(understanding.genre, Genre::Sports | Genre::Music);
    let stills = footage.shown().iter().filter(|index| !footage.files[**index].is_moving()).count();
    if !is_fast && stills * 2 > footage.shown().len() {
        pace.shot_min_secs = pace.shot_min_secs.max(STILL_SECS_MIN);
    }
    pace.shot_median_secs = pace.shot_median_secs.max(pace.shot_min_secs * 1.3);
    pace
}

/// As long as the genre mostly is, as all words need, and as the files last.
fn open_duration(pace: &Pace, footage: &Footage, slots: &[Slot]) -> f64 {
    let words: f64 = slots.iter().map(|slot| slot.wish_secs).sum();
    let shown = footage.shown();
    let tenths = |secs: f64| (secs * 10.0).round() / 10.0;
    if shown.is_empty() {
        let has_music = footage.with_role(Role::Music).next().is_some();
        let least = if has_music { MUSIC_SECS_MIN } else { OPEN_SECS_MIN };
        return tenths(words.clamp(least, OPEN_SECS_MAX));
    }
    if slots.iter().any(|slot| matches!(slot.picture, Picture::Part(..))) {
        let most: f64 = slots.iter().map(|slot| slot.max_secs).sum();
        // A recording is followed, but not at any length; somebody who speaks goes on.
        let wish = words.min(pace.total_secs * 1.5).max(pace.total_secs.min(most));
        return tenths(wish.clamp(OPEN_SECS_MIN, OPEN_SECS_MAX));
    }
    let placed: usize = slots.iter().map(Slot::files_count).sum();
    let unplaced = shown.len().saturating_sub(placed) as f64;
    let wish = pace.total_secs.max(words + unplaced * pace.shot_median_secs).min(pace.total_secs * 2.0);
    let cards: f64 = slots.iter().filter(|slot| slot.is_card()).map(|slot| slot.wish_secs).sum();
    let lasting = |index: usize| {
        let file = &footage.files[index];
        if file.is_moving() {
            file.usable_secs() * USED_RATIO
        } else {
            (pace.shot_median_secs * STILL_FACTOR).max(3.0)
        }
    };
    let files: f64 = shown.into_iter().map(lasting).sum();
    tenths(wish.min(cards + files).max(words).clamp(OPEN_SECS_MIN, OPEN_SECS_MAX))
}

/// Leaves out what there is no time for, whose words become `dropped`, and puts shots between the rest.
pub(super) fn fit(
    mut slots: Vec<Slot>,
    wanted: &Wanted,
    footage: &Footage,
    variety: &mut Variety,
    dropped: &mut Vec<String>,
) -> Vec<Slot> {
    shorten(&mut slots, wanted.duration_secs, dropped);
    for slot in &mut slots {
        if slot.layout == Layout::Plain && matches!(slot.picture, Picture::Wanted(_) | Picture::Files(_)) {
            *slot = slot.clone().lasting_at_least(wanted.pace.shot_min_secs, wanted.pace.shot_median_secs);
        }
        if !matches!(slot.picture, Picture::Part(..)) {
            slot.wish_secs = (slot.wish_secs * variety.lognormal(WORDS_SIGMA)).max(slot.min_secs);
        }
    }
    let supply = Supply::of(&slots, wanted, footage);
    let slots = with_cards_for_want_of_pictures(slots, supply.with_words);
    let shots = shots(&slots, wanted, &supply, footage, variety);
    interleave(slots, shots)
}

/// Drops the least important until the words can be read in the time there is.
fn shorten(slots: &mut Vec<Slot>, duration: f64, dropped: &mut Vec<String>) {
    let is_over = |slots: &[Slot]| {
        let letters: usize = slots.iter().map(Slot::letters).sum();
        let least: f64 = slots.iter().map(|slot| slot.min_secs).sum();
        letters as f64 > LETTERS_PER_SEC * duration
            || least > duration * TIGHT
            || slots.len() > limits::SCENES_MAX
    };
    if is_over(slots) {
        for slot in slots.iter_mut().filter(|slot| matches!(slot.layout, Layout::ListItem | Layout::Step)) {
            if let Some(body) = slot.body.take() {
                dropped.push(body);
                let texts = [slot.headline.take(), None, slot.label.take()];
                let (wish, most, rank) = (slot.wish_secs, slot.max_secs, slot.rank);
                *slot = Slot::new(slot.layout, texts, slot.picture.clone()).lasting(wish, most).ranked(rank);
            }
        }
    }
    while is_over(slots) && slots.len() > 1 {
        let least_important = (0..slots.len()).rev().max_by_key(|at| {
            // Among equals the last; `max_by_key` keeps the last of them, and they come reversed.
            (slots[*at].rank, std::cmp::Reverse(usize::from(*at == 0)), *at)
        });
        let Some(at) = least_important else { break };
        let least: f64 = slots.iter().map(|slot| slot.min_secs).sum();
        if slots[at].rank == 0 && least < duration * 1.3 && slots.len() <= limits::SCENES_MAX {
            break;
        }
        let slot = slots.remove(at);
        dropped.extend(slot.texts().map(str::to_owned));
    }
}

/// How many shots the files give.
struct Supply {
    /// Files that no scene has yet.
    open: Vec<usize>,
    /// Scenes with words that may have a picture: a picture may stand under words twice.
    with_words: usize,
    /// Different shots.
    shots: usize,
    /// Different shots, if they were as short as they may be.
    short_shots: usize,
}

impl Supply {
    fn of(slots: &[Slot], wanted: &Wanted, footage: &Footage) -> Self {
        let mut reserved: Vec<usize> = Vec::new();
        for slot in slots {
            match &slot.picture {
                Picture::Files(files) => reserved.extend(files),
                Picture::Part(file, ..) => reserved.push(*file),
                Picture::None | Picture::Wanted(_) | Picture::Several(_) | Picture::Logo(_) => {}
            }
        }
        let open: Vec<usize> =
            footage.shown().into_iter().filter(|index| !reserved.contains(index)).collect();
        let usual = (wanted.pace.shot_median_secs * 0.9).max(wanted.pace.shot_min_secs);
        let short = (wanted.pace.shot_min_secs * 1.5).min(usual).max(1.0);
        let of_file = |index: usize, stills: usize, length: f64| {
            let file = &footage.files[index];
            if file.is_moving() { shots_in(file.usable_secs(), length) } else { stills }
        };
        let shots = open.iter().map(|index| of_file(*index, 1, usual)).sum();
        let short_shots = open.iter().map(|index| of_file(*index, 1, short)).sum();
        let mut with_words = open.iter().map(|index| of_file(*index, 2, usual)).sum();
        if open.is_empty() {
            // What is reserved may stand under a title once more.
            with_words = footage.shown().len().min(2);
        }
        Self { open, with_words, shots, short_shots }
    }
}

/// How many shots of a length there are in a file, at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
fn shots_in(usable_secs: f64, length_secs: f64) -> usize {
    (usable_secs / length_secs.max(0.1)).floor().clamp(1.0, 200.0) as usize
}

/// Words stand on cards where there are not pictures enough; the first scene and prices keep theirs longest, then scenes
/// here and there: those with more ones in their number, written in twos.
fn with_cards_for_want_of_pictures(slots: Vec<Slot>, pictures: usize) -> Vec<Slot> {
    let wanting: Vec<usize> =
        (0..slots.len()).filter(|at| matches!(slots[*at].picture, Picture::Wanted(_))).collect();
    let mut order: Vec<usize> = (0..wanting.len()).collect();
    order.sort_by_key(|nth| {
        let slot = &slots[wanting[*nth]];
        let is_first = wanting[*nth] == 0;
        (!is_first, slot.layout != Layout::Price, nth.count_zeros(), nth % 2, *nth)
    });
    let kept: Vec<usize> = order.into_iter().take(pictures).map(|nth| wanting[nth]).collect();
    let in_order = slots.into_iter().enumerate();
    in_order
        .filter_map(|(at, slot)| {
            let is_without = wanting.contains(&at) && !kept.contains(&at);
            if is_without { slot.into_card() } else { Some(slot) }
        })
        .collect()
}

/// Shots without words, and a gallery where there are more pictures than time.
fn shots(
    slots: &[Slot],
    wanted: &Wanted,
    supply: &Supply,
    footage: &Footage,
    variety: &mut Variety,
) -> Vec<Slot> {
    let pace = &wanted.pace;
    let placed = slots.iter().filter(|slot| matches!(slot.picture, Picture::Wanted(_))).count();
    let needed = supply.open.len().saturating_sub(placed);
    let wished: f64 = slots.iter().map(|slot| slot.wish_secs).sum();
    let least: f64 = slots.iter().map(|slot| slot.min_secs.max(0.5)).sum();
    let for_time = count_of(wanted.duration_secs - wished, pace.shot_median_secs * 1.1, 0.4);
    let at_most = count_of(wanted.duration_secs - least, pace.shot_min_secs.max(0.3), 0.0);
    let mut count = for_time.max(needed.min(at_most)).min(supply.shots.saturating_sub(placed).max(needed));
    let longest: f64 =
        slots.iter().map(|slot| slot.max_secs).sum::<f64>() + count as f64 * pace.shot_max_secs;
    if wanted.is_fixed && longest < wanted.duration_secs {
        // Shorter shots rather than ones that stand.
        let missing = count_of(wanted.duration_secs - longest, pace.shot_median_secs, 1.0);
        count += missing.min(supply.short_shots.saturating_sub(placed + count));
    }
    count = count.min(limits::SCENES_MAX - slots.len().min(limits::SCENES_MAX));
    let mut gallery = None;
    let stills = supply.open.iter().filter(|index| !footage.files[**index].is_moving()).count();
    let left = (needed + 1).saturating_sub(count.max(1)).min(stills).min(*GALLERY.end());
    if needed > count && left >= *GALLERY.start() && wanted.duration_secs - least >= GALLERY_SECS_MIN {
        let slot = Slot::new(Layout::Gallery, [None, None, None], Picture::Several(left));
        let mut slot = slot.lasting(2.6, 4.0).ranked(1);
        slot.min_secs = GALLERY_SECS_MIN;
        gallery = Some(slot);
        // It takes the time of a few shots.
        count =
            count.min(at_most.saturating_sub(count_of(GALLERY_SECS_MIN, pace.shot_min_secs.max(0.3), 0.0)));
    }
    let mut shots: Vec<Slot> = (0..count)
        .map(|_| {
            let wish = pace.shot_median_secs * variety.lognormal(SHOT_SIGMA);
            let mut slot = Slot::plain(Want::Any).ranked(5);
            slot.min_secs = pace.shot_min_secs;
            slot.lasting(wish.clamp(pace.shot_min_secs, pace.shot_max_secs), pace.shot_max_secs)
        })
        .collect();
    if let Some(gallery) = gallery {
        shots.insert(shots.len() * 2 / 3, gallery);
    }
    shots
}

/// How many of a length fit; `up` is the part of one that counts as a whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
fn count_of(secs: f64, length_secs: f64, up: f64) -> usize {
    (secs / length_secs.max(0.1) + up).floor().clamp(0.0, 500.0) as usize
}

/// Spreads shots evenly over the places between scenes: never after the last card, never into what is told in one breath.
fn interleave(slots: Vec<Slot>, shots: Vec<Slot>) -> Vec<Slot> {
    let ends = |slot: &Slot| slot.layout == Layout::EndCard;
    let mut gaps: Vec<usize> = (1..=slots.len())
        .filter(|at| {
            !(ends(&slots[*at - 1])
                || slots.get(*at).is_some_and(|after| is_one_breath(&slots[*at - 1], after)))
        })
        .collect();
    if gaps.is_empty() {
        gaps.push(0);
    }
    let count = shots.len();
    let mut shots = shots.into_iter().enumerate().peekable();
    let mut scenes: Vec<Slot> = Vec::with_capacity(slots.len() + count);
    let mut slots = slots.into_iter();
    let mut taken = 0;
    for (nth, gap) in gaps.iter().enumerate() {
        scenes.extend(slots.by_ref().take(gap - taken));
        taken = *gap;
        while let Some((_, shot)) = shots.next_if(|(at, _)| at * gaps.len() / count.max(1) <= nth) {
            scenes.push(shot);
        }
    }
    scenes.extend(slots);
    calm_last(&mut scenes);
    scenes
}

fn is_one_breath(before: &Slot, after: &Slot) -> bool {
    matches!((&before.picture, &after.picture), (Picture::Part(a, ..), Picture::Part(b, ..)) if a == b)
}

/// The last shot rests, and what comes first moves.
fn calm_last(scenes: &mut [Slot]) {
    let last = scenes.iter().rposition(|slot| matches!(slot.picture, Picture::Wanted(_)));
    if let Some(last) = last.filter(|last| *last > 0 && scenes[*last].layout == Layout::Plain) {
        scenes[last].picture = Picture::Wanted(Want::Calm);
    }
    if let Some(first) = scenes.first_mut().filter(|slot| slot.layout == Layout::Plain)
        && first.picture == Picture::Wanted(Want::Any)
    {
        first.picture = Picture::Wanted(Want::Motion);
    }
}

/// Says whether a genre tells its files in the order in which they were sent.
pub(super) fn keeps_order(understanding: &Understanding) -> bool {
    match understanding.genre {
        Genre::Recap
        | Genre::Wedding
        | Genre::Memorial
        | Genre::Listing
        | Genre::Recipe
        | Genre::HowTo
        | Genre::AppDemo
        | Genre::ScreenGuide
        | Genre::Listicle
        | Genre::News
        | Genre::Compare => true,
        Genre::Teaser
        | Genre::Sale
        | Genre::Quote
        | Genre::Testimonial
        | Genre::Sports
        | Genre::Music
        | Genre::Invite
        | Genre::Announcement
        | Genre::General => understanding.wishes.before_after,
    }
}
