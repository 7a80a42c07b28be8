//! What a prompt says: lengths, shapes, words to show, things to list, prices, dates, names. No model: scanners and word
//! lists. Nothing is invented: every text is of the prompt's own words.

mod action;
mod aspect;
mod calendar;
mod contact;
mod duration;
mod file_parts;
mod genre;
mod language;
mod lists;
mod money;
mod names;
mod number_words;
mod numbers;
mod phrases;
mod quotes;
mod reading;
mod text;
mod title;
mod votes;
mod wishes;
mod words;

pub use genre::{Genre, Pace};
pub use phrases::{Phrase, phrase};

use serde::{Deserialize, Serialize};

use crate::{PaletteBase, Tone};

/// What a prompt says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Understanding {
    /// Wished length in seconds, positive; a video may not be that short or long.
    pub duration_secs: Option<f64>,
    /// At most this long, in seconds.
    pub duration_cap_secs: Option<f64>,
    /// Wished shapes, in the order of their mention, each once.
    pub aspects: Vec<Aspect>,
    /// ISO 639-1; `en` where it cannot be told.
    pub language: String,
    /// What kind of video.
    pub genre: Genre,
    /// How it shall feel; none for as the genre has it.
    pub tone: Option<Tone>,
    /// Words between quotation marks, to be shown as they are; at most 140 characters each.
    pub quoted: Vec<String>,
    /// A short headline; never the instruction itself.
    pub title: Option<String>,
    /// What is enumerated.
    pub items: Vec<String>,
    /// What the items are.
    pub item_kind: ItemKind,
    /// How many items the prompt speaks of, with or without naming them.
    pub item_count: Option<u32>,
    /// In the order of their mention.
    pub prices: Vec<Price>,
    /// As written: `30% off`.
    pub discounts: Vec<String>,
    /// A code to type in.
    pub coupon: Option<String>,
    /// As written: `3 March`, `Friday`.
    pub dates: Vec<String>,
    /// As written: `8pm`.
    pub times: Vec<String>,
    /// Where something is.
    pub place: Option<String>,
    /// The first of a web address, a handle, a telephone number, as written.
    pub address: Option<String>,
    /// As written, with their `#`.
    pub hashtags: Vec<String>,
    /// Who or what it is for.
    pub brand: Option<String>,
    /// Names of people and things, in the order of their mention.
    pub names: Vec<String>,
    /// Whose words are quoted, with what follows the name: `Maria, bakery owner`.
    pub author: Option<String>,
    /// What the viewer shall do: `Book now`.
    pub call_to_action: Option<String>,
    /// Numbers and what they count.
    pub numbers: Vec<NumberFact>,
    /// `#rrggbb`, of a hexadecimal number or a colour's name.
    pub accent: Option<String>,
    /// Parts of files, in the order of their mention.
    pub parts: Vec<FilePart>,
    /// Dark or light cards, where it says so.
    pub palette: PaletteBase,
    /// What shall be, and shall not.
    pub wishes: Wishes,
}

/// A shape of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Aspect {
    /// 16:9.
    Landscape,
    /// 9:16.
    Portrait,
    /// 1:1.
    Square,
    /// 4:5.
    Feed,
    /// 4:3.
    Standard,
    /// 3:4.
    StandardPortrait,
    /// 5:4.
    LargeFormat,
    /// 21:9.
    Ultrawide,
}

impl Aspect {
    const ALL: [Self; 8] = [
        Self::Landscape,
        Self::Portrait,
        Self::Square,
        Self::Feed,
        Self::Standard,
        Self::StandardPortrait,
        Self::LargeFormat,
        Self::Ultrawide,
    ];

    /// Returns how a request writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Landscape => "16:9",
            Self::Portrait => "9:16",
            Self::Square => "1:1",
            Self::Feed => "4:5",
            Self::Standard => "4:3",
            Self::StandardPortrait => "3:4",
            Self::LargeFormat => "5:4",
            Self::Ultrawide => "21:9",
        }
    }

    /// Returns its width by its height.
    fn ratio(self) -> f64 {
        match self {
            Self::Landscape => 16.0 / 9.0,
            Self::Portrait => 9.0 / 16.0,
            Self::Square => 1.0,
            Self::Feed => 4.0 / 5.0,
            Self::Standard => 4.0 / 3.0,
            Self::StandardPortrait => 3.0 / 4.0,
            Self::LargeFormat => 5.0 / 4.0,
            Self::Ultrawide => 21.0 / 9.0,
        }
    }
}

/// What is enumerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum ItemKind {
    Feature,
    Step,
    Tip,
    Plan,
    Place,
    Other,
}

/// A price, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// With its currency: `€24`, `$9/month`.
    pub amount: String,
    /// What it was before.
    pub was: Option<String>,
    /// What it is for.
    pub what: Option<String>,
}

/// A number and what it counts: `12,400` and `meals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberFact {
    /// As written.
    pub value: String,
    /// What it counts.
    pub what: String,
}

/// A part of a file that is to be used, and nothing else of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    /// Name of the file, as written.
    pub file: String,
    /// Where it begins, in seconds of the file.
    pub from_secs: f64,
    /// Where it ends, in seconds of the file; after where it begins.
    pub to_secs: f64,
}

/// What shall be, and shall not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wishes {
    /// Nothing is written on the pictures.
    pub no_text: bool,
    /// No music, though there is a file of it.
    pub no_music: bool,
    /// Nothing is heard at all.
    pub silent: bool,
    /// The videos' own sound is not wanted.
    pub mute_clips: bool,
    /// The videos' own sound is wanted.
    pub keep_sound: bool,
    /// What is spoken shall be read along.
    pub captions: bool,
    /// Quick cuts.
    pub fast: bool,
    /// Calm.
    pub slow: bool,
    /// One picture of before beside one of after.
    pub before_after: bool,
}

impl Understanding {
    /// Returns what a prompt says. Any text is understood somehow; what it does not say is none, empty or false. Of a very
    /// long text only the first twenty thousand characters are read.
    pub fn of_prompt(prompt: &str) -> Self {
        reading::read(prompt)
    }
}

#[cfg(test)]
mod tests;
