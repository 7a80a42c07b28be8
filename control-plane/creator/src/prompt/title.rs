//! A short headline out of a prompt's own words: what the video is about, never the instruction to make it.

use std::sync::LazyLock;

use regex::Regex;

use super::Genre;
use super::duration::is_media;
use super::quotes::regex_of;
use super::text::{MASK, SOFT_MASK, capitalised, clauses, ends_clause, is_one_of, shown};
use super::votes::is_style_word;
use super::words::{COMBINE, DANGLING, MAKE, MODIFIERS, PRESENT, SHOWN_MEDIA, STOPPERS, TO_THE_MAKER};

/// Longest headline: eight words, or as many characters as two lines of a card hold.
const WORDS_MAX: usize = 8;
const CHARS_MAX: usize = 48;
/// Most clauses looked at.
const CLAUSES_MAX: usize = 24;

/// Returns a headline. What is understood otherwise is masked in `text`.
pub(super) fn title(text: &str, language: &str, genre: Genre) -> Option<String> {
    labelled(text).or_else(|| how_to(text)).or_else(|| match language {
        "ja" | "zh" | "ko" => cjk(text),
        _ => clauses(text, ends_clause)
            .into_iter()
            .take(CLAUSES_MAX)
            .filter(|range| !asks_in_other_letters(&text[range.clone()]))
            .find_map(|range| subject(&text[range], genre))
            .map(|title| capitalised(&title)),
    })
}

/// Verbs of languages without a word list here are not known; the word for a video tells as much.
fn asks_in_other_letters(clause: &str) -> bool {
    ["فيديو", "видео", "ролик", "відео", "βίντεο", "וידאו", "सीरीज", "वीडियो", "วิดีโอ", "ویدیو"]
        .iter()
        .any(|word| clause.to_lowercase().contains(word))
}

/// "Title: Better sleep".
fn labelled(text: &str) -> Option<String> {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:\b(?:title|headline|titled|titel|titre|título)\s?:|\b(?:title it|call it)\s|タイトルは?[:：])\s*([^.;\n\x01。]{2,60})",
        )
    });
    let title = shown(LABEL.captures(text)?.get(1)?.as_str());
    (title.chars().count() <= 60 && !title.is_empty()).then(|| capitalised(&title))
}

/// "How to make cold brew", to where the clause ends or its length is told.
fn how_to(text: &str) -> Option<String> {
    static HOW: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:how (?:to|we|you can|i)\s|wie (?:man|du|ihr|wir)\s|comment\s\p{L}+(?:er|ir|re)\s|cómo\s)[^.!?;:,\n\x01()–—]{3,80}",
        )
    });
    static END: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\s(?:in|with|using|en|avec|con|mit)\s(?:(?:just|only|nur|under|about)\s)?(?:[0-9]|\x02|two|three|four|five|six|seven|drei|vier|fünf|trois|quatre|tres|cuatro|the (?:uploaded|attached)|this|my|these|a few|simple|easy).*$|\s(?:using|from) (?:the|my|this|these|our)\b.*$|\x02.*$",
        )
    });
    let found = HOW.find(text)?.as_str();
    let end = END.find(found).map_or(found.len(), |end| end.start());
    fitted(&found[..end]).map(|title| capitalised(&title))
}

/// Returns what a clause is about, if it is about something.
fn subject(clause: &str, genre: Genre) -> Option<String> {
    let mut words = words_of(clause);
    drop_politeness(&mut words);
    let first = *words.first()?;
    if is_one_of(first, PRESENT) || is_one_of(first, &["about", "über"]) {
        return about(&words[1..]);
    }
    let asked = is_one_of(first, MAKE) || is_one_of(first, COMBINE) && is_material(&words.join(" "));
    if asked {
        words.remove(0);
    }
    let ends_media_run = |index: &usize| !words.get(index + 1).is_some_and(|next| is_media(next));
    let media = words
        .iter()
        .take(10)
        .position(|word| is_media_word(word))
        .map(|first| (first..words.len()).find(ends_media_run).unwrap_or(first));
    match media {
        Some(at) => about_media(&words, at, asked),
        None if asked || is_said_to_the_maker(&words) || genre == Genre::Quote => None,
        None => about(&words),
    }
}

/// Returns the words of a clause without its length and what led to that: "a video of 30 seconds".
fn words_of(clause: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for word in clause.split([' ', '\n', MASK]).filter(|word| !word.is_empty()) {
        if !word.trim_matches(SOFT_MASK).is_empty() {
            words.push(word);
        } else if words.last().is_some_and(|last| {
            is_one_of(last, &["of", "de", "von", "mit", "with", "in", "within", "à", "di"])
        }) {
            words.pop();
        }
    }
    words
}

/// `30-Sekunden-Video` and the like end in such a word.
fn is_media_word(word: &str) -> bool {
    is_media(word) || word.rsplit(['-', SOFT_MASK]).next().is_some_and(is_media)
}

