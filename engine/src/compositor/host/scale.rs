//! Scaling of opaque planes on the CPU, from a place between pixels: Ken Burns journeys and zooms.

use avs_resample::{Kernel, Resampler, Texels};
use avs_template::RectPx;

use super::linear::{LinearMap, STEP_MAX, Span};
use crate::color::CodedPicture;

/// A scaler that keeps its buffers.
#[derive(Debug, Default)]
pub(super) struct Scaler {
    map: LinearMap,
    between: Vec<u8>,
    /// For what is made so much smaller that texels would be left out.
    resampler: Resampler,
}

/// A plane with `N` bytes a texel: its bytes, and its size in texels.
type Plane<B> = (B, (u32, u32));

impl Scaler {
    /// Fills `to` with a part of `from`, in texels of luma: linear where it grows, averaged where it shrinks.
    pub(super) fn scale(&mut self, from: &CodedPicture, part: RectPx, to: &mut CodedPicture) {
        let part = inside(part, from.size());
        let half = |(width, height): (u32, u32)| (width / 2, height / 2);
        let (from_size, to_size) = (from.size(), to.size());
        self.plane::<1>((&from.luma, from_size), part, (&mut to.luma, to_size));
        // Chroma is sited left (H.264 E.2.1): sample i of a row lies at 2i + 0.5 of luma, and so do those of `to`.
        let shift = 0.25 * (1.0 - part.width / f64::from(to.width_px));
        let RectPx { x, y, width, height } = part;
        let part = RectPx { x: x / 2.0 + shift, y: y / 2.0, width: width / 2.0, height: height / 2.0 };
        self.plane::<2>((&from.chroma, half(from_size)), part, (&mut to.chroma, half(to_size)));
    }

    fn plane<const N: usize>(&mut self, from: Plane<&[u8]>, part: RectPx, to: Plane<&mut [u8]>) {
        let ((_, from_size), (_, to_size)) = (&from, &to);
        let span = |start: f64, length: f64, count: u32, limit: u32| Span {
            start,
            length,
            count: count as usize,
            limit: limit as usize,
        };
        let across = span(part.x, part.width, to_size.0, from_size.0);
        let down = span(part.y, part.height, to_size.1, from_size.1);
        // A group of the linear map reads 16 bytes.
        if across.step().max(down.step()) > STEP_MAX || across.limit * N < 16 {
            return self.averaged::<N>(from, part, to);
        }
        self.map.make::<N>(across);
        let ((from, _), (to, _)) = (from, to);
        for (row, to) in to.chunks_exact_mut(across.count * N).enumerate() {
            self.map.make_row((from, across.limit * N), down.place(row), &mut self.between, to);
        }
    }

    fn averaged<const N: usize>(
        &mut self,
        (from, from_size): Plane<&[u8]>,
        part: RectPx,
        (to, to_size): Plane<&mut [u8]>,
    ) {
        let RectPx { x, y, width, height } = inside(part, from_size);
        let texel_bytes = if N == 1 { 1 } else { 2 };
        let from = Texels { bytes: from, texel_bytes, size: from_size };
        let mut to = Texels { bytes: to, texel_bytes, size: to_size };
        let done = self.resampler.scale(&from, (x, y, width, height), Kernel::Bilinear, &mut to);
        debug_assert!(done.is_ok(), "{done:?}: the part is inside, and both have bytes");
    }
}

/// Moves a part that leaves a picture by a rounding error, or by a fraction of a texel, back into it.
fn inside(part: RectPx, (width, height): (u32, u32)) -> RectPx {
    let side = |at: f64, length: f64, limit: u32| {
        let limit = f64::from(limit);
        let length = length.min(limit);
        (at.clamp(0.0, limit - length), length)
    };
    let ((x, width), (y, height)) = (side(part.x, part.width, width), side(part.y, part.height, height));
    RectPx { x, y, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Luma grows by 3 a column, Cb by 6 a chroma column: both are 3 a luma column where they are sited.
    fn ramp() -> CodedPicture {
        let mut picture = CodedPicture::new((64, 8));
        for (index, luma) in picture.luma.iter_mut().enumerate() {
            *luma = u8::try_from(index % 64 * 3 + 20).unwrap();
        }
        for (index, pair) in picture.chroma.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            pair[0] = u8::try_from(index % 32 * 6 + 20).unwrap();
        }
        picture
    }

    #[test]
    fn luma_and_chroma_are_scaled_about_the_same_place() {
        let mut scaled = CodedPicture::new((64, 8));
        let part = RectPx { x: 16.5, y: 2.0, width: 32.0, height: 4.0 };
        Scaler::default().scale(&ramp(), part, &mut scaled);
        for column in 0..32_u8 {
            // A chroma sample lies on the middle of an even column of luma.
            let luma = scaled.luma[4 * 64 + 2 * usize::from(column)];
            let chroma = scaled.chroma[2 * 64 + 2 * usize::from(column)];
            assert!(luma.abs_diff(chroma) <= 1, "{column}: {luma} {chroma}");
            let exact = (16.5 + (2.0 * f64::from(column) + 0.5) / 2.0 - 0.5) * 3.0 + 20.0;
            assert!((f64::from(luma) - exact).abs() <= 1.0, "{column}: {luma} {exact}");
        }
    }

    #[test]
    fn what_is_made_much_smaller_is_averaged() {
        let mut stripes = CodedPicture::new((64, 64));
        stripes
            .luma
            .iter_mut()
            .enumerate()
            .for_each(|(index, luma)| *luma = if index % 2 == 0 { 0 } else { 200 });
        let mut scaled = CodedPicture::new((16, 16));
        let whole = RectPx { x: 0.0, y: 0.0, width: 64.0, height: 64.0 };
        Scaler::default().scale(&stripes, whole, &mut scaled);
        assert!(scaled.luma.iter().all(|luma| luma.abs_diff(100) <= 8), "{:?}", &scaled.luma[..16]);
    }

    #[test]
    fn a_part_that_leaves_the_picture_by_a_rounding_error_is_scaled() {
        let mut scaled = CodedPicture::new((32, 4));
        let part = RectPx { x: -1e-9, y: 1e-9, width: 64.0 + 1e-9, height: 8.0 };
        Scaler::default().scale(&ramp(), part, &mut scaled);
        assert!(scaled.luma[0] < scaled.luma[31]);
    }
}
