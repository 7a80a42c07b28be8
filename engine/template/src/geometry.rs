//! From the fields of a visual block to rectangles in output pixels. Rectangles may leave the frame: the compositor clips.

use crate::{Anchor, Animated, BlockTime, Fit, FontSize, Length, Visual};

/// Short side of the reference frame, in whose pixels templates are written (template.md, "Every visual block").
const REFERENCE_SIDE_PX: f64 = 1080.0;

/// Margin that text keeps by default, as a fraction of each side of the frame (template.md, `position`).
const SAFE_AREA_FRACTION: f64 = 0.05;

/// Width and height.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SizePx {
    /// Not negative.
    pub width: f64,
    /// Not negative.
    pub height: f64,
}

/// An axis-parallel rectangle; y grows down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RectPx {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Not negative.
    pub width: f64,
    /// Not negative.
    pub height: f64,
}

impl RectPx {
    /// No area.
    pub const EMPTY: Self = Self { x: 0.0, y: 0.0, width: 0.0, height: 0.0 };
}

/// Which part of a picture goes where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MediaPlacement {
    /// The part that shows, in source pixels; within the source.
    pub crop: RectPx,
    /// Where it goes, in output pixels; may leave the frame.
    pub dest: RectPx,
}

/// The box that a text is set in, in output pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextBoxDesc {
    /// Lines wrap at this width.
    pub width_max_px: f64,
    /// Width that the block asks for; none for that of the text.
    pub width_px: Option<f64>,
    /// Height that the block asks for; none for that of the text, which starts at the top in either case.
    pub height_px: Option<f64>,
}

/// Returns output pixels per reference pixel on a frame of this size.
pub fn output_px_per_reference_px(canvas: (u32, u32)) -> f64 {
    f64::from(canvas.0.min(canvas.1)) / REFERENCE_SIDE_PX
}

impl FontSize {
    /// Returns the size of the em square in output pixels.
    pub fn output_px(self, canvas: (u32, u32)) -> f64 {
        match self {
            Self::Px(px) => px * output_px_per_reference_px(canvas),
            Self::FramePercent(percent) => f64::from(canvas.1) * percent / 100.0,
        }
    }
}

/// Places a picture of `media` pixels at a moment of its block.
pub fn media_placement(
    visual: &Visual,
    now: BlockTime,
    media: (u32, u32),
    canvas: (u32, u32),
) -> MediaPlacement {
    let target = media_box(visual, now, canvas);
    placed_in(target, visual, visual.fit, (now, media, canvas))
}

/// Returns the box of a video or an image in output pixels.
pub(crate) fn media_box(visual: &Visual, now: BlockTime, canvas: (u32, u32)) -> RectPx {
    let frame = Frame::new(canvas);
    let size = SizePx {
        width: frame.side_x(visual.width.as_ref(), now).unwrap_or(frame.width),
        height: frame.side_y(visual.height.as_ref(), now).unwrap_or(frame.height),
    };
    frame.placed(visual, now, size, 0.0)
}

/// Places the cropped picture in a box.
pub(crate) fn placed_in(
    target: RectPx,
    visual: &Visual,
    fit: Fit,
    (now, media, canvas): (BlockTime, (u32, u32), (u32, u32)),
) -> MediaPlacement {
    let crop = visual.crop.at(now).unwrap_or_default();
    let (width, height) = (f64::from(media.0.max(1)), f64::from(media.1.max(1)));
    let whole = RectPx {
        x: crop.left * width,
        y: crop.top * height,
        width: width * (1.0 - crop.left - crop.right),
        height: height * (1.0 - crop.top - crop.bottom),
    };
    let (scale_x, scale_y) = (target.width / whole.width, target.height / whole.height);
    match fit {
        Fit::Fill => MediaPlacement { crop: whole, dest: target },
        // The box itself, not a product that rounds to almost the box.
        Fit::Cover => MediaPlacement { dest: target, ..shown_at_scale(whole, target, scale_x.max(scale_y)) },
        Fit::Contain | Fit::ContainBlur => shown_at_scale(whole, target, scale_x.min(scale_y)),
        Fit::None => shown_at_scale(whole, target, output_px_per_reference_px(canvas)),
    }
}

