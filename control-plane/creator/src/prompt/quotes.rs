//! Words between quotation marks, and what they are for. Apostrophes open nothing: a mark that can be one must have a space
//! or an edge before it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::file_parts::is_file_name;
use super::text::{after, before, is_one_of};

/// Longest text of one card in characters; longer ones are split where a sentence or a word ends.
pub(super) const QUOTE_CHARS_MAX: usize = 140;
/// Longest text between marks that is taken for a quote, in bytes.
const INSIDE_BYTES_MAX: usize = 2_400;
/// Most quotes.
const QUOTES_MAX: usize = 24;

/// What words between marks are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// To be shown.
    Words,
    /// The headline.
    Title,
    /// What something is called.
    Name,
    /// What the viewer shall do.
    CallToAction,
    /// To type in.
    Code,
}

/// Words between quotation marks.
#[derive(Debug, Clone)]
pub(super) struct Quote {
    /// With its marks.
    pub(super) range: Range<usize>,
    /// Without its marks, in one line.
    pub(super) text: String,
    pub(super) role: Role,
}

/// Returns the quotes of a text, in order. Linear: each opening mark looks a bounded way ahead.
pub(super) fn quotes(text: &str) -> Vec<Quote> {
    let mut found: Vec<Quote> = Vec::new();
    let mut from = 0;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let open = at >= from && found.len() < QUOTES_MAX;
        if open && let Some(end) = closing(text, at, c, previous) {
            let range = at..end;
            let inside = inside(text, &range);
            let least = if matches!(c, '\'' | '‘') { 3 } else { 1 };
            let is_shown = !is_file_name(&inside);
            if is_shown && inside.chars().filter(|c| c.is_alphanumeric()).count() >= least {
                let role = role(text, &range);
                found.push(Quote { range, text: inside, role });
                from = end;
            }
        }
        previous = c;
    }
    found
}

fn inside(text: &str, range: &Range<usize>) -> String {
    let mut chars = text[range.clone()].chars();
    chars.next();
    chars.next_back();
    chars.as_str().trim().replace('\n', " ")
}

/// Returns where the quote ends that begins at `at`, if one does.
fn closing(text: &str, at: usize, mark: char, previous: char) -> Option<usize> {
    let ends: &[char] = match mark {
        '"' => &['"', '”'],
        '“' => &['”', '"', '“'],
        '„' => &['“', '”', '"'],
        '«' => &['»'],
        '»' => &['«'],
        '‹' => &['›'],
        '「' => &['」'],
        '『' => &['』'],
        '《' => &['》'],
        '‘' => &['’'],
        '\'' => &['\''],
        _ => return None,
    };
    let single = matches!(mark, '\'' | '‘');
    let straight = matches!(mark, '"' | '\'' | '‘' | '»');
    if straight && previous.is_alphanumeric() {
        return None;
    }
    let start = at + mark.len_utf8();
    let ahead = after(text, start, INSIDE_BYTES_MAX);
    let first = ahead.chars().next()?;
    if straight && (first.is_whitespace() && mark != '»' || single && first.is_ascii_digit()) {
        return None;
    }
    let mut chars = ahead.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |next| next.1);
        let apostrophe = single && next.is_alphanumeric() || straight && c == '"' && next.is_alphanumeric();
        if ends.contains(&c) && offset > 0 && !apostrophe {
            return Some(start + offset + c.len_utf8());
        }
        // Quotes in small marks are short: a lone apostrophe far off is none.
        if single && (c == '\n' || offset > 400) {
            return None;
        }
    }
    None
}

/// Tells from the words around it what a quote is for.
fn role(text: &str, range: &Range<usize>) -> Role {
    const SAYS: &str = r"\s*(?:is|are|ist|lautet|est|es|card|screen|says?|reads?|saying|text|:|,|=|は)?\s*$";
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&[
            r"(?i)(?:(?P<title>(?:titled?|headlined?|title card|heading|title is|(?:video|clip|reel|teaser|film|recap|trailer|slideshow|montage|short)\s+(?:is\s+)?called|titel|überschrift|schlagzeile|titre|intitulée?|título|titulado|titolo|タイトルは?|标题|題名は?|(?:how-to|tutorial|guide|recipe|walkthrough|lesson|anleitung|rezept|recette|receta)\s*:|\b(?:for|für|pour|para)))|(?P<action>cta|call[ -]to[ -]action|button|(?:ends?|close|finish|ending|closing|endet?|schluss|termine|finis|termina|acaba)(?:\s+\S+){0,2}\s+(?:with|on|by saying|mit|par|con)|最後は?に?)|(?P<code>code|coupon|gutschein|クーポン))",
            SAYS,
        ].concat())
    });
    // A name is not what somebody says: "our customers say".
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:(?:\bour|\bunser\p{L}*|\bnotre|\bnuestr[oa]|\bmy)\s(?P<ours>[\p{L}-]+(?:\s[\p{L}-]+)?)|called|named|namens|heißt|appelée?|llamad[oa]|chiamat[oa]|app|アプリ|ブランド|brand|product|商品|新商品|製品|新曲|album|song|single|film|movie|book|game|track|shop|café|restaurant)\s*(?:is|ist|est|es|:|,|=|は)?\s*$",
        )
    });
    static TAIL: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"^\s*(?:(?P<name>という|って名前|（アプリ）)|(?P<title>というタイトル|をタイトル))")
    });
    let lead = before(text, range.start, 60);
    let tail = after(text, range.end, 40);
    if let Some(found) = TAIL.captures(tail) {
        return if tail.trim_start().starts_with("というタイトル") || found.name("title").is_some() {
            Role::Title
        } else {
            Role::Name
        };
    }
    if let Some(found) = LEAD.captures(lead) {
        let is = |name| found.name(name).is_some();
        return match () {
            () if is("title") => Role::Title,
            () if is("action") => Role::CallToAction,
            () => Role::Code,
        };
    }
    let said = |words: &str| words.split(' ').any(|word| is_one_of(word, SAID));
    match NAME.captures(lead) {
        Some(found) if !found.name("ours").is_some_and(|ours| said(ours.as_str())) => Role::Name,
        _ => Role::Words,
    }
}

/// What is ours and is words, not a name.
#[rustfmt::skip]
const SAID: &[&str] = &[
    "slogan", "tagline", "motto", "message", "line", "claim", "promise", "mission", "says", "say", "said", "saying",
    "reads", "quote", "text", "words", "lema", "mensaje", "devise", "leitspruch", "nachricht", "botschaft", "phrase",
    "customer", "customers", "client", "clients", "review", "kunde", "kunden", "sagt", "sagen", "disent", "dicen",
];

/// Compiles a pattern of this crate.
pub(super) fn regex_of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("every pattern is compiled by the tests")
}

/// Splits words into pieces of at most [`QUOTE_CHARS_MAX`] characters: at the end of a sentence, else of a word.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while rest.chars().count() > QUOTE_CHARS_MAX {
        let window_end = rest.char_indices().nth(QUOTE_CHARS_MAX).map_or(rest.len(), |end| end.0);
        let window = &rest[..window_end];
        let stop = window.char_indices().rev().find(|(at, c)| {
            let ends = matches!(c, '.' | '!' | '?' | ';' | '。' | '！' | '？');
            ends && *at > window_end / 3
        });
        let space = || window.char_indices().rev().find(|(at, c)| *c == ' ' && *at > 0);
        let cut = stop.or_else(space).map_or(window_end, |(at, c)| at + c.len_utf8());
        pieces.push(rest[..cut].trim().to_owned());
        rest = rest[cut..].trim();
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}
