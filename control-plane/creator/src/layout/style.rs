//! The scale of sizes: few, and far enough apart to be told from each other.

use super::frame::{Frame, Shape, U};
use super::stack::{Ink, Plate, Role, SIZE_FLOOR_PX, Words};
use crate::palette::{Letters, Palette};
use crate::text_fit::Setting;

/// A size of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// A number that is the picture.
    Giant,
    /// One claim that has a card to itself.
    Hero,
    /// One claim in the frame.
    Display,
    Head,
    SubHead,
    /// What one acts on: an address, a call.
    Lead,
    Text,
    /// Small capitals.
    Label,
}

/// Sets words of one scale, in a palette's letters.
pub(crate) struct Style<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) palette: &'a Palette,
}

impl Style<'_> {
    /// Words of a scale in at most so many lines.
    pub(crate) fn words(&self, text: &str, role: Role, scale: Scale, lines_max: usize) -> Words {
        let large =
            matches!(scale, Scale::Giant | Scale::Hero | Scale::Display | Scale::Head | Scale::SubHead);
        let letters = if large { &self.palette.display } else { &self.palette.text };
        let (size_u, least_ratio, line_height, tracking_em) = match scale {
            Scale::Giant => (24.0, 0.4, 1.0, -0.02),
            Scale::Hero => (16.0, 0.55, 1.02, -0.022),
            Scale::Display => (12.0, 0.6, 1.04, -0.018),
            Scale::Head => (9.0, 0.62, 1.08, -0.012),
            Scale::SubHead => (6.5, 0.66, 1.12, -0.008),
            Scale::Lead => (5.2, 0.7, 1.2, 0.0),
            Scale::Text => (4.4, 0.74, 1.26, 0.0),
            Scale::Label => (3.3, 0.91, 1.2, 0.08),
        };
        // Where there is less width for a line, or less height for lines, large letters are smaller.
        let narrow = match self.frame.shape {
            Shape::Tall | Shape::Square if large => 0.94,
            // Seen on small screens too, where its short side is a third of a tall one's.
            Shape::Wide if !large => 1.14,
            _ => 1.0,
        };
        let upper = scale == Scale::Label || (large && letters.capitals);
        let tall = if large && letters.capitals { 1.25 } else { 1.0 };
        let size_px = size_u * U * narrow * tall;
        let weight = match scale {
            Scale::Text => letters.weight,
            Scale::Label => letters.weight.max(600),
            _ => letters.weight,
        };
        let letters = Letters { weight, ..letters.clone() };
        Words {
            text: text.to_owned(),
            role,
            setting: Setting { width_factor: letters.width_factor, tracking_em, line_height, upper },
            letters,
            italic: false,
            size_px,
            size_min_px: (size_px * least_ratio).max(SIZE_FLOOR_PX).min(size_px),
            lines_max,
            ink: if large { Ink::Main } else { Ink::Soft },
            plate: None,
            struck: false,
            ornament: false,
        }
    }

    /// Small capitals above a headline.
    pub(crate) fn kicker(&self, text: &str) -> Words {
        Words { ink: Ink::Accent, ..self.words(text, Role::Label, Scale::Label, 2) }
    }

    /// Words on a plate of the accent that is rounded at its ends.
    pub(crate) fn pill(&self, text: &str, role: Role, scale: Scale) -> Words {
        let words = self.words(text, role, scale, 1);
        let (pad_x, pad_y) = (words.size_px * 0.85, words.size_px * 0.42);
        let radius = words.size_px * words.setting.line_height / 2.0 + pad_y;
        let plate = Plate { pad_x, pad_y, radius, fill: super::stack::Fill::Accent };
        let letters = Letters { weight: words.letters.weight.max(700), ..words.letters.clone() };
        Words { ink: Ink::OnAccent, plate: Some(plate), letters, ..words }
    }

    /// An amount for a plate: its figures are all of one height, in the middle of their line.
    pub(crate) fn amount(&self, text: &str) -> Words {
        let words = self.words(text, Role::Headline, Scale::Display, 2);
        if words.letters.has_plain_figures() {
            return words;
        }
        let width_factor = self.palette.text.width_factor * 1.06;
        let letters = Letters { weight: 800, width_factor, ..self.palette.text.clone() };
        Words { setting: Setting { width_factor, ..words.setting }, letters, ..words }
    }

    /// Somebody's words.
    pub(crate) fn quote(&self, text: &str) -> Words {
        let scale = match text.chars().count() {
            0..=40 => Scale::Display,
            41..=80 => Scale::Head,
            _ => Scale::SubHead,
        };
        let words = self.words(text, Role::Headline, scale, 7);
        let letters = self.palette.quote.clone();
        let setting = Setting {
            width_factor: letters.width_factor,
            line_height: 1.2,
            tracking_em: -0.005,
            upper: false,
        };
        let size_min_px = words.size_px * 0.5;
        Words {
            italic: letters.family.contains("Serif") || letters.family.contains("Garamond"),
            letters,
            setting,
            size_min_px,
            ..words
        }
    }
}
