//! Layouts of several pictures: halves, one over another, tiles.

use super::design::Facts;
use super::design::{Design, Designer, Ground, Picture, Stack, Under, row};
use super::frame::{Rect, Shape, U};
use super::stack::{Fill, Ink, Plate, Role, Side, Stand, Words, Zone};
use super::style::Scale;
use super::tiles::tiles;

impl Designer<'_> {
    pub(super) fn split(&self) -> Design {
        if self.facts.pictures < 2 {
            return self.lower_third();
        }
        let frame = self.frame();
        let gap = 0.6 * U;
        let halves = if frame.shape == Shape::Wide {
            let w = (frame.w - gap) / 2.0;
            [Rect { x: 0.0, y: 0.0, w, h: frame.h }, Rect { x: w + gap, y: 0.0, w, h: frame.h }]
        } else {
            let h = (frame.h - gap) / 2.0;
            [Rect { x: 0.0, y: 0.0, w: frame.w, h }, Rect { x: 0.0, y: h + gap, w: frame.w, h }]
        };
        let margin = 3.0 * U;
        let plated = |text: &str, role, half: Rect, stand| {
            let plate = Plate { pad_x: 2.2 * U, pad_y: 1.1 * U, radius: 1.2 * U, fill: Fill::Shade };
            let words = self.style.words(text, role, Scale::Text, 2);
            let words = Words { plate: Some(plate), ink: Ink::Main, ..words };
            let rect = half.grown(-margin, -margin).common(&frame.safe()).unwrap_or(half);
            Stack {
                rows: vec![row(0.0, words)],
                zones: vec![Zone { rect, side: Side::Left, stand }],
                under: Under::Plates,
                barred: false,
                strict: false,
            }
        };
        let mut stacks = Vec::new();
        stacks.extend(self.texts.label.map(|text| plated(text, Role::Label, halves[0], Stand::Bottom)));
        stacks.extend(self.texts.body.map(|text| plated(text, Role::Body, halves[1], Stand::Bottom)));
        stacks.extend(self.texts.headline.map(|text| plated(text, Role::Headline, halves[0], Stand::Top)));
        Design { picture: Picture::Boxes(halves.to_vec()), ground: Ground::Palette, stacks, at_once: false }
    }

    pub(super) fn inset(&self) -> Design {
        if self.facts.pictures < 2 {
            return self.lower_third();
        }
        let frame = self.frame();
        let rect = match frame.shape {
            Shape::Wide => frame.rect(66.0, 56.0, 28.0, 32.0),
            Shape::Tall => frame.rect(48.0, 17.0, 38.0, 21.0),
            Shape::Square => frame.rect(58.0, 58.0, 36.0, 36.0),
            Shape::Feed => frame.rect(56.0, 64.0, 38.0, 30.0),
        };
        // The words stand on the large picture, whatever its shape.
        let facts = Facts { whole: false, crosswise: false, ..*self.facts };
        let mut stacks = Designer { facts: &facts, ..*self }.lower_third().stacks;
        for zone in stacks.iter_mut().flat_map(|stack| &mut stack.zones) {
            if frame.shape != Shape::Tall {
                zone.rect.w = rect.x - zone.rect.x - 3.0 * U;
            }
        }
        Design { picture: Picture::Inset(rect), ground: Ground::Palette, stacks, at_once: false }
    }

    pub(super) fn gallery(&self) -> Design {
        if self.facts.pictures < 2 {
            return self.lower_third();
        }
        let frame = self.frame();
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| row(0.0, self.style.kicker(text))));
        rows.extend(
            self.texts
                .headline
                .map(|text| row(1.2, self.style.words(text, Role::Headline, Scale::SubHead, 2))),
        );
        rows.extend(self.texts.body.map(|text| row(1.2, self.style.words(text, Role::Body, Scale::Text, 1))));
        let (words, with, without) = match frame.shape {
            Shape::Wide => ((6.0, 7.0, 88.0, 16.0), (6.0, 27.0, 88.0, 66.0), (6.0, 8.0, 88.0, 84.0)),
            Shape::Tall => ((8.0, 15.5, 76.0, 13.0), (5.0, 31.0, 90.0, 58.0), (5.0, 12.0, 90.0, 76.0)),
            Shape::Square => ((7.0, 7.0, 86.0, 17.0), (7.0, 27.0, 86.0, 66.0), (6.0, 6.0, 88.0, 88.0)),
            Shape::Feed => ((7.0, 6.0, 86.0, 14.0), (7.0, 23.0, 86.0, 70.0), (6.0, 6.0, 88.0, 88.0)),
        };
        let rect = |(x, y, w, h): (f64, f64, f64, f64)| frame.rect(x, y, w, h);
        let area = rect(if rows.is_empty() { without } else { with });
        let zone = Zone { rect: rect(words), side: Side::Left, stand: Stand::Middle };
        let stack = Stack { rows, zones: vec![zone], under: Under::Ground, barred: false, strict: false };
        let boxes = tiles(frame, area, self.facts.pictures.min(6));
        Design {
            picture: Picture::Boxes(boxes),
            ground: Ground::Palette,
            stacks: vec![stack],
            at_once: false,
        }
    }
}
