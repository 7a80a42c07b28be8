//! The quarter turn and the mirroring by which a file asks to be shown (ISO 14496-12, track header matrix).

use avs_template::RectPx;
use ffmpeg_next as ffmpeg;

/// From coded to upright pictures: mirrored left to right first, then turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation {
    turn: Turn,
    mirrored: bool,
}

/// Clockwise turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Upright,
    Clockwise90,
    Turned180,
    Clockwise270,
}

impl Orientation {
    /// Reads the display matrix of a stream; angles between quarter turns are taken as the nearest one.
    pub(crate) fn of_stream(stream: &ffmpeg::Stream<'_>) -> Self {
        let matrix = stream
            .side_data()
            .find(|data| data.kind() == ffmpeg::codec::packet::side_data::Type::DisplayMatrix);
        let upright = Self { turn: Turn::Upright, mirrored: false };
        let Some(matrix) = matrix else { return upright };
        let entry = |index: usize| {
            let bytes = matrix.data().get(index * 4..index * 4 + 4)?;
            Some(f64::from(i32::from_ne_bytes(bytes.try_into().ok()?)))
        };
        // x' = a x + c y, y' = b x + d y; u and v lie between them in the matrix.
        match (entry(0), entry(1), entry(3), entry(4)) {
            (Some(a), Some(b), Some(c), Some(d)) => Self::of_matrix(a, b, c, d),
            _ => upright,
        }
    }

    /// A negative determinant mirrors: what is left when left and right are exchanged first is a turn.
    fn of_matrix(a: f64, b: f64, c: f64, d: f64) -> Self {
        let mirrored = a * d - b * c < 0.0;
        let (a, b) = if mirrored { (-a, -b) } else { (a, b) };
        Self { turn: Turn::from_degrees(b.atan2(a).to_degrees()), mirrored }
    }

    /// True where pictures are shown as they are coded.
    pub(crate) fn is_upright(self) -> bool {
        self.turn == Turn::Upright && !self.mirrored
    }

    /// Swaps width and height where the picture lies on its side.
    pub(crate) fn turned<T>(self, (width, height): (T, T)) -> (T, T) {
        match self.turn {
            Turn::Upright | Turn::Turned180 => (width, height),
            Turn::Clockwise90 | Turn::Clockwise270 => (height, width),
        }
    }

    /// Where a rectangle of the upright picture lies in the coded one, whose size is `coded`.
    pub(crate) fn coded_rect(self, upright: RectPx, coded: (f64, f64)) -> RectPx {
        let RectPx { x, y, width, height } = upright;
        let rect = match self.turn {
            Turn::Upright => upright,
            Turn::Turned180 => RectPx { x: coded.0 - x - width, y: coded.1 - y - height, width, height },
            Turn::Clockwise90 => RectPx { x: y, y: coded.1 - x - width, width: height, height: width },
            Turn::Clockwise270 => RectPx { x: coded.0 - y - height, y: x, width: height, height: width },
        };
        if self.mirrored { RectPx { x: coded.0 - rect.x - rect.width, ..rect } } else { rect }
    }

    /// Turns a plane of `N`-byte texels; `size` is that of `coded`.
    pub(crate) fn upright_plane<const N: usize>(self, coded: Vec<u8>, size: (usize, usize)) -> Vec<u8> {
        if self.is_upright() {
            return coded;
        }
        let (texels, _) = coded.as_chunks::<N>();
        let (coded_width, coded_height) = size;
        let (width, height) = self.turned(size);
        let mut upright = Vec::with_capacity(coded.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match self.turn {
                    Turn::Upright => (x, y),
                    Turn::Turned180 => (coded_width - 1 - x, coded_height - 1 - y),
                    Turn::Clockwise90 => (y, coded_height - 1 - x),
                    Turn::Clockwise270 => (coded_width - 1 - y, x),
                };
                let from_x = if self.mirrored { coded_width - 1 - from_x } else { from_x };
                upright.extend_from_slice(&texels[from_y * coded_width + from_x]);
            }
        }
        upright
    }
}

impl Turn {
    fn from_degrees(clockwise: f64) -> Self {
        let turned = clockwise.rem_euclid(360.0);
        if (45.0..135.0).contains(&turned) {
            Self::Clockwise90
        } else if (135.0..225.0).contains(&turned) {
            Self::Turned180
        } else if (225.0..315.0).contains(&turned) {
            Self::Clockwise270
        } else {
            Self::Upright
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn turned(turn: Turn) -> Orientation {
        Orientation { turn, mirrored: false }
    }

    #[test]
    fn a_matrix_that_mirrors_is_not_taken_for_a_turn() {
        let left_right = Orientation::of_matrix(-1.0, 0.0, 0.0, 1.0);
        assert_eq!(left_right.upright_plane::<1>(vec![1, 2, 3, 4], (2, 2)), [2, 1, 4, 3]);
        let top_bottom = Orientation::of_matrix(1.0, 0.0, 0.0, -1.0);
        assert_eq!(top_bottom.upright_plane::<1>(vec![1, 2, 3, 4], (2, 2)), [3, 4, 1, 2]);
        let transposed = Orientation::of_matrix(0.0, 1.0, 1.0, 0.0);
        assert_eq!(transposed.upright_plane::<1>(vec![1, 2, 3, 4], (2, 2)), [1, 3, 2, 4]);
        let rect = RectPx { x: 1.0, y: 2.0, width: 3.0, height: 4.0 };
        assert_eq!(left_right.coded_rect(rect, (10.0, 10.0)).x, 6.0);
    }

    #[test]
    fn a_quarter_turn_clockwise_moves_the_bottom_left_to_the_top_left() {
        let upright = turned(Turn::Clockwise90).upright_plane::<1>(vec![1, 2, 3, 4, 5, 6], (3, 2));
        assert_eq!(upright, [4, 1, 5, 2, 6, 3]);
    }

    #[test]
    fn turning_four_times_is_no_turn_for_rectangles_and_planes() {
        let coded = (640.0, 360.0);
        let rect = RectPx { x: 10.0, y: 20.0, width: 30.0, height: 40.0 };
        let there = turned(Turn::Clockwise90).coded_rect(rect, coded);
        let back = turned(Turn::Clockwise270).coded_rect(there, (360.0, 640.0));
        assert_eq!(back, rect);
        let plane = turned(Turn::Turned180).upright_plane::<2>(vec![1, 2, 3, 4], (2, 1));
        assert_eq!(plane, [3, 4, 1, 2]);
    }
}
