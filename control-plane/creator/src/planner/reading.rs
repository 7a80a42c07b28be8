//! How long words take to be read, and where long ones are parted.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text_fit;

/// No text shows for less than this, in seconds.
const HOLD_SECS_MIN: f64 = 1.2;
/// Letters a second: what people read of moving pictures.
const LETTERS_PER_SEC: f64 = 15.0;
/// Chinese, Japanese and Korean characters a second.
const WIDE_PER_SEC: f64 = 6.5;
/// To find the text at all, in seconds.
const FIND_SECS: f64 = 0.6;
/// Numbers, prices and addresses are read letter by letter.
const DIGITS_FACTOR: f64 = 1.25;

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

/// Returns how long texts must show together to be read, in seconds; 0 for none.
pub(super) fn hold_secs<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    let (mut narrow, mut wide, mut has_digits) = (0.0, 0.0, false);
    for text in texts {
        for grapheme in text.graphemes(true) {
            if is_wide(grapheme) { wide += 1.0 } else { narrow += 1.0 }
        }
        has_digits |= text.chars().any(char::is_numeric) || text.contains(['@', '/', '€', '$', '£', '%']);
    }
    if narrow + wide == 0.0 {
        return 0.0;
    }
    let factor = if has_digits { DIGITS_FACTOR } else { 1.0 };
    ((narrow / LETTERS_PER_SEC + wide / WIDE_PER_SEC + FIND_SECS) * factor).max(HOLD_SECS_MIN)
}

/// Returns how many letters a text has; a wide character counts as two.
pub(super) fn letters(text: &str) -> usize {
    text.graphemes(true).map(|grapheme| if is_wide(grapheme) { 2 } else { 1 }).sum()
}

fn is_wide(grapheme: &str) -> bool {
    grapheme.chars().next().is_some_and(text_fit::is_wide)
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
    fn a_hold_grows_with_the_letters_and_is_never_shorter_than_a_glance() {
        let hold = |text: &str| (hold_secs(std::iter::once(text)) * 10.0).round() / 10.0;
        assert_eq!(hold_secs(std::iter::empty()), 0.0);
        assert_eq!(hold("Hi"), 1.2);
        assert_eq!(hold(&"a".repeat(42)), 3.4);
        assert_eq!(hold("Only $24 until Sunday"), 2.5);
        assert!(hold("睡眠の質を上げる") > hold("sleeping"), "wide characters take longer");
    }

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
