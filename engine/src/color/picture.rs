//! A picture in the layout that decoders, the compositor and encoders share: NV12 with its colour coding.

use std::sync::Arc;

use super::{ColorCoding, planes_from_rgb};

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

/// Bytes that a plane has room for behind its last row: libraries that work on whole vectors write beyond a row's end.
const SLACK_BYTES: usize = 64;

impl CodedPicture {
    /// A black picture of an even size, coded like the output.
    #[must_use]
    pub fn new((width_px, height_px): (u32, u32)) -> Self {
        let plane = |bytes: usize, code: u8| {
            let mut plane = Vec::with_capacity(bytes + SLACK_BYTES);
            plane.resize(bytes, code);
            plane
        };
        let luma_bytes = width_px as usize * height_px as usize;
        // Black and no colour in limited range (BT.709-6, item 4.6).
        let (luma, chroma) = (plane(luma_bytes, 16), plane(luma_bytes / 2, 128));
        Self { width_px, height_px, luma, chroma, coding: ColorCoding::OUTPUT }
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.width_px, self.height_px)
    }
}

/// Pictures that are used again when nobody else holds them any more: a fresh one costs a page fault for every 4 KiB.
#[derive(Debug, Default)]
pub struct PicturePool {
    lent: Vec<Arc<CodedPicture>>,
}

impl PicturePool {
    /// Has `fill` write a picture of an even size, every byte of it, and lends it until the last clone is dropped.
    ///
    /// # Errors
    /// What `fill` says; the picture is used again then.
    pub fn lend<E>(
        &mut self,
        size: (u32, u32),
        fill: impl FnOnce(&mut CodedPicture) -> Result<(), E>,
    ) -> Result<Arc<CodedPicture>, E> {
        let is_free = |lent: &mut Arc<CodedPicture>| lent.size() == size && Arc::get_mut(lent).is_some();
        let index = match self.lent.iter_mut().position(is_free) {
            Some(index) => index,
            None => {
                self.lent.push(Arc::new(CodedPicture::new(size)));
                self.lent.len() - 1
            }
        };
        let lent = &mut self.lent[index];
        fill(Arc::get_mut(lent).expect("it was free, and the pool alone gives clones away"))?;
        Ok(Arc::clone(lent))
    }
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

impl RgbaPicture {
    /// The planes of an opaque picture of even size, coded like the output; chroma sited left (BT.709: at every other
    /// column, between two rows), from three columns weighted 1 2 1.
    #[must_use]
    pub fn to_coded(&self) -> CodedPicture {
        let (width, height) = (self.width_px as usize, self.height_px as usize);
        let [to_y, to_cb, to_cr] = planes_from_rgb(ColorCoding::OUTPUT).rows_f32();
        let code = |row: [f32; 4], [r, g, b]: [f32; 3]| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0.5..=255.5 by clamping"
            )]
            let code =
                (row[0] * r + row[1] * g + row[2] * b + row[3] * 255.0).clamp(0.0, 255.0).round() as u8;
            code
        };
        let (texels, _) = self.bytes.as_chunks::<4>();
        let rgb = |[r, g, b, _]: [u8; 4]| [r, g, b].map(f32::from);
        let luma = texels.iter().map(|texel| code(to_y, rgb(*texel))).collect();
        let mut chroma = Vec::with_capacity(width * height / 2);
        for rows in texels.chunks_exact(2 * width) {
            for column in (0..width).step_by(2) {
                let mut sum = [0.0; 3];
                for (at, weight) in [(column.saturating_sub(1), 1.0), (column, 2.0), (column + 1, 1.0)] {
                    for texel in [rows[at], rows[at + width]] {
                        sum.iter_mut().zip(rgb(texel)).for_each(|(sum, value)| *sum += weight / 8.0 * value);
                    }
                }
                chroma.extend([code(to_cb, sum), code(to_cr, sum)]);
            }
        }
        let Self { width_px, height_px, .. } = *self;
        CodedPicture { width_px, height_px, luma, chroma, coding: ColorCoding::OUTPUT }
    }
}

/// What a decoder or a rasteriser delivers.
#[derive(Debug, Clone)]
pub enum Picture {
    /// Opaque, as a video codes it.
    Coded(Arc<CodedPicture>),
    /// With alpha.
    Rgba(Arc<RgbaPicture>),
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
            (Self::Coded(a), Self::Coded(b)) => Arc::ptr_eq(a, b),
            (Self::Rgba(a), Self::Rgba(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_lends_a_picture_again_once_nobody_holds_it() {
        let mut pool = PicturePool::default();
        let mut lend = || pool.lend((4, 2), |_| Ok::<_, ()>(())).map(|lent| (Arc::as_ptr(&lent), lent));
        let (first, held) = lend().unwrap();
        let (second, _) = lend().unwrap();
        assert_ne!(first, second);
        assert_eq!(lend().unwrap().0, second);
        drop(held);
        assert_eq!(lend().unwrap().0, first);
    }

    #[test]
    fn an_opaque_picture_becomes_limited_bt709_with_chroma_at_the_left_of_each_pair() {
        let (red, blue) = ([255, 0, 0, 255], [0, 0, 255, 255]);
        let row = [red, red, blue, blue];
        let bytes = [row, row].concat().concat();
        let CodedPicture { luma, chroma, .. } = RgbaPicture { width_px: 4, height_px: 2, bytes }.to_coded();
        // BT.709 limited: red is (63, 102, 240), blue (32, 240, 118).
        assert_eq!(luma, [63, 63, 32, 32, 63, 63, 32, 32]);
        assert_eq!(chroma[..2], [102, 240]);
        // The second one lies on the first blue column, a quarter of it from the red one before.
        let mixed = [102.0 / 4.0 + 240.0 * 0.75, 240.0 / 4.0 + 118.0 * 0.75];
        assert!(
            (f64::from(chroma[2]) - mixed[0]).abs() <= 1.0 && (f64::from(chroma[3]) - mixed[1]).abs() <= 1.0
        );
    }
}
