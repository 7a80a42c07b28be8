//! How long words take to be read.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text_fit::is_wide;

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

/// Time for words to come in, besides that to read them, in seconds.
pub(crate) const ENTRANCE_SECS: f64 = 0.4;

/// Returns how long texts must stand together, all of them there, to be read, in seconds; 0 for none.
pub(crate) fn hold_secs<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    let (mut secs, mut has_digits) = (0.0, false);
    for text in texts {
        let of_one = |grapheme| 1.0 / if is_wide_grapheme(grapheme) { WIDE_PER_SEC } else { LETTERS_PER_SEC };
        secs += text.graphemes(true).map(of_one).sum::<f64>();
        has_digits |= text.chars().any(char::is_numeric) || text.contains(['@', '/', '€', '$', '£', '%']);
    }
    if secs == 0.0 {
        return 0.0;
    }
    let factor = if has_digits { DIGITS_FACTOR } else { 1.0 };
    ((secs + FIND_SECS) * factor).max(HOLD_SECS_MIN)
}

/// Says whether a grapheme takes the room of two letters.
pub(crate) fn is_wide_grapheme(grapheme: &str) -> bool {
    grapheme.chars().next().is_some_and(is_wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_grows_with_the_letters_and_is_never_shorter_than_a_glance() {
        let hold = |text: &str| (hold_secs([text]) * 10.0).round() / 10.0;
        assert_eq!(hold_secs([]), 0.0);
        assert_eq!(hold("Hi"), 1.2);
        assert_eq!(hold("Twelve chars"), 1.4);
        assert_eq!(hold(&"a".repeat(42)), 3.4);
        assert_eq!(hold("Only $24 until Sunday"), 2.5);
        assert!(hold("睡眠の質を上げる") > hold("sleeping"), "wide characters take longer");
    }
}
