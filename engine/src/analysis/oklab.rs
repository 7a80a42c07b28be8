//! OKLab (Björn Ottosson, 2020): a space in which distances are about as large as they look.

use std::sync::LazyLock;

use super::rounding::byte_from;

/// A pixel that colours are counted by.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabTexel {
    /// Gamma-coded, straight.
    pub(super) rgb: [u8; 3],
    /// L, a, b.
    pub(super) lab: [f32; 3],
    /// Its cell of the grid.
    pub(super) cell: usize,
}

/// Linear light of a gamma-coded byte (IEC 61966-2-1).
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let code = f32::from(u8::try_from(code).unwrap_or(u8::MAX)) / 255.0;
        if code <= 0.04045 { code / 12.92 } else { ((code + 0.055) / 1.055).powf(2.4) }
    })
});

pub(super) fn lab_from_rgb(rgb: [u8; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|code| LINEAR[usize::from(code)]);
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

pub(super) fn rgb_from_lab([lightness, a, b]: [f32; 3]) -> [u8; 3] {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let linear = [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ];
    linear.map(|light| {
        let light = light.clamp(0.0, 1.0);
        let code = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        byte_from(code * 255.0)
    })
}

/// Distance from gray.
pub(super) fn chroma([_, a, b]: [f32; 3]) -> f32 {
    a.hypot(b)
}

pub(super) fn distance(one: [f32; 3], other: [f32; 3]) -> f32 {
    distance_squared(one, other).sqrt()
}

pub(super) fn distance_squared(one: [f32; 3], other: [f32; 3]) -> f32 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back_and_red_lies_where_its_author_says() {
        let [l, a, b] = lab_from_rgb([255, 0, 0]);
        assert!((l - 0.628).abs() < 0.001 && (a - 0.2249).abs() < 0.001 && (b - 0.1258).abs() < 0.001);
        for rgb in [[0, 0, 0], [255, 255, 255], [12, 200, 90], [250, 3, 128]] {
            assert_eq!(rgb_from_lab(lab_from_rgb(rgb)), rgb);
        }
    }
}
