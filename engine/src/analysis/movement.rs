//! What moves between two looks: the camera, and what is left when its movement is taken out.

use avs_protocol::{GRID_COLUMNS, GRID_ROWS};

use super::grid::{CELLS, cell_of};

/// Columns and rows that looks are compared at, whatever their shape: five by five a cell of the grid.
pub(super) const SIDE: usize = 5 * GRID_COLUMNS;
/// Furthest that a camera's movement is looked for: an eighth of the picture.
const REACH: i32 = 10;
/// Movement that helps less than this is none.
const GAIN_MAX: f64 = 0.9;
/// Mean difference of luma, of 255, that counts as everything moving.
const WHOLE_DIFFERENCE: f64 = 64.0;

const _: () = assert!(GRID_COLUMNS == GRID_ROWS, "the cells are as high as wide here");

/// From one look to the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Movement {
    /// Fractions of the picture's width and height.
    pub(super) shift: (f64, f64),
    /// In `0.0..=1.0`.
    pub(super) motion: f64,
    /// The same for each cell of the grid, of 255.
    pub(super) cells: Vec<f32>,
}

impl Movement {
    /// Compares two looks of [`SIDE`] by [`SIDE`].
    pub(super) fn between(before: &[u8], now: &[u8]) -> Self {
        let difference = |x, y| mean_difference(before, now, (x, y));
        let still = difference(0, 0);
        let mut best = (still, (0, 0));
        // Twice as far apart first, then around the best: a twentieth of the work of trying all.
        for y in (-REACH..=REACH).step_by(2) {
            for x in (-REACH..=REACH).step_by(2) {
                best = nearer(best, (difference(x, y), (x, y)));
            }
        }
        let (around_x, around_y) = best.1;
        for y in around_y - 1..=around_y + 1 {
            for x in around_x - 1..=around_x + 1 {
                best = nearer(best, (difference(x, y), (x, y)));
            }
        }
        let (mut least, mut shift) = best;
        if least > still * GAIN_MAX {
            (least, shift) = (still, (0, 0));
        }
        let side = SIDE as f64;
        let fraction = |before: f64, after: f64| vertex(before, least, after);
        let exact = if shift == (0, 0) {
            (0.0, 0.0)
        } else {
            let (x, y) = shift;
            (
                (f64::from(x) + fraction(difference(x - 1, y), difference(x + 1, y))) / side,
                (f64::from(y) + fraction(difference(x, y - 1), difference(x, y + 1))) / side,
            )
        };
        Self {
            shift: exact,
            motion: (least / WHOLE_DIFFERENCE).min(1.0),
            cells: cell_differences(before, now, shift),
        }
    }
}

/// How much a camera trembles at each look, as a fraction of the width: what is left of its path when the neighbours'
/// mean is taken out. `cut_before` says where a shot begins.
pub(super) fn shakes(shifts: &[(f64, f64)], cut_before: &[bool]) -> Vec<f64> {
    /// Looks on each side that are taken together.
    const AROUND: usize = 3;
    let jolt = |index: usize| {
        let inside = index > 0 && index + 1 < shifts.len();
        let same_shot = inside && !cut_before[index - 1] && !cut_before[index] && !cut_before[index + 1];
        if !same_shot {
            return None;
        }
        let off = |axis: fn(&(f64, f64)) -> f64| {
            axis(&shifts[index]) - (axis(&shifts[index - 1]) + axis(&shifts[index + 1])) / 2.0
        };
        Some(off(|shift| shift.0).powi(2) + off(|shift| shift.1).powi(2))
    };
    let jolts: Vec<_> = (0..shifts.len()).map(jolt).collect();
    let shake = |index: usize| {
        let around = index.saturating_sub(AROUND)..(index + AROUND + 1).min(jolts.len());
        let known: Vec<f64> = jolts[around].iter().copied().flatten().collect();
        // Of noise, a value minus the mean of two has 1.5 times the variance.
        if known.is_empty() { 0.0 } else { (known.iter().sum::<f64>() / known.len() as f64 / 1.5).sqrt() }
    };
    (0..shifts.len()).map(shake).collect()
}

type Found = (f64, (i32, i32));

