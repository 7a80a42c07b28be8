//! What a prompt enumerates: lines with marks, "A, B and C" after a word or a colon, "first … then …"; and how many things it
//! speaks of.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::duration::is_media;
use super::quotes::regex_of;
use super::text::{MASK, SOFT_MASK, after, capitalised, ends_sentence, is_one_of, shown};
use super::votes::is_style_word;
use super::words::{DANGLING, MAKE, TO_THE_MAKER};
use super::{Genre, ItemKind};

/// Most items.
const ITEMS_MAX: usize = 20;
/// Longest item in characters; steps may be sentences.
const ITEM_CHARS_MAX: usize = 90;
/// Longest item of a list within a sentence, in words.
const INLINE_WORDS_MAX: usize = 6;

/// What is enumerated.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) items: Vec<String>,
    pub(super) kind: Option<ItemKind>,
    pub(super) count: Option<u32>,
    /// "5 tips for better sleep", where it is written so.
    pub(super) headline: Option<String>,
    /// Where the items stand.
    pub(super) range: Option<Range<usize>>,
}

/// Finds it. What is understood already is masked in `text`.
pub(super) fn list(text: &str, genre: Genre) -> List {
    let mut list = counted(text);
    let in_order =
        || one_after_another(text, genre).filter(|_| matches!(genre, Genre::Recipe | Genre::HowTo));
    let found = marked_lines(text)
        .or_else(|| numbered_inline(text))
        .or_else(in_order)
        .or_else(|| after_a_word(text, genre))
        .or_else(|| one_after_another(text, genre))
        .or_else(|| side_by_side(text, genre));
    if let Some((items, range, kind)) = found {
        list.items = items.iter().map(|item| capitalised(item)).take(ITEMS_MAX).collect();
        list.kind = list.kind.or(kind);
        list.range = Some(range);
    }
    list
}

type Found = Option<(Vec<String>, Range<usize>, Option<ItemKind>)>;

const COUNTED: &str = r"(?P<tip>tips?|ways|reasons|ideas|things|facts|mistakes|hacks|rules|lessons|secrets|habits|tipps|gründe|ideen|fehler|tricks|conseils|raisons|astuces|idées|erreurs|consejos|razones|formas|trucos|ideas|errores|consigli|motivi)|(?P<step>steps|schritten?|étapes|pasos|passi)|(?P<feature>features|benefits|advantages|funktionen|vorteile|fonctionnalités|avantages|funciones|ventajas)|(?P<plan>(?:pricing\s)?plans|tiers|packages|tarife|pakete|forfaits|offres|planes)|(?P<place>places|cities|spots|stops|orte|städte|lieux|villes|lugares|ciudades)";

/// "5 tips", "3つのコツ".
fn counted(text: &str) -> List {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)\b(?P<n>[0-9]{{1,2}}|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|sechs|sieben|deux|trois|quatre|cinq|dos|tres|cuatro|cinco)\s+(?:[\p{{L}}-]+\s+){{0,2}}?(?:{COUNTED})\b"
        ))
    });
    static CJK: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?P<n>[0-9]{1,2})\s?(?:つの|個の|の|个|가지\s?|단계)?\s?(?:(?P<tip>コツ|ヒント|方法|理由|ポイント|技巧|建议|理由|팁)|(?P<step>ステップ|手順|工程|步骤?|단계)|(?P<feature>特徴|機能|特点|功能)|(?P<plan>プラン|套餐))",
        )
    });
    let latin = COUNT.captures(text);
    let Some(found) = latin.or_else(|| CJK.captures(text)) else { return List::default() };
    let whole = found.get(0).expect("the whole match");
    let is = |name| found.name(name).is_some();
    let kind = match () {
        () if is("tip") => ItemKind::Tip,
        () if is("step") => ItemKind::Step,
        () if is("feature") => ItemKind::Feature,
        () if is("plan") => ItemKind::Plan,
        () => ItemKind::Place,
    };
    let headline = (kind == ItemKind::Tip || kind == ItemKind::Place)
        .then(|| headline_from(text, whole.start()))
        .flatten();
    List { kind: Some(kind), count: number(&found["n"]), headline, ..List::default() }
}

