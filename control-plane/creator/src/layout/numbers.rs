//! Layouts of few words that are acted on: a price, a number, the end card.

use super::design::{Design, Designer, Ground, Picture, Stack, Under, row};
use super::frame::{Shape, U};
use super::stack::{Fill, Ink, Piece, Plate, Role, Row, Side, Words};
use super::style::Scale;
use super::zones::{Place, card_zone};

impl Designer<'_> {
    pub(super) fn price(&self) -> Design {
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| {
            row(0.0, Words { ink: Ink::Main, ..self.style.words(text, Role::Label, Scale::SubHead, 2) })
        }));
        rows.extend(self.texts.headline.map(|text| {
            let words = self.style.amount(text);
            let plate = Plate { pad_x: 3.4 * U, pad_y: 1.6 * U, radius: 2.0 * U, fill: Fill::Accent };
            row(2.0, Words { plate: Some(plate), ink: Ink::OnAccent, ..words })
        }));
        rows.extend(self.texts.body.map(|text| {
            let words = self.style.words(text, Role::Body, Scale::Text, 2);
            row(2.0, Words { struck: is_old_price(text), ink: Ink::Main, ..words })
        }));
        let mut design = self.over(&rows, Place::Strict, Under::Edge);
        design.stacks[0].strict = true;
        design
    }

    pub(super) fn number(&self) -> Design {
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| row(0.0, self.style.kicker(text))));
        rows.extend(self.texts.headline.map(|text| {
            let (scale, lines) = match text.chars().count() {
                0..=9 => (Scale::Giant, 1),
                10..=20 => (Scale::Display, 2),
                _ => (Scale::Head, 3),
            };
            row(1.0, Words { ink: Ink::Accent, ..self.style.words(text, Role::Headline, scale, lines) })
        }));
        rows.extend(self.texts.body.map(|text| {
            row(1.6, Words { ink: Ink::Main, ..self.style.words(text, Role::Body, Scale::SubHead, 3) })
        }));
        let mut design = self.over(&rows, Place::Middle, Under::Dim);
        if !self.is_centered() {
            for zone in design.stacks.iter_mut().flat_map(|stack| &mut stack.zones) {
                zone.side = Side::Left;
            }
        }
        design
    }

    pub(super) fn end_card(&self) -> Design {
        let mut rows = Vec::new();
        if let Some(asset) = self.facts.logo {
            let h = if self.frame().shape == Shape::Tall { 36.0 } else { 26.0 };
            rows.push(Row {
                gap: 0.0,
                piece: Piece::Picture { asset, ratio: self.facts.ratio.clamp(0.3, 5.0), h: h * U },
            });
        }
        rows.extend(
            self.texts
                .headline
                .map(|text| row(3.6, self.style.words(text, Role::Headline, Scale::Display, 3))),
        );
        rows.extend(self.texts.label.map(|text| {
            let pill = self.style.pill(text, Role::Label, Scale::Lead);
            row(5.2, Words { lines_max: 2, ..pill })
        }));
        // An address by itself is what the card is for.
        let by_itself = self.texts.body.filter(|_| self.texts.headline.is_none());
        rows.extend(by_itself.map(|text| row(3.6, self.style.words(text, Role::Body, Scale::Display, 2))));
        rows.extend(self.texts.body.filter(|_| by_itself.is_none()).map(|text| {
            row(3.6, Words { ink: Ink::Main, ..self.style.words(text, Role::Body, Scale::Lead, 2) })
        }));
        if self.facts.logo.is_none() && self.texts.label.is_none() && !self.texts.are_none() {
            rows.insert(0, self.rule());
        }
        let zone = card_zone(self.frame(), Side::Center);
        let has_picture = self.facts.pictures > 0 && self.facts.logo.is_none();
        let (picture, under) = match (has_picture, self.texts.are_none()) {
            (true, true) => (Picture::Full, Under::Ground),
            (true, false) => (Picture::Backdrop, Under::Dim),
            (false, _) => (Picture::None, Under::Ground),
        };
        let stack = Stack { rows, zones: vec![zone], under, barred: false, strict: true };
        Design { picture, ground: Ground::Palette, stacks: vec![stack], at_once: false }
    }
}

/// True for a price that is no more: nothing but an amount.
fn is_old_price(text: &str) -> bool {
    let has_digit = text.chars().any(|sign| sign.is_ascii_digit());
    has_digit && text.chars().filter(|sign| sign.is_alphabetic()).count() <= 3 && !text.contains('%')
}
