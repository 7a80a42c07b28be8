//! How wide words are, in ems: measured for the letters of Inter Bold, estimated by class for all others.

/// Advances of U+0020 to U+007E in thousandths of an em, from the `hmtx` table of Inter Bold.
const ADVANCES: [u16; 95] = [
    232, 325, 392, 650, 655, 859, 674, 209, 409, 409, 565, 680, 303, 469, 298, 390, 688, 489, 630, 659, 678,
    645, 660, 595, 661, 660, 298, 303, 680, 680, 680, 562, 1031, 748, 661, 752, 727, 613, 585, 761, 746, 281,
    570, 690, 567, 915, 735, 782, 648, 783, 656, 655, 668, 729, 748, 1036, 714, 724, 667, 409, 390, 409, 488,
    477, 497, 580, 635, 587, 635, 598, 386, 633, 624, 272, 272, 582, 272, 912, 622, 614, 632, 632, 409, 562,
    388, 622, 586, 850, 574, 586, 572, 409, 374, 409, 680,
];

/// Returns the advance of a sign in ems of Inter Bold.
pub(crate) fn advance_em(sign: char) -> f64 {
    let code = u32::from(sign);
    if let Some(advance) =
        usize::try_from(code).ok().and_then(|code| ADVANCES.get(code.checked_sub(32)?).copied())
    {
        return f64::from(advance) / 1000.0;
    }
    match code {
        // Marks that stand on the letter before them, joiners and the like.
        0x0300..=0x036f
        | 0x064b..=0x065f
        | 0x0591..=0x05c7
        | 0x200b..=0x200f
        | 0xfe00..=0xfe0f
        | 0x20d0..=0x20ff => 0.0,
        _ if is_wide(sign) => 1.0,
        0x0600..=0x06ff | 0x0750..=0x077f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => 0.62,
        0x0900..=0x0eff => 0.72,
        0x2010..=0x2015 => 0.75,
        0x2018..=0x201f | 0x2022 => 0.42,
        0x1f000..=0x1faff | 0x2600..=0x27bf => 1.25,
        _ if sign.is_whitespace() => 0.25,
        _ if sign.is_uppercase() => 0.76,
        _ => 0.66,
    }
}

/// True for signs of Chinese, Japanese and Korean that are as wide as they are high: lines break between them.
pub(crate) fn is_wide(sign: char) -> bool {
    matches!(u32::from(sign),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xa000..=0xa4cf
        | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd)
}

/// True for signs of scripts that run from the right.
pub(crate) fn runs_from_right(sign: char) -> bool {
    matches!(u32::from(sign), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff)
}
