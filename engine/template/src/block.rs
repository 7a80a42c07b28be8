//! What a block of a template says, with defaults filled in. How it is read is in `block_read`.

use crate::{EncodedSrgb, Ticks};

/// One block of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// RFC 6901 pointer to the block, such as `/blocks/3`, below the base that the template was read with.
    pub pointer: String,
    /// When it begins.
    pub start: Start,
    /// How long it lasts.
    pub duration: BlockDuration,
    /// What it shows or plays.
    pub content: Content,
}

impl Block {
    /// Returns the pointer to its source, or to where one would be.
    pub fn source_pointer(&self) -> String {
        format!("{}/source", self.pointer)
    }

    /// Returns the pointer to its duration, or to where one would be.
    pub fn duration_pointer(&self) -> String {
        format!("{}/duration", self.pointer)
    }
}

/// When a block begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At a time of the video, not negative.
    At(Ticks),
    /// When the block before it in the array ends; the first block at zero.
    Auto,
}

/// How long a block lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockDuration {
    /// A positive time.
    For(Ticks),
    /// As long as its trimmed media.
    Auto,
    /// To the end of the video.
    End,
}

/// What a block shows or plays.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Moving pictures and their sound.
    Video(VideoBlock),
    /// A picture.
    Image(ImageBlock),
    /// Text.
    Text(TextBlock),
    /// Sound.
    Audio(AudioBlock),
}

impl Content {
    /// Returns the media file that it needs; none for text.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Video(block) => Some(&block.source),
            Self::Image(block) => Some(&block.source),
            Self::Audio(block) => Some(&block.source),
            Self::Text(_) => None,
        }
    }

    /// Returns the part of the media that is used; none where it has no time.
    pub fn trim(&self) -> Option<Trim> {
        match self {
            Self::Video(block) => Some(block.trim),
            Self::Audio(block) => Some(block.trim),
            Self::Image(_) | Self::Text(_) => None,
        }
    }

    /// Returns where it is drawn; none for audio.
    pub fn visual(&self) -> Option<&Visual> {
        match self {
            Self::Video(block) => Some(&block.visual),
            Self::Image(block) => Some(&block.visual),
            Self::Text(block) => Some(&block.visual),
            Self::Audio(_) => None,
        }
    }

    /// Returns how it sounds; none for pictures and text.
    pub fn sound(&self) -> Option<Sound> {
        match self {
            Self::Video(block) => Some(block.sound),
            Self::Audio(block) => Some(block.sound),
            Self::Image(_) | Self::Text(_) => None,
        }
    }
}

/// Moving pictures and their sound.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoBlock {
    /// The file.
    pub source: Source,
    /// The part of it that is used.
    pub trim: Trim,
    /// Its sound.
    pub sound: Sound,
    /// Where it is drawn.
    pub visual: Visual,
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageBlock {
    /// The file.
    pub source: Source,
    /// Where it is drawn.
    pub visual: Visual,
}

/// Sound without pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioBlock {
    /// The file.
    pub source: Source,
    /// The part of it that is used.
    pub trim: Trim,
    /// How it sounds; never muted.
    pub sound: Sound,
}

/// Text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBlock {
    /// The text, line breaks kept; `1..=10_000` characters.
    pub text: String,
    /// Its letters.
    pub font: Font,
    /// Colour of the letters.
    pub color: EncodedSrgb,
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

/// A linear gradient over the box of the lines.
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextBackground {
    /// Its colour.
    pub color: EncodedSrgb,
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

/// The file that a block needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The upload of this name: a plain file name.
    Upload(String),
    /// An `http` or `https` URL.
    Url(String),
}

impl Source {
    /// Returns what the file goes by in messages and maps; an upload name has no `/`, so that it is never a URL.
    pub fn key(&self) -> &str {
        match self {
            Self::Upload(name) => name,
            Self::Url(url) => url,
        }
    }
}

/// The part of a media file that is used, in source time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trim {
    /// Where it begins, not negative.
    pub start: Ticks,
    /// Where it ends, after `start`; none for the end of the file.
    pub end: Option<Ticks>,
}

/// How a block sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sound {
    /// Gain as a factor in `0.0..=4.0`.
    pub volume: f64,
    /// True for silence.
    pub muted: bool,
    /// Time from silence to `volume` at the block's start.
    pub fade_in: Ticks,
    /// Time from `volume` to silence at the block's end.
    pub fade_out: Ticks,
}

impl Default for Sound {
    fn default() -> Self {
        Self { volume: 1.0, muted: false, fade_in: Ticks::ZERO, fade_out: Ticks::ZERO }
    }
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

/// Where and how a block is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visual {
    /// Of the anchor, from the frame's left edge; overrides `position`.
    pub x: Option<Length>,
    /// Of the anchor, from the frame's top edge, growing down; overrides `position`.
    pub y: Option<Length>,
    /// Where the block is, if not overridden.
    pub position: Position,
    /// Which point of the block is placed; none for the position's own.
    pub anchor: Option<Anchor>,
    /// Width of the box; none for the whole frame (media) or the content (text).
    pub width: Option<Length>,
    /// Height of the box; none for the whole frame (media) or the content (text).
    pub height: Option<Length>,
    /// How the content goes into the box.
    pub fit: Fit,
    /// In `0.0..=1.0`.
    pub opacity: f64,
    /// Higher is nearer to the viewer; equal ones stack in the order of the array.
    pub z_index: i32,
}

/// A length along one axis of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// Reference pixels: the frame's short side has 1080.
    Px(f64),
    /// Percent of the frame along the same axis.
    Percent(f64),
}

/// One of nine places in the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Position {
    TopLeft,
    Top,
    TopRight,
    Left,
    Center,
    Right,
    BottomLeft,
    Bottom,
    BottomRight,
}

impl Position {
    /// Returns the point of a block, and of the frame, that the position names.
    pub fn anchor(self) -> Anchor {
        let (x, y) = match self {
            Self::TopLeft => (0.0, 0.0),
            Self::Top => (0.5, 0.0),
            Self::TopRight => (1.0, 0.0),
            Self::Left => (0.0, 0.5),
            Self::Center => (0.5, 0.5),
            Self::Right => (1.0, 0.5),
            Self::BottomLeft => (0.0, 1.0),
            Self::Bottom => (0.5, 1.0),
            Self::BottomRight => (1.0, 1.0),
        };
        Anchor { x, y }
    }
}

/// A point of a box as fractions of its size, each in `0.0..=1.0`; y grows down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    /// 0 is the left edge.
    pub x: f64,
    /// 0 is the top edge.
    pub y: f64,
}

/// How content goes into its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Fills the box, cutting off what is over.
    Cover,
    /// Wholly visible in the box, which may stay partly empty.
    Contain,
    /// Stretched to the box.
    Fill,
    /// One source pixel is one reference pixel; what is over the box is cut off.
    None,
}