fn drop_politeness(words: &mut Vec<&str>) {
    const POLITE: &[&str] = &[
        "please", "can", "could", "you", "i", "we", "want", "need", "would", "like", "i'd", "we'd", "bitte",
        "to", "me", "hi", "hello", "hey", "let's", "real", "quick", "ich", "wir", "möchte", "brauche",
        "brauchen", "have", "wollen", "will", "us", "einfach",
    ];
    const PERSONS: &[&str] = &["i", "we", "ich", "wir", "you"];
    let run = words.iter().take_while(|word| is_one_of(word, POLITE)).count();
    // "We hire two electricians" is said to the viewer.
    let said_to_viewer = run == 1 && is_one_of(words[0], PERSONS);
    if !said_to_viewer
        && words.get(run).is_none_or(|word| {
            is_one_of(word, MAKE) || is_media(word) || matches!(*word, "a" | "an" | "ein" | "eine" | "einen")
        })
    {
        words.drain(..run);
    }
}

fn is_said_to_the_maker(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    let told = is_one_of(first, TO_THE_MAKER) || is_one_of(first, MAKE);
    let told = told || words.len() <= 2 && first.starts_with(|c: char| c.is_ascii_digit());
    told || words.iter().all(|word| {
        is_style_word(word)
            || is_one_of(word, MODIFIERS)
            || is_one_of(word, DANGLING)
            || word.starts_with(SOFT_MASK)
    })
}

/// Words between a video and what it is about.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "for", "about", "of", "on", "showing", "announcing", "promoting", "introducing", "presenting", "featuring",
    "für", "über", "von", "zum", "zur", "vom", "pour", "sur", "de", "du", "des", "para", "sobre", "del", "per",
    "voor", "explaining", "celebrating", "remembering", "from", "over", "om", "o", "do", "da", "dla", "til", "till",
    "hakkında",
];

/// "video for X", "Travel recap Lisbon", "Kids' party invitation".
fn about_media(words: &[&str], media: usize, asked: bool) -> Option<String> {
    let rest = &words[media + 1..];
    if words[media].eq_ignore_ascii_case("countdown")
        && rest.first().is_some_and(|word| word.eq_ignore_ascii_case("to"))
    {
        return fitted(&words[media..].join(" "));
    }
    // "Invite everyone to Film Night".
    let to = rest.iter().take(4).position(|word| is_one_of(word, &["to", "zu", "zum", "zur", "à", "a"]));
    if let Some(to) =
        to.filter(|_| is_one_of(words[media], &["invite", "invitation", "einladung", "invitación"]))
    {
        return about(&rest[to + 1..]);
    }
    let lead = rest.iter().take(6).position(|word| is_one_of(word, LEADS));
    match lead {
        Some(0) => return about(&rest[1..]).filter(|title| !is_material(title)),
        // "an ad in German for Acme".
        Some(at) if is_one_of(rest[0], &["in", "auf", "with", "mit", "en"]) => {
            return about(&rest[at + 1..]).filter(|title| !is_material(title));
        }
        _ => {}
    }
    if rest.first().is_some_and(|word| word.starts_with(char::is_uppercase)) {
        return about(rest);
    }
    if words.first().is_some_and(|word| is_one_of(word, TO_THE_MAKER)) {
        return None;
    }
    before_media(words, media, asked)
}

/// "Kids' party invitation": what narrows the kind of video may be what it is about.
fn before_media(words: &[&str], media: usize, asked: bool) -> Option<String> {
    let shown_too = is_one_of(words[media], SHOWN_MEDIA);
    let lead = if shown_too { &words[..=media] } else { &words[..media] };
    let skip = lead
        .iter()
        .take_while(|word| {
            is_one_of(word, MODIFIERS)
                || is_style_word(word)
                || word.contains(SOFT_MASK)
                || is_one_of(word, DANGLING)
        })
        .count();
    let own = lead.iter().take(media).any(|word| {
        !is_one_of(word, MODIFIERS)
            && !is_style_word(word)
            && !is_media(word)
            && !word.contains(SOFT_MASK)
            && word.chars().any(char::is_alphabetic)
    });
    let kept: Vec<&str> = lead[skip..].iter().copied().filter(|word| !word.contains(SOFT_MASK)).collect();
    // "My photos into a video": what leads on to the video is of the instruction.
    let leads_on = kept.iter().any(|word| is_one_of(word, LEADING_ON)) || is_material(&kept.join(" "));
    (own && !leads_on && !(asked && kept.len() < 2 && !shown_too)).then(|| fitted(&kept.join(" "))).flatten()
}

