//! What people should know about a video that is made all the same.

use std::collections::HashSet;

use serde::Serialize;

use crate::{AssetId, asset_id};

/// What people should know about a video that is made all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// What it is about, for programs.
    pub code: NoteCode,
    /// The file that it is about.
    pub asset_id: Option<AssetId>,
    /// A sentence fragment, for people: in small letters, without a full stop. It names no file.
    pub text: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// A file is neither seen nor heard.
    UnusedAsset,
    /// What there is to show is shorter than it has to last: it shows again, is slowed, or its last picture is held.
    TooShort,
    /// A file has too few pixels for the size it is shown at.
    LowResolution,
    /// Words of the prompt that no scene shows.
    WordsLeftOut,
    /// Words stand for less time than it takes to read them.
    TooLittleTime,
    /// What is heard: other than wished, or less than it could be.
    Sound,
    /// A wish of the prompt cannot be met with what was sent.
    WishUnmet,
    /// More than a template can hold.
    TooMuch,
}

impl NoteCode {
    /// As it is written: `unused_asset`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnusedAsset => "unused_asset",
            Self::TooShort => "too_short",
            Self::LowResolution => "low_resolution",
            Self::WordsLeftOut => "words_left_out",
            Self::TooLittleTime => "too_little_time",
            Self::Sound => "sound",
            Self::WishUnmet => "wish_unmet",
            Self::TooMuch => "too_much",
        }
    }
}

impl Note {
    pub(crate) fn of_file(code: NoteCode, index: usize, text: impl Into<String>) -> Self {
        Self { code, asset_id: Some(asset_id(index)), text: text.into() }
    }

    pub(crate) fn general(code: NoteCode, text: impl Into<String>) -> Self {
        Self { code, asset_id: None, text: text.into() }
    }
}

/// Says each shortage once: planner and compiler both see that there is too little time, or too little of a file.
pub(crate) fn without_repetitions(notes: Vec<Note>) -> Vec<Note> {
    let mut seen = HashSet::new();
    let mut is_first = |note: &Note| match note.code {
        NoteCode::TooLittleTime | NoteCode::TooShort => seen.insert((note.code, note.asset_id.clone())),
        _ => true,
    };
    notes.into_iter().filter(|note| is_first(note)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_named_as_it_is_written() {
        for code in [
            NoteCode::UnusedAsset,
            NoteCode::TooShort,
            NoteCode::LowResolution,
            NoteCode::WordsLeftOut,
            NoteCode::TooLittleTime,
            NoteCode::Sound,
            NoteCode::WishUnmet,
            NoteCode::TooMuch,
        ] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
    }
}
