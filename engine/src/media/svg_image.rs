//! SVG: rasterised by resvg at the size that is needed. Nothing outside the file is ever read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use avs_template::RectPx;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use super::error::MediaFault;
use super::video_reader::check_size;
use crate::color::RgbaPicture;
use crate::limits;

/// Bytes in which an SVG shows that it is one: a byte order mark, an XML declaration, comments.
const HEAD_BYTES: usize = 4096;

/// A drawing that can be rasterised at any size.
pub(super) struct SvgImage(usvg::Tree);

impl SvgImage {
    /// Reads a file; none where it is no SVG.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, MediaFault> {
        let length = std::fs::metadata(path).map_err(MediaFault::Unreadable)?.len();
        if length > limits::SVG_BYTES_MAX {
            return Ok(None);
        }
        let bytes = std::fs::read(path).map_err(MediaFault::Unreadable)?;
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES)]);
        let head = head.trim_start_matches('\u{feff}').trim_start();
        if !head.starts_with('<') || !head.contains("<svg") {
            return Ok(None);
        }
        let tree = unless_it_panics(|| usvg::Tree::from_data(&bytes, &options(&bytes)))?
            .map_err(MediaFault::DamagedSvg)?;
        let svg = Self(tree);
        let (width_px, height_px) = svg.size();
        check_size(width_px, height_px)?;
        Ok(Some(svg))
    }

    /// Its own size in whole pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        let size = self.0.size().to_int_size();
        (size.width(), size.height())
    }

    /// Draws `crop` (its own pixels) at `size`.
    pub(super) fn rasterised(&self, crop: RectPx, size: (u32, u32)) -> Result<RgbaPicture, MediaFault> {
        check_size(size.0, size.1)?;
        let Some(mut pixmap) = Pixmap::new(size.0, size.1) else {
            return Ok(RgbaPicture { width_px: 1, height_px: 1, bytes: vec![0; 4] });
        };
        let (scale_x, scale_y) = (f64::from(size.0) / crop.width, f64::from(size.1) / crop.height);
        #[expect(clippy::cast_possible_truncation, reason = "resvg works in 32-bit floats")]
        let [xx, yy, x0, y0] =
            [scale_x, scale_y, -crop.x * scale_x, -crop.y * scale_y].map(|value| value as f32);
        unless_it_panics(|| {
            resvg::render(&self.0, Transform::from_row(xx, 0.0, 0.0, yy, x0, y0), &mut pixmap.as_mut());
        })?;
        Ok(RgbaPicture { width_px: size.0, height_px: size.1, bytes: pixmap.take() })
    }
}

/// Runs a part of resvg. Its rasteriser takes some absurd coordinates for a fault of its own (found by fuzzing); for us
/// they are one of the file, and no reason to lose the job's process. What it left half drawn is dropped.
fn unless_it_panics<T>(run: impl FnOnce() -> T) -> Result<T, MediaFault> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_panic| MediaFault::UndrawableSvg)
}

/// Pictures inside a drawing come from `data:` URLs only; fonts are loaded where there is text.
fn options(bytes: &[u8]) -> usvg::Options<'static> {
    let mut options = usvg::Options::default();
    options.image_href_resolver.resolve_string = Box::new(|_, _| None);
    if bytes.windows(5).any(|window| window == b"<text") {
        Arc::make_mut(&mut options.fontdb).load_system_fonts();
    }
    options
}
