//! The affine maps between codings, derived from Kr and Kb; no constant of a matrix is written down.

use super::{ColorCoding, ColorRange, LumaCoefficients};

/// `out[i] = rows[i][0..3] · in + rows[i][3]`, all values as code value / 255.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine3 {
    /// Three rows of coefficients and offset.
    pub rows: [[f64; 4]; 3],
}

impl Affine3 {
    /// Changes nothing.
    pub const IDENTITY: Self =
        Self { rows: [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]] };

    /// Maps one colour.
    #[must_use]
    pub fn apply(&self, input: [f64; 3]) -> [f64; 3] {
        self.rows.map(|row| row[0] * input[0] + row[1] * input[1] + row[2] * input[2] + row[3])
    }

    /// The rows as the shaders take them.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "shaders compute in 32-bit floats")]
    pub fn rows_f32(&self) -> [[f32; 4]; 3] {
        self.rows.map(|row| row.map(|value| value as f32))
    }

    /// `self` after `first`.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        let column = |row: &[f64; 4], at: usize| (0..3).map(|i| row[i] * first.rows[i][at]).sum::<f64>();
        let rows = self
            .rows
            .map(|row| [column(&row, 0), column(&row, 1), column(&row, 2), column(&row, 3) + row[3]]);
        Self { rows }
    }
}

/// Scale and offset of luma and of chroma, as code value / 255, in 8-bit terms (BT.709-6, item 4.6).
struct Quantisation {
    luma_scale: f64,
    luma_offset: f64,
    chroma_scale: f64,
    chroma_offset: f64,
}

fn quantisation(range: ColorRange) -> Quantisation {
    let code = |value: f64| value / 255.0;
    match range {
        ColorRange::Limited => Quantisation {
            luma_scale: code(219.0),
            luma_offset: code(16.0),
            chroma_scale: code(224.0),
            chroma_offset: code(128.0),
        },
        ColorRange::Full => {
            Quantisation { luma_scale: 1.0, luma_offset: 0.0, chroma_scale: 1.0, chroma_offset: code(128.0) }
        }
    }
}

/// Code values of `coding` from gamma-coded R'G'B' in 0..=1.
#[must_use]
pub fn planes_from_rgb(coding: ColorCoding) -> Affine3 {
    let LumaCoefficients { kr, kb } = coding.luma;
    let kg = 1.0 - kr - kb;
    let q = quantisation(coding.range);
    let (cb, cr) = (q.chroma_scale / (2.0 * (1.0 - kb)), q.chroma_scale / (2.0 * (1.0 - kr)));
    Affine3 {
        rows: [
            [q.luma_scale * kr, q.luma_scale * kg, q.luma_scale * kb, q.luma_offset],
            [-cb * kr, -cb * kg, cb * (1.0 - kb), q.chroma_offset],
            [cr * (1.0 - kr), -cr * kg, -cr * kb, q.chroma_offset],
        ],
    }
}

/// Gamma-coded R'G'B' from code values of `coding`.
#[must_use]
pub fn rgb_from_planes(coding: ColorCoding) -> Affine3 {
    let LumaCoefficients { kr, kb } = coding.luma;
    let kg = 1.0 - kr - kb;
    let q = quantisation(coding.range);
    let (y, c) = (1.0 / q.luma_scale, 1.0 / q.chroma_scale);
    let (red_cr, blue_cb) = (2.0 * (1.0 - kr) * c, 2.0 * (1.0 - kb) * c);
    let (green_cb, green_cr) = (-blue_cb * kb / kg, -red_cr * kr / kg);
    let row = |cb: f64, cr: f64| [y, cb, cr, -y * q.luma_offset - (cb + cr) * q.chroma_offset];
    Affine3 { rows: [row(0.0, red_cr), row(green_cb, green_cr), row(blue_cb, 0.0)] }
}

/// Code values of the output from code values of `source`; `None` where they are the same already.
#[must_use]
pub fn target_from_source(source: ColorCoding) -> Option<Affine3> {
    let same = source == ColorCoding::OUTPUT;
    (!same).then(|| planes_from_rgb(ColorCoding::OUTPUT).after(&rgb_from_planes(source)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODINGS: [ColorCoding; 4] = [
        ColorCoding::OUTPUT,
        ColorCoding { luma: LumaCoefficients::BT709, range: ColorRange::Full },
        ColorCoding { luma: LumaCoefficients::BT601, range: ColorRange::Limited },
        ColorCoding { luma: LumaCoefficients::BT2020, range: ColorRange::Full },
    ];

    fn codes(planes: [f64; 3]) -> [f64; 3] {
        planes.map(|value| (value * 255.0).round())
    }

    #[test]
    fn the_anchors_of_bt709_have_the_code_values_of_the_standard() {
        // BT.709-6: black 16/128/128, white 235/128/128. 75% red, rounded from the same equations by hand.
        let to_planes = planes_from_rgb(ColorCoding::OUTPUT);
        assert_eq!(codes(to_planes.apply([0.0; 3])), [16.0, 128.0, 128.0]);
        assert_eq!(codes(to_planes.apply([1.0; 3])), [235.0, 128.0, 128.0]);
        assert_eq!(codes(to_planes.apply([0.75, 0.0, 0.0])), [51.0, 109.0, 212.0]);
    }

    #[test]
    fn planes_and_rgb_are_inverse_for_every_coding() {
        for coding in CODINGS {
            let there_and_back = rgb_from_planes(coding).after(&planes_from_rgb(coding));
            for (i, value) in there_and_back.apply([0.1, 0.5, 0.9]).into_iter().enumerate() {
                assert!((value - [0.1, 0.5, 0.9][i]).abs() < 1e-12, "{coding:?}");
            }
        }
    }

    #[test]
    fn a_source_coded_like_the_output_is_not_converted() {
        assert_eq!(target_from_source(ColorCoding::OUTPUT), None);
        assert!(target_from_source(CODINGS[1]).is_some());
    }
}
