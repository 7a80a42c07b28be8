//! Pixel rectangles on the even grid of a 4:2:0 picture; where a block goes is `avs-template`'s business.

use avs_template::RectPx;

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
