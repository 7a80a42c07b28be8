//! How much a piece of text may hold, and where long ones are parted.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::reading_time::is_wide_grapheme as is_wide;

/// How much one piece of text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) words: usize,
    /// In letters; a wide character counts as two.
    pub(super) letters: usize,
}

/// Of a hook.
pub(super) const HOOK: Room = Room { words: 6, letters: 32 };
/// Of a card.
pub(super) const CARD: Room = Room { words: 8, letters: 42 };
/// Of second lines, which are smaller.
pub(super) const BODY: Room = Room { words: 12, letters: 64 };
/// Of somebody's words.
pub(super) const QUOTE: Room = Room { words: 30, letters: 140 };
/// Of somebody's words where they are told in more than one scene.
pub(super) const HALF_QUOTE: Room = Room { words: 16, letters: 70 };
/// Of labels.
pub(super) const LABEL: Room = Room { words: 6, letters: 36 };

impl Room {
    pub(super) fn holds(self, text: &str) -> bool {
        text.split_whitespace().count() <= self.words && letters(text) <= self.letters
    }
}

/// Returns how many letters a text has; a wide character counts as two.
pub(super) fn letters(text: &str) -> usize {
    text.graphemes(true).map(|grapheme| if is_wide(grapheme) { 2 } else { 1 }).sum()
}

/// Parts a text into pieces that each fit; no word is lost, and none is broken that fits by itself.
pub(super) fn parts(text: &str, room: Room) -> Vec<String> {
    let mut parts = Vec::new();
    let mut dash = None;
    let mut pieces = pieces(text, room).into_iter().peekable();
    while let Some(first) = pieces.next() {
        let mut part = dash.take().map_or_else(|| first.to_owned(), |dash: String| format!("{dash} {first}"));
        while let Some(next) = pieces.peek() {
            let joined = join(&part, next);
            let breaks_well = ends_clause(&part) && letters(&part) * 2 >= room.letters;
            if !room.holds(&joined) || breaks_well {
                break;
            }
            part = joined;
            pieces.next();
        }
        // A dash by itself begins what follows: no part ends with it.
        let ends = part.strip_suffix(" –").or_else(|| part.strip_suffix(" —")).map(str::to_owned);
        if let (Some(bare), Some(next)) = (ends, pieces.peek())
            && room.holds(&format!("– {next}"))
        {
            dash = Some(part.split_off(bare.len()).trim().to_owned());
        }
        parts.push(part);
    }
    parts
}

/// Words; and characters of what has no spaces and is too long.
fn pieces(text: &str, room: Room) -> Vec<&str> {
    let mut pieces = Vec::new();
    for word in text.split_whitespace() {
        if room.holds(word) && !word.graphemes(true).any(is_wide) {
            pieces.push(word);
            continue;
        }
        if room.holds(word) && text.split_whitespace().count() > 1 {
            pieces.push(word);
            continue;
        }
        pieces.extend(
            word.split_word_bounds().flat_map(|bound| {
                if room.holds(bound) { vec![bound] } else { bound.graphemes(true).collect() }
            }),
        );
    }
    pieces
}

/// Joins two neighbours as the text had them: without a space between wide characters or parts of one word.
fn join(before: &str, after: &str) -> String {
    let is_tight = before.graphemes(true).next_back().is_some_and(is_wide)
        || after.graphemes(true).next().is_some_and(is_wide);
    if is_tight { format!("{before}{after}") } else { format!("{before} {after}") }
}

fn ends_clause(text: &str) -> bool {
    text.ends_with([',', ';', ':', '.', '!', '?', '–', '—', '、', '。', '，', '！', '？'])
}

/// Parts a text in two where it says so itself: `Sleep: keep it dark` or `Ramen – with egg`.
pub(super) fn head_and_rest(text: &str) -> Option<(&str, &str)> {
    let marks = [": ", " – ", " — ", " - ", "：", ". "];
    let (head, rest) =
        marks.iter().filter_map(|mark| text.split_once(mark)).min_by_key(|(head, _)| head.len())?;
    let (head, rest) = (head.trim(), rest.trim());
    (!head.is_empty() && !rest.is_empty() && CARD.holds(head)).then_some((head, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_text_is_parted_after_its_clause() {
        let text = "Sleep in a dark room, and wake up with the sun every day";
        assert_eq!(parts(text, CARD), ["Sleep in a dark room,", "and wake up with the sun every day"]);
    }

    #[test]
    fn no_part_ends_with_a_dash_by_itself() {
        let text = "Ask not what your country can do for you – ask what you can do for your country.";
        assert_eq!(
            parts(text, HALF_QUOTE),
            ["Ask not what your country can do for you", "– ask what you can do for your country."]
        );
    }

    proptest! {
        #[test]
        fn parting_loses_no_letter_and_every_part_fits(text in "\\PC{0,200}") {
            let parts = parts(&text, CARD);
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&parts.concat()), bare(&text));
            for part in &parts {
                prop_assert!(CARD.holds(part) || part.graphemes(true).count() == 1, "{}", part);
            }
        }
    }
}
