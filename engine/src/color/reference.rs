//! CPU twins of the shaders, in plain 64-bit arithmetic: what a test compares the GPU with.

use std::f64::consts::TAU;

use avs_template::{Mask, MaskShape, RectPx};

use super::matrix::rgb_from_planes;
use super::{Affine3, CodedPicture, ColorCoding, planes_from_rgb};

/// Twin of `plane/layer` and `layer/still` over an opaque plane: source-over of one premultiplied
/// colour (R'G'B'A, 0..=1) on output code values / 255.
#[must_use]
pub fn blended_planes(below: [f64; 3], premul_rgba: [f64; 4], opacity: f64) -> [f64; 3] {
    let [r, g, b, a] = premul_rgba.map(|value| value * opacity);
    let Affine3 { rows } = planes_from_rgb(ColorCoding::OUTPUT);
    let mut out = below;
    for (out, row) in out.iter_mut().zip(rows) {
        *out = row[0] * r + row[1] * g + row[2] * b + row[3] * a + *out * (1.0 - a);
    }
    out
}

/// R'G'B' of a picture, 8 bit, rows tightly packed; chroma is repeated, not interpolated.
#[must_use]
pub fn rgb_from_picture(picture: &CodedPicture) -> Vec<u8> {
    let to_rgb = rgb_from_planes(picture.coding);
    let width = picture.width_px as usize;
    let mut rgb = Vec::with_capacity(picture.luma.len() * 3);
    for (index, &luma) in picture.luma.iter().enumerate() {
        let (x, y) = (index % width, index / width);
        let chroma = &picture.chroma[(y / 2) * width + (x & !1)..][..2];
        let codes = [luma, chroma[0], chroma[1]].map(|code| f64::from(code) / 255.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..=255 first"
        )]
        rgb.extend(to_rgb.apply(codes).map(|value| (value * 255.0).round().clamp(0.0, 255.0) as u8));
    }
    rgb
}

/// Twin of `mask_coverage` of `shared/mask`: how much a mask shows of the pixel whose middle is at `x`, `y`.
#[must_use]
pub fn mask_coverage(mask: &Mask, x: f64, y: f64) -> f64 {
    let RectPx { width, height, .. } = mask.rect;
    let (x, y) = (x - mask.rect.x, y - mask.rect.y);
    let (dx, dy) = (x - width / 2.0, y - height / 2.0);
    // Clockwise from twelve o'clock, as a fraction of a turn.
    let turn = (dx.atan2(-dy) / TAU).rem_euclid(1.0);
    let shown = match mask.shape {
        MaskShape::Linear { x: right, y: down } => {
            let length = (width * right + height * down).abs();
            let along = x * right + y * down;
            let from_start = if right + down > 0.0 { along } else { along + length };
            f64::from(from_start <= (mask.progress * length).round())
        }
        MaskShape::Iris => (mask.progress * width.hypot(height) / 2.0 - dx.hypot(dy) + 0.5).clamp(0.0, 1.0),
        MaskShape::Clock => {
            let arc_px = dx.hypot(dy).max(1.0) * TAU;
            ((mask.progress - turn) * arc_px + 0.5).clamp(0.0, 1.0)
        }
        MaskShape::Radial => ((mask.progress * 1.125 - turn) / 0.125).clamp(0.0, 1.0),
        MaskShape::BarnDoor { horizontal } => {
            let (away, side) = if horizontal { (dx, width) } else { (dy, height) };
            f64::from(away.abs() <= (mask.progress * side / 2.0).round())
        }
        MaskShape::Dissolve => f64::from(noise_of_pixel(x + mask.rect.x, y + mask.rect.y) < mask.progress),
    };
    if mask.inverted { 1.0 - shown } else { shown }
}

/// The integer hash "lowbias32" of a pixel's place, as a fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places on a canvas")]
fn noise_of_pixel(x: f64, y: f64) -> f64 {
    let mut hash = (x as u32).wrapping_add((y as u32).wrapping_mul(65_536));
    for (shift, factor) in [(16, 0x7feb_352d_u32), (15, 0x846c_a68b)] {
        hash = (hash ^ (hash >> shift)).wrapping_mul(factor);
    }
    f64::from((hash ^ (hash >> 16)) >> 8) / f64::from(1 << 24)
}

/// Twin of the edges of `layer/sampled`: how much of a pixel lies inside a rounded box of `size` around the origin.
#[must_use]
pub fn rounded_box_coverage((x, y): (f64, f64), size: (f64, f64), radius: f64) -> f64 {
    let (across, down) = (x.abs() - size.0 / 2.0 + radius, y.abs() - size.1 / 2.0 + radius);
    let outside = across.max(0.0).hypot(down.max(0.0)) + across.max(down).min(0.0);
    (radius - outside + 0.5).clamp(0.0, 1.0)
}
