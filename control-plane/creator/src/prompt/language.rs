//! The language of a prompt: by its script, else by its small words.

use std::sync::LazyLock;

use regex::Regex;

use super::quotes::regex_of;

/// Small words of languages in Latin letters; words that two of them share are left out.
#[rustfmt::skip]
const SMALL_WORDS: &[(&str, &[&str])] = &[
    ("en", &[
        "the", "and", "of", "with", "for", "our", "to", "make", "create", "is", "this", "my", "from", "your", "how",
        "we", "it", "video", "at", "tips", "no",
    ]),
    ("de", &[
        "und", "der", "die", "das", "ein", "eine", "für", "mit", "unser", "unsere", "unseren", "ist", "nicht", "zum",
        "zur", "erstelle", "mach", "mache", "von", "wir", "auf", "im", "bitte", "ohne", "wie", "den", "dem", "einen",
        "vom",
    ]),
    ("fr", &[
        "le", "les", "des", "une", "pour", "avec", "notre", "nos", "est", "et", "dans", "sur", "crée", "créez",
        "créer", "fais", "faites", "vidéo", "nous", "du", "sans", "au", "aux", "votre", "chez", "réalise", "comment",
        "ma", "mon", "secondes",
    ]),
    ("es", &[
        "el", "los", "las", "una", "para", "con", "nuestro", "nuestra", "es", "y", "del", "crea", "haz", "vídeo",
        "en", "sin", "por", "cómo", "segundos", "mi", "tu", "al", "nuestros", "nuestras",
    ]),
    ("it", &[
        "il", "gli", "della", "del", "una", "per", "nostro", "nostra", "è", "e", "di", "crea", "con", "senza", "fai",
        "che", "nel", "secondi", "mio", "mia",
    ]),
    ("pt", &[
        "o", "os", "uma", "para", "com", "nosso", "nossa", "é", "e", "do", "da", "crie", "faça", "vídeo", "sem",
        "não", "em", "no", "na", "segundos", "meu", "minha",
    ]),
    ("nl", &[
        "de", "het", "een", "voor", "met", "onze", "ons", "is", "en", "van", "maak", "niet", "zonder", "naar",
        "over", "bij", "mijn", "seconden",
    ]),
    ("pl", &[
        "i", "w", "na", "z", "dla", "nasz", "nasza", "film", "zrób", "stwórz", "jest", "nie", "się", "bez", "do",
        "o", "sekund",
    ]),
    ("sv", &[
        "och", "en", "ett", "för", "med", "vår", "vårt", "är", "skapa", "gör", "av", "på", "inte", "utan", "till",
        "sekunder", "min",
    ]),
    ("da", &[
        "og", "en", "et", "til", "med", "vores", "er", "lav", "skab", "af", "på", "ikke", "uden", "sekunder", "min",
        "fra",
    ]),
    ("no", &[
        "og", "en", "et", "til", "med", "vår", "vårt", "er", "lag", "av", "på", "ikke", "uten", "sekunder", "min",
        "fra",
    ]),
    ("tr", &[
        "ve", "bir", "için", "ile", "bizim", "bu", "saniyelik", "hazırla", "oluştur", "yap", "olsun", "değil",
        "saniye",
    ]),
];

/// Returns the ISO 639-1 code of a prompt's language; `en` where it cannot be told.
pub(super) fn language(text: &str) -> &'static str {
    asked(text).or_else(|| by_script(text)).unwrap_or_else(|| by_small_words(text))
}

/// "in German".
fn asked(text: &str) -> Option<&'static str> {
    static ASKED: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)\b(?:(?:video|clip|text|captions?|language|reel|cards?|words)[^.!?\n]{0,12}?\sin|auf|language:)\s+(english|german|french|spanish|italian|portuguese|dutch|polish|japanese|chinese|korean|arabic|russian|deutsch|englisch|französisch|spanisch)\b",
        )
    });
    let name = ASKED.captures(text)?.get(1)?.as_str().to_lowercase();
    Some(match name.as_str() {
        "english" | "englisch" => "en",
        "german" | "deutsch" => "de",
        "french" | "französisch" => "fr",
        "spanish" | "spanisch" => "es",
        "italian" => "it",
        "portuguese" => "pt",
        "dutch" => "nl",
        "polish" => "pl",
        "japanese" => "ja",
        "chinese" => "zh",
        "korean" => "ko",
        "arabic" => "ar",
        _ => "ru",
    })
}

fn by_script(text: &str) -> Option<&'static str> {
    const SCRIPTS: [&str; 9] = ["ja", "zh", "ko", "ar", "he", "ru", "el", "th", "hi"];
    let mut counts = [0_usize; SCRIPTS.len()];
    let mut latin = 0_usize;
    for c in text.chars() {
        let slot = match c {
            '\u{3041}'..='\u{30ff}' => 0,
            '\u{3400}'..='\u{9fff}' => 1,
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => 2,
            '\u{0600}'..='\u{06ff}'
            | '\u{0750}'..='\u{077f}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' => 3,
            '\u{0590}'..='\u{05ff}' => 4,
            '\u{0400}'..='\u{04ff}' => 5,
            '\u{0370}'..='\u{03ff}' => 6,
            '\u{0e00}'..='\u{0e7f}' => 7,
            '\u{0900}'..='\u{097f}' => 8,
            c if c.is_alphabetic() => {
                latin += 1;
                continue;
            }
            _ => continue,
        };
        counts[slot] += 1;
    }
    // A syllable or an ideograph says as much as two or three letters.
    let total: usize = counts.iter().sum();
    if total * 3 < latin || total == 0 {
        return None;
    }
    if counts[0] * 8 >= counts[1] && counts[0] > 0 && counts[0] + counts[1] > total / 2 {
        return Some("ja");
    }
    let best = (0..SCRIPTS.len()).max_by_key(|&slot| (counts[slot], SCRIPTS.len() - slot))?;
    let within = |letters: &[char]| text.contains(letters);
    Some(match SCRIPTS[best] {
        "ru" if within(&['і', 'ї', 'є', 'ґ']) => "uk",
        "ar" if within(&['پ', 'چ', 'ژ', 'گ']) => "fa",
        script => script,
    })
}

fn by_small_words(text: &str) -> &'static str {
    let mut votes = [0_usize; 12];
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        for (votes, (_, small)) in votes.iter_mut().zip(SMALL_WORDS) {
            *votes += usize::from(small.contains(&word.as_str()));
        }
    }
    // Letters of one language alone.
    let marks: [(usize, &[char]); 7] = [
        (1, &['ß']),
        (2, &['ç', 'œ', 'ê', 'è']),
        (3, &['ñ', '¿', '¡']),
        (5, &['ã', 'õ']),
        (7, &['ł', 'ż', 'ś', 'ę']),
        (8, &['å']),
        (11, &['ğ', 'ş', 'ı']),
    ];
    for (slot, letters) in marks {
        votes[slot] += usize::from(votes[slot] > 0 && text.contains(letters));
    }
    let best = (0..votes.len()).max_by_key(|&slot| (votes[slot], votes.len() - slot)).unwrap_or(0);
    // One small word may be of a name.
    if votes[best] >= 2 || votes[0] == 0 && votes[best] == 1 { SMALL_WORDS[best].0 } else { "en" }
}