fn headline_from(text: &str, start: usize) -> Option<String> {
    let tail = after(text, start, 200);
    let end = tail
        .find(|c| {
            ends_sentence(c) || matches!(c, ',' | ':' | ';' | '(' | '–' | '—' | '、' | MASK | SOFT_MASK)
        })
        .unwrap_or(tail.len());
    let words = tail[..end].split_whitespace().count();
    let fits = words <= 9 && tail[..end].chars().count() <= 60;
    fits.then(|| shown(&tail[..end])).filter(|headline| !headline.is_empty())
}

fn number(word: &str) -> Option<u32> {
    let value = match word.to_lowercase().as_str() {
        "two" | "zwei" | "deux" | "dos" => 2,
        "three" | "drei" | "trois" | "tres" => 3,
        "four" | "vier" | "quatre" | "cuatro" => 4,
        "five" | "fünf" | "cinq" | "cinco" => 5,
        "six" | "sechs" => 6,
        "seven" | "sieben" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        digits => digits.parse().ok()?,
    };
    (1..=20).contains(&value).then_some(value)
}

/// Lines that begin with `-`, `•`, `1.` or "Step 1:".
fn marked_lines(text: &str) -> Found {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?im)^\s?(?:[-–—*•・◦▪✓✔→]\s?|[0-9]{1,2}[.):、]\s?|[①-⑳]\s?|(?:step|tip|schritt|étape|paso|ステップ|手順)\s?[0-9]{1,2}\s?[:.)–-]?\s?)([^\n]+)$",
        )
    });
    let lines: Vec<_> = LINE.captures_iter(text).filter_map(|found| found.get(1)).take(ITEMS_MAX).collect();
    let items: Vec<String> = lines.iter().filter_map(|line| item(line.as_str(), ITEM_CHARS_MAX)).collect();
    let range = lines.first()?.start()..lines.last()?.end();
    (items.len() >= 2).then_some((items, range, None))
}

/// "1. x 2. y 3. z" in one line.
fn numbered_inline(text: &str) -> Found {
    static MARK: LazyLock<Regex> =
        LazyLock::new(|| regex_of(r"(?i)(?:^|[\s:,;])(?:step |schritt |étape |paso )?([1-9])[.):]\s|[①-⑨]"));
    let marks: Vec<Range<usize>> = MARK.find_iter(text).map(|mark| mark.range()).take(ITEMS_MAX).collect();
    if marks.len() < 2 {
        return None;
    }
    let ends = marks.iter().skip(1).map(|mark| mark.start).chain([text.len()]);
    let parts = marks.iter().zip(ends).map(|(mark, end)| &text[mark.end..end]);
    // Each item ends with its sentence.
    let items: Vec<String> = parts
        .filter_map(|part| item(part.split(['.', '!', '\n', '。', MASK]).next()?, ITEM_CHARS_MAX))
        .collect();
    let range = marks[0].start..text.len();
    (items.len() >= 2).then_some((items, range, None))
}

const INTRO: &str = r"(?P<feature>(?:key\s+|main\s+|new\s+)?features?|benefits|highlights(?:ing)?|funktionen|vorteile|fonctionnalités|avantages|funciones|ventajas|características|特徴|機能)|(?P<step>steps|schritte|étapes|pasos|手順)|(?P<tip>tips|tipps|conseils|consejos|コツ|ポイント)|(?P<plan>plans|tarife|forfaits|planes|プラン)|(?P<place>stops|places|cities|rooms|orte|lieux|lugares)|(?P<other>includes?|including|ingredients|menu|zutaten|ingrédients|ingredientes|services|products|line-?up|topics|sponsors|speakers|mit dabei|材料|メニュー)";

