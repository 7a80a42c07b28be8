//! Names: of a brand, of people, of places. Capitals alone say little in German and at the start of a sentence, so the words
//! around them are heard too.

use std::sync::LazyLock;

use regex::Regex;

use super::Genre;
use super::duration::is_media;
use super::quotes::regex_of;
use super::text::{clauses, ends_clause, is_one_of, shown};
use super::words::{MAKE, MODIFIERS, PRESENT};

/// Most names.
const NAMES_MAX: usize = 12;

const RUN: &str = r"(?:\p{Lu}[\p{L}\p{N}'’&.-]*[\p{L}\p{N}]|\p{Lu})(?:\s(?:(?:of|de|la|von|van|der|del|da|&|and the)\s)?\p{Lu}[\p{L}\p{N}'’-]*|\s[0-9]{1,3}\b){0,3}";

/// Returns the brand: what is called so, what bears a mark, what a video is "for".
pub(super) fn brand(text: &str, genre: Genre, language: &str) -> Option<String> {
    static CALLED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?:(?i:\b(?:called|named|namens|appelée?|llamad[oa]|chiamat[oa]|brand(?: name)?\s?(?:is|:)))\s+)(?P<a>{RUN})|(?P<b>{RUN})\s?[®™]"
        ))
    });
    static FOR: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?:\b(?i:(?:for|für|pour|para|per|voor)(?:\s+(?:our|my|the|a|an|new|unser(?:e|en)?|die|das|den|notre|nuestr[oa]|la|le|el|app|brand|shop|store|startup|company|studio|restaurant|café|bakery|coffee shop))*|(?:launch|demo|introducing|announcing|meet|promo)(?:\s+(?:of|for))?|by|von|at|chez|bei)\s+)(?P<a>{RUN})"
        ))
    });
    static CAMEL: LazyLock<Regex> =
        LazyLock::new(|| regex_of(r"\b\p{Lu}\p{Ll}+\p{Lu}[\p{L}\p{N}]*\b|\b\p{Ll}\p{Lu}\p{Ll}{2,}\b"));
    if matches!(genre, Genre::Wedding | Genre::Memorial | Genre::Quote) {
        return None;
    }
    if let Some(found) = CALLED.captures(text) {
        return found.name("a").or(found.name("b")).map(|name| shown(name.as_str()));
    }
    let place_like = genre == Genre::Listing;
    let mut after_for = FOR.captures_iter(text).take(24).filter_map(|found| found.name("a"));
    let noun = |start: usize, name: &str| {
        language == "de"
            && !name.contains(' ')
            && text[..start].split_whitespace().next_back().is_some_and(|word| is_one_of(word, DETERMINERS))
    };
    let named = after_for.find(|name| {
        let name_like = is_name(name.as_str()) && !noun(name.start(), name.as_str());
        !place_like
            && name_like
            && !is_at_place(text, name.start(), genre)
            && !is_of_form(text, name.start(), genre)
    });
    let camel = || CAMEL.find_iter(text).take(24).find(|name| is_name(name.as_str()));
    named
        .map(|name| without_kind(&shown(name.as_str())))
        .or_else(|| camel().map(|name| name.as_str().to_owned()))
}

/// Words before a German noun that is no name.
#[rustfmt::skip]
const DETERMINERS: &[&str] = &[
    "unser", "unsere", "unseren", "unserem", "unserer", "das", "die", "den", "der", "dem", "ein", "eine", "einen",
    "einem", "einer", "mein", "meine", "meinen",
];

/// "App Tally" is called Tally.
fn without_kind(name: &str) -> String {
    match name.split_once(' ') {
        Some(("App" | "Firma" | "Marke" | "Software" | "Startup" | "Produkt", rest)) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// "at Blue Room" is where a party is.
fn is_at_place(text: &str, start: usize, genre: Genre) -> bool {
    let lead = text[..start].trim_end();
    let at = lead.ends_with(" at")
        || lead.ends_with(" at the")
        || lead.ends_with(" by") && genre == Genre::News
        || lead.ends_with("At");
    at && matches!(genre, Genre::Invite | Genre::Sports | Genre::Recap | Genre::Music | Genre::Announcement)
}

/// "Text in Helvetica" names a font, "music by Hans Zimmer" no brand; but who plays a song that is promoted is one.
fn is_of_form(text: &str, start: usize, genre: Genre) -> bool {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:text|fonts?|titles?|lettering|letters|typeface|typography|captions|subtitles|style|look|schrift|police)\s+(?:in|by|from|of|is|wie|like|à la)\s+(?:the\s+)?$|\b(?:font|typeface)\s*:?\s*$|\b(?P<music>music|song|soundtrack|musik|musique|música)\s+(?:by|from|von|de|par|like)\s+$",
        )
    });
    FORM.captures(super::text::before(text, start, 40))
        .is_some_and(|found| found.name("music").is_none() || genre != Genre::Music)
}

