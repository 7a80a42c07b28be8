//! Colours as a template writes them. Conversions into other spaces belong to the engine.

/// A gamma-coded BT.709 colour with straight alpha, as CSS hex notation means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EncodedSrgb {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Opacity; 255 is opaque.
    pub a: u8,
}

impl EncodedSrgb {
    /// Opaque black.
    pub const BLACK: Self = Self { r: 0, g: 0, b: 0, a: 255 };
    /// Opaque white.
    pub const WHITE: Self = Self { r: 255, g: 255, b: 255, a: 255 };

    /// Reads `#rgb`, `#rrggbb` or `#rrggbbaa`, in either case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?.as_bytes();
        let nibbles: Vec<u8> = digits.iter().map(|d| nibble_from_ascii(*d)).collect::<Option<_>>()?;
        match *nibbles {
            [r, g, b] => Some(Self { r: r * 17, g: g * 17, b: b * 17, a: 255 }),
            [r, r2, g, g2, b, b2] => Some(Self { r: r << 4 | r2, g: g << 4 | g2, b: b << 4 | b2, a: 255 }),
            [r, r2, g, g2, b, b2, a, a2] => {
                Some(Self { r: r << 4 | r2, g: g << 4 | g2, b: b << 4 | b2, a: a << 4 | a2 })
            }
            _ => None,
        }
    }
}

fn nibble_from_ascii(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_notations_are_read() {
        let blue = EncodedSrgb { r: 0x10, g: 0x18, b: 0x28, a: 255 };
        assert_eq!(EncodedSrgb::from_hex("#101828"), Some(blue));
        assert_eq!(EncodedSrgb::from_hex("#10182880"), Some(EncodedSrgb { a: 0x80, ..blue }));
        assert_eq!(EncodedSrgb::from_hex("#Fa0"), Some(EncodedSrgb { r: 255, g: 0xaa, b: 0, a: 255 }));
    }

    #[test]
    fn anything_else_is_no_colour() {
        for text in ["", "#", "fff", "#ff", "#ffff", "#fffff", "#ggg", "red", "#ééé", "# fff", "#fffffffff"]
        {
            assert_eq!(EncodedSrgb::from_hex(text), None, "{text}");
        }
    }
}
