//! Shaping and line breaking of one text block, and the rectangle it takes.

use avs_template::{
    FontSize, FontStyle, RectPx, SizePx, TextAlign, TextBlock, output_px_per_reference_px, text_box,
    text_placement,
};
use glyphon::cosmic_text::Align;
use glyphon::{Attrs, Buffer, Family, Metrics, Shaping, Style, Weight};

use super::fonts::Fonts;
use crate::geometry::EvenRect;

/// A character that none of the fonts can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingGlyph(pub char);

/// A laid-out text block.
#[derive(Debug)]
pub struct TextLayout {
    pub(crate) buffer: Buffer,
    /// Where the lines are, in output pixels.
    pub rect: RectPx,
    /// Where ink may be: the lines and what reaches beyond them; `None` where nothing is on the canvas.
    pub ink: Option<EvenRect>,
    /// What cannot be drawn.
    pub missing: Vec<MissingGlyph>,
}

/// Ink reaches beyond the lines by less than this part of the font size (slanted, swash and stacked marks).
const INK_MARGIN_EMS: f64 = 0.5;

impl TextLayout {
    /// Lays `block` out on a canvas.
    #[must_use]
    pub fn new(fonts: &mut Fonts, block: &TextBlock, canvas: (u32, u32)) -> Self {
        let size_px = match block.font.size {
            FontSize::Px(size) => size * output_px_per_reference_px(canvas),
            FontSize::FramePercent(percent) => percent / 100.0 * f64::from(canvas.1),
        };
        let size_px = size_px.max(1.0);
        let mut buffer = Buffer::new(
            &mut fonts.system,
            Metrics::new(narrow(size_px), narrow(size_px * block.line_height)),
        );
        let desc = text_box(&block.visual, canvas);
        let align = match block.align {
            TextAlign::Left => Align::Left,
            TextAlign::Center => Align::Center,
            TextAlign::Right => Align::Right,
            TextAlign::Justify => Align::Justified,
        };
        let family = fonts.spelled(&block.font.family);
        let attrs = attrs(block, &family);
        let mut lay_out = |buffer: &mut Buffer, width_px: f64, align| {
            buffer.set_size(Some(narrow(width_px)), None);
            buffer.set_text(&block.text, &attrs, Shaping::Advanced, Some(align));
            buffer.shape_until_scroll(&mut fonts.system, false);
        };
        // First as wide as allowed, to learn the width; then in exactly that, so that alignment means the text's own box.
        lay_out(&mut buffer, desc.width_max_px, Align::Left);
        let (width_px, height_px) = extent(&buffer);
        let box_width_px = desc.width_px.unwrap_or_else(|| width_px.ceil() + 1.0);
        lay_out(&mut buffer, box_width_px, align);
        let content = SizePx { width: box_width_px, height: height_px };
        let rect = text_placement(&block.visual, content, canvas);
        let margin = INK_MARGIN_EMS * size_px;
        let reach = RectPx {
            x: rect.x - margin,
            y: rect.y - margin,
            width: rect.width + 2.0 * margin,
            height: rect.height.max(height_px) + 2.0 * margin,
        };
        let missing = missing_glyphs(&buffer);
        Self { buffer, rect, ink: EvenRect::covering(reach, canvas), missing }
    }
}

fn attrs<'a>(block: &TextBlock, family: &'a str) -> Attrs<'a> {
    let style = match block.font.style {
        FontStyle::Normal => Style::Normal,
        FontStyle::Italic => Style::Italic,
    };
    Attrs::new().family(Family::Name(family)).weight(Weight(block.font.weight)).style(style)
}

/// Width of the longest line and height of all.
fn extent(buffer: &Buffer) -> (f64, f64) {
    buffer.layout_runs().fold((0.0, 0.0), |(width, height), run| {
        (f64::max(width, run.line_w.into()), f64::max(height, f64::from(run.line_top + run.line_height)))
    })
}

fn missing_glyphs(buffer: &Buffer) -> Vec<MissingGlyph> {
    let mut missing: Vec<_> = buffer
        .layout_runs()
        .flat_map(|run| {
            let text = run.text;
            run.glyphs
                .iter()
                .filter(|glyph| glyph.glyph_id == 0)
                .filter_map(move |glyph| text.get(glyph.start..glyph.end)?.chars().next())
        })
        .filter(|character| !character.is_control())
        .map(MissingGlyph)
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// cosmic-text works in 32-bit pixels.
#[expect(clippy::cast_possible_truncation, reason = "pixel sizes are far below 2^24")]
fn narrow(px: f64) -> f32 {
    px as f32
}
