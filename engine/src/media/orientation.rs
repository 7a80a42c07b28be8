//! The quarter turn by which a file asks to be shown (ISO 14496-12, track header matrix).

use avs_template::RectPx;
use ffmpeg_next as ffmpeg;

/// Clockwise turn from coded to upright pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orientation {
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
        let Some(matrix) = matrix else { return Self::Upright };
        let entry = |index: usize| {
            let bytes = matrix.data().get(index * 4..index * 4 + 4)?;
            Some(f64::from(i32::from_ne_bytes(bytes.try_into().ok()?)))
        };
        match (entry(0), entry(1)) {
            (Some(a), Some(b)) => Self::from_degrees(b.atan2(a).to_degrees()),
            _ => Self::Upright,
        }
    }

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

    /// Swaps width and height where the picture lies on its side.
    pub(crate) fn turned<T>(self, (width, height): (T, T)) -> (T, T) {
        match self {
            Self::Upright | Self::Turned180 => (width, height),
            Self::Clockwise90 | Self::Clockwise270 => (height, width),
        }
    }

    /// Where a rectangle of the upright picture lies in the coded one, whose size is `coded`.
    pub(crate) fn coded_rect(self, upright: RectPx, coded: (f64, f64)) -> RectPx {
        let RectPx { x, y, width, height } = upright;
        match self {
            Self::Upright => upright,
            Self::Turned180 => RectPx { x: coded.0 - x - width, y: coded.1 - y - height, width, height },
            Self::Clockwise90 => RectPx { x: y, y: coded.1 - x - width, width: height, height: width },
            Self::Clockwise270 => RectPx { x: coded.0 - y - height, y: x, width: height, height: width },
        }
    }

    /// Turns a plane of `N`-byte texels; `size` is that of `coded`.
    pub(crate) fn upright_plane<const N: usize>(self, coded: Vec<u8>, size: (usize, usize)) -> Vec<u8> {
        if self == Self::Upright {
            return coded;
        }
        let (texels, _) = coded.as_chunks::<N>();
        let (coded_width, coded_height) = size;
        let (width, height) = self.turned(size);
        let mut upright = Vec::with_capacity(coded.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match self {
                    Self::Upright => (x, y),
                    Self::Turned180 => (coded_width - 1 - x, coded_height - 1 - y),
                    Self::Clockwise90 => (y, coded_height - 1 - x),
                    Self::Clockwise270 => (coded_width - 1 - y, x),
                };
                upright.extend_from_slice(&texels[from_y * coded_width + from_x]);
            }
        }
        upright
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_clockwise_moves_the_bottom_left_to_the_top_left() {
        let upright = Orientation::Clockwise90.upright_plane::<1>(vec![1, 2, 3, 4, 5, 6], (3, 2));
        assert_eq!(upright, [4, 1, 5, 2, 6, 3]);
    }

    #[test]
    fn turning_four_times_is_no_turn_for_rectangles_and_planes() {
        let coded = (640.0, 360.0);
        let rect = RectPx { x: 10.0, y: 20.0, width: 30.0, height: 40.0 };
        let there = Orientation::Clockwise90.coded_rect(rect, coded);
        let back = Orientation::Clockwise270.coded_rect(there, (360.0, 640.0));
        assert_eq!(back, rect);
        let plane = Orientation::Turned180.upright_plane::<2>(vec![1, 2, 3, 4], (2, 1));
        assert_eq!(plane, [3, 4, 1, 2]);
    }
}
