//! Several pictures in one frame, edge to edge with an even gap.

use super::frame::{Frame, Rect, Shape, U};

/// Returns the boxes of `count` pictures in `rect`, row by row.
pub(crate) fn tiles(frame: &Frame, rect: Rect, count: usize) -> Vec<Rect> {
    let gap = 1.4 * U;
    let rows: &[usize] = match (frame.shape, count) {
        (_, 0) => &[],
        (_, 1) => &[1],
        (Shape::Wide, 2) => &[2],
        (_, 2) => &[1, 1],
        (Shape::Wide, 3) => &[3],
        (_, 3) => &[1, 2],
        (_, 4) => &[2, 2],
        (Shape::Wide, 5) => &[3, 2],
        (_, 5) => &[1, 2, 2],
        (Shape::Wide, _) => &[3, 3],
        _ => &[2, 2, 2],
    };
    let weight = |columns: usize| if rows.len() == 2 && columns == 1 { 1.25 } else { 1.0 };
    let weights: f64 = rows.iter().map(|columns| weight(*columns)).sum();
    let free = rect.h - gap * (rows.len() as f64 - 1.0);
    let mut boxes = Vec::with_capacity(count);
    let mut y = rect.y;
    for columns in rows {
        let h = free * weight(*columns) / weights;
        let w = (rect.w - gap * (*columns as f64 - 1.0)) / *columns as f64;
        boxes.extend((0..*columns).map(|at| Rect { x: rect.x + at as f64 * (w + gap), y, w, h }));
        y += h + gap;
    }
    boxes
}
