//! Shaping and line breaking: the lines of a text at the size that fits its box.

use avs_template::{FontStyle, Overflow, TextAlign, TextBlock, TextDirection, TextTransform};
use cosmic_text::{Align, Attrs, Buffer, Family, Metrics, Shaping, Style, Weight, Wrap};
use unicode_properties::{EmojiStatus, UnicodeEmoji};
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::{EMOJI_FAMILY, Fonts};

/// Halvings of the interval in which the largest fitting size is sought: to a thousandth of it.
const SEARCH_STEPS: usize = 10;
/// A text that shrinks keeps this part of its size at least.
const SHRINK_MIN: f64 = 0.25;

/// The box that lines are broken for, in output pixels, without padding.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineBox {
    /// Lines wrap at this width.
    pub(super) width_max_px: f64,
    /// Width that the block asks for.
    pub(super) width_px: Option<f64>,
    /// Height that it asks for.
    pub(super) height_px: Option<f64>,
    /// Output pixels per reference pixel.
    pub(super) px: f64,
}

/// Broken lines.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) buffer: Buffer,
    /// Width that lines are aligned in.
    pub(super) width_px: f64,
    pub(super) height_px: f64,
    /// Lines that show; the others are left out.
    pub(super) count: usize,
}

/// Breaks a text into lines.
pub(super) fn lines_of(fonts: &mut Fonts, block: &TextBlock, line_box: &LineBox, size_px: f64) -> Lines {
    let text = prepared_text(block);
    let mut setter = Setter { fonts, block, line_box };
    let mut size_px = size_px;
    if let Some((min, max)) = block.auto_fit {
        size_px = setter.largest_fitting(&text, (min * line_box.px, max * line_box.px));
    }
    if block.overflow == Overflow::Shrink && !setter.fits(&text, size_px) {
        size_px = setter.largest_fitting(&text, (size_px * SHRINK_MIN, size_px));
    }
    let lines = setter.set(&text, size_px, Wrap::WordOrGlyph);
    let allowed = setter.lines_allowed(size_px);
    if block.overflow == Overflow::Ellipsis && line_count(&lines.buffer) > allowed {
        return setter.cut_short(&text, size_px, allowed);
    }
    let cut = block.max_lines.map_or(usize::MAX, usize::from);
    with_line_count(lines, cut)
}

/// The text as it is set: line ends of one kind, letter case, base direction.
fn prepared_text(block: &TextBlock) -> String {
    let text = block.text.replace("\r\n", "\n");
    let text = match block.transform {
        TextTransform::None => text,
        TextTransform::Uppercase => text.to_uppercase(),
        TextTransform::Lowercase => text.to_lowercase(),
        TextTransform::Capitalize => capitalized(&text),
    };
    // A mark of the wanted direction is the first strong character of each paragraph (UAX 9, P2).
    let mark = match block.direction {
        TextDirection::Auto => return text,
        TextDirection::Ltr => '\u{200e}',
        TextDirection::Rtl => '\u{200f}',
    };
    text.split('\n').map(|line| format!("{mark}{line}")).collect::<Vec<_>>().join("\n")
}

fn capitalized(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    text.split_word_bounds().map(word).collect()
}

struct Setter<'a> {
    fonts: &'a mut Fonts,
    block: &'a TextBlock,
    line_box: &'a LineBox,
}

