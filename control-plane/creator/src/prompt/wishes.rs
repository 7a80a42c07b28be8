//! What shall be and shall not: words, music, sound, speed; colours, and beats per minute.

use std::sync::LazyLock;

use regex::Regex;

use super::Wishes;
use super::quotes::regex_of;
use super::text::before;
use super::votes::Ballot;
use crate::PaletteBase;

/// What denies the word that follows.
const NOT: &str = r"(?:(?:no|without|zero|skip|ohne|keine?n?|sans|pas de|sin|senza|sem|zonder)|(?:don['’]?t|do not|never)\s+(?:use|add|include|want|need|put|show|play)(?:\s+in)?)\s+(?:(?:any|the|a|all)\s+)?";

/// Returns the wishes of a text. Its quotes are masked.
pub(super) fn wishes(text: &str, ballot: &Ballot) -> Wishes {
    static NO_TEXT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)\b{NOT}(?:on-?screen\s+|overlay\s+)?(?:text|texts|words|titles?|typography|texte|textos?|worte|testo|text overlays?)\b|\btext-free\b|文字なし|テキストなし|文字は?入れない|无文字"
        ))
    });
    static NO_MUSIC: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)\b{NOT}(?:background\s+)?(?:music|musik|musique|música|musica|soundtrack)\b|音楽なし|BGMなし|BGMは?不要|无音乐"
        ))
    });
    static SILENT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)\b{NOT}(?:audio|sound|ton|son|sonido|suono|áudio|som|geluid)(?:\s+(?:at all|please|überhaupt))?\s*(?:[,.;!?\n\x01)]|$|and\b|or\b|und\b)|\b(?:silent|muted)\s+(?:video|clip|reel|film|ad|teaser|loop)\b|\b(?:keep|make)\s+it\s+(?:silent|mute)\b|\bstummes?\s+video\b|\bvidéo\s+muette\b|音なし|無音|无声"
        ))
    });
    static KEEP: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:original|natural|ambient|live)\s+(?:audio|sounds?|voices?)\b|\b(?:keep|with)\s+(?:the\s+)?(?:audio|sounds?|voices?|speech)\b|\basmr\b|\bo-ton\b|\boriginalton\b|\bson\s+(?:d['’]origine|original)\b|\bsonido\s+(?:original|ambiente)\b|元の音|原音|音声はそのまま|原声",
        )
    });
    static MUTED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)\b(?:{NOT}|(?:mute|remove|drop|strip)\s+(?:the\s+|any\s+)?)(?:original|natural|ambient|camera)\s+(?:audio|sound|noise)|\b{NOT}(?:audio|sound|noise)\s+(?:of|from|in)\s+(?:(?:the|my|our)\s+)?(?:clips?|videos?|footage|recordings?)|\bmute\s+(?:(?:the|my|all|our|original)\s+)*(?:clips?|videos?|footage|recordings?|audio|sound)\b|\bohne\s+(?:o-ton|originalton)\b|\bsans\s+(?:le\s+)?son\s+(?:original|d['’]origine)\b|元の音は?(?:なし|消)"
        ))
    });
    static CAPTIONS: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r"(?i)(?P<not>\b{NOT})?(?:\bcaptions\b|\bcaptioned\b|\bsubtitles?d?\b|\buntertiteln?\b|\bsous-titres?\b|\bsubtítulos\b|字幕)"
        ))
    });
    static BEFORE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\bbefore\s?(?:/|and|&|-|–|vs\.?|to)\s?after\b|\bvorher\s?[-/–]?\s?(?:und\s)?nachher\b|\bavant\s?[-/–]\s?après\b|\bantes\s(?:y|/)\sdespués\b|ビフォーアフター|ビフォー・アフター",
        )
    });
    let any = |stems: &[&str]| stems.iter().any(|stem| ballot.holds(stem));
    Wishes {
        no_text: NO_TEXT.is_match(text),
        no_music: NO_MUSIC.is_match(text),
        silent: SILENT.find_iter(text).take(8).any(|found| !is_watched_so(text, found.start())),
        mute_clips: MUTED.is_match(text),
        keep_sound: KEEP.is_match(text) && !MUTED.is_match(text),
        captions: CAPTIONS.captures_iter(text).take(8).any(|found| found.name("not").is_none()),
        fast: any(FAST),
        slow: any(SLOW) && !any(&["slow cook*", "slow-cook*", "slow motion", "slow roast*"]),
        before_after: BEFORE_AFTER.is_match(text),
    }
}

/// "It has to work without sound": so it may be watched, and not only so.
fn is_watched_so(text: &str, at: usize) -> bool {
    static WATCHED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:works?|working|watch\p{L}*|viewe\p{L}*|seen|understand\p{L}*|understood|readable|clear|sense|even|also|funktionier\p{L}*|versteh\p{L}*|verständlich|auch|gesehen|geschaut|comprend\p{L}*|compréhensible|même|aussi|entend\p{L}*|entiend\p{L}*|incluso|también|vea|ve)(?:\s\p{L}+){0,3}\s$",
        )
    });
    WATCHED.is_match(before(text, at, 48))
}