/// "A, B and C" after "features", "with" or a colon or a dash.
fn after_a_word(text: &str, genre: Genre) -> Found {
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)(?:\b(?:{INTRO})\b(?:\s+(?:are|like|sind|sont|son))?|(?:特徴|機能|手順|コツ|ポイント|材料|メニュー|プラン)は?)\s*[:：–—-]?\s*"
        ))
    });
    static COLON: LazyLock<Regex> = LazyLock::new(|| regex_of(r"([\p{L}\p{N}'’-]+)\)?(?::\s|\s[–—-]\s)"));
    for found in WORD.captures_iter(text).take(16) {
        let whole = found.get(0).expect("the whole match");
        let colon = whole.as_str().trim_end().ends_with([':', '：', '–', '—', '-']);
        let is = |name| found.name(name).is_some();
        let kind = match () {
            () if is("feature") => Some(ItemKind::Feature),
            () if is("step") => Some(ItemKind::Step),
            () if is("tip") => Some(ItemKind::Tip),
            () if is("plan") => Some(ItemKind::Plan),
            () if is("place") => Some(ItemKind::Place),
            () => None,
        };
        if let Some((items, range)) = inline(
            text,
            whole.end(),
            if colon { 2 } else { 3 },
            if is("step") { Genre::HowTo } else { genre },
        ) {
            return Some((items, range, kind));
        }
    }
    if matches!(genre, Genre::Invite | Genre::News | Genre::Quote | Genre::Testimonial) {
        return None;
    }
    for found in COLON.captures_iter(text).take(16) {
        let whole = found.get(0).expect("the whole match");
        if is_one_of(&found[1], KEYS) {
            continue;
        }
        if let Some((items, range)) = inline(text, whole.end(), 2, genre) {
            let kind = (genre == Genre::AppDemo).then_some(ItemKind::Feature);
            return Some((items, range, kind));
        }
    }
    None
}

/// Words before a colon after which no list for the screen follows.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "style", "tone", "mood", "format", "length", "duration", "colors", "colours", "music", "audience", "platform",
    "language", "look", "vibe", "note", "title", "headline", "cta", "date", "time", "when", "where", "venue", "stil",
    "dauer", "farben", "musik", "titel", "wann", "wo", "durée", "titre", "ton", "fonts", "font", "ratio", "ratios",
    "aspect",
];

/// Reads "A, B and C" from a place on, to the end of the sentence.
fn inline(text: &str, start: usize, least: usize, genre: Genre) -> Option<(Vec<String>, Range<usize>)> {
    static AND: LazyLock<Regex> =
        LazyLock::new(|| regex_of(r"(?i)\s(?:and|&|or|und|oder|sowie|et|ou|y|o|e|plus)\s"));
    let tail = after(text, start, 600);
    let end = super::text::clauses(tail, |c| ends_sentence(c) || matches!(c, ';' | '–' | '—' | '「'))
        .first()
        .map_or(tail.len(), |sentence| sentence.end);
    let sentence = &tail[..end];
    let ranges = super::text::clauses(sentence, |c| matches!(c, ',' | '、' | '，' | '・' | '،'));
    let mut parts: Vec<&str> = ranges.iter().map(|range| &sentence[range.clone()]).collect();
    if let Some(last) = parts.pop() {
        parts.extend(AND.splitn(last, if parts.is_empty() { ITEMS_MAX } else { 2 }).map(|part| {
            part.trim_start_matches("and ").trim_start_matches("und ").trim_start_matches("et ")
        }));
    }
    // "3 tips to sleep: a, b, c": the list begins after the colon.
    if parts.first().is_some_and(|part| part.contains(": ")) {
        return None;
    }
    let mut items: Vec<String> = Vec::new();
    for part in parts {
        let part =
            part.trim().trim_start_matches("and ").trim_start_matches("und ").trim_start_matches("et ");
        match item(part, 48).filter(|shown| is_item(part, shown, genre)) {
            Some(item) => items.push(item),
            // The list ends where something else is said.
            None if items.is_empty() => return None,
            None => break,
        }
    }
    (items.len() >= least).then_some((items, start..start + end))
}

