//! A decoded picture in the layout everything downstream takes: NV12 with its colour coding.

use super::ColorCoding;

/// One 8-bit 4:2:0 picture of even size; rows are tightly packed.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedPicture {
    /// Width, even.
    pub width_px: u32,
    /// Height, even.
    pub height_px: u32,
    /// `width_px * height_px` bytes.
    pub luma: Vec<u8>,
    /// Cb and Cr interleaved, half as many bytes.
    pub chroma: Vec<u8>,
    /// What the bytes mean.
    pub coding: ColorCoding,
}

/// A picture with alpha: RGBA8, premultiplied, gamma-coded BT.709; rows are tightly packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RgbaPicture {
    /// Width.
    pub width_px: u32,
    /// Height.
    pub height_px: u32,
    /// `4 * width_px * height_px` bytes.
    pub bytes: Vec<u8>,
}

/// What a decoder or a rasteriser delivers.
#[derive(Debug, Clone)]
pub enum Picture {
    /// Opaque, as a video codes it.
    Coded(std::sync::Arc<CodedPicture>),
    /// With alpha.
    Rgba(std::sync::Arc<RgbaPicture>),
}

impl Picture {
    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Coded(picture) => (picture.width_px, picture.height_px),
            Self::Rgba(picture) => (picture.width_px, picture.height_px),
        }
    }

    /// True where both are the very same picture.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Coded(a), Self::Coded(b)) => std::sync::Arc::ptr_eq(a, b),
            (Self::Rgba(a), Self::Rgba(b)) => std::sync::Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}
