//! The shapes of picture that a prompt asks for, by name or by the place where the video shall be shown.

use std::sync::LazyLock;

use regex::Regex;

use super::Aspect;
use super::quotes::regex_of;
use super::text::{after, before};

/// Most mentions looked at.
const MENTIONS_MAX: usize = 64;

/// Returns the shapes in the order of their mention, each once.
pub(super) fn aspects(text: &str) -> Vec<Aspect> {
    static MENTION: LazyLock<Regex> = LazyLock::new(|| {
        let portrait = r"\b9\s?[:x×]\s?16\b|\btik\s?tok\b|\b(?:insta(?:gram)?|ig|facebook|fb)\s+reels?\b|\breels?\b|\byou\s?tube\s+shorts?\b|\bshorts\b|\b(?:insta(?:gram)?|ig|facebook|whatsapp|snapchat)[ -](?:story|stories)\b|\bstories\b|\bstory\s+(?:format|ad|video)\b|\bverticale?\b|\bvertikale?s?\b|\bportrait(?:\s+(?:format|video|mode|orientation|clip))\b|\b(?:in|as|format)\s+portrait\b|\bfor\s+phones\b|\bhochformat\b|縦型|縦長|縦動画|縦向き|リール|ショート動画|ストーリーズ|竖屏|竖版|抖音|세로|쇼츠|릴스";
        let square = r"\b1\s?[:x×]\s?1\b|\bsquare\b|\bquadratisch(?:e[sn]?)?\b|\bcarrée?\b|\bcuadrad[oa]\b|\bquadrato\b|正方形|スクエア|方形|정사각형";
        let feed = r"\b4\s?[:x×]\s?5\b|\binsta(?:gram)?\s+(?:post|feed)\b|\b(?:in-feed|feed\s+(?:post|format|video))\b|\bfor\s+the\s+feed\b|フィード";
        let landscape = r"\b16\s?[:x×]\s?9\b|\byou\s?tube\b|\blandscape(?:\s+(?:format|video|mode|orientation|clip|version))\b|\b(?:in|as|and|or)\s+landscape\b|\bwide\s?screen\b|\btv\s+(?:ad|spot|commercial)\b|\bfor\s+(?:tv|television|the\s+big\s+screen)\b|\bfor\s+(?:our|the|my|a)\s+(?:website|web\s?site|homepage|landing\s+page)\b|\bquerformat\b|\bformat\s+paysage\b|\bhorizontal(?:e|es)?\b|横型|横長|横向き|横動画|横屏|가로";
        regex_of(&format!(
            r"(?i)(?P<feed>{feed})|(?P<portrait>{portrait})|(?P<square>{square})|(?P<landscape>{landscape})"
        ))
    });
    // Where a shape stands alone between marks: "Real estate, portrait, no text".
    static ALONE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)(?:^|[,;.(]\s?)(?:(?P<portrait>portrait)|(?P<landscape>landscape))\s?(?:[,;.)]|$)")
    });
    let mut places: Vec<(usize, Aspect)> = Vec::new();
    for pattern in [&*MENTION, &*ALONE] {
        for found in pattern.captures_iter(text).take(MENTIONS_MAX) {
            let whole = found.get(0).expect("the whole match");
            let named = |name: &str| found.name(name).is_some();
            let aspect = match () {
                () if pattern.capture_names().flatten().any(|name| name == "feed") && named("feed") => {
                    Aspect::Feed
                }
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
    aspects
}

/// Times Square, square metres, a YouTube channel, a score of 1:1, "not vertical".
fn is_else(text: &str, start: usize, end: usize, aspect: Aspect) -> bool {
    static NOT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?i)\b(?:not|no|nicht|kein|never|don't (?:make|use)(?: it)?)\s+(?:in\s+|a\s+)?$")
    });
    static SCORE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:won|lost|beat|score|final|draw|drew|win|endstand|ended|finished)(?:\s+\S+){0,2}\s*$",
        )
    });
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
    NOT.is_match(lead)
        || AFTER.is_match(after(text, end, 14))
        || named_square
        || beach
        || SCORE.is_match(lead) && text[start..end].contains(':')
}
