//! One text block, set: its size, the pictures that it consists of, and what no font can draw.

use std::collections::BTreeMap;

use avs_template::{
    EncodedSrgb, Overflow, RectPx, SizePx, TextBlock, TextFacts, TextPaint, TextSplit, TextUnit,
    VerticalAlign, output_px_per_reference_px, text_box,
};
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::Fonts;
use super::glyphs::PlacedGlyph;
use super::layout::{LineBox, Lines, lines_of, narrow};

/// Pieces that a text is split into, at most; a longer one is split more coarsely.
const UNITS_MAX: usize = 2000;
/// A Gaussian is nothing beyond three standard deviations; the standard deviation is half of CSS's blur radius.
const SHADOW_REACH: f64 = 1.5;
/// A text's picture reaches this many canvases to each side at most.
const CANVASES_MAX: f64 = 2.0;

/// A character that none of the fonts can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingGlyph(pub char);

/// A text block whose lines are broken and whose glyphs have their places.
#[derive(Debug)]
pub struct TextSetting {
    pub(super) block: TextBlock,
    pub(super) units: Vec<Unit>,
    /// Box of the lines on the content box.
    pub(super) lines: RectPx,
    /// Output pixels per reference pixel.
    pub(super) px: f64,
    facts: TextFacts,
    missing: Vec<MissingGlyph>,
}

/// What one picture consists of.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) glyphs: Vec<PlacedGlyph>,
    /// True where the box behind the text is part of it.
    pub(super) background: bool,
}

impl TextSetting {
    /// Sets `block` for a canvas of this size.
    #[must_use]
    pub fn new(fonts: &mut Fonts, block: &TextBlock, canvas: (u32, u32)) -> Self {
        let px = output_px_per_reference_px(canvas);
        let padding = block.background.as_ref().map_or((0.0, 0.0), |box_| box_.padding_px);
        let (pad_x, pad_y) = (padding.0 * px, padding.1 * px);
        let desc = text_box(&block.visual, canvas);
        let inner = |side: f64, pad: f64| (side - 2.0 * pad).max(1.0);
        let line_box = LineBox {
            width_max_px: inner(desc.width_max_px, pad_x),
            width_px: desc.width_px.map(|width| inner(width, pad_x)),
            height_px: desc.height_px.map(|height| inner(height, pad_y)),
            px,
        };
        let set = lines_of(fonts, block, &line_box, block.font.size.output_px(canvas));
        let height = line_box.height_px.unwrap_or(set.height_px);
        let free = height - set.height_px;
        let down = match block.vertical_align {
            VerticalAlign::Top => 0.0,
            VerticalAlign::Middle => free / 2.0,
            VerticalAlign::Bottom => free,
        };
        let lines = RectPx { x: pad_x, y: pad_y + down, width: set.width_px, height: set.height_px };
        let content = SizePx { width: set.width_px + 2.0 * pad_x, height: height + 2.0 * pad_y };
        let missing = missing_glyphs(&set);
        let mut setting = Self {
            block: block.clone(),
            units: units_of(fonts, block, &set, &lines),
            lines,
            px,
            facts: TextFacts { content, units: Vec::new() },
            missing,
        };
        setting.measure(fonts, canvas);
        setting
    }

    /// How large it is, and the pictures that it consists of.
    #[must_use]
    pub fn facts(&self) -> &TextFacts {
        &self.facts
    }

    /// What cannot be drawn.
    #[must_use]
    pub fn missing(&self) -> &[MissingGlyph] {
        &self.missing
    }

    /// Its colours where none of them changes.
    #[must_use]
    pub fn base_paint(&self) -> TextPaint {
        let clear = EncodedSrgb { r: 0, g: 0, b: 0, a: 0 };
        TextPaint {
            color: self.block.color,
            stroke: self.block.stroke.map_or(clear, |stroke| stroke.color),
            shadow: self.block.shadow.map_or(clear, |shadow| shadow.color),
            background: self.block.background.as_ref().map_or(clear, |box_| box_.color),
        }
    }

    /// Finds what each unit covers, and drops those without ink.
    fn measure(&mut self, fonts: &mut Fonts, canvas: (u32, u32)) {
        let content = self.facts.content;
        let whole = RectPx { x: 0.0, y: 0.0, width: content.width, height: content.height };
        let (far_x, far_y) = (f64::from(canvas.0) * CANVASES_MAX, f64::from(canvas.1) * CANVASES_MAX);
        let limit = RectPx {
            x: -far_x,
            y: -far_y,
            width: content.width.min(far_x) + 2.0 * far_x,
            height: content.height.min(far_y) + 2.0 * far_y,
        };
        let split = self.block.split != TextSplit::Whole;
        let mut kept = Vec::new();
        for unit in std::mem::take(&mut self.units) {
            let inks = unit.glyphs.iter().filter_map(|glyph| glyph.bounds(fonts)).map(|ink| RectPx {
                x: f64::from(ink.x()),
                y: f64::from(ink.y()),
                width: f64::from(ink.width()),
                height: f64::from(ink.height()),
            });
            let ink = inks.reduce(union).map(|ink| self.with_effects(ink));
            let ink = if self.block.overflow == Overflow::Clip {
                ink.and_then(|ink| common(ink, whole))
            } else {
                ink
            };
            let rect = match (ink, unit.background) {
                (Some(ink), true) => Some(union(ink, whole)),
                (None, true) => Some(whole),
                (ink, false) => ink,
            };
            if let Some(rect) = rect.and_then(|rect| common(rect, limit)) {
                let moves = !(split && unit.background);
                self.facts.units.push(TextUnit { rect: whole_pixels(rect), moves });
                kept.push(unit);
            }
        }
        self.units = kept;
    }

