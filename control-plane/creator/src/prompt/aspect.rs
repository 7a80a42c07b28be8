//! The shapes of picture that a prompt asks for, by name or by the place where the video shall be shown.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Aspect;
use super::quotes::regex_of;
use super::text::{after, before};

/// Most mentions looked at.
const MENTIONS_MAX: usize = 64;

/// Shapes that were found.
#[derive(Debug, Default)]
pub(super) struct Aspects {
    /// In the order of their mention, each once.
    pub(super) aspects: Vec<Aspect>,
    /// Those said in numbers: they are no length, no time of day, and count nothing.
    pub(super) ranges: Vec<Range<usize>>,
}

/// Finds them.
pub(super) fn aspects(text: &str) -> Aspects {
    static MENTION: LazyLock<Regex> = LazyLock::new(|| {
        let portrait = r"\btik\s?tok\b|\b(?:insta(?:gram)?|ig|facebook|fb)\s+reels?\b|\breels?\b|\byou\s?tube\s+shorts?\b|\bshorts\b|\b(?:insta(?:gram)?|ig|facebook|whatsapp|snapchat)[ -](?:story|stories)\b|\bstories\b|\bstory\s+(?:format|ad|video)\b|\bverticale?\b|\bvertikale?s?\b|\bportrait(?:\s+(?:format|video|mode|orientation|clip))\b|\b(?:in|as|format)\s+portrait\b|\bfor\s+phones\b|\bhochformat\b|縦型|縦長|縦動画|縦向き|リール|ショート動画|ストーリーズ|竖屏|竖版|抖音|세로|쇼츠|릴스";
        let square = r"\bsquare\b|\bquadratisch(?:e[sn]?)?\b|\bcarrée?\b|\bcuadrad[oa]\b|\bquadrato\b|正方形|スクエア|方形|정사각형";
        let feed = r"\binsta(?:gram)?\s+(?:post|feed)\b|\b(?:in-feed|feed\s+(?:post|format|video))\b|\bfor\s+the\s+feed\b|フィード";
        let landscape = r"\byou\s?tube\b|\blandscape(?:\s+(?:format|video|mode|orientation|clip|version))\b|\b(?:in|as|and|or)\s+landscape\b|\bwide\s?screen\b|\btv\s+(?:ad|spot|commercial)\b|\bfor\s+(?:tv|television|the\s+big\s+screen)\b|\bfor\s+(?:our|the|my|a)\s+(?:website|web\s?site|homepage|landing\s+page)\b|\bquerformat\b|\bformat\s+paysage\b|\bhorizontal(?:e|es)?\b|横型|横長|横向き|横動画|横屏|가로";
        regex_of(&format!(
            r"(?i)(?P<feed>{feed})|(?P<portrait>{portrait})|(?P<square>{square})|(?P<landscape>{landscape})"
        ))
    });
    // Where a shape stands alone between marks: "Real estate, portrait, no text".
    static ALONE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)(?:^|[,;.(]\s?)(?:(?P<portrait>portrait)|(?P<landscape>landscape))\s?(?:[,;.)]|$)")
    });
    let mut places: Vec<(usize, Aspect)> = Vec::new();
    let mut ranges = Vec::new();
    for (range, aspect) in in_numbers(text) {
        if let Some(aspect) = aspect.filter(|_| !is_denied(text, range.start)) {
            places.push((range.start, aspect));
        }
        ranges.push(range);
    }
    for pattern in [&*MENTION, &*ALONE] {
        for found in pattern.captures_iter(text).take(MENTIONS_MAX) {
            let whole = found.get(0).expect("the whole match");
            let named = |name: &str| found.name(name).is_some();
            let aspect = match () {
                () if named("feed") => Aspect::Feed,
                () if named("portrait") => Aspect::Portrait,
                () if named("landscape") => Aspect::Landscape,
                () => Aspect::Square,
            };
            if !is_else(text, whole.start(), whole.end(), aspect) {
                places.push((whole.start(), aspect));
            }
        }
    }
    places.sort_by_key(|place| place.0);
    let mut aspects = Vec::new();
    for (_, aspect) in places {
        if !aspects.contains(&aspect) {
            aspects.push(aspect);
        }
    }
    Aspects { aspects, ranges }
}

