//! What each layout makes of a scene: where its pictures go, which words stand one under the other, and where they may.

use super::frame::{Frame, Rect, U};
use super::stack::{Fill, Ink, Piece, Plate, Role, Row, Side, Words, Zone};
use super::style::{Scale, Style};
use super::zones::{Place, beside, card_zone, screen, zones};
use crate::text_fit::is_from_right;
use crate::{Layout, Scene, Tone};

/// How far a panel reaches beyond its words, across and down.
pub(crate) const PANEL_MARGINS: (f64, f64) = (3.2 * U, 2.6 * U);

/// Where the pictures of a scene go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Picture {
    /// A card of one colour.
    None,
    /// Over the whole frame.
    Full,
    /// In a part of the frame that it reaches the edges of; the rest is ground.
    Part(Rect),
    /// All of it on the ground, its corners round.
    Screen(Rect),
    /// Over the whole frame, blurred and dark.
    Backdrop,
    /// Each in its own box.
    Boxes(Vec<Rect>),
    /// One over the whole frame, the second small over it.
    Inset(Rect),
}

/// What keeps words apart from the picture below them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Under {
    /// The ground itself.
    Ground,
    /// The whole picture is darkened.
    Dim,
    /// The edge that the words stand at is darkened.
    Edge,
    /// A panel of the palette's ground.
    Panel,
    /// Each text has a plate of its own.
    Plates,
}

/// Colour of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    Palette,
    Accent,
}

/// Words that stand together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stack {
    pub(crate) rows: Vec<Row>,
    /// Where they may stand, best first; not empty.
    pub(crate) zones: Vec<Zone>,
    pub(crate) under: Under,
    /// A bar of the accent to the left of it.
    pub(crate) barred: bool,
    /// A price, a call to action or an address.
    pub(crate) strict: bool,
}

/// A scene as its layout has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Design {
    pub(crate) picture: Picture,
    pub(crate) ground: Ground,
    pub(crate) stacks: Vec<Stack>,
    /// The words are there from the first frame.
    pub(crate) at_once: bool,
}

/// What a layout needs to know of the picture of a scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Facts {
    /// How many pictures there are.
    pub(crate) pictures: usize,
    /// Width by height of the first one.
    pub(crate) ratio: f64,
    /// It must be seen whole: a screen whose shape is not the frame's, or a logo.
    pub(crate) whole: bool,
    /// Its shape is so far from the frame's that it cannot fill it.
    pub(crate) crosswise: bool,
    /// Index of the asset that is a logo: it stands in place of a brand's name.
    pub(crate) logo: Option<usize>,
}

/// Decides how a scene stands in the frame.
pub(crate) fn design(scene: &Scene, facts: &Facts, tone: Tone, style: &Style<'_>) -> Design {
    let texts = Texts::of(scene);
    let designer = Designer { texts, facts, tone, style };
    let mut design = match scene.layout {
        Layout::Plain | Layout::LowerThird => designer.lower_third(),
        Layout::Title => designer.title(),
        Layout::Hook => designer.hook(),
        Layout::Statement => designer.statement(),
        Layout::Caption => designer.caption(),
        Layout::ListItem => designer.list_item(),
        Layout::Step => designer.step(),
        Layout::Quote => designer.quote(),
        Layout::Price => designer.price(),
        Layout::Split => designer.split(),
        Layout::PictureInPicture => designer.inset(),
        Layout::Gallery => designer.gallery(),
        Layout::Number => designer.number(),
        Layout::EndCard => designer.end_card(),
    };
    design.stacks.retain(|stack| !stack.rows.is_empty());
    for stack in &mut design.stacks {
        mirror(stack);
        let allowed = if stack.strict { style.frame.strict() } else { style.frame.safe() };
        for zone in &mut stack.zones {
            zone.rect = zone.rect.common(&allowed).unwrap_or(allowed);
        }
    }
    design
}

/// Words that run from the right begin at the right.
fn mirror(stack: &mut Stack) {
    let from_right = |row: &Row| matches!(&row.piece, Piece::Words(words) if is_from_right(&words.text));
    if stack.rows.iter().any(from_right) {
        for zone in stack.zones.iter_mut().filter(|zone| zone.side == Side::Left) {
            zone.side = Side::Right;
        }
    }
}

/// The words of a scene.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) headline: Option<&'a str>,
    pub(super) body: Option<&'a str>,
    pub(super) label: Option<&'a str>,
}

impl<'a> Texts<'a> {
    fn of(scene: &'a Scene) -> Self {
        fn text(text: &Option<String>) -> Option<&str> {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty())
        }
        Self { headline: text(&scene.headline), body: text(&scene.body), label: text(&scene.label) }
    }

    pub(super) fn are_none(&self) -> bool {
        self.headline.is_none() && self.body.is_none() && self.label.is_none()
    }
}

/// Makes designs of one scene.
#[derive(Clone, Copy)]
pub(super) struct Designer<'a> {
    pub(super) texts: Texts<'a>,
    pub(super) facts: &'a Facts,
    pub(super) tone: Tone,
    pub(super) style: &'a Style<'a>,
}

