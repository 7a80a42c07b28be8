//! CPU twins of the shaders, in plain 64-bit arithmetic: what a test compares the GPU with.

use super::{Affine3, ColorCoding, planes_from_rgb};

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
