//! Numbers and what they count: "12,400 meals".

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::NumberFact;
use super::duration::is_media;
use super::quotes::regex_of;
use super::text::{MASK, after, before, is_one_of};

/// Most facts.
const NUMBERS_MAX: usize = 8;

/// Finds them. Lengths, dates, times and prices are masked in `text`.
pub(super) fn numbers(text: &str, sports: bool) -> Vec<NumberFact> {
    static FACT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?:^|[\s(,;])(?P<value>[0-9]{1,3}(?:[.,][0-9]{3})+\+?|[0-9]+(?:[.,][0-9]+)?(?:st|nd|rd|th|k|K|M|m²|%|\+)?|[0-9]+x)[\s-](?P<what>\p{L}[\p{L}'’-]*)",
        )
    });
    static SCORE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?:^|[\s(,:])(?P<value>[0-9]{1,3}\s?[–:-]\s?[0-9]{1,3})(?:\s(?P<what>\p{L}[\p{L}'’-]*))?")
    });
    static UNIT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?:^|[\s(,:;])(?P<value>[0-9][0-9.,]*)\s?(?P<what>m²|sqm|sq\.? ?ft|km|acres)(?:[\s,.;]|$)")
    });
    static CJK: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?P<value>[0-9][0-9,.]*万?)(?P<what>人|食|名|件|社|周年|都市|国|冊|杯|本)")
    });
    let mut facts = Vec::new();
    if sports {
        for found in SCORE.captures_iter(text).take(NUMBERS_MAX) {
            facts.push(score(text, &found));
        }
    }
    for found in FACT.captures_iter(text).take(NUMBERS_MAX * 8) {
        let what = found.name("what").expect("not optional");
        let tail = after(text, what.end(), 24);
        let next = tail
            .strip_prefix(' ')
            .and_then(|tail| tail.split([' ', ',', '.', '\n']).next())
            .unwrap_or_default();
        let unit = is_one_of(what.as_str(), &["km", "sqm", "sq", "acres", "m²"]);
        if unit || is_one_of(what.as_str(), NOT_COUNTED) || is_media(what.as_str()) || is_media(next) {
            continue;
        }
        // "120 square metres": an adjective alone says little.
        let two = is_one_of(what.as_str(), BEFORE_A_NOUN) && !next.is_empty();
        let end = if two { what.end() + 1 + next.len() } else { what.end() };
        facts.push(NumberFact { value: found["value"].to_owned(), what: text[what.start()..end].to_owned() });
    }
    for found in UNIT.captures_iter(text).take(NUMBERS_MAX) {
        facts.push(NumberFact { value: found["value"].to_owned(), what: found["what"].to_owned() });
    }
    for found in CJK.captures_iter(text).take(NUMBERS_MAX) {
        facts.push(NumberFact { value: found["value"].to_owned(), what: found["what"].to_owned() });
    }
    facts.truncate(NUMBERS_MAX);
    facts
}

/// "Rovers 3–1 United" is shown whole.
fn score(text: &str, found: &Captures<'_>) -> NumberFact {
    let value = found.name("value").expect("not optional");
    let what = found.name("what").filter(|what| !is_one_of(what.as_str(), NOT_COUNTED));
    let lead = before(text, value.start(), 40);
    let home = lead
        .trim_end()
        .rsplit([' ', '\n', MASK])
        .next()
        .filter(|word| lead.ends_with(' ') && word.starts_with(char::is_uppercase));
    match (home, what) {
        (Some(home), Some(what)) if what.as_str().starts_with(char::is_uppercase) => {
            let start = value.start() - 1 - home.len();
            NumberFact { value: text[start..what.end()].to_owned(), what: String::new() }
        }
        _ => NumberFact {
            value: value.as_str().to_owned(),
            what: what.map_or("", |what| what.as_str()).to_owned(),
        },
    }
}

/// What follows a number and is not counted by it.
#[rustfmt::skip]
const NOT_COUNTED: &[&str] = &[
    "of", "and", "in", "the", "to", "per", "at", "am", "pm", "x", "or", "on", "for", "by", "with", "from", "s",
    "sec", "secs", "second", "seconds", "minute", "minutes", "min", "m", "fps", "bpm", "p", "k", "px", "is", "are",
    "tips", "ways", "reasons", "steps", "things", "facts", "ideas", "mistakes", "features", "benefits", "plans",
    "pricing", "uhr", "und", "sekunden", "minuten", "oder", "tipps", "schritte", "schritten", "secondes", "segundos",
    "étapes", "pasos", "conseils", "consejos", "days", "off", "product", "short", "very", "quick", "shots", "clips",
    "photos", "pictures", "images", "cuts", "video", "h", "th", "simple", "easy", "einfache", "einfachen", "lines",
    "words", "hour", "hours-long", "flat", "en", "de", "et", "a", "but", "so", "then", "until", "we", "vs",
    "against", "gegen", "contre", "contra", "thanks",
    "scenes", "slides", "versions", "variants", "resolution", "pixels", "pixel", "speed", "format", "formats", "frames",
    "sections", "parts", "cards", "captions", "transitions", "times", "szenen", "folien", "scènes", "escenas",
    "auflösung", "résolution", "resolución", "ratio", "quality", "ultra", "uhd", "hd",
];

/// Words that need the next one: "3 new flavours".
#[rustfmt::skip]
const BEFORE_A_NOUN: &[&str] = &[
    "square", "new", "happy", "free", "different", "million", "thousand", "billion", "local", "active", "years",
    "neue", "zufriedene", "nouveaux", "fresh", "hungry",
];