fn is_name(name: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    let plain = is_one_of(first, NO_NAMES)
        || is_one_of(name, LANGUAGES)
        || is_one_of(first, MODIFIERS)
        || is_media(first)
        || is_one_of(first, MAKE)
        || is_one_of(first, PRESENT);
    !plain && name.chars().count() >= 2
}

/// Capitalised words that are nobody's name.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "i", "tiktok", "instagram", "youtube", "facebook", "linkedin", "twitter", "x", "whatsapp", "snapchat", "reels",
    "shorts", "stories", "insta", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "cta", "url", "faq", "hd", "ai", "api", "ui", "ux",
    "pdf", "asmr", "diy", "tv", "ok", "usa", "eu", "free", "new", "black", "christmas", "easter", "halloween", "valentine's", "mother's",
    "father's", "gen", "end", "start", "show", "use", "add", "keep", "and", "then", "no", "code", "the", "a", "we",
    "it", "step", "tip", "video", "bpm", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
    "sonntag", "sommer", "winter", "herbst", "frühling", "unsere", "unser", "summer", "spring", "autumn",
    "weihnachten", "ostern", "hochformat", "querformat", "everyone", "hashtag", "about", "music", "title", "hard", "calm", "open", "ingredients",
    "people", "b2b", "saas", "ios", "android", "mac", "windows", "web", "uhd", "fhd", "4k", "8k", "mp4", "svg",
    "png", "jpg", "gif",
];

/// Languages: nobody's name where they stand alone, but "French Bakery" is one.
#[rustfmt::skip]
const LANGUAGES: &[&str] = &[
    "english", "german", "french", "spanish", "japanese", "italian", "chinese", "arabic", "dutch", "portuguese",
    "polish", "swedish", "danish", "norwegian", "turkish", "russian", "ukrainian", "korean", "greek", "hebrew", "hindi",
    "thai", "deutsch", "englisch", "französisch", "spanisch", "italienisch", "japanisch", "anglais", "français",
    "allemand", "espagnol", "inglés", "francés", "alemán", "español",
];

/// Returns names of people and things in the order of their mention. In German, where every noun has a capital, only those
/// after a word that leads to one.
pub(super) fn names(text: &str, language: &str, genre: Genre) -> Vec<String> {
    static ANY: LazyLock<Regex> = LazyLock::new(|| regex_of(&format!(r"(?:^|[\s(/&])(?P<a>{RUN})")));
    static LED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"\b(?i:für|von|mit|bei|namens|und|oma|opa|herr|frau|in)\s+(?P<a>\p{Lu}\p{Ll}+)")
    });
    let mut names: Vec<String> = Vec::new();
    let pattern = if language == "de" { &*LED } else { &*ANY };
    let starts: Vec<usize> = clauses(text, |c| super::text::ends_sentence(c) || c == ':')
        .iter()
        .map(|sentence| {
            sentence.start + (text[sentence.clone()].len() - text[sentence.clone()].trim_start().len())
        })
        .collect();
    for found in pattern.captures_iter(text).take(NAMES_MAX * 6).filter_map(|found| found.name("a")) {
        // "Create", "Our"; a second capital shows that it is a name all the same.
        let begins = starts.binary_search(&found.start()).is_ok();
        let strong =
            found.as_str().split(' ').filter(|word| word.starts_with(char::is_uppercase)).count() > 1;
        let name = shown(found.as_str());
        let first = name.split(' ').next().unwrap_or_default();
        let german_noun =
            language == "de" && is_one_of(first, &["video", "musik", "uhr", "den", "familie", "freunde"]);
        let is_other = german_noun || is_of_form(text, found.start(), genre);
        if begins && !strong || !is_name(&name) || is_other || names.contains(&name) {
            continue;
        }
        names.push(name);
        if names.len() == NAMES_MAX {
            break;
        }
    }
    names
}

