//! Times, sizes and names as people read them.

use serde_json::Value;

use crate::domain::credits::ItemKind;
use crate::domain::lifecycle::Phase;
use crate::domain::timestamp::Timestamp;

/// A moment, for a machine and for a person.
pub(super) struct Moment {
    pub(super) rfc3339: String,
    pub(super) text: String,
}

impl Moment {
    /// `2026-11-25 13:04 UTC`.
    pub(super) fn new(at: Timestamp) -> Self {
        let rfc3339 = at.rfc3339();
        let text = format!("{} {} UTC", &rfc3339[..10], &rfc3339[11..16]);
        Self { rfc3339, text }
    }

    /// `3 min ago`, at `now`.
    pub(super) fn ago(at: Timestamp, now: Timestamp) -> Self {
        let secs = now.unix_secs().saturating_sub(at.unix_secs());
        let text = match secs {
            ..5 => "just now".to_owned(),
            5..60 => format!("{secs} s ago"),
            60..3600 => format!("{} min ago", secs / 60),
            3600..86_400 => format!("{} h ago", secs / 3600),
            _ => return Self::new(at),
        };
        Self { rfc3339: at.rfc3339(), text }
    }
}

/// `1.4 s`, `2 min 5 s`.
pub(super) fn duration(millis: i64) -> String {
    match millis {
        ..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{:.1} s", millis as f64 / 1000.0),
        _ => format!("{} min {} s", millis / 60_000, millis / 1000 % 60),
    }
}

/// `3.2 MB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        ..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A phase in words.
pub(super) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "Waiting",
        Phase::PreparingAssets => "Preparing files",
        Phase::Generating => "Creating the template",
        Phase::Rendering => "Rendering",
        Phase::Completed => "Completed",
        Phase::Failed => "Failed",
    }
}

/// The words of every phase by its name, as a JSON object, for the script that follows a job.
pub(super) fn phases_json() -> String {
    let words = Phase::ALL.map(|known| (known.name().to_owned(), phase(known).into()));
    Value::Object(words.into_iter().collect()).to_string()
}

/// A value as people read it.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What is paid for, in words.
pub(super) fn item(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::VideoUpload => "Video",
        ItemKind::ImageUpload => "Image",
        ItemKind::AudioUpload => "Audio",
        ItemKind::FontUpload => "Font",
        ItemKind::ScreenRecordingUpload => "Screen recording",
        ItemKind::ScreenRecordingAnalysis => "Analysis of a screen recording",
        ItemKind::AiCreator => "Creator (prompt to template)",
        ItemKind::Render => "Render",
    }
}

/// An item of the ledger in words: its kind, and the file it is about.
pub(super) fn ledger_item(key: &str) -> String {
    let (name, asset) = key.split_once(':').unwrap_or((key, ""));
    let kind = ItemKind::ALL.into_iter().find(|kind| kind.name() == name);
    match (kind.map(item), asset) {
        (None, _) => key.to_owned(),
        (Some(words), "") => words.to_owned(),
        (Some(words), asset) => format!("{words}: {asset}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_largest_whole_unit_and_old_ones_as_dates() {
        let at = |secs: i64| Timestamp::from_unix_millis(1_775_584_808_000 + secs * 1000);
        let ago = |secs| Moment::ago(at(0), at(secs)).text;
        assert_eq!([ago(0), ago(59), ago(60), ago(7300)], ["just now", "59 s ago", "1 min ago", "2 h ago"]);
        assert_eq!(ago(90_000), "2026-04-07 18:00 UTC");
        assert_eq!(Moment::ago(at(5), at(0)).text, "just now", "a clock that was set back");
    }

    #[test]
    fn an_item_of_the_ledger_is_told_with_its_file() {
        assert_eq!(ledger_item("video_upload:a:b.mp4"), "Video: a:b.mp4");
        assert_eq!([ledger_item("render"), ledger_item("<odd>")], ["Render", "<odd>"]);
    }

    #[test]
    fn lengths_and_sizes_are_told_in_a_fitting_unit() {
        assert_eq!([duration(900), duration(1400), duration(125_000)], ["900 ms", "1.4 s", "2 min 5 s"]);
        assert_eq!([size(12), size(3200), size(3_210_000)], ["12 B", "3.2 kB", "3.2 MB"]);
    }
}
