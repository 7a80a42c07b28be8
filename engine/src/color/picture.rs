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