/// The one that differs less; of equal ones the first.
fn nearer(best: Found, other: Found) -> Found {
    if other.0 < best.0 { other } else { best }
}

/// Where between -0.5 and 0.5 a parabola through three values is lowest.
fn vertex(before: f64, least: f64, after: f64) -> f64 {
    let bend = before - 2.0 * least + after;
    if bend > 1e-9 { ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
}

/// Rows and columns of `now` that lie inside `before` when it is moved by so much.
fn overlap(shift: i32) -> std::ops::Range<usize> {
    let by = usize::try_from(shift.unsigned_abs()).unwrap_or(0).min(SIDE - 1);
    if shift >= 0 { by..SIDE } else { 0..SIDE - by }
}

fn row_of(look: &[u8], y: usize, shift: i32) -> &[u8] {
    &look[y * SIDE..][overlap(shift)]
}

fn mean_difference(before: &[u8], now: &[u8], (x, y): (i32, i32)) -> f64 {
    let mut sum = 0_u32;
    let rows = overlap(y).zip(overlap(-y));
    for (now_y, before_y) in rows {
        let pairs = row_of(now, now_y, x).iter().zip(row_of(before, before_y, -x));
        sum += pairs.map(|(now, before)| u32::from(now.abs_diff(*before))).sum::<u32>();
    }
    f64::from(sum) / (overlap(x).len() * overlap(y).len()) as f64
}

fn cell_differences(before: &[u8], now: &[u8], (x, y): (i32, i32)) -> Vec<f32> {
    let mut cells = vec![0.0; CELLS];
    let per_cell = (SIDE / GRID_COLUMNS).pow(2);
    let weight = 1.0 / f32::from(u8::try_from(per_cell).unwrap_or(u8::MAX));
    for (now_y, before_y) in overlap(y).zip(overlap(-y)) {
        for (now_x, before_x) in overlap(x).zip(overlap(-x)) {
            let difference = now[now_y * SIDE + now_x].abs_diff(before[before_y * SIDE + before_x]);
            cells[cell_of((now_x, now_y), (SIDE, SIDE))] += f32::from(difference) * weight;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Soft blots that no shift maps onto themselves.
    fn scene(offset: (usize, usize)) -> Vec<u8> {
        let value = |x: f64, y: f64| 128.0 + 60.0 * (x / 7.0).sin() + 60.0 * (y / 9.0 + x / 31.0).cos();
        let texel = |index: usize| {
            let (x, y) = (index % SIDE + offset.0, index / SIDE + offset.1);
            super::super::rounding::byte_from(
                #[expect(clippy::cast_possible_truncation, reason = "8..=248")]
                {
                    value(x as f64, y as f64) as f32
                },
            )
        };
        (0..SIDE * SIDE).map(texel).collect()
    }

    #[test]
    fn a_camera_that_pans_is_not_motion() {
        let moved = Movement::between(&scene((10, 10)), &scene((6, 13)));
        assert!((moved.shift.0 - 4.0 / 80.0).abs() < 0.005, "{:?}", moved.shift);
        assert!((moved.shift.1 + 3.0 / 80.0).abs() < 0.005, "{:?}", moved.shift);
        assert!(moved.motion < 0.01, "{}", moved.motion);
    }

    #[test]
    fn what_moves_is_told_by_its_cell() {
        let before = scene((0, 0));
        let mut now = before.clone();
        (0..5).for_each(|y| now[(40 + y) * SIDE + 20..][..5].fill(0));
        let moved = Movement::between(&before, &now);
        assert_eq!(moved.shift, (0.0, 0.0));
        let most = (0..256).max_by(|a, b| moved.cells[*a].total_cmp(&moved.cells[*b])).unwrap();
        assert_eq!(most, 8 * GRID_COLUMNS + 4);
    }

    #[test]
    fn a_steady_pan_does_not_shake_and_a_trembling_hand_does() {
        let steady = shakes(&[(0.02, 0.0); 12], &[false; 12]);
        assert!(steady.iter().all(|shake| *shake < 1e-9));
        let trembling: Vec<_> = (0..12).map(|i| (if i % 2 == 0 { 0.02 } else { -0.02 }, 0.0)).collect();
        assert!(shakes(&trembling, &[false; 12])[6] > 0.02);
    }
}
