//! A prompt's text made even, and parts of it masked once they are understood, so that nothing is read twice. Masks keep
//! the length in bytes: a range of a masked text is one of the text itself.

use std::ops::Range;

/// Stands for what is understood and ends a clause: a quote, a date, a price.
pub(super) const MASK: char = '\u{1}';
/// Stands for what is understood and stands within a clause: a length.
pub(super) const SOFT_MASK: char = '\u{2}';
/// As far as a prompt is read, in characters.
const CHARS_MAX: usize = 20_000;

/// Returns a prompt with single spaces, single line ends, no control characters, and letters and digits of full width in
/// their usual form.
pub(super) fn even_from_prompt(prompt: &str) -> String {
    let mut even = String::with_capacity(prompt.len().min(CHARS_MAX * 4));
    let mut gap = None;
    for c in prompt.chars().take(CHARS_MAX) {
        if c.is_whitespace() {
            let line_ends = matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
            gap = Some(if line_ends || gap == Some('\n') { '\n' } else { ' ' });
            continue;
        }
        if c.is_control() || is_invisible(c) {
            continue;
        }
        if let Some(gap) = gap.take().filter(|_| !even.is_empty()) {
            even.push(gap);
        }
        even.push(narrow_from_wide(c));
    }
    even
}

/// Marks of direction and the like: on screen they only do harm.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn narrow_from_wide(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '％' | '：' | '＃' | '＠' | '／' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        _ => c,
    }
}

/// Overwrites a range with a mask.
pub(super) fn mask(text: &mut String, range: Range<usize>, with: char) {
    let filler: String = std::iter::repeat_n(with, range.len()).collect();
    text.replace_range(range, &filler);
}

/// Returns words as they may be shown: in one line, without marks at their edges.
pub(super) fn shown(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';'
                    | ':'
                    | '.'
                    | '-'
                    | '–'
                    | '—'
                    | '•'
                    | '*'
                    | '、'
                    | '。'
                    | '・'
                    | '|'
                    | MASK
                    | SOFT_MASK
            )
    });
    trimmed.replace('\n', " ")
}

/// Returns words for the top of a card: a first word in small letters gets a capital, `iPhone` and `npm.example` do not.
pub(super) fn capitalised(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let plain = first.chars().all(|c| c.is_lowercase() || matches!(c, '\'' | '’' | '-' | '/' | ',' | ';'));
    let mut chars = text.chars();
    match chars.next() {
        // "ß" would become two letters.
        Some(c) if plain && c.to_uppercase().count() == 1 => c.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// Returns the parts between marks that end a clause. A full stop or a colon within a number or a name ends none.
pub(super) fn clauses(text: &str, is_end: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut previous = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |next| next.1);
        let inside = match c {
            '.' | ':' | ',' => {
                !next.is_whitespace()
                    && next != MASK
                    && (next.is_alphanumeric() && previous.is_alphanumeric())
            }
            '-' | '–' | '—' => {
                !(previous.is_whitespace() && next.is_whitespace()) && c == '-'
                    || next.is_ascii_digit() && previous.is_ascii_digit()
            }
            _ => false,
        };
        if is_end(c) && !inside {
            parts.push(start..at);
            start = at + c.len_utf8();
        }
        previous = c;
    }
    parts.push(start..text.len());
    parts
}

/// Marks that end a sentence.
pub(super) fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '\n' | '。' | '！' | '？' | '؟')
}

/// Marks that end a clause, and masks.
pub(super) fn ends_clause(c: char) -> bool {
    ends_sentence(c)
        || matches!(
            c,
            ',' | ';'
                | ':'
                | '|'
                | '('
                | ')'
                | '['
                | ']'
                | '-'
                | '–'
                | '—'
                | '•'
                | '、'
                | '；'
                | '，'
                | '（'
                | '）'
                | '،'
                | MASK
        )
}

/// Returns whether a word is one of a list, whatever its case.
pub(super) fn is_one_of(word: &str, list: &[&str]) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    list.contains(&word.as_str())
}

/// Returns up to `bytes` bytes before a place, from a character's edge.
pub(super) fn before(text: &str, at: usize, bytes: usize) -> &str {
    let start = (at.saturating_sub(bytes)..=at).find(|&start| text.is_char_boundary(start)).unwrap_or(at);
    &text[start..at]
}

/// Returns up to `bytes` bytes from a place on, to a character's edge.
pub(super) fn after(text: &str, at: usize, bytes: usize) -> &str {
    let end = (at..=(at + bytes).min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(at);
    &text[at..end]
}
