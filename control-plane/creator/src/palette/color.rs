//! Colours as numbers: gamma-coded sRGB, its luminance, and OKLCh to move in.

use super::rounded_byte;

/// Gamma-coded sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rgb(pub(crate) [u8; 3]);

/// Lightness in `0.0..=1.0`, chroma, hue in radians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lch {
    pub(crate) lightness: f64,
    pub(crate) chroma: f64,
    pub(crate) hue: f64,
}

impl Rgb {
    pub(crate) const WHITE: Self = Self([255; 3]);
    pub(crate) const BLACK: Self = Self([0; 3]);

    /// A grey of that gamma-coded luma.
    pub(crate) fn grey(luma: u8) -> Self {
        Self([luma; 3])
    }

    /// Reads `#rrggbb`.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([byte(0)?, byte(2)?, byte(4)?]))
    }

    /// Writes `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Writes `#rrggbbaa`.
    pub(crate) fn hex_with_alpha(self, alpha: f64) -> String {
        format!("{}{:02x}", self.hex(), rounded_byte(alpha * 255.0))
    }

    /// WCAG 2.1, "relative luminance".
    pub(crate) fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG 2.1, "contrast ratio".
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `self` over `below`, gamma-coded as the engine blends.
    pub(crate) fn over(self, below: Self, alpha: f64) -> Self {
        let mix =
            |at: usize| rounded_byte(f64::from(self.0[at]) * alpha + f64::from(below.0[at]) * (1.0 - alpha));
        Self([mix(0), mix(1), mix(2)])
    }

    pub(crate) fn lch(self) -> Lch {
        let [r, g, b] = self.0.map(linear);
        // OKLab, Björn Ottosson, 2020.
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Lch { lightness, chroma: a.hypot(b), hue: b.atan2(a) }
    }

    /// This colour, made lighter or darker until it stands out from `ground` by `ratio`.
    pub(crate) fn readable_on(self, ground: Self, ratio: f64) -> Self {
        if self.contrast(ground) >= ratio {
            return self;
        }
        let lch = self.lch();
        let step = if ground.luminance() < 0.18 { 0.01 } else { -0.01 };
        let mut lightness = lch.lightness;
        while (0.0..=1.0).contains(&lightness) {
            lightness += step;
            let color = Lch { lightness, ..lch }.rgb();
            if color.contrast(ground) >= ratio {
                return color;
            }
        }
        if ground.luminance() < 0.18 { Self::WHITE } else { Self::BLACK }
    }
}

impl Lch {
    /// The colour, its chroma lowered until sRGB has it.
    pub(crate) fn rgb(self) -> Rgb {
        let mut chroma = self.chroma;
        loop {
            let linear = Self { chroma, ..self }.linear();
            if chroma <= 0.0 || linear.iter().all(|value| (-0.001..=1.001).contains(value)) {
                return Rgb(linear.map(|value| rounded_byte(encoded(value.clamp(0.0, 1.0)) * 255.0)));
            }
            chroma = (chroma - 0.005).max(0.0);
        }
    }

    fn linear(self) -> [f64; 3] {
        let (a, b) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }
}

// IEC 61966-2-1.
fn linear(byte: u8) -> f64 {
    let value = f64::from(byte) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn encoded(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// The brightest grey on which letters of `ink` stand out by `ratio`; none where even black is too bright for them.
pub(crate) fn brightest_ground(ink: Rgb, ratio: f64) -> Option<u8> {
    (0..=255_u8).rev().find(|luma| {
        let ground = Rgb::grey(*luma);
        ground.luminance() < ink.luminance() && ink.contrast(ground) >= ratio
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklch_goes_there_and_back() {
        for rgb in [[255, 90, 31], [12, 40, 200], [128, 128, 128], [0, 0, 0], [255, 255, 255]].map(Rgb) {
            let back = rgb.lch().rgb();
            assert!(rgb.0.iter().zip(back.0).all(|(a, b)| a.abs_diff(b) <= 1), "{rgb:?} {back:?}");
        }
    }

    #[test]
    fn white_letters_need_a_ground_of_119_at_most() {
        assert_eq!(brightest_ground(Rgb::WHITE, 4.5), Some(118));
        assert_eq!(brightest_ground(Rgb::BLACK, 4.5), None);
    }

    #[test]
    fn a_colour_is_moved_until_it_can_be_read_and_not_at_all_where_it_can() {
        let yellow = Rgb([250, 220, 40]);
        assert_eq!(yellow.readable_on(Rgb::BLACK, 4.5), yellow);
        assert!(yellow.readable_on(Rgb::WHITE, 4.5).contrast(Rgb::WHITE) >= 4.5);
    }
}