/// Returns the box for the lines of a text.
pub fn text_box(visual: &Visual, canvas: (u32, u32)) -> TextBoxDesc {
    let frame = Frame::new(canvas);
    let width_px = frame.side_x(visual.width.as_ref(), BlockTime::START);
    TextBoxDesc {
        width_max_px: width_px.unwrap_or(frame.width * (1.0 - 2.0 * SAFE_AREA_FRACTION)),
        width_px,
        height_px: frame.side_y(visual.height.as_ref(), BlockTime::START),
    }
}

/// Places a text whose content measures `content` output pixels.
pub fn text_placement(visual: &Visual, now: BlockTime, content: SizePx, canvas: (u32, u32)) -> RectPx {
    Frame::new(canvas).placed(visual, now, content, SAFE_AREA_FRACTION)
}

struct Frame {
    width: f64,
    height: f64,
    reference_scale: f64,
}

impl Frame {
    fn new(canvas: (u32, u32)) -> Self {
        Self {
            width: f64::from(canvas.0),
            height: f64::from(canvas.1),
            reference_scale: output_px_per_reference_px(canvas),
        }
    }

    fn along_x(&self, length: Length) -> f64 {
        self.output_px(length, self.width)
    }

    fn along_y(&self, length: Length) -> f64 {
        self.output_px(length, self.height)
    }

    fn side_x(&self, width: Option<&Animated<Length>>, now: BlockTime) -> Option<f64> {
        width?.mapped_at(now, |width| self.along_x(width))
    }

    fn side_y(&self, height: Option<&Animated<Length>>, now: BlockTime) -> Option<f64> {
        height?.mapped_at(now, |height| self.along_y(height))
    }

    fn output_px(&self, length: Length, side_px: f64) -> f64 {
        match length {
            Length::Px(px) => px * self.reference_scale,
            Length::Percent(percent) => side_px * percent / 100.0,
        }
    }

    /// Puts a box of `size` so that its anchor is at x, y, or else at the position within the margin.
    fn placed(&self, visual: &Visual, now: BlockTime, size: SizePx, margin_fraction: f64) -> RectPx {
        let place = visual.position.anchor();
        let within = |side_px: f64, fraction: f64| {
            side_px * (margin_fraction + fraction * (1.0 - 2.0 * margin_fraction))
        };
        let x = self.side_x(visual.x.as_ref(), now).unwrap_or_else(|| within(self.width, place.x));
        let y = self.side_y(visual.y.as_ref(), now).unwrap_or_else(|| within(self.height, place.y));
        let Anchor { x: anchor_x, y: anchor_y } = visual.anchor.unwrap_or(place);
        RectPx {
            x: x - anchor_x * size.width,
            y: y - anchor_y * size.height,
            width: size.width,
            height: size.height,
        }
    }
}

/// Shows the middle of `media` in the middle of `target`, `scale` output pixels per source pixel.
fn shown_at_scale(media: RectPx, target: RectPx, scale: f64) -> MediaPlacement {
    let (width, height) =
        ((media.width * scale).min(target.width), (media.height * scale).min(target.height));
    let (crop_width, crop_height) = ((width / scale).min(media.width), (height / scale).min(media.height));
    MediaPlacement {
        crop: RectPx {
            x: media.x + (media.width - crop_width) / 2.0,
            y: media.y + (media.height - crop_height) / 2.0,
            width: crop_width,
            height: crop_height,
        },
        dest: RectPx {
            x: target.x + (target.width - width) / 2.0,
            y: target.y + (target.height - height) / 2.0,
            width,
            height,
        },
    }
}
