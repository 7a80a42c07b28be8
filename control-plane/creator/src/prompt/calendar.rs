//! Dates and times of day, as they are written.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::file_parts::leads_on_from_file;
use super::quotes::regex_of;
use super::text::before;

/// Most of each.
const DATES_MAX: usize = 8;

const MONTHS: &str = r"(?:jan(?:uary|uar|vier)?|jänner|enero|gennaio|janeiro|feb(?:ruary|ruar|rero|braio)?|février|fevereiro|mar(?:ch|s|zo|ço)|märz|apr(?:il|ile)?|avril|abril|may|mai|mayo|maggio|maio|mei|june?|juni?|juin|junio|giugno|junho|july?|juli?|juillet|julio|luglio|julho|aug(?:ust|ustus)?|août|agosto|sept?(?:ember|embre|iembre|embro)?|settembre|setembro|okt(?:ober)?|oct(?:ober|obre|ubre)?|ottobre|outubro|nov(?:ember|embre|iembre|embro)?|dez(?:ember)?|dec(?:ember|embre)?|décembre|diciembre|dicembre|dezembro)";
const WEEKDAYS: &str = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)s?";

/// Returns where dates are, in order.
pub(super) fn dates(text: &str) -> Vec<Range<usize>> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        let lead = r"(?:(?:until|till|from|since|by|through|starting|bis(?: zum)?|ab(?: dem)?|seit|jusqu['’]au|à partir du|dès le|hasta el|desde el|fino al|dal|tot|vanaf)\s+)?";
        let nth = r"[0-9]{1,2}(?:st|nd|rd|th|\.|er|º)?";
        let year = r"(?:,?\s+(?:de\s+)?(?:19|20)[0-9]{2})?";
        let weekday =
            format!(r"(?:(?:this|next|every|diesen|nächsten|kommenden|jeden|ce|este|esta)\s+)?{WEEKDAYS}");
        let short = r"(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Mo|Di|Mi|Do|Fr|Sa|So)\.?";
        let day = format!(
            r"(?:{nth}\s?(?:[-–]|to|bis|und|and|au|al)\s?)?{nth}\s*(?:of\s+|de\s+)?{MONTHS}\b{year}(?:\s(?:al|au|bis|to|until)\s(?:the\s)?{nth}\s*(?:of\s+|de\s+)?{MONTHS}\b{year})?|{MONTHS}\b\.?\s+[0-9]{{1,2}}(?:st|nd|rd|th)?(?:\s?[-–]\s?[0-9]{{1,2}}(?:st|nd|rd|th)?)?\b{year}|[0-9]{{1,2}}\.\s?[0-9]{{1,2}}\.(?:\s?(?:20)?[0-9]{{2}}\b)?|\b20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}\b|\b[0-9]{{1,2}}/[0-9]{{1,2}}/(?:20)?[0-9]{{2}}\b"
        );
        let cjk = r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}[日号](?:\s?[（(][月火水木金土日](?:曜日?)?[)）])?|[月火水木金土日]曜日|今週末|(?:[0-9]{4}년\s?)?[0-9]{1,2}월\s?[0-9]{1,2}일";
        let words = r"\b(?:19|20)[0-9]{2}\s?[–-]\s?(?:19|20)[0-9]{2}\b|\b(?:tonight|tomorrow|this weekend|next weekend|next week|heute abend|dieses wochenende|ce week-end|ce soir|este fin de semana)\b";
        regex_of(&format!(
            r"(?i)\b{lead}(?:(?:\b{weekday}|(?-i:\b{short})),?\s+(?:the\s+|den\s+|le\s+|el\s+)?)?(?:\b(?:{day}))|\b{lead}\b{weekday}\b|{words}|{cjk}"
        ))
    });
    // An abbreviated day of the week stands by a time or after a comma: "Sun" and "Mon" are words besides.
    static SHORT: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?:^|[,(\n]\s?|\bon\s|\bam\s)((?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Mo|Di|Mi|Do|Fr|Sa|So)\.?)(?:,?\s+(?:at\s+|um\s+)?[0-9]|[,)]|$)",
        )
    });
    let mut found: Vec<Range<usize>> = DATE.find_iter(text).map(|found| found.range()).collect();
    for short in SHORT.captures_iter(text).filter_map(|found| found.get(1)) {
        if found.iter().all(|range| range.end <= short.start() || short.end() <= range.start) {
            found.push(short.range());
        }
    }
    found.sort_by_key(|range| range.start);
    found.retain(|range| !is_word(&text[range.clone()], text, range));
    found.truncate(DATES_MAX);
    found
}

/// "Black Friday" and "may 5 people" are no dates.
fn is_word(date: &str, text: &str, range: &Range<usize>) -> bool {
    let lead = text[..range.start].trim_end();
    let holiday = ["Black", "Cyber", "Good", "Giving", "Casual", "Easter", "Palm"]
        .iter()
        .any(|word| lead.ends_with(word));
    let whose = text[range.end..].starts_with("'s ") || text[range.end..].starts_with("’s ");
    let may = (date.starts_with("may ") || date.starts_with("mar ")) && !date.contains(char::is_uppercase);
    holiday || may || whose
}

/// "Use hero.mp4 from 0:12 to 0:20": a place in a file is no time of day.
fn is_timecode(text: &str, range: &Range<usize>) -> bool {
    let bare = |c: char| c.is_ascii_digit() || c == ':';
    let time = text[range.clone()].trim();
    // No clock of a day shows "0:12"; midnight has two noughts.
    let clock = time.split([' ', '-', '–']).next().unwrap_or_default();
    let is_of_file = leads_on_from_file(before(text, range.start, 60));
    clock.chars().all(bare) && clock.contains(':') && (clock.starts_with("0:") || is_of_file)
}

/// Returns where times of day are, in order.
pub(super) fn times(text: &str) -> Vec<Range<usize>> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        let clock = r"[0-9]{1,2}(?:[:.][0-5][0-9])?";
        let cjk = r"(?:午前|午後|夜|朝|上午|下午|晚上|오전|오후)?\s?[0-9]{1,2}[時点시](?:[0-9]{1,2}分|半)?(?:[〜～~-][0-9]{1,2}[時点시])?";
        regex_of(&format!(
            r"(?i)\b(?:{clock}\s?(?:am|pm)?\s?(?:[-–]|to|bis)\s?)?{clock}\s?(?:am|pm|a\.m\.|p\.m\.|uhr)\b|\b(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?:\s?[-–]\s?(?:[01]?[0-9]|2[0-3]):[0-5][0-9])?\b|\b(?:[01]?[0-9]|2[0-3])\s?h(?:[0-5][0-9])?\b|\bnoon\b|\bmidnight\b|{cjk}"
        ))
    });
    TIME.find_iter(text)
        .map(|found| found.range())
        .filter(|range| !text[range.clone()].trim().is_empty() && !is_timecode(text, range))
        .take(DATES_MAX)
        .collect()
}
