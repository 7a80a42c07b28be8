//! How a block moves and looks beyond its place: animations, transitions, filters, keying, Ken Burns.

use crate::{Animated, BlendMode, Easing, EncodedSrgb};

/// A ready-made movement at the start, at the end or all through a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Animation {
    /// What moves.
    pub kind: AnimationKind,
    /// When.
    pub at: AnimationAt,
    /// Of the entry or exit, or of one round of a loop, in seconds; positive.
    pub secs: f64,
    /// How.
    pub easing: Easing,
    /// Where to or from.
    pub direction: Direction,
    /// True where it moves the pieces of a text one after the other.
    pub split: bool,
}

/// What an animation moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnimationKind {
    /// Opacity from nothing.
    Fade,
    /// From beyond the frame's edge.
    Slide,
    /// From nothing to its size.
    Scale,
    /// Behind an edge that uncovers it.
    Wipe,
    /// From a tenth of the frame away, as it appears.
    Pan,
    /// A full turn, as it appears.
    Spin,
    /// Falls in and bounces.
    Bounce,
    /// From a blur, as it appears.
    Blur,
    /// Trembles.
    Shake,
    /// Text: letters appear one by one.
    Typewriter,
    /// Text: pieces rise from behind their own lower edge.
    Reveal,
    /// Text: pieces rise and sink one after the other.
    Wave,
}

/// When an animation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnimationAt {
    /// As the block begins.
    In,
    /// As it ends.
    Out,
    /// Again and again.
    Loop,
}

/// Where something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Direction {
    Up,
    Down,
    Left,
    Right,
}

impl Direction {
    /// Returns it as a vector; y grows down.
    pub fn vector(self) -> (f64, f64) {
        match self {
            Self::Up => (0.0, -1.0),
            Self::Down => (0.0, 1.0),
            Self::Left => (-1.0, 0.0),
            Self::Right => (1.0, 0.0),
        }
    }
}

/// How a block takes over from the one before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// How it looks.
    pub kind: TransitionKind,
    /// Length in seconds from the block's start; positive.
    pub secs: f64,
    /// How it goes on.
    pub easing: Easing,
    /// Where the new block, or the edge that shows it, goes.
    pub direction: Direction,
}

/// How a transition looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransitionKind {
    /// The new over the old, from clear to opaque.
    Fade,
    /// Pixel by pixel in a random order.
    Dissolve,
    /// An edge uncovers the new.
    Wipe,
    /// The new moves in over the old.
    Slide,
    /// The new pushes the old out.
    Push,
    /// The old comes nearer and fades, the new fades in.
    Zoom,
    /// A growing circle.
    Iris,
    /// A clock's hand.
    ClockWipe,
    /// Both blur and cross-fade.
    Blur,
    /// Both turn to a mosaic and cross-fade.
    Pixelate,
    /// To black and from it.
    FadeBlack,
    /// To white and from it.
    FadeWhite,
    /// Two edges part from the middle.
    BarnDoor,
    /// A clock's hand with a soft edge.
    Radial,
}

/// A change of colours or sharpness.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Which.
    pub kind: FilterKind,
    /// How much; ranges and units as in [`FilterKind`].
    pub amount: Animated<f64>,
}

/// Kinds of filters with the unit of their amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterKind {
    /// Standard deviation in reference pixels.
    Blur,
    /// Factor.
    Brightness,
    /// Factor.
    Contrast,
    /// Factor.
    Saturate,
    /// Degrees.
    HueRotate,
    /// Fraction.
    Grayscale,
    /// Fraction.
    Sepia,
    /// Fraction.
    Invert,
    /// Multiple of the detail.
    Sharpen,
    /// Darkness of the corners, a fraction.
    Vignette,
    /// Amplitude, a fraction.
    Grain,
}

/// Takes a colour out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChromaKey {
    /// Which colour.
    pub color: EncodedSrgb,
    /// How near a colour must be to vanish, in `0.0..=1.0`.
    pub similarity: f64,
    /// How wide the passage to opaque is, in `0.0..=1.0`.
    pub blend: f64,
}

/// A slow journey over an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KenBurns {
    /// View at the start.
    pub from: View,
    /// View at the end.
    pub to: View,
    /// How it goes on.
    pub easing: Easing,
}

/// A part of an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Middle of the view as a fraction of the width.
    pub x: f64,
    /// Middle of the view as a fraction of the height.
    pub y: f64,
    /// How much nearer than the whole, at least 1.
    pub scale: f64,
}

/// What happens where a block's file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnAssetError {
    /// The render fails.
    Fail,
    /// The block is left out, with a warning.
    Skip,
    /// A plain figure shows instead, with a warning.
    Placeholder,
}

/// Mirrors a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Flip {
    None,
    Horizontal,
    Vertical,
    Both,
}

/// Parts cut off a source, as fractions of its sides.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct Crop {
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
    pub left: f64,
}

impl crate::animated::Blend for Crop {
    fn blended(self, other: Self, t: f64) -> Self {
        Self {
            top: self.top.blended(other.top, t),
            right: self.right.blended(other.right, t),
            bottom: self.bottom.blended(other.bottom, t),
            left: self.left.blended(other.left, t),
        }
    }
}

/// Everything about the look of a block that is not its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Movements; at most [`crate::limits::ANIMATIONS_MAX`].
    pub animations: Vec<Animation>,
    /// How it takes over from the block before; none for a cut.
    pub transition: Option<Transition>,
    /// In order; at most [`crate::limits::FILTERS_MAX`].
    pub filters: Vec<Filter>,
    /// How it is blended with what lies below.
    pub blend_mode: BlendMode,
    /// A colour that is taken out; none for text.
    pub chroma_key: Option<ChromaKey>,
}

impl Default for Look {
    fn default() -> Self {
        let blend_mode = BlendMode::Normal;
        Self { animations: Vec::new(), transition: None, filters: Vec::new(), blend_mode, chroma_key: None }
    }
}
