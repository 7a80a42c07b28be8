//! The length that a prompt wishes. A number of seconds counts only where it says how long the video is: "5 minute recipe"
//! is a recipe, "in 30 seconds flat" is a boast.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::quotes::regex_of;
use super::text::{MASK, after, before, ends_clause, is_one_of};
use super::words::MEDIA;

/// Range of what is taken, in seconds.
const SECS: std::ops::RangeInclusive<f64> = 3.0..=180.0;
/// Most candidates looked at.
const CANDIDATES_MAX: usize = 64;

/// A length that was found.
#[derive(Debug, Default)]
pub(super) struct Length {
    pub(super) secs: Option<f64>,
    pub(super) cap_secs: Option<f64>,
    /// What says it.
    pub(super) ranges: Vec<Range<usize>>,
}

const NUMBER: &str = r"(?:[0-9]{1,3}(?:[.,][0-9]{1,2})?|an?|one|two|three|five|ten|fifteen|twenty|thirty|forty|forty-five|fifty|sixty|ninety|half an?|eine[rn]?|zwei|drei|zehn|fünfzehn|zwanzig|dreißig|sechzig|une?|deux|dix|quinze|vingt|trente|soixante|una?|dos|diez|quince|veinte|treinta|sesenta)";
const UNIT: &str = r"(?:(?P<s>seconds?|secs?|sekunden?|sek\.?|sekündige[rsn]?|secondes?|segundos?|secondi|secondo|seconden|секунд\p{L}*|ثانية|ثوان|שניות|δευτερόλεπτα|s)|(?P<m>minutes?|mins?|minuten?|minütige[rsn]?|minutos?|minuti|минут\p{L}*|دقيقة|m))\b";
const CAP: &str = r"(?:under|max(?:imum|imal)?\.?|up to|less than|at most|no longer than|not longer than|no more than|shorter than|below|within|unter|höchstens|bis zu|moins de|au plus|maximum|menos de|máximo|meno di)";

/// Finds it. `text` has its quotes and addresses masked.
pub(super) fn length(text: &str) -> Length {
    static SPAN: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)(?P<cap>\b{CAP}\s+)?(?:\b(?P<mm>[0-9]{{1,2}})\s?m(?:in)?\s?(?P<ss>[0-9]{{1,2}})\s?s(?:ec)?\b|\b(?P<low>{NUMBER})(?:\s?[-–]\s?|\s(?:to|bis|à|a|or)\s)(?P<high>{NUMBER})[\s-]{{0,2}}{UNIT}|\b(?P<n>{NUMBER})[\s-]{{0,2}}{UNIT2}(?P<half>\s(?:and|und|et|y)\s(?:a\shalf|eine halbe|demie|media))?|\b(?P<clock>[0-9]:[0-5][0-9])\b)",
            UNIT2 = UNIT.replace("<s>", "<s2>").replace("<m>", "<m2>")
        ))
    });
    static CJK: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?P<n>[0-9]{1,3}(?:\.[0-9])?)(?:[〜～~-](?P<high>[0-9]{1,3}))?\s?(?P<unit>秒|分钟|分|초|분)(?P<half>半)?(?:間|钟)?(?P<cap>以内|以下|之内|이내)?",
        )
    });
    let mut length = Length::default();
    for found in SPAN.captures_iter(text).take(CANDIDATES_MAX) {
        let whole = found.get(0).expect("the whole match");
        // "as long as you can": "as" is no "a s".
        let is_one_word = whole.as_str().chars().all(char::is_alphabetic);
        if !is_one_word
            && counts(text, &whole.range(), &found)
            && let Some(secs) = secs_from_span(&found)
        {
            take(
                &mut length,
                secs,
                found.name("cap").is_some() || is_cap(after(text, whole.end(), 24)),
                whole.range(),
            );
        }
    }
    for found in CJK.captures_iter(text).take(CANDIDATES_MAX) {
        let whole = found.get(0).expect("the whole match");
        if counts_in_cjk(text, &whole.range())
            && let Some(secs) = secs_from_cjk(&found)
        {
            take(&mut length, secs, found.name("cap").is_some(), whole.range());
        }
    }
    length
}

