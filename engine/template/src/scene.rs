//! What one frame shows, decided to the last number: the contract between the template and whoever draws it.
//! Everything here is in output pixels, canvas coordinates, y growing down. How it is found is in `compose`.

use crate::{EncodedSrgb, RectPx, SizePx, Ticks};

/// What one frame shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Time of the frame in the video.
    pub time: Ticks,
    /// What shows where no layer is; opaque.
    pub background: EncodedSrgb,
    /// Bottom to top. A block may have several layers, or none.
    pub layers: Vec<SceneLayer>,
}

impl Scene {
    /// Nothing on black.
    pub const EMPTY: Self = Self { time: Ticks::ZERO, background: EncodedSrgb::BLACK, layers: Vec::new() };
}

/// One picture in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneLayer {
    /// Index into [`crate::Timeline::blocks`].
    pub block: usize,
    /// Which picture of the block it is.
    pub part: LayerPart,
    /// Time in the source; see [`crate::PlacedBlock::source_time`].
    pub source_time: Ticks,
    /// The part of the block's picture that shows, as fractions of its size in `0.0..=1.0`.
    pub source_rect: UnitRect,
    /// Where the layer's unit square goes: (0,0) is its top left corner, (1,1) its bottom right one.
    pub canvas_from_unit: Affine2,
    /// Size of the layer before rotation and scale, for radii; positive.
    pub size: SizePx,
    /// Radius of its rounded corners in pixels of `size`, at most half the shorter side; 0 for square ones.
    pub corner_radius_px: f64,
    /// In `0.0..=1.0`; 0 is left out of the scene.
    pub opacity: f64,
    /// Where the layer is visible: the product of all; at most [`SceneLayer::MASKS_MAX`].
    pub masks: Vec<Mask>,
    /// What happens to its colours and alpha before it is placed, in order.
    pub effects: Vec<Effect>,
    /// How it is blended with what lies below.
    pub blend_mode: BlendMode,
    /// The colours of a text where they differ from the block's own (they are keyframed).
    pub paint: Option<TextPaint>,
}

impl SceneLayer {
    /// A wipe in, a wipe out, and a transition at each end.
    pub const MASKS_MAX: usize = 4;
}

/// Which picture of a block a layer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerPart {
    /// The picture of a video or an image.
    Picture,
    /// The same picture behind a `contain-blur`: it carries its blur as an effect.
    Backdrop,
    /// A piece of a text, counted as in [`TextFacts::units`].
    TextUnit(usize),
}

/// A rectangle in fractions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitRect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Positive.
    pub width: f64,
    /// Positive.
    pub height: f64,
}

impl UnitRect {
    /// All of it.
    pub const WHOLE: Self = Self { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
}

/// A map of the plane: `x' = xx x + xy y + x0`, `y' = yx x + yy y + y0`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the formula names them")]
pub struct Affine2 {
    pub xx: f64,
    pub xy: f64,
    pub x0: f64,
    pub yx: f64,
    pub yy: f64,
    pub y0: f64,
}

impl Affine2 {
    /// Changes nothing.
    pub const IDENTITY: Self = Self { xx: 1.0, xy: 0.0, x0: 0.0, yx: 0.0, yy: 1.0, y0: 0.0 };

    /// Maps the unit square to `rect`.
    #[must_use]
    pub fn rect_from_unit(rect: RectPx) -> Self {
        Self { xx: rect.width, x0: rect.x, yy: rect.height, y0: rect.y, ..Self::IDENTITY }
    }

    /// Returns the image of a point.
    #[must_use]
    pub fn apply(self, x: f64, y: f64) -> (f64, f64) {
        (self.xx * x + self.xy * y + self.x0, self.yx * x + self.yy * y + self.y0)
    }

    /// Returns the map that applies `first`, then `self`.
    #[must_use]
    pub fn after(self, first: Self) -> Self {
        let (x0, y0) = self.apply(first.x0, first.y0);
        Self {
            xx: self.xx * first.xx + self.xy * first.yx,
            xy: self.xx * first.xy + self.xy * first.yy,
            x0,
            yx: self.yx * first.xx + self.yy * first.yx,
            yy: self.yx * first.xy + self.yy * first.yy,
            y0,
        }
    }

    /// Returns the map back; none where an area becomes a line.
    #[must_use]
    pub fn inverse(self) -> Option<Self> {
        let determinant = self.xx * self.yy - self.xy * self.yx;
        if determinant.abs() < 1e-12 {
            return None;
        }
        let (xx, xy) = (self.yy / determinant, -self.xy / determinant);
        let (yx, yy) = (-self.yx / determinant, self.xx / determinant);
        Some(Self { xx, xy, x0: -(xx * self.x0 + xy * self.y0), yx, yy, y0: -(yx * self.x0 + yy * self.y0) })
    }