/// Returns where a text says ratios and sizes in numbers, with the shape that is meant where it is one of ours.
fn in_numbers(text: &str) -> Vec<(Range<usize>, Option<Aspect>)> {
    static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?P<ratio>(?:21|16|[13459])\s?[:x×]\s?(?:16|[13459]))|(?P<width>[0-9]{3,4})\s?[x×]\s?(?P<height>[0-9]{3,4})(?:\s?(?:px|pixels?))?",
        )
    });
    let mut found = Vec::new();
    for numbers in NUMBERS.captures_iter(text).take(MENTIONS_MAX) {
        let whole = numbers.get(0).expect("the whole match").range();
        let goes_on = |c: char| c.is_ascii_alphanumeric() || c == ':';
        if text[..whole.start].ends_with(goes_on) || text[whole.end..].starts_with(goes_on) {
            continue;
        }
        if let Some(ratio) = numbers.name("ratio") {
            let ratio = ratio.as_str().to_lowercase().replace(' ', "").replace(['x', '×'], ":");
            let aspect = Aspect::ALL.into_iter().find(|aspect| aspect.name() == ratio);
            if let Some(aspect) = aspect.filter(|&aspect| !is_score(text, &whole, aspect)) {
                found.push((whole, Some(aspect)));
            }
            continue;
        }
        let side =
            |name| numbers.name(name).and_then(|digits| digits.as_str().parse::<f64>().ok()).unwrap_or(0.0);
        let ratio = side("width") / side("height");
        found.push((
            whole,
            Aspect::ALL.into_iter().find(|aspect| (ratio / aspect.ratio() - 1.0).abs() < 0.02),
        ));
    }
    found
}

/// "It ended 1:1", "Rovers 4:3 United". Shapes that few ask for are scores unless a word beside them says otherwise.
fn is_score(text: &str, range: &Range<usize>, aspect: Aspect) -> bool {
    static SCORE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:won|lost|beat|score|final|draw|drew|win|endstand|ended|finished)(?:\s+\S+){0,2}\s*$",
        )
    });
    static SHAPE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)\b(?:in|im|en|format|ratio|aspect|aspect ratio|seitenverhältnis)\s?:?\s?$")
    });
    static SHAPE_AFTER: LazyLock<Regex> =
        LazyLock::new(|| regex_of(r"(?i)^[\s-]?(?:format|ratio|aspect|video|clip|crop|version|動画|比)"));
    let is_rare = matches!(aspect, Aspect::Standard | Aspect::StandardPortrait | Aspect::LargeFormat);
    let is_said = || {
        SHAPE_BEFORE.is_match(before(text, range.start, 40))
            || SHAPE_AFTER.is_match(after(text, range.end, 20))
    };
    is_rare && !is_said() || SCORE.is_match(before(text, range.start, 40))
}

/// "Not vertical".
fn is_denied(text: &str, start: usize) -> bool {
    static NOT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)\b(?:not|no|nicht|kein|never|don't (?:make|use)(?: it)?)\s+(?:in\s+|a\s+)?$")
    });
    NOT.is_match(before(text, start, 40))
}

/// Times Square, square metres, a YouTube channel, "not vertical".
fn is_else(text: &str, start: usize, end: usize, aspect: Aspect) -> bool {
    static AFTER: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)^\s?(?:m\b|met(?:er|re)s?|feet|foot|ft|root|inch|dance|miles?|channel|music|subscribers|kanal|app\b|shop\b|creator)",
        )
    });
    let lead = before(text, start, 40);
    let named_square = aspect == Aspect::Square
        && text[start..end].starts_with('S')
        && lead
            .trim_end()
            .rsplit([' ', '\n'])
            .next()
            .is_some_and(|word| word.starts_with(char::is_uppercase) && !word.ends_with([',', '.', ':']));
    let beach = text[start..end].eq_ignore_ascii_case("shorts")
        && ["swim ", "running ", "gym ", "denim ", "cargo ", "board "]
            .iter()
            .any(|word| lead.to_lowercase().ends_with(word));
    is_denied(text, start) || AFTER.is_match(after(text, end, 14)) || named_square || beach
}
