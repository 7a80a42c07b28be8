//! Web addresses, handles, telephone numbers, tags, and colours written as numbers.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::quotes::regex_of;
use super::text::before;

/// Most tags.
const TAGS_MAX: usize = 12;

/// What a text holds of them.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    pub(super) address: Option<String>,
    pub(super) hashtags: Vec<String>,
    pub(super) hex_colour: Option<String>,
    /// What is understood by all this.
    pub(super) ranges: Vec<Range<usize>>,
}

/// Finds them.
pub(super) fn contacts(text: &str) -> Contacts {
    static WEB: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(
            r"(?i)(?:https?://|\bwww\.)[^\s<>,;\x01「」、。）]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|app|dev|co|de|fr|es|it|at|ch|uk|jp|eu|us|ca|nl|be|pt|pl|se|dk|no|shop|store|studio|example|ai|me|tv|info|biz|cafe|club|events|online|site|test|xyz)(?:\.[a-z]{2})?(?:/[a-z0-9/_.~%?=&#-]*)?",
        )
    });
    static HANDLE: LazyLock<Regex> =
        LazyLock::new(|| regex_of(r"(?:^|[\s(,:])(@[A-Za-z0-9_][A-Za-z0-9_.]{1,29})"));
    static TAG: LazyLock<Regex> = LazyLock::new(|| regex_of(r"(?:^|[\s(,:])(#[\p{L}\p{N}_]{2,40})"));
    static PHONE: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(r"(?:\+[0-9]|\(?\b0|\([0-9])[0-9 /().-]{5,20}[0-9]|\b[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}\b")
    });
    let mut contacts = Contacts::default();
    let mut addresses: Vec<Range<usize>> = Vec::new();
    for found in WEB.find_iter(text) {
        let end = found.start() + found.as_str().trim_end_matches(['.', ')', '!', '?', ':', '/']).len();
        let whole_word = !text[end..].starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
        if whole_word {
            addresses.push(found.start()..end);
        }
    }
    for found in HANDLE.captures_iter(text).filter_map(|found| found.get(1)) {
        addresses.push(found.start()..found.start() + found.as_str().trim_end_matches('.').len());
    }
    for found in PHONE.find_iter(text).filter(|found| is_phone(text, found.as_str(), found.start())) {
        addresses.push(found.range());
    }
    for found in TAG.captures_iter(text).filter_map(|found| found.get(1)) {
        contacts.ranges.push(found.range());
        let digits = &found.as_str()[1..];
        match hex_colour(digits) {
            Some(colour) => contacts.hex_colour = contacts.hex_colour.take().or(Some(colour)),
            None if contacts.hashtags.len() < TAGS_MAX && digits.chars().any(char::is_alphabetic) => {
                contacts.hashtags.push(found.as_str().to_owned());
            }
            None => {}
        }
    }
    addresses.sort_by_key(|range| range.start);
    contacts.address = addresses.first().map(|range| text[range.clone()].to_owned());
    contacts.ranges.extend(addresses);
    contacts
}

/// A date has digits and dots too; a telephone number has at least seven digits and is not one.
fn is_phone(text: &str, number: &str, start: usize) -> bool {
    static DATE: LazyLock<Regex> =
        LazyLock::new(|| regex_of(r"^[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{2}){1,2}\b"));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let money = before(text, start, 4).trim_end().ends_with(['$', '€', '£', '¥']);
    (7..=15).contains(&digits) && !DATE.is_match(number) && !money
}

fn hex_colour(digits: &str) -> Option<String> {
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        6 if hex => Some(format!("#{}", digits.to_lowercase())),
        3 if hex && (digits.bytes().any(|byte| byte.is_ascii_digit()) || matches!(digits, "fff" | "FFF")) => {
            let doubled: String = digits.to_lowercase().chars().flat_map(|c| [c, c]).collect();
            Some(format!("#{doubled}"))
        }
        _ => None,
    }
}
