//! Where lines break: balanced, after punctuation rather than within a phrase, never after an article, no word left alone.

use super::{Setting, width_em};
use crate::text_fit::is_wide;

/// Words that begin a phrase: a line may well begin with them, and must not end with them.
const LEADERS: [&str; 58] = [
    "a", "an", "the", "of", "for", "to", "in", "on", "at", "by", "with", "and", "or", "but", "from", "your",
    "our", "my", "is", "der", "die", "das", "ein", "eine", "und", "für", "mit", "von", "im", "am", "zum",
    "le", "la", "les", "un", "une", "et", "de", "du", "des", "el", "los", "las", "y", "con", "para", "il",
    "lo", "i", "e", "o", "do", "da", "em", "het", "een", "en", "van",
];
/// Signs that no line begins with.
const CLOSERS: &str = "、。，．・：；？！）］｝〕〉》」』】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ…%％";
/// Signs that no line ends with.
const OPENERS: &str = "（［｛〔〈《「『【";

/// Longer numbers may break between their groups, in bytes.
const NUMBER_LEN_MAX: usize = 20;

/// A piece that stays together.
struct Piece {
    text: String,
    /// A space stands before it where it does not begin a line.
    spaced: bool,
    width_em: f64,
}

/// Breaks a text into as few lines as it needs, at most `lines_max` of at most `width_max_em`; none where that cannot be.
pub(crate) fn break_lines(
    text: &str,
    setting: &Setting,
    width_max_em: f64,
    lines_max: usize,
) -> Option<Vec<String>> {
    let pieces = pieces_of(text, setting);
    if pieces.is_empty() {
        return None;
    }
    (1..=lines_max.min(pieces.len())).find_map(|count| broken(&pieces, setting, width_max_em, count))
}

fn pieces_of(text: &str, setting: &Setting) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for word in text.split_whitespace() {
        let mut current = String::new();
        let mut spaced = true;
        // A dash by itself stays with what follows it: no line ends with it.
        if let Some(dash) = pieces.pop_if(|piece| matches!(piece.text.as_str(), "–" | "—" | "-")) {
            current = dash.text + "\u{a0}";
            spaced = dash.spaced;
        } else if is_digits(word)
            // The groups of a telephone number, or of a large one, stay together.
            && let Some(before) =
                pieces.pop_if(|piece| is_digits(&piece.text) && piece.text.len() < NUMBER_LEN_MAX)
        {
            current = before.text + "\u{a0}";
            spaced = before.spaced;
        }
        for sign in word.chars() {
            let splits = current.chars().last().is_some_and(|last| {
                (is_wide(last) || is_wide(sign)) && !CLOSERS.contains(sign) && !OPENERS.contains(last)
            });
            if splits {
                push(&mut pieces, std::mem::take(&mut current), spaced, setting);
                spaced = false;
            }
            current.push(sign);
        }
        push(&mut pieces, current, spaced, setting);
    }
    pieces
}

/// True for a group of a number: `0316`, `(0316)`, `+43`.
fn is_digits(word: &str) -> bool {
    let is_one = |sign: char| sign.is_ascii_digit() || "+-/().\u{a0}".contains(sign);
    word.chars().all(is_one) && word.chars().any(|sign| sign.is_ascii_digit())
}

fn push(pieces: &mut Vec<Piece>, text: String, spaced: bool, setting: &Setting) {
    let width_em = width_em(&text, setting);
    pieces.push(Piece { spaced: spaced && !pieces.is_empty(), text, width_em });
}

/// Breaks into exactly `count` lines at the least cost.
fn broken(pieces: &[Piece], setting: &Setting, width_max_em: f64, count: usize) -> Option<Vec<String>> {
    let space_em = width_em(" ", setting);
    let total: f64 =
        pieces.iter().map(|piece| piece.width_em + space_em * f64::from(u8::from(piece.spaced))).sum();
    let even_em = (total / count as f64).max(1e-6);
    let n = pieces.len();
    // best[k][i]: the least cost of the first i pieces in k lines, and where the last of them begins.
    let mut best = vec![vec![(f64::INFINITY, 0_usize); n + 1]; count + 1];
    best[0][0] = (0.0, 0);
    for k in 1..=count {
        for end in k..=n {
            let mut width = 0.0;
            for start in (k - 1..end).rev() {
                let follower_spaced = start + 1 < end && pieces[start + 1].spaced;
                width += pieces[start].width_em + if follower_spaced { space_em } else { 0.0 };
                if width > width_max_em {
                    break;
                }
                let before = best[k - 1][start].0;
                let off = width / even_em - 1.0;
                let alone = k == count && count > 1 && end - start == 1 && n > count && width < 0.5 * even_em;
                let cost = before + off * off + break_cost(pieces, end) + if alone { 0.3 } else { 0.0 };
                if cost < best[k][end].0 {
                    best[k][end] = (cost, start);
                }
            }
        }
    }
    if !best[count][n].0.is_finite() {
        return None;
    }
    let mut lines = Vec::with_capacity(count);
    let mut end = n;
    for k in (1..=count).rev() {
        let start = best[k][end].1;
        lines.push(joined(&pieces[start..end]));
        end = start;
    }
    lines.reverse();
    Some(lines)
}

