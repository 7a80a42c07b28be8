//! What a block of a template says, with defaults filled in. How it is read is in `block_read`.

use crate::{Animated, Crop, Flip, KenBurns, Look, OnAssetError, TextBlock, Ticks};

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
#[expect(clippy::large_enum_variant, reason = "there are at most 500, and boxes would be in every pattern")]
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

    /// Returns how it plays; at its own speed once, where it has no time.
    pub fn playback(&self) -> Playback {
        match self {
            Self::Video(block) => block.playback,
            Self::Audio(block) => block.playback,
            Self::Image(_) | Self::Text(_) => Playback::default(),
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
    pub fn sound(&self) -> Option<&Sound> {
        match self {
            Self::Video(block) => Some(&block.sound),
            Self::Audio(block) => Some(&block.sound),
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
    /// How fast and how often it plays.
    pub playback: Playback,
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
    /// A slow journey over it.
    pub ken_burns: Option<KenBurns>,
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
    /// How fast and how often it plays.
    pub playback: Playback,
    /// How it sounds; never muted.
    pub sound: Sound,
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

/// How fast and how often a file plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Playback {
    /// Thousandths of the recorded speed, in `100..=10_000`: a rational, so that times stay exact.
    pub speed_permille: u32,
    /// True where sound keeps its pitch at another speed.
    pub pitch_kept: bool,
    /// How often the used part plays in all; none for again and again.
    pub plays: Option<u32>,
}

impl Default for Playback {
    fn default() -> Self {
        Self { speed_permille: 1000, pitch_kept: true, plays: Some(1) }
    }
}

impl Playback {
    /// Returns how long the block takes for this much of the source.
    pub fn block_time(self, source: Ticks) -> Ticks {
        source.scaled(1000, i64::from(self.speed_permille))
    }

    /// Returns how much of the source passes in this much of the block.
    pub fn source_time(self, block: Ticks) -> Ticks {
        block.scaled(i64::from(self.speed_permille), 1000)
    }
}

/// How a block sounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Gain as a factor in `0.0..=4.0`.
    pub volume: Animated<f64>,
    /// From -1.0, left, to 1.0, right.
    pub pan: f64,
    /// True for silence.
    pub muted: bool,
    /// Time from silence to `volume` at the block's start.
    pub fade_in: Ticks,
    /// Time from `volume` to silence at the block's end.
    pub fade_out: Ticks,
}

impl Default for Sound {
    fn default() -> Self {
        Self {
            volume: Animated::Constant(1.0),
            pan: 0.0,
            muted: false,
            fade_in: Ticks::ZERO,
            fade_out: Ticks::ZERO,
        }
    }
}

/// Where and how a block is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Visual {
    /// Of the anchor, from the frame's left edge; overrides `position`.
    pub x: Option<Animated<Length>>,
    /// Of the anchor, from the frame's top edge, growing down; overrides `position`.
    pub y: Option<Animated<Length>>,
    /// Where the block is, if not overridden.
    pub position: Position,
    /// Which point of the block is placed; none for the position's own.
    pub anchor: Option<Anchor>,
    /// Width of the box; none for the whole frame (media) or the content (text, where it never moves).
    pub width: Option<Animated<Length>>,
    /// Height of the box; none for the whole frame (media) or the content (text, where it never moves).
    pub height: Option<Animated<Length>>,
    /// How the content goes into the box.
    pub fit: Fit,
    /// What is cut off the source before it goes into the box.
    pub crop: Animated<Crop>,
    /// About the middle of the box, in `0.0..=20.0`.
    pub scale: Animated<f64>,
    /// Degrees clockwise about the middle of the box.
    pub rotation: Animated<f64>,
    /// In `0.0..=1.0`.
    pub opacity: Animated<f64>,
    /// Mirrored about the middle of the box.
    pub flip: Flip,
    /// Radius of the box's corners in reference pixels.
    pub corner_radius: Animated<f64>,
    /// Higher is nearer to the viewer; equal ones stack in the order of the array.
    pub z_index: i32,
    /// What happens where the file cannot be used.
    pub on_asset_error: OnAssetError,
    /// Movements, transition, filters, blending.
    pub look: Look,
}

impl Default for Visual {
    /// A bare video or image: it covers the frame.
    fn default() -> Self {
        Self {
            x: None,
            y: None,
            position: Position::Center,
            anchor: None,
            width: None,
            height: None,
            fit: Fit::Cover,
            crop: Animated::Constant(Crop::default()),
            scale: Animated::Constant(1.0),
            rotation: Animated::Constant(0.0),
            opacity: Animated::Constant(1.0),
            flip: Flip::None,
            corner_radius: Animated::Constant(0.0),
            z_index: 0,
            on_asset_error: OnAssetError::Fail,
            look: Look::default(),
        }
    }
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
    /// The same over a blurred copy that fills the box.
    ContainBlur,
    /// Stretched to the box.
    Fill,
    /// One source pixel is one reference pixel; what is over the box is cut off.
    None,
}
