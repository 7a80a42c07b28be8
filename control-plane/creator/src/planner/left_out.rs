//! What a prompt says that no scene shows: nothing is dropped without a word.

use std::collections::HashSet;

use super::script::bare;
use crate::prompt::Understanding;
use crate::{Note, NoteCode, Scene};

/// Longest text that a note quotes, in characters.
const QUOTED_CHARS_MAX: usize = 80;

/// Adds a note for each thing that the prompt says and that is neither shown nor noted already.
pub(super) fn note(understanding: &Understanding, scenes: &[Scene], notes: &mut Vec<Note>) {
    if understanding.wishes.no_text {
        return;
    }
    let shown = Shown::of(scenes);
    for said in said(understanding) {
        let is_noted = |note: &Note| note.text.contains(&said);
        if !shown.holds(&said) && !notes.iter().any(is_noted) {
            let quoted: String = said.chars().take(QUOTED_CHARS_MAX).collect();
            notes.push(Note::general(NoteCode::TooLittleTime, format!("there is no room for \"{quoted}\"")));
        }
    }
}

/// What a prompt wants to be read, as written.
fn said(understanding: &Understanding) -> impl Iterator<Item = String> {
    let prices = understanding.prices.iter().flat_map(|price| [Some(&price.amount), price.was.as_ref()]);
    let one_of_each =
        [&understanding.place, &understanding.address, &understanding.coupon, &understanding.call_to_action];
    let lists = [
        &understanding.quoted,
        &understanding.items,
        &understanding.discounts,
        &understanding.dates,
        &understanding.times,
    ];
    let texts = lists.into_iter().flatten().chain(prices.flatten()).chain(one_of_each.into_iter().flatten());
    texts.cloned().collect::<Vec<_>>().into_iter()
}

/// All words of a video.
struct Shown {
    words: HashSet<String>,
    /// One after the other, letters and digits alone.
    all: String,
}

impl Shown {
    fn of(scenes: &[Scene]) -> Self {
        let (mut words, mut all) = (HashSet::new(), String::new());
        for text in scenes.iter().flat_map(|scene| [&scene.label, &scene.headline, &scene.body]).flatten() {
            words.extend(text.split_whitespace().map(bare));
            all.push_str(&bare(text));
        }
        Self { words, all }
    }

    /// Says whether all of a text is there: as it is, or parted over scenes.
    fn holds(&self, text: &str) -> bool {
        let mut words = text.split_whitespace().map(bare).filter(|word| !word.is_empty());
        self.all.contains(&bare(text)) || words.all(|word| self.words.contains(&word))
    }
}
