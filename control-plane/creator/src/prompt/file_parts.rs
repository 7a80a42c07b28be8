//! Parts of files that a prompt names by their times: "Use hero.mp4 from 0:12 to 0:20".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::FilePart;
use super::quotes::regex_of;

/// Most parts.
const PARTS_MAX: usize = 20;

/// Endings of files that have parts.
const ENDINGS: &str = "mp4|mov|m4v|webm|mkv|avi|mpe?g|vidova";
/// Of others that are sent along.
const OTHER_ENDINGS: &str = "jpe?g|png|gif|webp|svg|mp3|wav|m4a|flac|ogg";

/// Finds them, and where they are said.
pub(super) fn file_parts(text: &str) -> (Vec<FilePart>, Vec<Range<usize>>) {
    static PART: LazyLock<Regex> = LazyLock::new(|| {
        let file = format!(r"[\p{{L}}\p{{N}}_][\p{{L}}\p{{N}}_.()-]*\.(?:{ENDINGS})");
        let time = r"(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-5][0-9](?:\.[0-9]{1,3})?|[0-9]{1,4}(?:\.[0-9]{1,3})?(?:\s?s(?:ec(?:ond)?s?|ek(?:unden)?)?\b)?";
        let to = r"\s?(?:to|until|till|through|and|bis|und|à|et|a|hasta|y|-|–|—)\s?";
        regex_of(&format!(
            r#"(?i)\b(?P<file>{file})["”'’]?\s?(?:[:,(@]\s?|(?:only\s|just\s|nur\s)?(?:(?:the\s)?part\s)?(?:from|between|von|zwischen|de|desde|entre)\s)(?P<from>{time}){to}(?P<to>{time})|\b(?P<from_first>{time}){to}(?P<to_first>{time})\s(?:of|from|in|von|aus|de)\s["“”'‘]?(?P<file_last>{file})\b"#
        ))
    });
    let (mut parts, mut ranges) = (Vec::new(), Vec::new());
    for found in PART.captures_iter(text).take(PARTS_MAX) {
        let group =
            |name: &str, other: &str| found.name(name).or(found.name(other)).map_or("", |part| part.as_str());
        let (from, to) = (group("from", "from_first"), group("to", "to_first"));
        // "hero.mp4 (3-5 people)" tells no times: the last number has a unit, or is a clock's.
        let is_time = to.contains(':') || to.ends_with(char::is_alphabetic);
        if let (Some(from_secs), Some(to_secs)) = (secs_from_time(from), secs_from_time(to))
            && is_time
            && to_secs > from_secs
        {
            parts.push(FilePart { file: group("file", "file_last").to_owned(), from_secs, to_secs });
            ranges.push(found.get(0).expect("the whole match").range());
        }
    }
    (parts, ranges)
}

/// Says whether words are the name of a file: it is to be used, not to be shown.
pub(super) fn is_file_name(words: &str) -> bool {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| regex_of(&format!(r"(?i)^[^/\\]{{1,120}}\.(?:{ENDINGS}|{OTHER_ENDINGS})$")));
    NAME.is_match(words.trim())
}

/// Says whether what comes before a time leads on from a file's name to it: "hero.mp4 from", "trimmed to".
pub(super) fn leads_on_from_file(lead: &str) -> bool {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        regex_of(&format!(
            r#"(?i)(?:\.(?:{ENDINGS}|{OTHER_ENDINGS})["”'’]?|\b(?:trim(?:med)?|timestamps?|timecodes?))\s?[:,(@]?\s?(?:(?:at|from|to|until|ab|von|bei|bis|de|à|desde)\s)?$"#
        ))
    });
    LEAD.is_match(lead)
}

/// `1:02:03.5`, `0:12`, `12 s`.
fn secs_from_time(time: &str) -> Option<f64> {
    let number = time.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
    number.split(':').try_fold(0.0, |secs, part| Some(secs * 60.0 + part.parse::<f64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::Understanding;

    #[test]
    fn parts_of_files_are_found_by_their_times_and_nothing_else_is_read_into_them() {
        for prompt in [
            "Teaser for Nova. Use hero.mp4 from 0:12 to 0:20.",
            "Teaser for Nova. Use \"hero.mp4\" from 12 to 20 seconds.",
            "Teaser for Nova with hero.mp4 (0:12-0:20)",
            "Teaser for Nova. Take 0:12–0:20 of hero.mp4",
            "Teaser für Nova mit hero.mp4 von 12 s bis 20 s",
        ] {
            let it = Understanding::of_prompt(prompt);
            let parts: Vec<_> =
                it.parts.iter().map(|part| (part.file.as_str(), part.from_secs, part.to_secs)).collect();
            assert_eq!(parts, [("hero.mp4", 12.0, 20.0)], "{prompt}");
            assert_eq!(
                (it.duration_secs, it.times.len(), it.numbers.len(), it.quoted.len()),
                (None, 0, 0, 0),
                "{prompt}"
            );
            assert!(
                it.title.as_ref().is_none_or(|title| !title.contains("hero")),
                "{prompt}: {:?}",
                it.title
            );
        }
        let plain = Understanding::of_prompt(
            "Use hero.mp4 and take 5 and 6 second shots. Doors from 19:00 to 21:30.",
        );
        assert!(plain.parts.is_empty() && !plain.times.is_empty(), "{plain:?}");
        assert!(Understanding::of_prompt("Use hero.mp4 (3-5 people), a teaser").parts.is_empty());
    }
}