fn is_item(part: &str, shown: &str, genre: Genre) -> bool {
    let words: Vec<&str> = shown.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    let fact =
        first.starts_with(|c: char| c.is_ascii_digit()) && !matches!(genre, Genre::Recipe | Genre::HowTo);
    // What is done in a step is said to the viewer.
    let step = matches!(genre, Genre::Recipe | Genre::HowTo);
    let told = is_one_of(first, &["we", "you", "i", "it", "wir", "nous"])
        || words.len() == 1 && is_one_of(first, &["call", "tel", "code"])
        || !step && (is_one_of(first, MAKE) || is_one_of(first, TO_THE_MAKER) && words.len() > 1)
        || words.iter().all(|word| word.starts_with(char::is_lowercase) && is_one_of(word, DANGLING));
    let style = words.iter().all(|word| is_style_word(word) || is_media(word));
    words.len() <= INLINE_WORDS_MAX && !told && !fact && !style && !part.starts_with(SOFT_MASK)
}

/// Returns a part as it may be shown: what is masked in it is left out.
fn item(part: &str, chars_max: usize) -> Option<String> {
    let longest = part.split([MASK, SOFT_MASK]).max_by_key(|piece| piece.trim().len())?;
    let mut text = shown(longest);
    for tail in [" for", " from", " at", " just", " only", " now", " ab", " für", " à"] {
        if text.len() < longest.trim_end().len() + 1
            && let Some(cut) = text.strip_suffix(tail)
        {
            text = cut.to_owned();
        }
    }
    let fits = text.chars().count() <= chars_max && text.chars().any(char::is_alphanumeric);
    fits.then_some(text)
}

/// "First … then … finally …", and in recipes and guides the sentences that say what to do.
fn one_after_another(text: &str, genre: Genre) -> Found {
    static ORDER: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:^|[\s,.;])(?:and\s+|und\s+|et\s+|y\s+)?(?:first(?:ly)?|then|next|after that|finally|lastly|zuerst|als erstes|dann|danach|anschließend|zum schluss|zuletzt|d['’]abord|ensuite|puis|enfin|primero|luego|después|finalmente|por último|まず|次に|最後に)[\s,:、]+",
        )
    });
    if !matches!(genre, Genre::Recipe | Genre::HowTo | Genre::ScreenGuide | Genre::General | Genre::AppDemo) {
        return None;
    }
    let marks: Vec<Range<usize>> = ORDER.find_iter(text).map(|mark| mark.range()).take(ITEMS_MAX).collect();
    let ends = marks.iter().skip(1).map(|mark| mark.start).chain([text.len()]);
    let parts = marks.iter().zip(ends).map(|(mark, end)| &text[mark.end..end]);
    let items: Vec<String> =
        parts.filter_map(|part| item(part.split(['.', '!', '\n', '。']).next()?, ITEM_CHARS_MAX)).collect();
    let range = marks.first()?.start..text.len();
    (items.len() >= 3).then_some((items, range, Some(ItemKind::Step)))
}

/// "Compare model A and B".
fn side_by_side(text: &str, genre: Genre) -> Found {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:compare|comparing|comparison of|comparison between|vergleiche|comparez?|compara)\s+(?:the\s+)?([^,.;:!?\n\x01]{1,40}?)\s+(?:and|with|to|vs\.?|versus|against|und|mit|et|y|con)\s+(?:the\s+)?([^,.;:!?\n\x01]{1,40})|([\p{L}\p{N}][\p{L}\p{N} '’-]{0,30}?)\s+(?:vs\.?|versus)\s+([\p{L}\p{N}][\p{L}\p{N} '’-]{0,30})",
        )
    });
    if genre != Genre::Compare {
        return None;
    }
    let found = PAIR.captures(text)?;
    let whole = found.get(0).expect("the whole match");
    let pair = [found.get(1).or(found.get(3))?, found.get(2).or(found.get(4))?];
    let items: Vec<String> = pair.iter().filter_map(|part| item(part.as_str(), 40)).collect();
    // The headline is made of the same words.
    (items.len() == 2).then_some((items, whole.start()..whole.start(), None))
}