fn take(length: &mut Length, secs: f64, is_cap: bool, range: Range<usize>) {
    let secs = secs.clamp(*SECS.start(), *SECS.end());
    let slot = if is_cap { &mut length.cap_secs } else { &mut length.secs };
    *slot = slot.or(Some(secs));
    length.ranges.push(range);
}

fn is_cap(tail: &str) -> bool {
    let first = tail.split_whitespace().next().unwrap_or_default();
    is_one_of(first, &["max", "maximum", "tops", "maximal", "máximo"])
}

fn secs_from_span(found: &Captures<'_>) -> Option<f64> {
    let text = |name| found.name(name).map(|part| part.as_str());
    if let (Some(minutes), Some(seconds)) = (text("mm"), text("ss")) {
        return Some(number(minutes)? * 60.0 + number(seconds)?);
    }
    if let Some((minutes, seconds)) = text("clock").and_then(|clock| clock.split_once(':')) {
        return Some(number(minutes)? * 60.0 + number(seconds)?);
    }
    let minutes = found.name("m").is_some() || found.name("m2").is_some();
    let unit = if minutes { 60.0 } else { 1.0 };
    let value = match text("low") {
        Some(low) => f64::midpoint(number(low)?, number(text("high")?)?),
        None => number(text("n")?)? + if text("half").is_some() { 0.5 } else { 0.0 },
    };
    Some(value * unit)
}

fn secs_from_cjk(found: &Captures<'_>) -> Option<f64> {
    let low = number(&found["n"])?;
    let value = match found.name("high") {
        Some(high) => f64::midpoint(low, number(high.as_str())?),
        None => low + if found.name("half").is_some() { 0.5 } else { 0.0 },
    };
    let unit = if matches!(&found["unit"], "秒" | "초") { 1.0 } else { 60.0 };
    Some(value * unit)
}

fn number(text: &str) -> Option<f64> {
    let word = text.to_lowercase();
    let value = match word.as_str() {
        "a" | "an" | "one" | "eine" | "einer" | "einen" | "un" | "une" | "una" => 1.0,
        "half a" | "half an" => 0.5,
        "two" | "zwei" | "deux" | "dos" => 2.0,
        "three" | "drei" => 3.0,
        "five" => 5.0,
        "ten" | "zehn" | "dix" | "diez" => 10.0,
        "fifteen" | "fünfzehn" | "quinze" | "quince" => 15.0,
        "twenty" | "zwanzig" | "vingt" | "veinte" => 20.0,
        "thirty" | "dreißig" | "trente" | "treinta" => 30.0,
        "forty" => 40.0,
        "forty-five" => 45.0,
        "fifty" => 50.0,
        "sixty" | "sechzig" | "soixante" | "sesenta" => 60.0,
        "ninety" => 90.0,
        _ => word.replace(',', ".").parse().ok()?,
    };
    Some(value)
}

/// Returns whether a span says how long the video is.
fn counts(text: &str, range: &Range<usize>, found: &Captures<'_>) -> bool {
    let tail = after(text, range.end, 90);
    let clause_end = tail.find(|c| ends_clause(c) && c != '-').unwrap_or(tail.len());
    let next: Vec<&str> = tail[..clause_end].trim_start_matches('-').split_whitespace().take(6).collect();
    let head = before(text, range.start, 60);
    let clause_start = head.rfind(|c| ends_clause(c) && c != '-').map_or(0, |at| at + 1);
    let clause_start =
        (clause_start..=head.len()).find(|&at| head.is_char_boundary(at)).unwrap_or(head.len());
    let lead: Vec<&str> = head[clause_start..].split_whitespace().rev().take(4).collect();
    let first = next.first().copied().unwrap_or_default();
    let clock = found.name("clock").is_some();
    let bare_m = found
        .name("m")
        .or_else(|| found.name("m2"))
        .is_some_and(|unit| unit.as_str().eq_ignore_ascii_case("m"));
    if is_one_of(first, NOT_LENGTHS) && !next.get(1).is_some_and(|word| is_video(word)) {
        return false;
    }
    let glued_s = found.name("s2").is_some_and(|unit| unit.as_str() == "s");
    if glued_s && lead.first().is_some_and(|word| is_one_of(word, &["the", "the'"])) {
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
    if bare_m {
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
    alone || named || labelled || told || told_far || of
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