/// Words between what a video is made of, or what it is for, and the video.
#[rustfmt::skip]
const LEADING_ON: &[&str] = &[
    "into", "to", "as", "together", "aus", "zu", "als", "zusammen", "en", "em", "et", "ett", "um", "uma", "een", "bir",
    "için", "från", "fra", "af", "av", "z", "na", "van", "met", "dans", "avec", "con", "com", "these", "those", "meine",
    "meinen", "diese", "diesen", "unseren", "mes", "mis", "meus", "mijn", "mina", "moje",
];

/// Words for what was sent along.
#[rustfmt::skip]
const MATERIAL: &[&str] = &[
    "clips", "clip", "footage", "photos", "pictures", "images", "files", "videos", "recording", "recordings",
    "uploads", "material", "aufnahmen", "fotos", "bilder", "these", "this", "it", "us", "them", "bildern",
    "instagram", "tiktok", "youtube", "shots", "me", "social", "photo", "picture", "image", "file", "videoclips",
    "vidéos", "fotografien", "zdjęć", "zdjęcia", "foton", "billeder", "fotoğraflar",
];

/// "a video from my clips" is about no clips.
fn is_material(title: &str) -> bool {
    title.split(' ').any(|word| is_one_of(word, MATERIAL))
}

/// Returns words as a headline: without an article before and loose ends after.
fn about(words: &[&str]) -> Option<String> {
    let articles = words
        .iter()
        .take_while(|word| {
            is_one_of(
                word,
                &[
                    "the", "a", "an", "das", "die", "der", "den", "dem", "ein", "eine", "einen", "le", "la",
                    "les", "el", "los", "las", "un", "une", "una",
                ],
            )
        })
        .count();
    fitted(&words[articles..].join(" "))
}

/// Shortens a headline to what a card holds, at a word that may end it; none if it cannot be.
fn fitted(text: &str) -> Option<String> {
    let head = text.split([SOFT_MASK, MASK]).next().unwrap_or_default();
    let mut words: Vec<&str> = head.split_whitespace().collect();
    let fits = |words: &[&str]| words.len() <= WORDS_MAX && words.join(" ").chars().count() <= CHARS_MAX;
    let material =
        words.iter().skip(1).position(|word| is_one_of(word, &["using", "featuring", "including"]));
    if let Some(at) = material {
        words.truncate(at + 1);
    }
    while !fits(&words) {
        let stop = words.iter().rposition(|word| is_one_of(word, STOPPERS))?;
        if stop < 1 {
            return None;
        }
        words.truncate(stop);
    }
    // "Series A" does not end in an article.
    let loose = |word: &&str| !word.starts_with(char::is_uppercase) && is_one_of(word, DANGLING);
    while words.last().is_some_and(loose) {
        words.pop();
    }
    let title = shown(&words.join(" "));
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let says = words.iter().any(|word| {
        !is_one_of(word, DANGLING) && !is_one_of(word, &["it", "us", "them", "something", "cool", "please"])
    });
    (letters >= 2 && says).then_some(title)
}

/// In Japanese, Chinese and Korean: a short sentence that asks for nothing, else what the video is said to be of.
fn cjk(text: &str) -> Option<String> {
    static OF: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"([^\s、。！？\n\x01\x02]{2,16}?)(?:の(?:\x02+の?|[^\s、。\x01\x02]{0,6})?(?:動画|ムービー|ビデオ|CM|映像)|的(?:\x02+的?)?[^，。\x01]{0,4}(?:视频|短片))",
        )
    });
    const ASKS: [&str; 21] = [
        "アプリ",
        "動画",
        "ムービー",
        "ビデオ",
        "作っ",
        "作成",
        "ください",
        "お願い",
        "してほしい",
        "使っ",
        "入れ",
        "视频",
        "短片",
        "制作",
        "使用",
        "영상",
        "만들",
        "表示",
        "最後",
        "字幕",
        "音楽",
    ];
    const GENERIC: [&str; 12] = [
        "リリース",
        "特徴",
        "機能",
        "メニュー",
        "材料",
        "セール",
        "開催",
        "発売",
        "限定",
        "手順",
        "まで",
        "発売中",
    ];
    let parts = clauses(text, |c| ends_clause(c) && !matches!(c, '-'));
    let mut short = parts.iter().take(CLAUSES_MAX).map(|range| shown(&text[range.clone()])).filter(|part| {
        let count = part.chars().count();
        (3..=20).contains(&count)
            && !ASKS.iter().any(|ask| part.contains(ask))
            && !part.starts_with(['を', 'の', 'は', 'で', 'に', 'が', 'と', 'も'])
            && !GENERIC.contains(&part.as_str())
            && !part.contains([SOFT_MASK])
            && part.chars().all(|c| !c.is_ascii_digit())
            && part.chars().any(|c| u32::from(c) >= 0x2e80)
    });
    let of = OF.captures(text).and_then(|found| found.get(1)).map(|found| shown(found.as_str()));
    of.filter(|title| title.chars().count() >= 3 && !title.contains(['で', 'を'])).or_else(|| short.next())
}
