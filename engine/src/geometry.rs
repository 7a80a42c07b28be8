//! Pixel rectangles on the even grid of a 4:2:0 picture, and where such a picture lies in memory; where a block goes is
//! `avs-template`'s business.

use avs_template::RectPx;

/// Where an NV12 picture lies in one block of memory: rows of one pitch, chroma right below luma. NVENC knows one address
/// and one pitch, and finds chroma at `pitch * height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nv12Layout {
    /// Width, even.
    pub width_px: u32,
    /// Height, even.
    pub height_px: u32,
    /// Bytes from one row to the next, in both planes; at least `width_px`.
    pub pitch_bytes: u32,
}

impl Nv12Layout {
    /// Rows that begin at multiples of `alignment_bytes`; `None` for a size that is odd or nothing.
    #[must_use]
    pub fn aligned((width_px, height_px): (u32, u32), alignment_bytes: u32) -> Option<Self> {
        let even = |side: u32| side > 0 && side.is_multiple_of(2);
        let pitch_bytes = width_px.checked_next_multiple_of(alignment_bytes)?;
        (even(width_px) && even(height_px)).then_some(Self { width_px, height_px, pitch_bytes })
    }

    /// Where the first row of chroma is.
    #[must_use]
    pub fn chroma_offset_bytes(self) -> u64 {
        u64::from(self.pitch_bytes) * u64::from(self.height_px)
    }

    /// Both planes.
    #[must_use]
    pub fn size_bytes(self) -> u64 {
        self.chroma_offset_bytes() * 3 / 2
    }
}

/// A rectangle inside the canvas with even bounds, so that luma and half-size chroma cover the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvenRect {
    /// Left edge, even.
    pub x: u32,
    /// Top edge, even.
    pub y: u32,
    /// Even and at least 2.
    pub width: u32,
    /// Even and at least 2.
    pub height: u32,
}

impl EvenRect {
    /// The smallest even rectangle around what of `rect` is inside the canvas; `None` where nothing is.
    #[must_use]
    pub fn covering(rect: RectPx, canvas: (u32, u32)) -> Option<Self> {
        let (x, width) = span(rect.x, rect.width, canvas.0, |from, to| (from.floor(), to.ceil()))?;
        let (y, height) = span(rect.y, rect.height, canvas.1, |from, to| (from.floor(), to.ceil()))?;
        Some(Self { x, y, width, height })
    }

    /// The even rectangle nearest to what of `rect` is inside the canvas; moves an edge by at most one pixel.
    #[must_use]
    pub fn nearest(rect: RectPx, canvas: (u32, u32)) -> Option<Self> {
        let even = |edge: f64| (edge / 2.0).round() * 2.0;
        let (x, width) = span(rect.x, rect.width, canvas.0, |from, to| (even(from), even(to)))?;
        let (y, height) = span(rect.y, rect.height, canvas.1, |from, to| (even(from), even(to)))?;
        Some(Self { x, y, width, height })
    }

    /// All of a canvas.
    #[must_use]
    pub fn whole((width, height): (u32, u32)) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// True where it is the whole canvas.
    #[must_use]
    pub fn covers(&self, canvas: (u32, u32)) -> bool {
        (self.x, self.y, self.width, self.height) == (0, 0, canvas.0, canvas.1)
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The same rectangle in fractional pixels.
    #[must_use]
    pub fn to_rect(self) -> RectPx {
        RectPx {
            x: f64::from(self.x),
            y: f64::from(self.y),
            width: f64::from(self.width),
            height: f64::from(self.height),
        }
    }
}

/// Even start and length of one axis, clipped to `0..limit` (even).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=limit first")]
fn span(start: f64, length: f64, limit: u32, round: impl Fn(f64, f64) -> (f64, f64)) -> Option<(u32, u32)> {
    if length <= 0.0 || start >= f64::from(limit) || start + length <= 0.0 {
        return None;
    }
    let (from, to) = round(start, start + length);
    let from = from.clamp(0.0, f64::from(limit)) as u32 / 2 * 2;
    let to = (to.clamp(0.0, f64::from(limit)) as u32).next_multiple_of(2).min(limit);
    (to > from).then_some((from, to - from))
}

/// The part of `source` that lands on `part` when the whole of `source` is stretched onto `whole`.
#[must_use]
pub fn source_part(source: RectPx, whole: RectPx, part: RectPx) -> RectPx {
    let (scale_x, scale_y) = (source.width / whole.width, source.height / whole.height);
    let left = ((part.x - whole.x) * scale_x).clamp(0.0, source.width);
    let top = ((part.y - whole.y) * scale_y).clamp(0.0, source.height);
    RectPx {
        x: source.x + left,
        y: source.y + top,
        width: (part.width * scale_x).min(source.width - left),
        height: (part.height * scale_y).min(source.height - top),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_in_memory_has_one_pitch_and_its_chroma_right_below() {
        for (size, pitch, chroma, bytes) in [
            ((1270, 718), 1280, 1280 * 718, 1280 * 718 * 3 / 2),
            ((1920, 1080), 2048, 2048 * 1080, 2048 * 1620),
            ((256, 2), 256, 512, 768),
            ((258, 2), 512, 1024, 1536),
        ] {
            let layout = Nv12Layout::aligned(size, 256).unwrap();
            assert_eq!(layout.pitch_bytes, pitch);
            assert_eq!((layout.chroma_offset_bytes(), layout.size_bytes()), (chroma, bytes));
        }
    }

    #[test]
    fn an_odd_or_empty_picture_has_no_layout() {
        for size in [(1271, 718), (1270, 719), (0, 2), (2, 0), (u32::MAX - 1, 2)] {
            assert_eq!(Nv12Layout::aligned(size, 256), None);
        }
    }

    fn rect(x: f64, y: f64, width: f64, height: f64) -> RectPx {
        RectPx { x, y, width, height }
    }

    #[test]
    fn an_odd_rectangle_is_covered_by_even_bounds() {
        let covering = EvenRect::covering(rect(3.2, 5.0, 4.1, 4.0), (100, 100));
        assert_eq!(covering, Some(EvenRect { x: 2, y: 4, width: 6, height: 6 }));
    }

    #[test]
    fn what_lies_outside_the_canvas_is_clipped_or_nothing() {
        let clipped = EvenRect::nearest(rect(-50.0, 90.0, 100.0, 100.0), (100, 100));
        assert_eq!(clipped, Some(EvenRect { x: 0, y: 90, width: 50, height: 10 }));
        assert_eq!(EvenRect::nearest(rect(100.0, 0.0, 10.0, 10.0), (100, 100)), None);
    }

    #[test]
    fn half_of_the_destination_shows_half_of_the_source() {
        let part = source_part(
            rect(10.0, 0.0, 200.0, 100.0),
            rect(0.0, 0.0, 100.0, 50.0),
            rect(50.0, 0.0, 50.0, 50.0),
        );
        assert_eq!(part, rect(110.0, 0.0, 100.0, 100.0));
    }
}