#[rustfmt::skip]
const FAST: &[&str] = &[
    "fast cuts", "fast-paced", "fast paced", "fast cut", "fast", "quick cuts", "quick-cut", "rapid", "energetic",
    "high-energy", "high energy", "hype", "snappy", "punchy", "hard cuts", "schnell", "schnelle schnitte", "rasant*",
    "rapide", "rythmé*", "rápido", "cortes rápidos", "テンポよく", "テンポの良い", "テンポ良く", "スピーディ", "快节奏",
];
#[rustfmt::skip]
const SLOW: &[&str] = &[
    "slow", "slowly", "calm*", "gentle", "gently", "relaxed", "quiet", "peaceful", "ruhig*", "langsam*", "lent",
    "lente*", "calme*", "doux", "tranquil*", "lento", "ゆっくり", "落ち着いた", "静か", "缓慢",
];

/// Returns dark or light cards, where a text asks for them.
pub(super) fn palette(ballot: &Ballot) -> PaletteBase {
    const DARK: &[&str] = &[
        "dark mode",
        "dark background",
        "dark theme",
        "dark look",
        "dark cards",
        "dark and",
        "dark palette",
        "black background",
        "moody",
        "dunkler hintergrund",
        "dunkel*",
        "fond noir",
        "fond sombre",
        "fondo oscuro",
        "fondo negro",
        "ダーク",
        "黒背景",
        "深色",
    ];
    const LIGHT: &[&str] = &[
        "light mode",
        "light background",
        "light theme",
        "light look",
        "light cards",
        "light palette",
        "white background",
        "bright and airy",
        "light and airy",
        "heller hintergrund",
        "fond clair",
        "fond blanc",
        "fondo claro",
        "fondo blanco",
        "明るい背景",
        "白背景",
        "浅色",
    ];
    let any = |stems: &[&str]| stems.iter().any(|stem| ballot.holds(stem));
    match (any(DARK), any(LIGHT)) {
        (true, false) => PaletteBase::Dark,
        (false, true) => PaletteBase::Light,
        _ => PaletteBase::Auto,
    }
}

/// Names of colours in the four languages most met, and their accents.
const COLOURS: &[(&str, &str)] = &[
    ("neon green", "#39e75f"),
    ("neon pink", "#ff4fa3"),
    ("red|rot|rote[nmr]?|rouge|rojo", "#e5383b"),
    ("orange|naranja", "#f3722c"),
    ("yellow|gelb|gelbe[nmr]?|jaune|amarillo", "#f2c318"),
    ("gold|golden|goldene[nmr]?|doré|dorado", "#c9a227"),
    ("green|grün|grüne[nmr]?|vert|verde", "#2a9d5c"),
    ("mint", "#5fd3a7"),
    ("teal|türkis|turquoise|turquesa", "#1aa6a6"),
    ("cyan", "#20bfe0"),
    ("navy", "#274690"),
    ("blue|blau|blaue[nmr]?|bleu|azul", "#2f74e0"),
    ("purple|violet|lila|violett|morado", "#8349d6"),
    ("pink|rosa|rose", "#e84a8a"),
    ("magenta", "#d6249f"),
    ("coral", "#ff6f59"),
    ("brown|braun|marron|marrón", "#8d5a34"),
];

/// Returns the accent that a text names: a colour's name beside a word that says it is one. Wine may be red.
pub(super) fn accent(text: &str) -> Option<String> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        let names: Vec<&str> = COLOURS.iter().map(|colour| colour.0).collect();
        let name = format!("(?:{})", names.join("|"));
        regex_of(&format!(
            r"(?i)\b(?:colou?rs?|accents?|palette|farben?|akzente?|couleurs?|colores|color)\s*(?:is|are|:|of|in|ist|sind|son|est|sont)?\s*(?:our\s+|the\s+|a\s+)?(?:\p{{L}}+\s+)?(?P<a>{name})\b|\b(?P<b>{name})(?:\s+and\s+(?:white|black|\p{{L}}+))?\s+(?:accents?|theme|palette|brand|background|tones?|colou?rs?|highlights?|look|akzente?|farben)\b|\b(?:our|brand)\s+(?P<c>{name})\s*(?:[,.;]|$)"
        ))
    });
    let found = NAMED.captures(text)?;
    let name = ["a", "b", "c"].iter().find_map(|group| found.name(group))?.as_str().to_lowercase();
    let is = |names: &str| {
        names.split('|').any(|one| match one.split_once('[') {
            Some((stem, _)) => name.strip_prefix(stem).is_some_and(|ending| ending.len() <= 1),
            None => one == name,
        })
    };
    COLOURS.iter().find(|colour| is(colour.0)).map(|colour| colour.1.to_owned())
}
