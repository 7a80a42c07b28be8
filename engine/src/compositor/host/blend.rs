//! Source-over of rows of bytes in fixed point, as the compiler turns it into vector code; exact to the nearest code
//! value for whole weights, and within one of what a device does for others.

/// How much of a layer shows, in 1/256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weight(u16);

impl Weight {
    /// All of it.
    pub(super) const WHOLE: Self = Self(256);

    /// The nearest weight to an opacity of 0..=1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=256 first")]
    pub(super) fn from_opacity(opacity: f64) -> Self {
        Self((opacity * 256.0).round().clamp(0.0, 256.0) as u16)
    }
}

/// Mixes an opaque row into another: `to + weight (from - to)`.
pub(super) fn mix_row(to: &mut [u8], from: &[u8], Weight(weight): Weight) {
    if weight == 256 {
        return to.copy_from_slice(from);
    }
    // At most 255 * 256 + 128: it fits 16 bits.
    for (to, from) in to.iter_mut().zip(from) {
        *to = narrow((u16::from(*to) * (256 - weight) + u16::from(*from) * weight + 128) >> 8);
    }
}

/// Draws a premultiplied row over another: `weight from + to (1 - weight alpha)`.
pub(super) fn over_row(to: &mut [u8], from: &[u8], alpha: &[u8], Weight(weight): Weight) {
    for ((to, from), alpha) in to.iter_mut().zip(from).zip(alpha) {
        let scaled = |value: u8| (u16::from(value) * weight + 128) >> 8;
        let below = over_255(u16::from(*to) * (255 - scaled(*alpha)));
        *to = narrow((scaled(*from) + below).min(255));
    }
}

/// The nearest to `product / 255`, for products of two bytes.
fn over_255(product: u16) -> u16 {
    let near = product + 128;
    (near + (near >> 8)) >> 8
}

#[expect(clippy::cast_possible_truncation, reason = "callers keep it at 255 or less")]
fn narrow(value: u16) -> u8 {
    value as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividing_by_255_rounds_to_the_nearest() {
        for product in 0..=255 * 255 {
            let exact = (f64::from(product) / 255.0).round();
            assert!((f64::from(over_255(product)) - exact).abs() < 0.5, "{product}");
        }
    }

    #[test]
    fn a_row_is_mixed_to_the_nearest_code_value() {
        for weight in [0, 1, 100, 128, 255, 256] {
            for (below, above) in [(0, 255), (255, 0), (16, 235), (128, 129)] {
                let mut row = [below];
                mix_row(&mut row, &[above], Weight(weight));
                let part = f64::from(weight) / 256.0;
                let exact = f64::from(below) * (1.0 - part) + f64::from(above) * part;
                assert!((f64::from(row[0]) - exact).abs() <= 0.5, "{weight} {below} {above}");
            }
        }
    }

    #[test]
    fn what_is_transparent_changes_nothing_and_what_is_opaque_leaves_nothing() {
        for code in 0..=255 {
            for weight in [1, 77, 256] {
                let mut row = [code];
                over_row(&mut row, &[0], &[0], Weight(weight));
                assert_eq!(row, [code]);
            }
            let mut row = [200];
            over_row(&mut row, &[code], &[255], Weight::WHOLE);
            assert_eq!(row, [code]);
        }
    }

    #[test]
    fn a_premultiplied_row_is_within_one_of_the_formula() {
        for weight in [13, 128, 200, 256] {
            for alpha in (0..=255).step_by(5) {
                for below in [0, 16, 100, 235] {
                    let above = alpha / 2;
                    let mut row = [below];
                    over_row(&mut row, &[above], &[alpha], Weight(weight));
                    let part = f64::from(weight) / 256.0;
                    let exact =
                        f64::from(above) * part + f64::from(below) * (1.0 - part * f64::from(alpha) / 255.0);
                    assert!((f64::from(row[0]) - exact).abs() <= 1.5, "{weight} {alpha} {below}");
                }
            }
        }
    }
}