/// What it costs to break before the piece at `at`.
fn break_cost(pieces: &[Piece], at: usize) -> f64 {
    let (Some(before), Some(after)) = (pieces.get(at.wrapping_sub(1)), pieces.get(at)) else { return 0.0 };
    let leads = |piece: &Piece| LEADERS.contains(&piece.text.to_lowercase().as_str());
    if !after.spaced {
        return if is_within_word(&before.text, &after.text) { 0.6 } else { -0.05 };
    }
    let is_number = before.text.ends_with(|sign: char| sign.is_ascii_digit());
    let names = |piece: &Piece| piece.text.starts_with(char::is_uppercase) && piece.text.chars().count() > 1;
    if leads(before) || is_number {
        0.35
    } else if before.text.ends_with([',', '.', ':', ';', '!', '?', '–', '—', '、', '。']) {
        -0.2
    } else if leads(after) {
        -0.06
    } else if at > 1 && names(before) && names(after) {
        0.08
    } else {
        0.0
    }
}

/// True where a break between two pieces without a space would part a word. Japanese words begin where the script turns
/// from kana to kanji or katakana, and end with a particle; what is of one script throughout tells nothing.
fn is_within_word(before: &str, after: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return false };
    let script = |sign: char| match sign {
        '\u{3041}'..='\u{309f}' => Script::Hiragana,
        '\u{30a0}'..='\u{30ff}' => Script::Katakana,
        _ if sign.is_ascii_digit() => Script::Digit,
        _ if !sign.is_alphanumeric() => Script::None,
        _ if is_wide(sign) => Script::Kanji,
        _ => Script::Letter,
    };
    match (script(last), script(first)) {
        (Script::None, _) | (_, Script::None) => false,
        // A word's ending, a particle, or what is counted.
        (_, Script::Hiragana) => last != 'を',
        (Script::Digit, _) => true,
        (last, first) => last == first,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Hiragana,
    Katakana,
    Kanji,
    Digit,
    Letter,
    None,
}

fn joined(pieces: &[Piece]) -> String {
    let mut line = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        if piece.spaced && index > 0 {
            line.push(' ');
        }
        line.push_str(&piece.text);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: Setting = Setting { width_factor: 1.0, tracking_em: 0.0, line_height: 1.1, upper: false };

    #[test]
    fn lines_are_balanced_and_break_after_punctuation() {
        let lines = |text: &str, em| break_lines(text, &PLAIN, em, 4).unwrap();
        assert_eq!(lines("Done is better than perfect.", 10.0), ["Done is better", "than perfect."]);
        assert_eq!(lines("Scan, split, settle", 8.0), ["Scan, split,", "settle"]);
        assert_eq!(lines("Save more on the road", 9.0), ["Save more", "on the road"]);
    }

    #[test]
    fn japanese_breaks_between_signs_but_never_before_a_full_stop() {
        let lines = break_lines("今日は晴れです。", &PLAIN, 5.0, 3).unwrap();
        assert_eq!(lines.concat(), "今日は晴れです。");
        assert!(lines.len() == 2 && lines.iter().all(|line| !line.starts_with('。')), "{lines:?}");
    }

    #[test]
    fn japanese_breaks_before_words_and_not_within_them() {
        let lines = |text: &str, em| break_lines(text, &PLAIN, em, 3).unwrap();
        assert_eq!(lines("花の名前を調べる", 6.0), ["花の名前を", "調べる"]);
        assert_eq!(lines("今すぐダウンロード", 6.0), ["今すぐ", "ダウンロード"]);
        assert_eq!(lines("開花を記録する", 5.0), ["開花を", "記録する"]);
    }

    #[test]
    fn no_line_ends_with_a_dash_by_itself() {
        let lines = break_lines("Ask what you can do – not what you get", &PLAIN, 12.0, 3).unwrap();
        assert!(lines.iter().all(|line| !line.ends_with('–')), "{lines:?}");
        assert_eq!(lines.concat().matches('–').count(), 1);
    }

    #[test]
    fn a_telephone_number_stays_on_one_line_where_it_fits() {
        let lines = |em| break_lines("Book a viewing: 0316 555 0199", &PLAIN, em, 3);
        assert!(
            lines(11.0).unwrap().iter().any(|line| line == "0316\u{a0}555\u{a0}0199"),
            "{:?}",
            lines(11.0)
        );
        assert_eq!(lines(5.0), None, "smaller, rather than broken");
    }

    #[test]
    fn a_dash_between_numbers_stays() {
        let lines = break_lines("18 – 20 June, 1938 – 2025", &PLAIN, 40.0, 1).unwrap();
        assert_eq!(lines.concat().replace('\u{a0}', " "), "18 – 20 June, 1938 – 2025");
    }

    proptest! {
        #[test]
        fn no_sign_is_lost(text in "[a-z0-9 –,.年月日]{0,40}", em in 3.0..30.0_f64) {
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            if let Some(lines) = break_lines(&text, &PLAIN, em, 5) {
                prop_assert_eq!(bare(&lines.concat()), bare(&text));
            }
        }
    }

    #[test]
    fn what_cannot_be_broken_is_refused() {
        assert_eq!(break_lines("Donaudampfschifffahrt", &PLAIN, 5.0, 3), None);
        assert_eq!(break_lines(" \n ", &PLAIN, 5.0, 3), None);
    }
}
