//! The length that a prompt wishes. A number of seconds counts only where it says how long the video is: "5 minute recipe"
//! is a recipe, "in 30 seconds flat" is a boast.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::number_words::{NUMBER, value_from_text};
use super::quotes::regex_of;
use super::text::{MASK, after, before, ends_clause, is_one_of};
use super::words::MEDIA;

/// Most candidates looked at.
const CANDIDATES_MAX: usize = 64;

/// A length that was found.
#[derive(Debug, Default)]
pub(super) struct Length {
    /// As it is wished, positive, whether a video may be that long or not.
    pub(super) secs: Option<f64>,
    pub(super) cap_secs: Option<f64>,
    /// What says it.
    pub(super) ranges: Vec<Range<usize>>,
}

/// What a length is of. Of several lengths the first of the highest rank is the video's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// "a 5 second intro".
    Part,
    Video,
    /// "45 seconds in total".
    Total,
}

const MINUTES: &str = r"(?:minutes?|mins?|minuten?|minütige[rsn]?|minutos?|minuti|минут\p{L}*|دقيقة|m)";
const SECONDS: &str = r"(?:seconds?|secs?|sekunden?|sek\.?|sekündige[rsn]?|secondes?|segundos?|secondi|secondo|seconden|секунд\p{L}*|ثانية|ثوان|שניות|δευτερόλεπτα|s)";
const CAP: &str = r"(?:under|max(?:imum|imal)?\.?|up to|less than|at most|no longer than|not longer than|no more than|shorter than|below|within|unter|höchstens|bis zu|moins de|au plus|maximum|menos de|máximo|meno di)";

/// Finds it. `text` has its quotes, addresses and aspect ratios masked.
pub(super) fn length(text: &str) -> Length {
    static SPAN: LazyLock<Regex> = LazyLock::new(|| {
        let number = &*NUMBER;
        let unit = format!("{MINUTES}|{SECONDS}");
        let several = format!(
            r"\b(?P<minutes>{number})[\s-]?{MINUTES}\.?,?\s?(?:(?:and|und|et|y)\s)?(?P<seconds>{number})[\s-]?{SECONDS}\b"
        );
        let between = format!(
            r"\b(?:(?P<low>[0-9]{{1,3}})\s?[-–]\s?(?P<high>[0-9]{{1,3}})|(?P<low_word>{number})\s(?:to|bis|à|a|or)\s(?P<high_word>{number}))[\s-]{{0,2}}(?P<unit>{unit})\b"
        );
        let one = format!(
            r"\b(?P<n>{number})[\s-]{{0,2}}(?P<unit_of_n>{unit})\b(?P<half>\s(?:and|und|et|y)\s(?:a\shalf|eine\shalbe|(?:une\s)?demie|medi[oa]))?"
        );
        let clock = r#"\b(?P<clock>0?[0-9]:[0-5][0-9])\b|\b(?P<mark>[0-9]{1,3})\s?(?:["″”]|'')"#;
        regex_of(&format!(r"(?i)(?P<cap>\b{CAP}\s+)?(?:{several}|{between}|{one}|{clock})"))
    });
    static CJK: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?:(?P<minutes>[0-9]{1,2})\s?(?:分钟|分|분)\s?)?(?P<n>[0-9]{1,3}(?:\.[0-9])?)(?:[〜～~-](?P<high>[0-9]{1,3}))?\s?(?P<unit>秒|分钟|分|초|분)(?P<half>半)?(?:間|钟)?(?P<cap>以内|以下|之内|이내)?",
        )
    });
    let mut length = Length::default();
    let mut ranks = (None, None);
    let mut take = |secs: f64, is_cap: bool, rank: Rank, range: Range<usize>| {
        let (slot, known) =
            if is_cap { (&mut length.cap_secs, &mut ranks.0) } else { (&mut length.secs, &mut ranks.1) };
        if secs > 0.0 && known.is_none_or(|known| known < rank) {
            (*slot, *known) = (Some(secs), Some(rank));
        }
        length.ranges.push(range);
    };
    for found in SPAN.captures_iter(text).take(CANDIDATES_MAX) {
        let whole = found.get(0).expect("the whole match");
        // "as long as you can": "as" is no "a s".
        let is_one_word = whole.as_str().chars().all(char::is_alphabetic);
        if !is_one_word
            && counts(text, &whole.range(), &found)
            && let Some(secs) = secs_from_span(&found)
        {
            let is_cap = found.name("cap").is_some() || cap_words(after(text, whole.end(), 24)) > 0;
            take(secs, is_cap, rank(text, &whole.range()), whole.range());
        }
    }
    for found in CJK.captures_iter(text).take(CANDIDATES_MAX) {
        let whole = found.get(0).expect("the whole match");
        if counts_in_cjk(text, &whole.range())
            && let Some(secs) = secs_from_cjk(&found)
        {
            take(secs, found.name("cap").is_some(), Rank::Video, whole.range());
        }
    }
    length
}

