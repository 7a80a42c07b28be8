//! The boxes that words may stand in over a picture, by shape of frame; the first is the one to take where all are as good.

use super::frame::{Frame, Rect, Shape};
use super::stack::{Side, Stand, Zone};

/// What a layout asks of its boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Large words at an edge of the frame, or beside what matters.
    Edges,
    /// Large words in the middle.
    Middle,
    /// A few words low at the left.
    Low,
    /// Running words low in the middle.
    Running,
    /// Top first: what comes before what is seen.
    Top,
    /// Nothing of a platform may ever lie over it.
    Strict,
}

/// Returns the boxes of a place, best first.
pub(crate) fn zones(frame: &Frame, place: Place) -> Vec<Zone> {
    let left = |rect, stand| Zone { rect, side: Side::Left, stand };
    let center = |rect, stand| Zone { rect, side: Side::Center, stand };
    let wide = frame.shape == Shape::Wide;
    let low = low_rect(frame);
    let high = high_rect(frame);
    let mut zones = match place {
        Place::Edges => vec![left(low, Stand::Bottom), left(high, Stand::Top)],
        Place::Top => vec![left(high, Stand::Top), left(low, Stand::Bottom)],
        Place::Middle => {
            // Or below, or above: not over a face.
            let (middle, safe) = (middle_rect(frame), frame.safe());
            let lower = Rect { y: frame.h * 0.5, h: safe.bottom() - frame.h * 0.52, ..middle };
            let upper = Rect { y: safe.y + frame.h * 0.02, h: frame.h * 0.48 - safe.y, ..middle };
            vec![center(middle, Stand::Middle), center(lower, Stand::Bottom), center(upper, Stand::Top)]
        }
        Place::Low => vec![left(low, Stand::Bottom)],
        Place::Running => {
            let (x, w) = (50.0 - running_width(frame) / 2.0, running_width(frame));
            let (low_y, high_y, h) = match frame.shape {
                Shape::Wide => (66.0, 8.0, 22.0),
                Shape::Tall => (54.0, 17.0, 20.0),
                Shape::Square | Shape::Feed => (68.0, 7.0, 24.0),
            };
            vec![
                center(frame.rect(x, low_y, w, h), Stand::Bottom),
                center(frame.rect(x, high_y, w, h), Stand::Top),
            ]
        }
        Place::Strict => {
            let strict = match frame.shape {
                Shape::Tall => frame.rect(8.0, 38.0, 76.0, 26.0),
                Shape::Wide | Shape::Square | Shape::Feed => low,
            };
            vec![left(strict, Stand::Bottom), left(high, Stand::Top)]
        }
    };
    if wide && matches!(place, Place::Edges | Place::Top | Place::Strict) {
        zones.extend([
            left(frame.rect(6.0, 22.0, 44.0, 54.0), Stand::Middle),
            left(frame.rect(54.0, 50.0, 40.0, 37.0), Stand::Bottom),
            left(frame.rect(54.0, 22.0, 40.0, 54.0), Stand::Middle),
            left(frame.rect(54.0, 8.0, 40.0, 37.0), Stand::Top),
        ]);
    }
    zones
}

/// The box of words on a card: nothing else is there.
pub(crate) fn card_zone(frame: &Frame, side: Side) -> Zone {
    let rect = match (frame.shape, side) {
        (Shape::Wide, Side::Center) => frame.rect(14.0, 14.0, 72.0, 70.0),
        (Shape::Wide, _) => frame.rect(10.0, 14.0, 72.0, 70.0),
        (Shape::Tall, Side::Center) => frame.rect(14.0, 18.0, 72.0, 47.0),
        (Shape::Tall, _) => frame.rect(9.0, 18.0, 76.0, 47.0),
        (Shape::Square, Side::Center) => frame.rect(10.0, 10.0, 80.0, 78.0),
        (Shape::Square, _) => frame.rect(9.0, 10.0, 80.0, 78.0),
        (Shape::Feed, Side::Center) => frame.rect(10.0, 10.0, 80.0, 78.0),
        (Shape::Feed, _) => frame.rect(9.0, 10.0, 80.0, 78.0),
    };
    Zone { rect, side, stand: Stand::Middle }
}

