//! How a source codes its colours: luma coefficients and range.

/// Kr and Kb of a Y'CbCr matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LumaCoefficients {
    /// Weight of red in luma.
    pub kr: f64,
    /// Weight of blue in luma.
    pub kb: f64,
}

impl LumaCoefficients {
    /// BT.709-6, item 3.2.
    pub const BT709: Self = Self { kr: 0.2126, kb: 0.0722 };
    /// BT.601-7, item 2.5.1.
    pub const BT601: Self = Self { kr: 0.299, kb: 0.114 };
    /// BT.2020-2, table 4, non-constant luminance.
    pub const BT2020: Self = Self { kr: 0.2627, kb: 0.0593 };
}

/// Which code values stand for black and white (8 bit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorRange {
    /// Y' 16 to 235, Cb and Cr 16 to 240.
    Limited,
    /// 0 to 255 each.
    Full,
}

/// A source's Y'CbCr coding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColorCoding {
    /// The matrix.
    pub luma: LumaCoefficients,
    /// The range.
    pub range: ColorRange,
}

/// Tallest picture that is taken for standard definition where a file does not say: 576 lines (BT.601-7).
const SD_HEIGHT_MAX_PX: u32 = 576;

impl ColorCoding {
    /// The coding of every video we write.
    pub const OUTPUT: Self = Self { luma: LumaCoefficients::BT709, range: ColorRange::Limited };

    /// The coding to assume where the file does not name a matrix: BT.601 for standard definition, else BT.709.
    #[must_use]
    pub fn assumed_luma(height_px: u32) -> LumaCoefficients {
        if height_px <= SD_HEIGHT_MAX_PX { LumaCoefficients::BT601 } else { LumaCoefficients::BT709 }
    }
}