    /// Returns the rectangle that an upright image of the unit square fills; none where it is turned or mirrored.
    #[must_use]
    pub fn upright_rect(self) -> Option<RectPx> {
        let upright = self.xy == 0.0 && self.yx == 0.0 && self.xx > 0.0 && self.yy > 0.0;
        upright.then_some(RectPx { x: self.x0, y: self.y0, width: self.xx, height: self.yy })
    }
}

/// Shows a layer in part of the canvas only. Its edge is measured inside `rect`, beyond which it goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mask {
    /// Its form.
    pub shape: MaskShape,
    /// The box that it runs through.
    pub rect: RectPx,
    /// 0 hides everything, 1 shows everything.
    pub progress: f64,
    /// True to show what it would hide.
    pub inverted: bool,
}

/// Form of a mask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaskShape {
    /// A straight edge that moves by this unit vector: what it has passed shows.
    Linear {
        /// To the right.
        x: f64,
        /// Down.
        y: f64,
    },
    /// A circle that grows from the middle to the corners.
    Iris,
    /// A hand that turns clockwise from twelve o'clock.
    Clock,
    /// The same hand with a soft edge an eighth of a turn wide.
    Radial,
    /// Two straight edges that part from the middle; true for a horizontal opening (left and right doors).
    BarnDoor {
        /// Doors go left and right, or up and down.
        horizontal: bool,
    },
    /// Pixels in a fixed random order.
    Dissolve,
}

/// A change of a layer's colours or alpha. Amounts follow CSS `filter` where CSS has the filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Makes pixels near `color` transparent: distance in BT.709 Cb Cr (each -0.5..0.5) over 0.5 as in ffmpeg's
    /// `chromakey`: below `similarity` transparent, then opaque over a further `blend`.
    ChromaKey {
        /// The colour to remove.
        color: EncodedSrgb,
        /// In `0.0..=1.0`.
        similarity: f64,
        /// In `0.0..=1.0`.
        blend: f64,
    },
    /// Gaussian of this standard deviation in output pixels; edges of opaque media are extended, not faded.
    Blur {
        /// Positive.
        sigma_px: f64,
    },
    /// CSS `brightness()`: a factor.
    Brightness(f64),
    /// CSS `contrast()`: a factor about mid grey.
    Contrast(f64),
    /// CSS `saturate()`: a factor.
    Saturate(f64),
    /// CSS `hue-rotate()`, in degrees.
    HueRotate(f64),
    /// CSS `grayscale()`, in `0.0..=1.0`.
    Grayscale(f64),
    /// CSS `sepia()`, in `0.0..=1.0`.
    Sepia(f64),
    /// CSS `invert()`, in `0.0..=1.0`.
    Invert(f64),
    /// Adds this multiple of the difference to a 3x3 binomial blur.
    Sharpen(f64),
    /// Darkens towards the corners: by this much there, in `0.0..=1.0`.
    Vignette(f64),
    /// Adds noise of this amplitude, in `0.0..=1.0`, to R', G' and B' alike.
    Grain {
        /// Amplitude.
        amount: f64,
        /// Changes each frame.
        seed: u32,
    },
    /// Mosaic of square cells of this many output pixels.
    Pixelate {
        /// At least 1.
        cell_px: f64,
    },
    /// Mixes the colour in; alpha stays.
    Flood {
        /// Which colour; its alpha is not used.
        color: EncodedSrgb,
        /// In `0.0..=1.0`.
        amount: f64,
    },
}

/// CSS `mix-blend-mode` (Compositing and Blending Level 1), on gamma-coded R'G'B'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the standard names them")]
pub enum BlendMode {
    Normal,
    Multiply,
    Screen,
    Overlay,
    Darken,
    Lighten,
    ColorDodge,
    ColorBurn,
    HardLight,
    SoftLight,
    Difference,
    Exclusion,
    Hue,
    Saturation,
    Color,
    Luminosity,
    PlusLighter,
}

/// The colours of a text in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextPaint {
    /// Of the letters, where they have no gradient.
    pub color: EncodedSrgb,
    /// Of the stroke, if there is one.
    pub stroke: EncodedSrgb,
    /// Of the shadow, if there is one.
    pub shadow: EncodedSrgb,
    /// Of the box behind, if there is one.
    pub background: EncodedSrgb,
}

/// What the text engine measured of a text block; see [`crate::Timeline::set_text_facts`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextFacts {
    /// Size of the content: the lines, with the padding of a background.
    pub content: SizePx,
    /// The pictures that the text consists of, relative to the content's top left corner: one where nothing is split,
    /// otherwise the background box first, if there is one, then letters, words or lines in reading order.
    pub units: Vec<TextUnit>,
}

/// One picture of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextUnit {
    /// What the picture covers, ink, stroke and shadow included.
    pub rect: RectPx,
    /// False for a background box that stays while the letters move.
    pub moves: bool,
}
