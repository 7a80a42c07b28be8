//! Scaling of 8-bit texels by convolution, with SIMD where the processor has it.
//!
//! `fast_image_resize` is generic over texels and compiles hundreds of variants for each, in the crate that calls it. They
//! are compiled here once: nothing in the interface is generic.

use fast_image_resize as resize;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels;

/// How texels are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// A triangle; where pictures shrink, wide enough to average all texels.
    Bilinear,
    /// Three lobes; sharp, may overshoot.
    Lanczos3,
}

/// Bytes of a picture with tight rows: one, two or four bytes a texel, and how many texels it is wide and high.
#[derive(Debug)]
pub struct Texels<B> {
    /// The bytes; as many as texels and bytes a texel say.
    pub bytes: B,
    /// Bytes of one texel: 1, 2 or 4.
    pub texel_bytes: u8,
    /// Width and height in texels.
    pub size: (u32, u32),
}

/// A part of a picture in texels: left, top, width and height. It lies inside the picture.
pub type Part = (f64, f64, f64, f64);

/// Why nothing was scaled: a picture without texels, too few bytes, or a part that is not inside.
#[derive(Debug)]
pub struct ResampleError(String);

impl std::fmt::Display for ResampleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ResampleError {}

/// Scales, and keeps its buffers from one picture to the next.
#[derive(Debug, Default)]
pub struct Resampler {
    resizer: resize::Resizer,
    /// One channel of texels of two bytes, before and after.
    channel: (Vec<u8>, Vec<u8>),
}

impl Resampler {
    /// Fills `to` with `part` of `from`; each channel alone, alpha like any other.
    ///
    /// # Errors
    /// [`ResampleError`] where the sizes do not fit.
    pub fn scale(
        &mut self,
        from: &Texels<&[u8]>,
        part: Part,
        kernel: Kernel,
        to: &mut Texels<&mut [u8]>,
    ) -> Result<(), ResampleError> {
        match (from.texel_bytes, to.texel_bytes) {
            (1, 1) => self.scale_typed::<pixels::U8>(from, part, kernel, to),
            (2, 2) => self.scale_pairs(from, part, kernel, to),
            (4, 4) => self.scale_typed::<pixels::U8x4>(from, part, kernel, to),
            (from, to) => Err(ResampleError(format!("texels of {from} bytes do not become texels of {to}"))),
        }
    }

    /// One channel after the other: a type of two bytes would take as long to compile as another of these crates.
    fn scale_pairs(
        &mut self,
        from: &Texels<&[u8]>,
        part: Part,
        kernel: Kernel,
        to: &mut Texels<&mut [u8]>,
    ) -> Result<(), ResampleError> {
        let (mut source, mut scaled) = std::mem::take(&mut self.channel);
        scaled.resize(to.bytes.len() / 2, 0);
        for channel in 0..2 {
            source.clear();
            source.extend(from.bytes.as_chunks::<2>().0.iter().map(|pair| pair[channel]));
            let one = Texels { bytes: &source[..], texel_bytes: 1, size: from.size };
            let mut into = Texels { bytes: &mut scaled[..], texel_bytes: 1, size: to.size };
            self.scale_typed::<pixels::U8>(&one, part, kernel, &mut into)?;
            let pairs = to.bytes.as_chunks_mut::<2>().0;
            pairs.iter_mut().zip(&scaled).for_each(|(pair, value)| pair[channel] = *value);
        }
        self.channel = (source, scaled);
        Ok(())
    }

    fn scale_typed<P: resize::PixelTrait>(
        &mut self,
        from: &Texels<&[u8]>,
        (left, top, width, height): Part,
        kernel: Kernel,
        to: &mut Texels<&mut [u8]>,
    ) -> Result<(), ResampleError> {
        let filter = match kernel {
            Kernel::Bilinear => resize::FilterType::Bilinear,
            Kernel::Lanczos3 => resize::FilterType::Lanczos3,
        };
        let options = resize::ResizeOptions::new()
            .resize_alg(resize::ResizeAlg::Convolution(filter))
            .use_alpha(false)
            .crop(left, top, width, height);
        let from = TypedImageRef::<P>::from_buffer(from.size.0, from.size.1, from.bytes);
        let from = from.map_err(|error| ResampleError(error.to_string()))?;
        let to = TypedImage::<P>::from_buffer(to.size.0, to.size.1, to.bytes);
        let mut to = to.map_err(|error| ResampleError(error.to_string()))?;
        let done = self.resizer.resize_typed(&from, &mut to, &options);
        done.map_err(|error| ResampleError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_averaged_alone_at_each_width_of_texels() {
        for texel_bytes in [1, 2, 4_u8] {
            let count = usize::from(texel_bytes);
            let from: Vec<u8> = (0..8 * 8 * count).map(|at| if at % count == 0 { 40 } else { 200 }).collect();
            let mut to = vec![0; 4 * 4 * count];
            let from = Texels { bytes: &from[..], texel_bytes, size: (8, 8) };
            let mut scaled = Texels { bytes: &mut to[..], texel_bytes, size: (4, 4) };
            let part = (0.0, 0.0, 8.0, 8.0);
            Resampler::default().scale(&from, part, Kernel::Bilinear, &mut scaled).unwrap();
            assert!(
                to.iter().enumerate().all(|(at, value)| *value == if at % count == 0 { 40 } else { 200 })
            );
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let bytes = [0; 12];
        let mut to = [0; 4];
        for (texel_bytes, size) in [(1, (4, 4)), (5, (1, 1)), (1, (0, 1))] {
            let from = Texels { bytes: &bytes[..], texel_bytes, size };
            let mut scaled = Texels { bytes: &mut to[..], texel_bytes, size: (2, 2) };
            let part = (0.0, 0.0, 4.0, 4.0);
            assert!(Resampler::default().scale(&from, part, Kernel::Lanczos3, &mut scaled).is_err());
        }
    }
}
