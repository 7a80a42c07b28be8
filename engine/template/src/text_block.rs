//! What a text block says, with defaults filled in. How it is read is in `text_read`.

use crate::{Animated, BlockTime, EncodedSrgb, TextPaint, Visual};

/// Text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBlock {
    /// The text, line breaks kept; `1..=10_000` characters.
    pub text: String,
    /// Its letters.
    pub font: Font,
    /// Colour of the letters where the block begins.
    pub color: EncodedSrgb,
    /// Where any of the colours changes: all of them over time.
    pub moving_paint: Option<MovingPaint>,
    /// Colours across the letters, instead of `color`.
    pub gradient: Option<Gradient>,
    /// Where lines shorter than the box go.
    pub align: TextAlign,
    /// Where lines go in a box that is higher.
    pub vertical_align: VerticalAlign,
    /// Distance of baselines as a multiple of the font size, in `0.5..=4.0`.
    pub line_height: f64,
    /// Added after each letter, in reference pixels.
    pub letter_spacing_px: f64,
    /// Change of letter case.
    pub transform: TextTransform,
    /// Base direction of the paragraphs.
    pub direction: TextDirection,
    /// Outline of the letters, drawn behind their fill.
    pub stroke: Option<Stroke>,
    /// Behind letters and stroke.
    pub shadow: Option<Shadow>,
    /// Box behind the text.
    pub background: Option<TextBackground>,
    /// Most lines; what is over follows `overflow`.
    pub max_lines: Option<u16>,
    /// What happens where the text does not fit its width, height or lines.
    pub overflow: Overflow,
    /// Smallest and largest font size in reference pixels: the largest that fits the box is taken.
    pub auto_fit: Option<(f64, f64)>,
    /// The pieces that animations move.
    pub split: TextSplit,
    /// Where it is drawn.
    pub visual: Visual,
}

/// The colours of a text over time.
#[derive(Debug, Clone, PartialEq)]
pub struct MovingPaint {
    /// Of the letters.
    pub color: Animated<EncodedSrgb>,
    /// Of the stroke.
    pub stroke: Animated<EncodedSrgb>,
    /// Of the shadow.
    pub shadow: Animated<EncodedSrgb>,
    /// Of the box behind.
    pub background: Animated<EncodedSrgb>,
}

impl MovingPaint {
    /// Returns true where any of the colours changes.
    pub fn moves(&self) -> bool {
        [&self.color, &self.stroke, &self.shadow, &self.background].iter().any(|color| !color.is_constant())
    }

    /// Returns the colours at a moment.
    pub fn at(&self, now: BlockTime) -> Option<TextPaint> {
        Some(TextPaint {
            color: self.color.at(now)?,
            stroke: self.stroke.at(now)?,
            shadow: self.shadow.at(now)?,
            background: self.background.at(now)?,
        })
    }
}

/// A linear gradient over a box: that of the lines, or the one behind them.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient {
    /// Direction in degrees as in CSS: 0 is up, 90 to the right, 180 down.
    pub angle_degrees: f64,
    /// Offset in `0.0..=1.0`, never falling, and colour; at least two.
    pub stops: Vec<(f64, EncodedSrgb)>,
}

/// Outline of letters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub color: EncodedSrgb,
    /// Width in reference pixels, half of it outside the letter's outline.
    pub width_px: f64,
}

/// Shadow of letters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shadow {
    /// Its colour.
    pub color: EncodedSrgb,
    /// Blur radius in reference pixels as in CSS: twice the standard deviation.
    pub blur_px: f64,
    /// Offset to the right in reference pixels.
    pub x_px: f64,
    /// Offset down in reference pixels.
    pub y_px: f64,
}

/// Box behind a text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBackground {
    /// Its colour where the block begins.
    pub color: EncodedSrgb,
    /// Colours across the box, instead of `color`.
    pub gradient: Option<Gradient>,
    /// Space around the lines in reference pixels: left and right, top and bottom.
    pub padding_px: (f64, f64),
    /// Radius of its corners in reference pixels.
    pub radius_px: f64,
}

/// Where lines go in a box that is higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum VerticalAlign {
    Top,
    Middle,
    Bottom,
}

/// Change of letter case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum TextTransform {
    None,
    Uppercase,
    Lowercase,
    Capitalize,
}

/// Base direction of paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextDirection {
    /// That of the first strong character.
    Auto,
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// What happens to text that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// Lines wrap; what is higher than the box goes beyond it. Lines over `maxLines` are left out.
    Wrap,
    /// The last line that fits ends in "…".
    Ellipsis,
    /// The font becomes smaller until it fits.
    Shrink,
    /// What is beyond the box is cut off.
    Clip,
}

/// The pieces of a text that animations move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextSplit {
    /// None: it moves as a whole.
    Whole,
    /// Grapheme clusters.
    Letter,
    /// Words, with the punctuation that touches them.
    Word,
    /// Lines as they are broken.
    Line,
}

/// The letters of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Font {
    /// Family name, not empty.
    pub family: String,
    /// Size of the em square.
    pub size: FontSize,
    /// Weight in `100..=900`.
    pub weight: u16,
    /// Upright or slanted.
    pub style: FontStyle,
}

impl Default for Font {
    fn default() -> Self {
        Self { family: "Inter".into(), size: FontSize::Px(64.0), weight: 600, style: FontStyle::Normal }
    }
}

/// Size of a font.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FontSize {
    /// Reference pixels.
    Px(f64),
    /// Percent of the frame's height.
    FramePercent(f64),
}

/// Slant of a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FontStyle {
    /// Upright.
    Normal,
    /// Slanted.
    Italic,
}

/// Where lines shorter than their box go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextAlign {
    /// To the left edge.
    Left,
    /// To the middle.
    Center,
    /// To the right edge.
    Right,
    /// Spread over the width, but for the last line of a paragraph.
    Justify,
}
