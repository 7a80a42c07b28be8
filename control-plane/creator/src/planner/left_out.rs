//! What a prompt wants to be read and no scene shows: it is left out with a note, not in silence.

use std::collections::HashSet;

use super::script::bare;
use crate::prompt::Understanding;
use crate::text_fit::is_wide;
use crate::{Note, NoteCode, Scene};

/// Longest text that a note quotes, in characters.
const QUOTED_CHARS_MAX: usize = 80;

/// Adds a note for each text that the prompt wants to be read and that is not shown. `dropped` are the words that there was no
/// time for; what else is missing has no scene in this kind of video.
pub(super) fn note(
    understanding: &Understanding,
    dropped: &[String],
    scenes: &[Scene],
    notes: &mut Vec<Note>,
) {
    let shown = Shown::of(scenes);
    // Who wants no words wants none of these; but what stands between quotation marks was meant to be read.
    let wanted: Vec<&str> = if understanding.wishes.no_text {
        understanding.quoted.iter().chain(&understanding.call_to_action).map(String::as_str).collect()
    } else {
        said(understanding).collect()
    };
    let mut missing: Vec<&str> = wanted.into_iter().filter(|text| !shown.holds(text)).collect();
    for text in dropped {
        let is_part_of = |other: &&str| bare(other).contains(&bare(text));
        if !shown.holds(text) && !missing.iter().any(is_part_of) {
            missing.push(text);
        }
    }
    let mut noted = HashSet::new();
    for text in missing.into_iter().filter(|text| noted.insert(bare(text))) {
        let has_no_time = |dropped: &String| {
            let (dropped, text) = (bare(dropped), bare(text));
            dropped.contains(&text) || text.contains(&dropped)
        };
        let why =
            if dropped.iter().any(has_no_time) { "there is no time for all of" } else { "no scene shows" };
        let quoted: String = text.chars().take(QUOTED_CHARS_MAX).collect();
        notes.push(Note::general(NoteCode::WordsLeftOut, format!("{why} \"{quoted}\"")));
    }
}

/// What a prompt wants to be read, as written.
fn said(understanding: &Understanding) -> impl Iterator<Item = &str> {
    let it = understanding;
    let prices = it.prices.iter().flat_map(|price| [Some(&price.amount), price.was.as_ref()]).flatten();
    let numbers = it.numbers.iter().map(|number| &number.value);
    let lists = [&it.quoted, &it.items, &it.discounts, &it.dates, &it.times].into_iter().flatten();
    let single = [&it.title, &it.author, &it.address, &it.coupon, &it.call_to_action].into_iter().flatten();
    lists.chain(prices).chain(numbers).chain(single).map(String::as_str)
}

/// All words of a video.
struct Shown {
    words: HashSet<String>,
    /// Headlines and second lines one after the other, letters and digits alone: of scripts without spaces.
    unspaced: String,
}

impl Shown {
    fn of(scenes: &[Scene]) -> Self {
        let texts = scenes.iter().flat_map(|scene| [&scene.label, &scene.headline, &scene.body]).flatten();
        let lines = scenes.iter().flat_map(|scene| [&scene.headline, &scene.body]).flatten();
        Self {
            words: texts.flat_map(|text| words(text)).collect(),
            unspaced: lines.map(|line| bare(line)).collect(),
        }
    }

    /// Says whether all of a text is there: as it is, or parted over lines and scenes.
    fn holds(&self, text: &str) -> bool {
        words(text).all(|word| self.words.contains(&word))
            || (text.chars().any(is_wide) && self.unspaced.contains(&bare(text)))
    }
}

/// Words of a text, small, without the marks at their ends: `€9` is not the 9 of `Step 9`.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_mark =
        |sign: char| sign.is_ascii_punctuation() && !"$%#@".contains(sign) || "“”„«»‘’…–—。、".contains(sign);
    let words = text.split_whitespace().map(move |word| word.trim_matches(is_mark).to_lowercase());
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, Motion, Transition};

    fn scene(label: &str, headline: &str) -> Scene {
        Scene {
            duration_seconds: 3.0,
            layout: Layout::Step,
            headline: Some(headline.to_owned()),
            body: None,
            label: Some(label.to_owned()),
            asset_id: None,
            asset_start: None,
            more_asset_ids: Vec::new(),
            motion: Motion::Still,
            transition: Transition::Cut,
        }
    }

    #[test]
    fn what_is_parted_over_lines_is_shown_and_a_part_of_a_number_is_not() {
        let shown =
            Shown::of(&[scene("Step 9", "Juggle a ball"), scene("Step 9", "as long as you can for €29.")]);
        assert!(shown.holds("Juggle a ball, as long as you can"));
        assert!(shown.holds("€29") && !shown.holds("€9") && !shown.holds("2"));
        let shown = Shown::of(&[scene("1", "花の名前を"), scene("1", "調べる")]);
        assert!(shown.holds("花の名前を調べる") && !shown.holds("写真を共有する"));
    }
}