/// Words with room above them, in hundredths of the short side.
pub(super) fn row(gap_u: f64, words: Words) -> Row {
    Row { gap: gap_u * U, piece: Piece::Words(words) }
}

impl Designer<'_> {
    pub(super) fn frame(&self) -> &Frame {
        self.style.frame
    }

    /// Tones that stand on an axis rather than on an edge.
    pub(super) fn is_centered(&self) -> bool {
        matches!(self.tone, Tone::Luxury | Tone::Warm | Tone::Playful)
    }

    fn side(&self) -> Side {
        if self.is_centered() { Side::Center } else { Side::Left }
    }

    /// Words over a picture that fills the frame, beside one that must be seen whole, or on a card.
    pub(super) fn over(&self, rows: &[Row], place: Place, under: Under) -> Design {
        let stack = |zones, under| Stack { rows: rows.to_vec(), zones, under, barred: false, strict: false };
        let design =
            |picture, stack| Design { picture, ground: Ground::Palette, stacks: vec![stack], at_once: false };
        if self.facts.pictures == 0 {
            let side = if place == Place::Middle { Side::Center } else { self.side() };
            return design(Picture::None, stack(vec![card_zone(self.frame(), side)], Under::Ground));
        }
        if self.facts.whole {
            let (rect, zone) = screen(self.frame(), self.facts.ratio, !self.texts.are_none());
            return design(Picture::Screen(rect), stack(vec![zone], Under::Ground));
        }
        if self.facts.crosswise && !self.texts.are_none() && place != Place::Running {
            let (rect, zone) = beside(self.frame());
            return design(Picture::Part(rect), stack(vec![zone], Under::Ground));
        }
        design(Picture::Full, stack(zones(self.frame(), place), under))
    }

    fn is_card(&self) -> bool {
        self.facts.pictures == 0
    }

    /// True where words stand on the ground: their colours are the palette's.
    fn on_ground(&self) -> bool {
        self.is_card() || self.facts.whole || self.facts.crosswise
    }

    /// Large letters: larger where they are all that a card has.
    fn large(&self, text: &str) -> Scale {
        let count = text.chars().count();
        match (self.is_card(), count) {
            (true, 0..=26) => Scale::Hero,
            (true, 27..=60) | (false, 0..=40) => Scale::Display,
            _ => Scale::Head,
        }
    }

    pub(super) fn lower_third(&self) -> Design {
        let scale = if self.on_ground() { Scale::Head } else { Scale::SubHead };
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| row(0.0, self.style.kicker(text))));
        rows.extend(
            self.texts.headline.map(|text| row(1.2, self.style.words(text, Role::Headline, scale, 2))),
        );
        rows.extend(self.texts.body.map(|text| row(1.2, self.style.words(text, Role::Body, Scale::Text, 2))));
        let mut design = self.over(&rows, Place::Low, Under::Edge);
        let full = design.picture == Picture::Full;
        for stack in &mut design.stacks {
            stack.barred = full;
        }
        design
    }

    fn title(&self) -> Design {
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| row(0.0, self.style.kicker(text))));
        rows.extend(
            self.texts
                .headline
                .map(|text| row(2.2, self.style.words(text, Role::Headline, self.large(text), 3))),
        );
        rows.extend(self.texts.body.map(|text| row(2.6, self.style.words(text, Role::Body, Scale::Text, 3))));
        if self.on_ground() && self.texts.label.is_none() {
            rows.insert(0, self.rule());
        }
        let (place, under) =
            if self.is_centered() { (Place::Middle, Under::Dim) } else { (Place::Edges, Under::Edge) };
        self.over(&rows, place, under)
    }

    /// A short bar above the words: the one use of the accent on a card.
    pub(super) fn rule(&self) -> Row {
        Row { gap: 0.0, piece: Piece::Rule { w: 9.0 * U, h: 0.9 * U } }
    }

    fn hook(&self) -> Design {
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| row(0.0, self.style.kicker(text))));
        rows.extend(
            self.texts
                .headline
                .map(|text| row(1.6, self.style.words(text, Role::Headline, self.large(text), 4))),
        );
        rows.extend(self.texts.body.map(|text| row(2.2, self.style.words(text, Role::Body, Scale::Text, 2))));
        if self.facts.pictures > 0 {
            rows.insert(0, self.rule());
            if let Some(second) = rows.get_mut(1) {
                second.gap = 2.6 * U;
            }
        }
        let design = self.over(&rows, Place::Edges, Under::Edge);
        let loud = matches!(self.tone, Tone::Bold | Tone::Sport | Tone::Playful);
        let ground = if self.is_card() && loud { Ground::Accent } else { Ground::Palette };
        Design { at_once: true, ground, ..design }
    }

    fn statement(&self) -> Design {
        let mut rows = vec![self.rule()];
        rows.extend(self.texts.label.map(|text| row(2.4, self.style.kicker(text))));
        let scale = self.texts.headline.map_or(Scale::Head, |text| self.large(text));
        rows.extend(
            self.texts.headline.map(|text| row(3.0, self.style.words(text, Role::Headline, scale, 5))),
        );
        rows.extend(self.texts.body.map(|text| row(2.6, self.style.words(text, Role::Body, Scale::Text, 4))));
        if self.texts.are_none() {
            rows.clear();
        }
        if self.is_card() || self.facts.whole || self.texts.are_none() {
            return self.over(&rows, Place::Edges, Under::Ground);
        }
        let (rect, zone) = beside(self.frame());
        let stack = Stack { rows, zones: vec![zone], under: Under::Ground, barred: false, strict: false };
        Design { picture: Picture::Part(rect), ground: Ground::Palette, stacks: vec![stack], at_once: false }
    }

    fn caption(&self) -> Design {
        let plate = Plate { pad_x: 2.2 * U, pad_y: 1.2 * U, radius: 1.4 * U, fill: Fill::Shade };
        let words = |text: &str| {
            let words = self.style.words(text, Role::Headline, Scale::Text, 3);
            let letters = crate::palette::Letters { weight: 600, ..words.letters.clone() };
            Words { plate: Some(plate), letters, ink: Ink::Main, size_px: 4.8 * U, ..words }
        };
        let texts = [self.texts.label, self.texts.headline, self.texts.body];
        let rows: Vec<Row> = texts.into_iter().flatten().map(|text| row(1.0, words(text))).collect();
        self.over(&rows, Place::Running, Under::Plates)
    }

    fn list_item(&self) -> Design {
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| {
            let is_short = text.chars().count() <= 3;
            match (is_short, self.is_card()) {
                (true, true) => row(
                    0.0,
                    Words {
                        ink: Ink::Accent,
                        size_px: 22.0 * U,
                        ..self.style.words(text, Role::Label, Scale::Display, 1)
                    },
                ),
                (true, false) => row(0.0, self.style.pill(text, Role::Label, Scale::SubHead)),
                (false, _) => row(0.0, self.style.pill(text, Role::Label, Scale::Label)),
            }
        }));
        rows.extend(self.texts.headline.map(|text| {
            row(
                2.2,
                self.style.words(
                    text,
                    Role::Headline,
                    if self.is_card() { Scale::Display } else { Scale::Head },
                    4,
                ),
            )
        }));
        rows.extend(self.texts.body.map(|text| row(2.0, self.style.words(text, Role::Body, Scale::Text, 3))));
        let mut design = self.over(&rows, Place::Edges, Under::Edge);
        if self.is_card() {
            // The same place for every item of a list.
            design.stacks[0].zones = vec![card_zone(self.frame(), Side::Left)];
        }
        design
    }

    fn step(&self) -> Design {
        let scale = match (self.is_card(), self.on_ground()) {
            (true, _) => Scale::Display,
            (false, true) => Scale::Head,
            (false, false) => Scale::SubHead,
        };
        let mut rows = Vec::new();
        rows.extend(self.texts.label.map(|text| row(0.0, self.style.pill(text, Role::Label, Scale::Label))));
        rows.extend(
            self.texts.headline.map(|text| row(2.0, self.style.words(text, Role::Headline, scale, 3))),
        );
        rows.extend(self.texts.body.map(|text| row(1.4, self.style.words(text, Role::Body, Scale::Text, 3))));
        let mut design = self.over(&rows, Place::Top, Under::Panel);
        if design.picture == Picture::Full {
            // The panel has a margin of its own.
            for zone in design.stacks.iter_mut().flat_map(|stack| &mut stack.zones) {
                zone.rect = zone.rect.grown(-PANEL_MARGINS.0, -PANEL_MARGINS.1);
            }
        }
        design
    }

    fn quote(&self) -> Design {
        let mut rows = Vec::new();
        if let Some(text) = self.texts.headline {
            let mark = Words {
                text: "\u{201c}".to_owned(),
                letters: self.style.palette.quote.clone(),
                size_px: 20.0 * U,
                size_min_px: 10.0 * U,
                ink: Ink::Accent,
                ornament: true,
                ..self.style.words("\u{201c}", Role::Label, Scale::Giant, 1)
            };
            // Most of the height of the sign's line is empty below it.
            let setting = crate::text_fit::Setting { line_height: 0.5, ..mark.setting };
            rows.push(row(0.0, Words { setting, ..mark }));
            rows.push(row(2.0, self.style.quote(text)));
        }
        rows.extend(self.texts.body.map(|text| {
            row(3.4, Words { ink: Ink::Soft, ..self.style.words(text, Role::Body, Scale::Text, 2) })
        }));
        rows.extend(self.texts.label.map(|text| row(1.4, self.style.kicker(text))));
        let mut design = self.over(&rows, Place::Middle, Under::Dim);
        for zone in design.stacks.iter_mut().flat_map(|stack| &mut stack.zones) {
            zone.side = self.side();
        }
        design
    }
}
