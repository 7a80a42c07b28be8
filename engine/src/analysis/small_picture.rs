//! A picture as small as it is looked at: 320 pixels on its long side, upright, in gamma-coded R'G'B'.

use crate::color::{Picture, reference::rgb_from_picture};

use super::grid::cell_of;
use super::oklab::{LabTexel, lab_from_rgb};
use super::rounding::byte_from;

/// Long side of what is looked at: half of that still tells soft from sharp, twice as much costs four times as much.
const LONG_SIDE_PX: u32 = 320;
/// Shortest side: a cell of the grid needs a pixel.
const SHORT_SIDE_PX: u32 = 16;

/// A picture that is looked at.
#[derive(Debug, Clone)]
pub(super) struct SmallPicture {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Gamma-coded, full range.
    pub(super) luma: Vec<u8>,
    /// Premultiplied.
    pub(super) rgb: Vec<[u8; 3]>,
    /// One a pixel; empty where everything is opaque.
    pub(super) alpha: Vec<u8>,
}

/// The even size at which a picture of this upright size is looked at.
pub(super) fn small_size((width, height): (u32, u32)) -> (u32, u32) {
    let long = width.max(height).max(1);
    let side = |side: u32| {
        let scaled = u64::from(side) * u64::from(LONG_SIDE_PX) / u64::from(long);
        u32::try_from(scaled).unwrap_or(LONG_SIDE_PX).clamp(SHORT_SIDE_PX, LONG_SIDE_PX).next_multiple_of(2)
    };
    (side(width), side(height))
}

impl SmallPicture {
    pub(super) fn new(picture: &Picture) -> Self {
        let (width, height) = picture.size();
        let (rgb, alpha): (Vec<[u8; 3]>, Vec<u8>) = match picture {
            Picture::Coded(coded) => (rgb_from_picture(coded).as_chunks::<3>().0.to_vec(), Vec::new()),
            Picture::Rgba(rgba) => {
                let (texels, _) = rgba.bytes.as_chunks::<4>();
                let alpha: Vec<u8> = texels.iter().map(|[_, _, _, a]| *a).collect();
                let is_opaque = alpha.iter().all(|a| *a == u8::MAX);
                let rgb = texels.iter().map(|[r, g, b, _]| [*r, *g, *b]).collect();
                (rgb, if is_opaque { Vec::new() } else { alpha })
            }
        };
        // BT.709-6, item 3.2.
        let luma_of = |[r, g, b]: [u8; 3]| {
            byte_from(0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b))
        };
        let luma = rgb.iter().map(|texel| luma_of(*texel)).collect();
        Self { width: width as usize, height: height as usize, luma, rgb, alpha }
    }

    /// Share of the pixels that are at least half see-through.
    pub(super) fn transparent_ratio(&self) -> f64 {
        let transparent = self.alpha.iter().filter(|alpha| **alpha < 128).count();
        transparent as f64 / self.luma.len().max(1) as f64
    }

    /// Every second texel of every second row that can be seen, with its cell of the grid; colours are as they would be
    /// opaque.
    pub(super) fn lab_texels(&self) -> Vec<LabTexel> {
        let mut texels = Vec::with_capacity(self.luma.len() / 4);
        for y in (0..self.height).step_by(2) {
            for x in (0..self.width).step_by(2) {
                let index = y * self.width + x;
                let alpha = self.alpha.get(index).copied().unwrap_or(u8::MAX);
                if alpha < 128 {
                    continue;
                }
                let straight =
                    self.rgb[index].map(|code| byte_from(f32::from(code) * 255.0 / f32::from(alpha)));
                let cell = cell_of((x, y), (self.width, self.height));
                texels.push(LabTexel { rgb: straight, lab: lab_from_rgb(straight), cell });
            }
        }
        texels
    }

    /// Means of luma over equal parts, row by row.
    pub(super) fn shrunk_luma(&self, (columns, rows): (usize, usize)) -> Vec<u8> {
        let mut means = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let (mut sum, mut count) = (0, 0);
                self.each_row_of_part((column, columns), (row, rows), |texels| {
                    sum += texels.iter().map(|luma| u32::from(*luma)).sum::<u32>();
                    count += u32::try_from(texels.len()).unwrap_or(1);
                });
                means.push(u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
            }
        }
        means
    }

    /// Luma of a part, row by row; every part has a pixel.
    pub(super) fn each_row_of_part(
        &self,
        (column, columns): (usize, usize),
        (row, rows): (usize, usize),
        mut each: impl FnMut(&[u8]),
    ) {
        let span = |index: usize, parts: usize, size: usize| {
            let start = (index * size / parts).min(size - 1);
            start..((index + 1) * size / parts).clamp(start + 1, size)
        };
        let across = span(column, columns, self.width);
        for y in span(row, rows, self.height) {
            each(&self.luma[y * self.width..][across.clone()]);
        }
    }
}
