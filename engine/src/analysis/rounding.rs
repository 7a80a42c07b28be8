//! Fractions as whole numbers, clamped to what fits.

/// The nearest byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0.0..=255.0 by clamping")]
pub(super) fn byte_from(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// The nearest index; 0 for what is below, and for what is no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` clamps, and NaN is 0")]
pub(super) fn index_from(value: f64) -> usize {
    value.round() as usize
}

/// A fraction rounded to so many digits: what is told of a file has no use for more.
pub(super) fn rounded(value: f64, digits: i32) -> f64 {
    let unit = 10.0_f64.powi(digits);
    if value.is_finite() { (value * unit).round() / unit } else { 0.0 }
}
