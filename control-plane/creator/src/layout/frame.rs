//! The frame in reference pixels, its shape, and the part of it that nothing of a platform lies over.

/// A rectangle in reference pixels (short side of the frame: 1080).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Rect {
    pub(crate) fn right(&self) -> f64 {
        self.x + self.w
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    pub(crate) fn center_x(&self) -> f64 {
        self.x + self.w / 2.0
    }

    pub(crate) fn center_y(&self) -> f64 {
        self.y + self.h / 2.0
    }

    /// Larger by as much on each side.
    pub(crate) fn grown(&self, by_x: f64, by_y: f64) -> Self {
        Self { x: self.x - by_x, y: self.y - by_y, w: self.w + 2.0 * by_x, h: self.h + 2.0 * by_y }
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, w: self.right().max(other.right()) - x, h: self.bottom().max(other.bottom()) - y }
    }

    /// What both have; none where they do not meet.
    pub(crate) fn common(&self, other: &Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (w, h) = (self.right().min(other.right()) - x, self.bottom().min(other.bottom()) - y);
        (w > 0.0 && h > 0.0).then_some(Self { x, y, w, h })
    }
}

/// The four shapes that there are layouts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// 16:9.
    Wide,
    /// 9:16.
    Tall,
    /// 1:1.
    Square,
    /// 4:5.
    Feed,
}

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) w: f64,
    pub(crate) h: f64,
    pub(crate) shape: Shape,
    /// Output pixels per reference pixel.
    pub(crate) output_scale: f64,
}

/// A hundredth of the short side.
pub(crate) const U: f64 = 10.8;

impl Frame {
    /// The frame of an output of that many pixels.
    pub(crate) fn of_output(width_px: u32, height_px: u32) -> Self {
        let (width, height) = (f64::from(width_px), f64::from(height_px));
        let output_scale = width.min(height) / 1080.0;
        let shapes =
            [(Shape::Wide, 16.0 / 9.0), (Shape::Tall, 9.0 / 16.0), (Shape::Square, 1.0), (Shape::Feed, 0.8)];
        let off = |ratio: f64| (width / height / ratio).ln().abs();
        let nearest = shapes.into_iter().min_by(|a, b| off(a.1).total_cmp(&off(b.1)));
        let shape = nearest.map_or(Shape::Wide, |(shape, _)| shape);
        Self { w: width / output_scale, h: height / output_scale, shape, output_scale }
    }

    pub(crate) fn whole(&self) -> Rect {
        Rect { x: 0.0, y: 0.0, w: self.w, h: self.h }
    }

    /// A rectangle given in hundredths of the frame.
    pub(crate) fn rect(&self, x: f64, y: f64, w: f64, h: f64) -> Rect {
        let (sx, sy) = (self.w / 100.0, self.h / 100.0);
        Rect { x: x * sx, y: y * sy, w: w * sx, h: h * sy }
    }

    /// Where words may stand: what neither buttons nor captions of a platform lie over.
    pub(crate) fn safe(&self) -> Rect {
        match self.shape {
            Shape::Wide => self.rect(6.0, 6.0, 88.0, 82.0),
            Shape::Tall => self.rect(6.0, 15.0, 80.0, 60.0),
            Shape::Square => self.rect(6.0, 6.0, 88.0, 88.0),
            Shape::Feed => self.rect(6.0, 5.0, 88.0, 90.0),
        }
    }

    /// Where a price, a call to action or an address may stand.
    pub(crate) fn strict(&self) -> Rect {
        match self.shape {
            Shape::Tall => self.rect(6.0, 15.0, 80.0, 50.0),
            Shape::Wide | Shape::Square | Shape::Feed => self.safe(),
        }
    }
}
