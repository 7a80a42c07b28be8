//! A scene before its file is chosen.

use super::reading;
use crate::Layout;
use crate::footage::Want;
use crate::reading_time::{ENTRANCE_SECS, hold_secs};

/// A scene before its file is chosen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    pub(super) layout: Layout,
    pub(super) headline: Option<String>,
    pub(super) body: Option<String>,
    pub(super) label: Option<String>,
    pub(super) picture: Picture,
    /// Wished length in seconds; never less than the words need.
    pub(super) wish_secs: f64,
    /// Shortest length in seconds.
    pub(super) min_secs: f64,
    /// Longest length in seconds, but for want of others.
    pub(super) max_secs: f64,
    /// What goes first where there is too much: the highest; 0 stays.
    pub(super) rank: u8,
    /// Follows on the scene before it with something else than a cut, where the video has such a thing.
    pub(super) is_turn: bool,
}

/// What a scene shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Picture {
    /// A card of one colour.
    None,
    /// A file to be chosen.
    Wanted(Want),
    /// Files to be chosen, so many of them.
    Several(usize),
    /// These files, from their best parts.
    Files(Vec<usize>),
    /// This part of a file: its start and how long it may last, in seconds.
    Part(usize, f64, f64),
    /// The logo.
    Logo(usize),
}

impl Slot {
    /// A scene that has the words of `texts` (headline, body, label).
    pub(super) fn new(layout: Layout, texts: [Option<String>; 3], picture: Picture) -> Self {
        let [headline, body, label] =
            texts.map(|text| text.map(|text| on_one_line(&text)).filter(|text| !text.is_empty()));
        let mut slot = Self {
            layout,
            headline,
            body,
            label,
            picture,
            wish_secs: 0.0,
            min_secs: 0.0,
            max_secs: 7.0,
            rank: 1,
            is_turn: false,
        };
        slot.min_secs = slot.need_secs();
        slot.wish_secs = slot.min_secs;
        slot
    }

    /// A shot without words.
    pub(super) fn plain(want: Want) -> Self {
        Self::new(Layout::Plain, [None, None, None], Picture::Wanted(want))
    }

    /// Wishes a length and bounds it; the words' need stays the least.
    pub(super) fn lasting(mut self, wish_secs: f64, max_secs: f64) -> Self {
        self.wish_secs = wish_secs.max(self.min_secs);
        self.max_secs = max_secs.max(self.wish_secs);
        self
    }

    /// Bounds a shot without words from below, and wishes a length where it has no wish.
    pub(super) fn lasting_at_least(mut self, min_secs: f64, wish_secs: f64) -> Self {
        let wish = if self.wish_secs > 0.0 { self.wish_secs } else { wish_secs };
        self.min_secs = self.min_secs.max(min_secs);
        let most = self.max_secs;
        self.lasting(wish, most)
    }

    pub(super) fn ranked(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    pub(super) fn turning(mut self) -> Self {
        self.is_turn = true;
        self
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.headline, &self.body, &self.label].into_iter().flatten().map(String::as_str)
    }

    pub(super) fn has_words(&self) -> bool {
        self.texts().next().is_some()
    }

    /// Letters that it shows.
    pub(super) fn letters(&self) -> usize {
        self.texts().map(reading::letters).sum()
    }

    /// How many files it shows.
    pub(super) fn files_count(&self) -> usize {
        match &self.picture {
            Picture::None | Picture::Logo(_) => 0,
            Picture::Wanted(_) | Picture::Part(..) => 1,
            Picture::Several(count) => *count,
            Picture::Files(files) => files.len(),
        }
    }

    /// Says whether it stands on a card of its own colour.
    pub(super) fn is_card(&self) -> bool {
        self.files_count() == 0
    }

    fn need_secs(&self) -> f64 {
        let hold = hold_secs(self.texts());
        if hold > 0.0 { hold + ENTRANCE_SECS } else { 0.0 }
    }

    /// Becomes a card of one colour: for words without a picture.
    pub(super) fn into_card(mut self) -> Option<Self> {
        if !self.has_words() {
            return None;
        }
        self.picture = Picture::None;
        self.layout = match self.layout {
            Layout::Hook | Layout::LowerThird | Layout::Caption | Layout::Plain => Layout::Statement,
            Layout::Split | Layout::PictureInPicture | Layout::Gallery => Layout::Title,
            other => other,
        };
        if self.headline.is_none() && self.layout != Layout::ListItem && self.layout != Layout::EndCard {
            self.headline = self.body.take().or_else(|| self.label.take());
        }
        Some(self)
    }
}

/// Words on one line, without characters that control.
fn on_one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