/// Returns how many words after a length make it a cap: "30 seconds max", "30 seconds or less".
fn cap_words(tail: &str) -> usize {
    let mut words = tail.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if is_one_of(first, &["max", "maximum", "tops", "maximal", "máximo"]) {
        1
    } else if is_one_of(first, &["or", "oder", "ou", "o"])
        && is_one_of(second, &["less", "shorter", "under", "fewer", "weniger", "kürzer", "moins", "menos"])
    {
        2
    } else {
        0
    }
}

fn rank(text: &str, range: &Range<usize>) -> Rank {
    const TOTAL: &[&str] = &["total", "altogether", "overall", "insgesamt", "gesamt"];
    const PARTS: &[&str] = &["intro", "outro", "bumper", "opening", "ending", "countdown", "end"];
    let tail = after(text, range.end, 40);
    let tail = &tail[..tail.find(|c| ends_clause(c) && c != '-').unwrap_or(tail.len())];
    let lead = before(text, range.start, 24);
    let lead = lead.rsplit(|c| ends_clause(c) && c != ':').next().unwrap_or_default();
    let next: Vec<&str> = tail.trim_start_matches('-').split_whitespace().take(3).collect();
    let is_of_total = |word: &&str| is_one_of(word, TOTAL);
    if next.iter().take(2).any(is_of_total)
        || lead.split_whitespace().rev().take(3).any(|word| is_one_of(word, TOTAL))
    {
        Rank::Total
    } else if next
        .iter()
        .find(|word| is_media(word) || is_one_of(word, PARTS))
        .is_some_and(|word| is_one_of(word, PARTS))
    {
        Rank::Part
    } else {
        Rank::Video
    }
}

fn secs_from_span(found: &Captures<'_>) -> Option<f64> {
    let text = |name| found.name(name).map(|part| part.as_str());
    let number = |name| value_from_text(text(name)?);
    if let (Some(minutes), Some(seconds)) = (number("minutes"), number("seconds")) {
        return Some(minutes * 60.0 + seconds);
    }
    if let Some((minutes, seconds)) = text("clock").and_then(|clock| clock.split_once(':')) {
        return Some(value_from_text(minutes)? * 60.0 + value_from_text(seconds)?);
    }
    if let Some(secs) = number("mark") {
        return Some(secs);
    }
    let value = match (number("low").or(number("low_word")), number("high").or(number("high_word"))) {
        (Some(low), Some(high)) => f64::midpoint(low, high),
        _ => number("n")? + if text("half").is_some() { 0.5 } else { 0.0 },
    };
    let unit = text("unit").or(text("unit_of_n"))?;
    // "Make a second video" is none of one second.
    let is_ordinal = !is_minutes(unit) && text("n").is_some_and(|n| is_one_of(n, &["a", "an"]));
    (!is_ordinal).then_some(if is_minutes(unit) { value * 60.0 } else { value })
}

fn is_minutes(unit: &str) -> bool {
    unit.starts_with(['m', 'M', 'м', 'М', 'د'])
}

