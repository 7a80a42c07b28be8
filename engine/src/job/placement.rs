//! How large a block's pictures are decoded and which part of the canvas or of the source they cover. Pure.

use avs_template::{FixedPlace, RectPx, SizePx, SourceUse, UnitRect};

use crate::color::RgbaPicture;
use crate::compositor::Cover;
use crate::geometry::{EvenRect, source_part};
use crate::limits;
use crate::media::PictureDesc;

/// How a video is decoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PicturePlan {
    pub(super) picture: PictureDesc,
    pub(super) cover: Cover,
}

/// How an image is decoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StillPlan {
    /// Source pixels.
    pub(super) crop: RectPx,
    /// Size to bring them to.
    pub(super) size: (u32, u32),
    /// Where that lies in a larger, transparent picture, and its size.
    pub(super) frame: Option<((i64, i64), (u32, u32))>,
    pub(super) cover: Cover,
    /// True where half the resolution is enough for its colours: it is as large as it ever shows, and no effect looks at it.
    pub(super) codable: bool,
}

/// Plans a video; `converts` where it is best brought to the output's coding on its way; `None` where nothing of it is on the canvas. One that stays in its place is scaled there as it is
/// decoded, so that it can pass through; one that moves is decoded as large as it ever shows.
pub(super) fn picture_plan(
    source_use: &SourceUse,
    source_size: (u32, u32),
    canvas: (u32, u32),
    converts: bool,
) -> Option<PicturePlan> {
    let (crop, size, cover) = match source_use.fixed {
        Some(FixedPlace { source_rect, dest }) => {
            let even = EvenRect::nearest(dest, canvas)?;
            let crop = source_part(source_px(source_rect, source_size), dest, visible_part(dest, even));
            (crop, even.size(), Cover::Canvas(even))
        }
        None => {
            let rect = source_use.rect;
            let (width, height) = shown_size(source_use, source_size);
            let size = (width.next_multiple_of(2), height.next_multiple_of(2));
            (source_px(rect, source_size), size, Cover::Source(rect))
        }
    };
    Some(PicturePlan { picture: PictureDesc { crop, source_size, size, converts }, cover })
}

/// An image that moves is enlarged by this much at most before it is uploaded.
const ENLARGED_AHEAD_MAX: f64 = 4.0;

/// Plans an image; `None` where nothing of it is on the canvas.
pub(super) fn still_plan(
    source_use: &SourceUse,
    source_size: (u32, u32),
    canvas: (u32, u32),
) -> Option<StillPlan> {
    let fixed = source_use.fixed.filter(|_| !source_use.has_effects);
    let Some(FixedPlace { source_rect, dest }) = fixed else {
        let picture_px = source_use.picture_px;
        let enlargement = |shown: f64, source: u32| shown / f64::from(source);
        let enlarged =
            enlargement(picture_px.width, source_size.0).max(enlargement(picture_px.height, source_size.1));
        let codable = !source_use.has_effects && enlarged <= ENLARGED_AHEAD_MAX;
        // Enlarged once, so that its colours have the resolution of the frame.
        let factor = if codable { enlarged.max(1.0) } else { 1.0 };
        let side = |source: u32| whole_px(f64::from(source) * factor);
        let (width, height) = shown_size(source_use, (side(source_size.0), side(source_size.1)));
        let even = |side: u32| if codable { side.next_multiple_of(2) } else { side };
        return Some(StillPlan {
            crop: source_px(source_use.rect, source_size),
            size: (even(width), even(height)),
            frame: None,
            cover: Cover::Source(source_use.rect),
            codable,
        });
    };
    let whole = whole_pixels(dest);
    let even = EvenRect::covering(whole, canvas)?;
    let visible = visible_part(whole, even);
    let size = (whole_px(visible.width), whole_px(visible.height));
    let offset = |at: f64, origin: u32| i64::from(whole_px(at)) - i64::from(origin);
    let offset = (offset(visible.x, even.x), offset(visible.y, even.y));
    Some(StillPlan {
        crop: source_part(source_px(source_rect, source_size), whole, visible),
        size,
        frame: (size != even.size()).then_some((offset, even.size())),
        cover: Cover::Canvas(even),
        codable: true,
    })
}

/// Whole pixels: a picture that is not scaled stays sharp.
pub(super) fn whole_pixels(rect: RectPx) -> RectPx {
    RectPx {
        x: rect.x.round(),
        y: rect.y.round(),
        width: rect.width.round().max(1.0),
        height: rect.height.round().max(1.0),
    }
}

fn source_px(rect: UnitRect, (width, height): (u32, u32)) -> RectPx {
    let (width, height) = (f64::from(width), f64::from(height));
    RectPx { x: rect.x * width, y: rect.y * height, width: rect.width * width, height: rect.height * height }
}

/// Pixels for the part of the source that shows: as many as it fills at its largest, no more than the file has.
fn shown_size(source_use: &SourceUse, source_size: (u32, u32)) -> (u32, u32) {
    let SourceUse { picture_px, rect, .. } = source_use;
    let side = |largest: f64, source: u32, part: f64| {
        let px = largest.min(f64::from(source)) * part;
        whole_px(px.ceil().clamp(2.0, f64::from(limits::LAYER_SIDE_PX_MAX)))
    };
    (side(picture_px.width, source_size.0, rect.width), side(picture_px.height, source_size.1, rect.height))
}

/// The part of `whole` that `dest` shows.
pub(super) fn visible_part(whole: RectPx, dest: EvenRect) -> RectPx {
    let shown = dest.to_rect();
    let (left, top) = (whole.x.max(shown.x), whole.y.max(shown.y));
    let size = SizePx {
        width: (whole.x + whole.width).min(shown.x + shown.width) - left,
        height: (whole.y + whole.height).min(shown.y + shown.height) - top,
    };
    RectPx { x: left, y: top, width: size.width, height: size.height }
}

/// `picture` with its corner at `offset` inside a transparent picture of `size`; what is beyond it is cut off.
pub(super) fn framed(picture: &RgbaPicture, offset: (i64, i64), size: (u32, u32)) -> RgbaPicture {
    const TEXEL_BYTES: usize = 4;
    let row_bytes = |width: u32| width as usize * TEXEL_BYTES;
    let mut bytes = vec![0; row_bytes(size.0) * size.1 as usize];
    // What a negative offset cuts off of the picture, and what a positive one leaves free.
    let cut = |at: i64| usize::try_from(-at).unwrap_or(0);
    let free = |at: i64| usize::try_from(at).unwrap_or(0);
    let rows = bytes.chunks_exact_mut(row_bytes(size.0)).skip(free(offset.1));
    let picture_rows = picture.bytes.chunks_exact(row_bytes(picture.width_px)).skip(cut(offset.1));
    for (to, from) in rows.zip(picture_rows) {
        let to = to.get_mut(free(offset.0) * TEXEL_BYTES..).unwrap_or_default();
        let from = from.get(cut(offset.0) * TEXEL_BYTES..).unwrap_or_default();
        let count = to.len().min(from.len());
        to[..count].copy_from_slice(&from[..count]);
    }
    RgbaPicture { width_px: size.0, height_px: size.1, bytes }
}

/// A whole, non-negative number of pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, and clipped to the canvas or a limit"
)]
pub(super) fn whole_px(px: f64) -> u32 {
    px.round().max(0.0) as u32
}
