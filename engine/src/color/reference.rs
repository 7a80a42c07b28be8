//! CPU twins of the shaders, in plain 64-bit arithmetic: what a test compares the GPU with.

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