/// Returns where something is: after "in" or "at", an address with a number, or a capitalised part of its own.
pub(super) fn place(text: &str, genre: Genre, title: Option<&str>) -> Option<String> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:\b(?:venue|where|location|place|ort|wo|lieu|où|lugar|dónde)\s?:|会場は?[:：]?|場所は?[:：]?)\s*([^.,;!?\n\x01。、「」]{2,48})",
        )
    });
    static STREET: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"\b[0-9]{1,4}[a-z]?\s(?:\p{Lu}[\p{L}'’.-]*\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Square|Boulevard|Blvd|Way|Place|Court|Terrace|Row|Hill|Quay)\b|\b\p{Lu}\p{L}*(?:straße|strasse|gasse|weg|platz|allee)\s[0-9]{1,4}[a-z]?\b|\b[0-9]{1,4},?\s(?:rue|avenue|place|boulevard|quai)(?:\s\p{L}['’\p{L}-]+){1,4}|\b(?:Calle|Plaza|Avenida)\s\p{Lu}\p{L}+(?:\s[0-9]{1,4})?",
        )
    });
    static IN: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?:^|\s)(?i:in|at|im|am|à|au|en|bei|near)\s(?:(?i:the|der|dem|la|le|el)\s)?(?P<a>{RUN})"
        ))
    });
    if let Some(found) = NAMED.captures(text).and_then(|found| found.get(1)) {
        return Some(shown(found.as_str())).filter(|place| !place.is_empty());
    }
    if let Some(found) = STREET.find(text) {
        return Some(shown(found.as_str()));
    }
    let led = IN.captures_iter(text).take(16).filter_map(|found| found.name("a"));
    let mut led = led.filter(|name| {
        let is_whose = text[name.end()..].starts_with(['\'', '’']);
        is_name(name.as_str()) && !is_whose && !is_of_form(text, name.start(), genre)
    });
    if let Some(name) = led.next() {
        return Some(shown(name.as_str()));
    }
    alone(text, genre, title)
}

/// "Berlin" between commas in a listing, "Blue Room" in an invitation, "Lisbon" after "travel recap".
fn alone(text: &str, genre: Genre, title: Option<&str>) -> Option<String> {
    static WHOLE: LazyLock<Regex> = LazyLock::new(|| regex_of(&format!(r"^{RUN}$")));
    static RECAP: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i:\b(?:recap|travel|trip to|trip|weekend in|days in|highlights|rückblick|reise nach|voyage|viaje a)\s(?:(?:of|from|in)\s)?)(?P<a>{RUN})"
        ))
    });
    if genre == Genre::Recap {
        let found = RECAP.captures_iter(text).take(8).filter_map(|found| found.name("a"));
        return found.map(|name| shown(name.as_str())).find(|name| is_name(name));
    }
    if !matches!(genre, Genre::Listing | Genre::Invite) {
        return None;
    }
    let parts = clauses(text, ends_clause).into_iter().take(64).skip(1).map(|range| shown(&text[range]));
    let same = |part: &String| title.is_some_and(|title| title.eq_ignore_ascii_case(part));
    parts.filter(|part| WHOLE.is_match(part) && is_name(part)).find(|part| !same(part))
}

/// Returns whose words a quote is, from what follows it: "– Sheryl", "by Ada Lovelace".
pub(super) fn author_after_quote(tail: &str) -> Option<String> {
    static AUTHOR: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"^[\s,.]{0,3}(?:(?:[–—―-]+|~)\s?(?i:by\s)?|(?i:by|von|par|por|di|de|said|says|sagt)\s)((?:\p{Lu}\.|\p{Lu}[\p{L}'’-]*)(?:\s(?:\p{Lu}\.|\p{Lu}[\p{L}'’-]*|von|van|de|der|la|al)){0,3}(?:,\s(?:\p{L}+\s?){1,3})?|[\p{Lo}ー・]{2,16})",
        )
    });
    let author = AUTHOR.captures(tail)?.get(1)?.as_str();
    Some(shown(author)).filter(|author| !author.is_empty())
}

/// Returns who speaks: "testimonial from Maria, bakery owner".
pub(super) fn author_of_testimonial(text: &str) -> Option<String> {
    static FROM: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"\b(?i:from|by|with|of|von|mit|de|avec|con)\s(\p{Lu}[\p{L}'’-]*(?:\s\p{Lu}[\p{L}'’-]*){0,2}(?:,\s(?:the\s)?\p{Ll}[\p{L}-]*(?:\s(?:of|at|in|\p{L}[\p{L}'’-]*)){0,3})?)(?:[,.;:!?\n\x01]|$)",
        )
    });
    let found = FROM.captures_iter(text).take(8).filter_map(|found| found.get(1));
    found.map(|name| shown(name.as_str())).find(|name| is_name(name))
}