    /// What ink covers with its stroke and shadow.
    fn with_effects(&self, ink: RectPx) -> RectPx {
        let stroke = self.block.stroke.map_or(0.0, |stroke| stroke.width_px * self.px / 2.0);
        // One more for the antialiased edge.
        let ink = grown(ink, stroke + 1.0);
        let Some(shadow) = self.block.shadow else { return ink };
        let thrown = RectPx { x: ink.x + shadow.x_px * self.px, y: ink.y + shadow.y_px * self.px, ..ink };
        union(ink, grown(thrown, shadow.blur_px * self.px * SHADOW_REACH))
    }
}

/// Groups the glyphs into the pieces that animations move, in reading order, the box behind them first.
fn units_of(fonts: &mut Fonts, block: &TextBlock, set: &Lines, lines: &RectPx) -> Vec<Unit> {
    let mut split = block.split;
    loop {
        let mut pieces: BTreeMap<(usize, usize), Vec<PlacedGlyph>> = BTreeMap::new();
        for (index, run) in set.buffer.layout_runs().take(set.count).enumerate() {
            let starts = piece_starts(run.text, split);
            for glyph in run.glyphs {
                let piece = match split {
                    TextSplit::Whole => (0, 0),
                    TextSplit::Line => (index, 0),
                    TextSplit::Letter | TextSplit::Word => {
                        let place = starts.partition_point(|start| *start <= glyph.start).saturating_sub(1);
                        (run.line_i, place)
                    }
                };
                let placed = PlacedGlyph::new(fonts, glyph, (narrow(lines.x), narrow(lines.y) + run.line_y));
                pieces.entry(piece).or_default().push(placed);
            }
        }
        if pieces.len() > UNITS_MAX {
            split = if split == TextSplit::Letter { TextSplit::Word } else { TextSplit::Line };
            if block.split == split {
                split = TextSplit::Whole;
            }
            continue;
        }
        let has_box = block.background.is_some();
        let mut units: Vec<_> =
            pieces.into_values().map(|glyphs| Unit { glyphs, background: false }).collect();
        if has_box && block.split == TextSplit::Whole {
            let glyphs = units.drain(..).flat_map(|unit| unit.glyphs).collect();
            units.push(Unit { glyphs, background: true });
        } else if has_box {
            units.insert(0, Unit { glyphs: Vec::new(), background: true });
        }
        return units;
    }
}

/// Where the pieces of a paragraph begin, in bytes.
fn piece_starts(text: &str, split: TextSplit) -> Vec<usize> {
    match split {
        TextSplit::Letter => text.grapheme_indices(true).map(|(start, _)| start).collect(),
        TextSplit::Word => {
            let mut after_space = true;
            let mut starts = Vec::new();
            for (index, letter) in text.char_indices() {
                if after_space && !letter.is_whitespace() {
                    starts.push(index);
                }
                after_space = letter.is_whitespace();
            }
            starts
        }
        TextSplit::Whole | TextSplit::Line => Vec::new(),
    }
}

fn missing_glyphs(set: &Lines) -> Vec<MissingGlyph> {
    let mut missing: Vec<_> = set
        .buffer
        .layout_runs()
        .flat_map(|run| {
            let text = run.text;
            run.glyphs
                .iter()
                .filter(|glyph| glyph.glyph_id == 0)
                .filter_map(move |glyph| text.get(glyph.start..glyph.end)?.chars().next())
        })
        // Direction marks have no glyph and need none.
        .filter(|letter| {
            !letter.is_control() && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}')
        })
        .map(MissingGlyph)
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

fn grown(rect: RectPx, by: f64) -> RectPx {
    RectPx { x: rect.x - by, y: rect.y - by, width: rect.width + 2.0 * by, height: rect.height + 2.0 * by }
}

fn union(a: RectPx, b: RectPx) -> RectPx {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    RectPx { x, y, width: right - x, height: bottom - y }
}

fn common(a: RectPx, b: RectPx) -> Option<RectPx> {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let width = (a.x + a.width).min(b.x + b.width) - x;
    let height = (a.y + a.height).min(b.y + b.height) - y;
    (width > 0.0 && height > 0.0).then_some(RectPx { x, y, width, height })
}

/// The whole pixels around a rectangle.
fn whole_pixels(rect: RectPx) -> RectPx {
    let (x, y) = (rect.x.floor(), rect.y.floor());
    RectPx { x, y, width: (rect.x + rect.width).ceil() - x, height: (rect.y + rect.height).ceil() - y }
}