impl Setter<'_> {
    fn set(&mut self, text: &str, size_px: f64, wrap: Wrap) -> Lines {
        let size_px = size_px.max(1.0);
        let metrics = Metrics::new(narrow(size_px), narrow(size_px * self.block.line_height));
        let mut buffer = Buffer::new(&mut self.fonts.system, metrics);
        buffer.set_wrap(wrap);
        let family = self.fonts.spelled(&self.block.font.family);
        let attrs = self.attrs(&family, size_px);
        let other = attrs.clone().weight(Weight(fallback_weight(self.block.font.weight)));
        let emoji = attrs.clone().family(Family::Name(EMOJI_FAMILY)).weight(Weight::NORMAL);
        let spans = spans_of(self.fonts, &family, text);
        let fonts = &mut *self.fonts;
        let mut lay_out = |width_px: f64, align| {
            buffer.set_size(Some(narrow(width_px)), None);
            let spans = spans.iter().map(|(span, drawer)| {
                let attrs = match drawer {
                    Drawer::Own => &attrs,
                    Drawer::Other => &other,
                    Drawer::Emoji => &emoji,
                };
                (*span, attrs.clone())
            });
            buffer.set_rich_text(spans, &attrs, Shaping::Advanced, Some(align));
            buffer.shape_until_scroll(&mut fonts.system, false);
            extent(&buffer)
        };
        // First as wide as allowed, to learn the width; then in exactly that, so that alignment means the text's own box.
        let width_px = match self.line_box.width_px {
            Some(width_px) => width_px,
            None => lay_out(self.line_box.width_max_px, Align::Left).0.ceil() + 1.0,
        };
        let align = match self.block.align {
            TextAlign::Left => Align::Left,
            TextAlign::Center => Align::Center,
            TextAlign::Right => Align::Right,
            TextAlign::Justify => Align::Justified,
        };
        let (_, height_px) = lay_out(width_px, align);
        let count = line_count(&buffer);
        Lines { buffer, width_px, height_px, count }
    }

    fn attrs<'f>(&self, family: &'f str, size_px: f64) -> Attrs<'f> {
        let font = &self.block.font;
        let style = match font.style {
            FontStyle::Normal => Style::Normal,
            FontStyle::Italic => Style::Italic,
        };
        let spacing_em = self.block.letter_spacing_px * self.line_box.px / size_px;
        let weight = self.fonts.weight_of(family, font.weight);
        let attrs = Attrs::new().family(Family::Name(family)).weight(Weight(weight)).style(style);
        if spacing_em == 0.0 { attrs } else { attrs.letter_spacing(narrow(spacing_em)) }
    }

    /// Lines that the height and `maxLines` leave room for, at least one.
    fn lines_allowed(&self, size_px: f64) -> usize {
        let by_count = self.block.max_lines.map_or(usize::MAX, usize::from);
        let by_height = self.line_box.height_px.map_or(usize::MAX, |height_px| {
            let lines = (height_px / (size_px * self.block.line_height) + 1e-6).floor();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
            let lines = lines.clamp(1.0, 1e6) as usize;
            lines
        });
        by_count.min(by_height).max(1)
    }

    fn fits(&mut self, text: &str, size_px: f64) -> bool {
        let lines = self.set(text, size_px, Wrap::Word);
        let (width_px, height_px) = extent(&lines.buffer);
        let width_max_px = self.line_box.width_px.unwrap_or(self.line_box.width_max_px);
        width_px <= width_max_px + 0.5
            && self.line_box.height_px.is_none_or(|height_max_px| height_px <= height_max_px + 0.5)
            && self
                .block
                .max_lines
                .is_none_or(|max_lines| line_count(&lines.buffer) <= usize::from(max_lines))
    }

    fn largest_fitting(&mut self, text: &str, (min_px, max_px): (f64, f64)) -> f64 {
        if self.fits(text, max_px) {
            return max_px;
        }
        let (mut low, mut high) = (min_px, max_px);
        for _ in 0..SEARCH_STEPS {
            let middle = (low + high) / 2.0;
            if self.fits(text, middle) { low = middle } else { high = middle }
        }
        low
    }

    /// Takes letters off the end until the rest and an ellipsis fit.
    fn cut_short(&mut self, text: &str, size_px: f64, allowed: usize) -> Lines {
        let ends: Vec<usize> = text.grapheme_indices(true).map(|(index, _)| index).collect();
        let shortened =
            |count: usize| format!("{}…", text[..ends.get(count).copied().unwrap_or(text.len())].trim_end());
        // The longest beginning that fits; fewer letters never take more lines.
        let (mut low, mut high) = (0, ends.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            let lines = self.set(&shortened(middle), size_px, Wrap::WordOrGlyph);
            if line_count(&lines.buffer) <= allowed { low = middle } else { high = middle - 1 }
        }
        self.set(&shortened(low), size_px, Wrap::WordOrGlyph)
    }
}

/// Who draws a part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawer {
    /// The family that was asked for.
    Own,
    /// Any other one that can: they are looked for by weight.
    Other,
    /// The font of coloured emoji: otherwise the first face that has a sign in black and white would be taken.
    Emoji,
}

/// Cuts a text where it passes from one drawer to another.
fn spans_of<'t>(fonts: &mut Fonts, family: &str, text: &'t str) -> Vec<(&'t str, Drawer)> {
    let mut spans: Vec<(&str, Drawer)> = Vec::new();
    let (mut start, mut current) = (0, Drawer::Own);
    for (at, cluster) in text.grapheme_indices(true) {
        let Some(first) = cluster.chars().next() else { continue };
        // Spaces belong to what stands before them.
        let drawer = match first {
            space if space.is_whitespace() => current,
            _ if cluster.contains(EMOJI_SELECTOR) && fonts.has_emoji() => Drawer::Emoji,
            own if fonts.covers(family, own) => Drawer::Own,
            emoji if is_shown_as_emoji(emoji) && fonts.has_emoji() => Drawer::Emoji,
            _ => Drawer::Other,
        };
        if drawer != current {
            spans.push((&text[start..at], current));
            (start, current) = (at, drawer);
        }
    }
    spans.push((&text[start..], current));
    spans
}

/// VS16 (UTS 51, 1.4.3): asks for the coloured form of the sign before it.
const EMOJI_SELECTOR: char = '\u{fe0f}';

/// True for signs that are coloured unless something else is asked for (UTS 51, `Emoji_Presentation`).
fn is_shown_as_emoji(sign: char) -> bool {
    matches!(
        sign.emoji_status(),
        EmojiStatus::EmojiPresentation
            | EmojiStatus::EmojiPresentationAndModifierBase
            | EmojiStatus::EmojiPresentationAndEmojiComponent
            | EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
    )
}

/// The weight that other families are asked for: most have a regular and a bold face, and cosmic-text passes over those
/// whose weight is another one.
fn fallback_weight(wanted: u16) -> u16 {
    if wanted > Weight::MEDIUM.0 { Weight::BOLD.0 } else { Weight::NORMAL.0 }
}

fn with_line_count(mut lines: Lines, count: usize) -> Lines {
    if count < lines.count {
        let last = lines.buffer.layout_runs().take(count).last();
        lines.height_px = last.map_or(0.0, |run| f64::from(run.line_top + run.line_height));
        lines.count = count;
    }
    lines
}

fn line_count(buffer: &Buffer) -> usize {
    buffer.layout_runs().count()
}

/// Width of the longest line and height of all.
fn extent(buffer: &Buffer) -> (f64, f64) {
    buffer.layout_runs().fold((0.0, 0.0), |(width, height), run| {
        (f64::max(width, run.line_w.into()), f64::max(height, f64::from(run.line_top + run.line_height)))
    })
}

/// cosmic-text works in 32-bit pixels.
#[expect(clippy::cast_possible_truncation, reason = "pixel sizes are far below 2^24")]
pub(super) fn narrow(px: f64) -> f32 {
    px as f32
}