fn secs_from_cjk(found: &Captures<'_>) -> Option<f64> {
    let number = |name| value_from_text(found.name(name)?.as_str());
    let low = number("n")?;
    let value = match number("high") {
        Some(high) => f64::midpoint(low, high),
        None => low + if found.name("half").is_some() { 0.5 } else { 0.0 },
    };
    let is_seconds = matches!(&found["unit"], "秒" | "초");
    let minutes = number("minutes").filter(|_| is_seconds).unwrap_or(0.0);
    Some(if is_seconds { minutes * 60.0 + value } else { value * 60.0 })
}

/// Returns whether a span says how long the video is.
fn counts(text: &str, range: &Range<usize>, found: &Captures<'_>) -> bool {
    let tail = after(text, range.end, 90);
    let clause_end = tail.find(|c| ends_clause(c) && c != '-').unwrap_or(tail.len());
    let next = tail[..clause_end].trim_start_matches('-');
    let next: Vec<&str> = next.split_whitespace().skip(cap_words(next)).take(6).collect();
    let head = before(text, range.start, 60);
    let clause_start = head.rfind(|c| ends_clause(c) && c != '-').map_or(0, |at| at + 1);
    let clause_start =
        (clause_start..=head.len()).find(|&at| head.is_char_boundary(at)).unwrap_or(head.len());
    let lead: Vec<&str> = head[clause_start..].split_whitespace().rev().take(4).collect();
    let first = next.first().copied().unwrap_or_default();
    let clock = found.name("clock").is_some();
    let unit = found.name("unit").or(found.name("unit_of_n")).map_or("", |unit| unit.as_str());
    let bare_m = unit.eq_ignore_ascii_case("m");
    if is_one_of(first, NOT_LENGTHS) && !next.get(1).is_some_and(|word| is_video(word)) {
        return false;
    }
    if unit == "s" && lead.first().is_some_and(|word| is_one_of(word, &["the", "the'"])) {
        return false;
    }
    let modifies = next
        .iter()
        .take_while(|word| !is_one_of(word, PREPOSITIONS))
        .any(|word| is_media(word) || word.rsplit('-').next().is_some_and(is_media));
    if modifies
        || is_one_of(first, &["long", "lang", "lange", "langes", "langen", "total", "longs"]) && !clock
    {
        return true;
    }
    if bare_m || found.name("mark").is_some() {
        return false;
    }
    let alone =
        next.iter().all(|word| is_one_of(word, ALONE)) && lead.iter().all(|word| is_one_of(word, ALONE));
    let named = lead.iter().any(|word| is_one_of(word, LENGTH_WORDS));
    let labelled = head.trim_end().strip_suffix(':').is_some_and(|label| {
        label.rsplit([' ', '\n']).next().is_some_and(|word| is_one_of(word, LENGTH_WORDS))
    });
    if clock {
        return named || labelled;
    }
    let told = lead.first().is_some_and(|word| is_one_of(word, &["in", "into"]))
        && lead.iter().any(|word| is_one_of(word, TELLING));
    let told_far = lead.first().is_some_and(|word| is_one_of(word, &["in", "into"]))
        && next.is_empty()
        && head.split_whitespace().any(|word| is_one_of(word, TELLING));
    let of = lead.first().is_some_and(|word| {
        is_one_of(
            word,
            &["of", "is", "about", "von", "de", "mit", "with", "around", "approx", "roughly", "circa", "ca"],
        )
    }) && lead.iter().any(|word| is_media(word) || is_one_of(word, LENGTH_WORDS));
    // "A teaser "Now shipping" of 10 seconds".
    let behind_a_quote = lead.len() == 1
        && is_one_of(lead[0], &["of", "von", "de"])
        && head[..clause_start].trim_end().ends_with(MASK);
    alone || named || labelled || told || told_far || of || behind_a_quote
}

