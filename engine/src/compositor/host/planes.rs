//! A picture with alpha as planes for the CPU: made once, drawn in every frame. Twin of `plane/layer.wgsl`.

use std::ops::Range;

use super::blend::{Weight, over_row};
use crate::color::{CodedPicture, ColorCoding, RgbaPicture, planes_from_rgb};

/// Premultiplied BT.709 limited code values and their alpha, at the size of luma and at half of it. Both planes have
/// rows of `width_px` bytes.
#[derive(Debug)]
pub(in crate::compositor) struct LayerPlanes {
    width_px: usize,
    luma: Vec<u8>,
    luma_alpha: Vec<u8>,
    /// Cb and Cr interleaved.
    chroma: Vec<u8>,
    /// Each value twice, for Cb and for Cr.
    chroma_alpha: Vec<u8>,
    /// For each row of chroma, and the two of luma beside it, the bytes that are not transparent; even bounds.
    spans: Vec<Range<usize>>,
}

impl LayerPlanes {
    /// Converts a picture of even size.
    pub(in crate::compositor) fn of_picture(picture: &RgbaPicture) -> Self {
        let (width, height) = (picture.width_px as usize, picture.height_px as usize);
        let (texels, _) = picture.bytes.as_chunks::<4>();
        let [to_y, to_cb, to_cr] = planes_from_rgb(ColorCoding::OUTPUT).rows_f32();
        let luma = texels.iter().map(|texel| code(to_y, texel.map(f32::from))).collect();
        let luma_alpha = texels.iter().map(|[_, _, _, alpha]| *alpha).collect();
        let mut chroma = Vec::with_capacity(width * height / 2);
        let mut chroma_alpha = Vec::with_capacity(width * height / 2);
        let mut spans = Vec::with_capacity(height / 2);
        for rows in texels.chunks_exact(2 * width) {
            spans.push(span_of(rows, width));
            for x in (0..width).step_by(2) {
                let four = [rows[x], rows[x + 1], rows[x + width], rows[x + width + 1]];
                // The box average is exact for 4:2:0 blending (ARCHITECTURE.md, invariant 1).
                let mean: [f32; 4] = std::array::from_fn(|at| {
                    four.iter().map(|texel| f32::from(texel[at])).sum::<f32>() / 4.0
                });
                chroma.extend([code(to_cb, mean), code(to_cr, mean)]);
                chroma_alpha.extend([rounded(mean[3]); 2]);
            }
        }
        Self { width_px: width, luma, luma_alpha, chroma, chroma_alpha, spans }
    }

    /// Draws it with its corner at an even place of the frame, inside of it.
    pub(super) fn over(&self, frame: &mut CodedPicture, (x, y): (u32, u32), weight: Weight) {
        let (stride, width) = (frame.width_px as usize, self.width_px);
        let (x, y) = (x as usize, y as usize);
        for (pair, span) in self.spans.iter().enumerate() {
            let row = |to: &mut [u8], row: usize, (from, alpha): (&[u8], &[u8])| {
                let to = &mut to[x + span.start..x + span.end];
                let part = row * width + span.start..row * width + span.end;
                over_row(to, &from[part.clone()], &alpha[part], weight);
            };
            for line in [2 * pair, 2 * pair + 1] {
                row(&mut frame.luma[(y + line) * stride..], line, (&self.luma, &self.luma_alpha));
            }
            row(&mut frame.chroma[(y / 2 + pair) * stride..], pair, (&self.chroma, &self.chroma_alpha));
        }
    }
}

/// One premultiplied code value of a premultiplied colour of 0..=255; the offset is scaled by alpha.
fn code(row: [f32; 4], [r, g, b, a]: [f32; 4]) -> u8 {
    rounded(row[0] * r + row[1] * g + row[2] * b + row[3] * a)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 first")]
fn rounded(value: f32) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}

/// From the first to the last column of two rows that is not transparent.
fn span_of(rows: &[[u8; 4]], width: usize) -> Range<usize> {
    let shows = |x: &usize| rows[*x][3] > 0 || rows[*x + width][3] > 0;
    let Some(first) = (0..width).find(shows) else { return 0..0 };
    let last = (0..width).rfind(shows).unwrap_or(first);
    first & !1..(last + 1).next_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::reference::blended_planes;

    #[test]
    fn a_translucent_colour_is_drawn_as_the_formula_has_it() {
        let (width_px, height_px) = (8, 4);
        // Premultiplied: orange at a half; a transparent column left and right.
        let texel = |x: u32| if (1..7).contains(&x) { [120, 70, 10, 128] } else { [0; 4] };
        let bytes = (0..height_px).flat_map(|_| (0..width_px).flat_map(texel)).collect();
        let planes = LayerPlanes::of_picture(&RgbaPicture { width_px, height_px, bytes });
        assert!(planes.spans.iter().all(|span| *span == (0..8)));
        let mut frame = CodedPicture::new((16, 8));
        frame.luma.fill(180);
        frame.chroma.fill(90);
        planes.over(&mut frame, (4, 2), Weight::from_opacity(0.5));
        let below = [180.0, 90.0, 90.0].map(|code| code / 255.0);
        let [y, cb, cr] = blended_planes(below, [120.0, 70.0, 10.0, 128.0].map(|v| v / 255.0), 0.5);
        let (at, near) = (3 * 16 + 8, |code: u8, exact: f64| (f64::from(code) - exact * 255.0).abs() <= 1.5);
        assert!(near(frame.luma[at], y), "{} {}", frame.luma[at], y * 255.0);
        let at = 16 + 8;
        assert!(near(frame.chroma[at], cb) && near(frame.chroma[at + 1], cr));
        // Beside the layer, and where it is transparent, nothing changes.
        assert_eq!((frame.luma[2 * 16 + 4], frame.luma[2 * 16 + 12], frame.luma[0]), (180, 180, 180));
    }

    #[test]
    fn a_picture_that_is_all_transparent_has_nothing_to_draw() {
        let empty = RgbaPicture { width_px: 4, height_px: 2, bytes: vec![0; 32] };
        assert!(LayerPlanes::of_picture(&empty).spans.iter().all(Range::is_empty));
    }
}