/// A picture on one side and words on the other: the picture's box, and that of the words.
pub(crate) fn beside(frame: &Frame) -> (Rect, Zone) {
    let (picture, words, stand) = match frame.shape {
        Shape::Wide => ((50.0, 0.0, 50.0, 100.0), (6.0, 14.0, 38.0, 72.0), Stand::Middle),
        // The buttons of platforms lie over the lower end of the picture, not over ground that is left empty for them.
        Shape::Tall => ((0.0, 39.0, 100.0, 61.0), (8.0, 15.5, 76.0, 20.5), Stand::Bottom),
        Shape::Square => ((0.0, 0.0, 100.0, 52.0), (7.0, 58.0, 82.0, 35.0), Stand::Top),
        Shape::Feed => ((0.0, 0.0, 100.0, 54.0), (7.0, 59.0, 82.0, 35.0), Stand::Top),
    };
    let rect = |(x, y, w, h): (f64, f64, f64, f64)| frame.rect(x, y, w, h);
    (rect(picture), Zone { rect: rect(words), side: Side::Left, stand })
}

/// A whole screen on the ground with words beside or above it: its box, and that of the words.
pub(crate) fn screen(frame: &Frame, ratio: f64, has_words: bool) -> (Rect, Zone) {
    let within = |area: Rect| {
        let h = area.h.min(area.w / ratio);
        let w = h * ratio;
        Rect { x: area.center_x() - w / 2.0, y: area.center_y() - h / 2.0, w, h }
    };
    if !has_words {
        let area = frame.rect(6.0, 6.0, 88.0, 88.0);
        return (within(area), card_zone(frame, Side::Left));
    }
    let upright = ratio < 1.0;
    let (area, words, stand) = match (frame.shape, upright) {
        (Shape::Wide, true) => ((56.0, 6.0, 36.0, 88.0), (7.0, 16.0, 46.0, 68.0), Stand::Middle),
        (Shape::Wide, false) => ((36.0, 10.0, 60.0, 80.0), (5.99, 16.0, 27.0, 68.0), Stand::Middle),
        (Shape::Tall, true) => ((14.0, 34.0, 72.0, 62.0), (8.0, 15.5, 76.0, 16.0), Stand::Bottom),
        (Shape::Tall, false) => ((5.0, 38.0, 90.0, 34.0), (8.0, 16.0, 76.0, 20.0), Stand::Bottom),
        (Shape::Square, true) => ((54.0, 6.0, 40.0, 88.0), (7.0, 14.0, 44.0, 72.0), Stand::Middle),
        (Shape::Feed, true) => ((50.0, 6.0, 44.0, 88.0), (7.0, 14.0, 40.0, 72.0), Stand::Middle),
        (Shape::Square, false) => ((6.0, 36.0, 88.0, 58.0), (7.0, 7.0, 82.0, 25.0), Stand::Middle),
        (Shape::Feed, false) => ((6.0, 36.0, 88.0, 56.0), (7.0, 7.0, 82.0, 25.0), Stand::Middle),
    };
    let rect = |(x, y, w, h): (f64, f64, f64, f64)| frame.rect(x, y, w, h);
    let mut words = rect(words);
    words.x = words.x.max(frame.safe().x);
    (within(rect(area)), Zone { rect: words, side: Side::Left, stand })
}

fn low_rect(frame: &Frame) -> Rect {
    match frame.shape {
        Shape::Wide => frame.rect(6.0, 48.0, 62.0, 38.0),
        Shape::Tall => frame.rect(8.0, 42.0, 76.0, 31.0),
        Shape::Square => frame.rect(7.0, 46.0, 82.0, 46.0),
        Shape::Feed => frame.rect(7.0, 48.0, 82.0, 45.0),
    }
}

fn high_rect(frame: &Frame) -> Rect {
    match frame.shape {
        Shape::Wide => frame.rect(6.0, 9.0, 62.0, 38.0),
        Shape::Tall => frame.rect(8.0, 16.0, 76.0, 30.0),
        Shape::Square => frame.rect(7.0, 8.0, 82.0, 44.0),
        Shape::Feed => frame.rect(7.0, 7.0, 82.0, 42.0),
    }
}

fn middle_rect(frame: &Frame) -> Rect {
    match frame.shape {
        Shape::Wide => frame.rect(14.0, 20.0, 72.0, 60.0),
        Shape::Tall => frame.rect(14.0, 22.0, 72.0, 43.0),
        Shape::Square => frame.rect(9.0, 14.0, 82.0, 72.0),
        Shape::Feed => frame.rect(9.0, 14.0, 82.0, 72.0),
    }
}

fn running_width(frame: &Frame) -> f64 {
    match frame.shape {
        Shape::Wide => 66.0,
        Shape::Tall => 72.0,
        Shape::Square | Shape::Feed => 84.0,
    }
}