/// "5 minute recipe" is a recipe, "30 second recipe video" is none.
fn is_video(word: &str) -> bool {
    is_one_of(
        word,
        &[
            "video", "clip", "reel", "short", "tutorial", "teaser", "film", "ad", "vidéo", "vídeo", "tiktok",
            "story",
        ],
    )
}

/// Returns whether a word is one for a video, alone or at the end of a German compound.
pub(super) fn is_media(word: &str) -> bool {
    is_one_of(word, MEDIA)
}

fn counts_in_cjk(text: &str, range: &Range<usize>) -> bool {
    let tail = after(text, range.end, 60);
    let sentence: &str = tail.split(['。', '！', '\n', '「']).next().unwrap_or_default();
    let head = before(text, range.start, 30);
    let denied = ["でき", "で作れる", "で簡単", "レシピ", "後", "前", "クッキング", "セール"];
    if denied.iter().any(|word| sentence.starts_with(word)) || head.ends_with(['時', '点', '시']) {
        return false;
    }
    let media = [
        "動画",
        "ムービー",
        "ビデオ",
        "映像",
        "広告",
        "CM",
        "ティザー",
        "リール",
        "ショート",
        "スライドショー",
        "视频",
        "短片",
        "影片",
        "영상",
        "비디오",
        "광고",
    ];
    let asks = ["作っ", "作成", "お願い", "まとめ", "で紹介", "程度", "くらい", "制作", "만들"];
    let near = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let bounded = |c: Option<char>| c.is_none_or(|c| ends_clause(c) || c.is_whitespace());
    let alone = bounded(tail.chars().next()) && bounded(head.chars().next_back());
    near(&media)
        || near(&asks)
        || alone
        || head.contains("長さ")
        || head.contains("动画")
        || head.contains("動画は") && !head.contains(MASK)
}

/// What follows a number of seconds that is not the video's length.
#[rustfmt::skip]
const NOT_LENGTHS: &[&str] = &[
    "flat", "recipe", "recipes", "sale", "workout", "workouts", "exercise", "meal", "meals", "walk", "drive", "ride",
    "guarantee", "delivery", "abs", "charge", "charging", "read", "rule", "break", "timer", "style", "music", "hits",
    "nostalgia", "kids", "party", "vibe", "look", "hip-hop", "hip", "retro", "inspired", "themed", "away", "later",
    "ago", "after", "before", "each", "per", "setup", "apart", "rezept", "gericht", "training", "sprint", "dash",
    "dinner", "breakfast", "lunch", "pasta", "cake", "brownies", "mug", "facial", "makeover", "entfernt", "warm-up",
    "rest", "plank", "deal", "deals", "or", "recette", "receta", "from", "head", "lead", "every",
];

/// Words after which what follows is no longer what the number modifies.
#[rustfmt::skip]
const PREPOSITIONS: &[&str] = &[
    "of", "for", "about", "with", "from", "using", "that", "to", "für", "über", "mit", "aus", "pour", "sur", "para",
    "sobre", "con", "and",
];

/// Words that may stand with a length that makes a clause of its own.
#[rustfmt::skip]
const ALONE: &[&str] = &[
    "about", "around", "approx", "approximately", "ca", "circa", "roughly", "max", "maximum", "length", "duration",
    "long", "total", "in", "etwa", "ungefähr", "environ", "aproximadamente", "please", "bitte", "only", "just",
    "nur", "lang", "or", "so", "it", "should", "be", "video", "and", "fast", "upbeat", "vertical", "square",
];

/// Words before a length.
#[rustfmt::skip]
const LENGTH_WORDS: &[&str] = &[
    "length", "duration", "runtime", "long", "lasting", "lasts", "länge", "dauer", "dauert", "laufzeit", "durée",
    "duración", "durata", "runs", "running", "مدته", "مدتها", "длиной", "keep", "lang", "dure", "dura", "make", "makes",
];

/// What a video does in so many seconds.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "explain", "explained", "explains", "tell", "show", "summarize", "summarise", "sum", "recap", "introduce",
    "present", "presents", "erkläre", "zeige", "video", "clip", "explique", "muestra",
];
