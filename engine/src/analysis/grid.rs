//! What is where in a picture: percentiles of luma, edges, and where the eye is drawn.

use avs_protocol::{GRID_COLUMNS, GRID_ROWS, PictureGrid};

use super::oklab::{LabTexel, chroma, distance};
use super::rounding::byte_from;
use super::small_picture::SmallPicture;

/// Cells of the grid.
pub(super) const CELLS: usize = GRID_COLUMNS * GRID_ROWS;
/// Share of a cell's pixels that are darker than its low luma, and brighter than its high one.
const PERCENTILE: f64 = 0.05;
/// What a cell's draw is made of. Skin counts little: it is found by hue alone, which wood and sand share.
const DETAIL_WEIGHT: f32 = 0.35;
const CONTRAST_WEIGHT: f32 = 0.35;
const SKIN_WEIGHT: f32 = 0.15;
const MOVEMENT_WEIGHT: f32 = 0.6;
/// What is left of a cell's draw in the corners.
const CORNER_RATIO: f32 = 0.6;
/// Difference from the picture's mean colour that draws the eye fully, in OKLab.
const CONTRAST_FULL: f32 = 0.35;
/// Mean gradient that draws it fully, of 255.
const DETAIL_FULL: f32 = 24.0;
/// Movement that does, of 255.
const MOVEMENT_FULL: f32 = 30.0;
/// A picture whose strongest cell draws less than this is not made more of than it is: flat ground has noise.
const DRAW_FLOOR: f32 = 0.15;

/// The cell that a texel of a picture of that size lies in.
pub(super) fn cell_of((x, y): (usize, usize), (width, height): (usize, usize)) -> usize {
    y * GRID_ROWS / height * GRID_COLUMNS + x * GRID_COLUMNS / width
}

/// The grid of a look; `moved` is empty where there is none before it.
pub(super) fn grid_of(picture: &SmallPicture, texels: &[LabTexel], moved: &[f32]) -> PictureGrid {
    let mut grid = PictureGrid::default();
    for cell in 0..CELLS {
        let mut counts = [0_u32; 256];
        let (column, row) = (cell % GRID_COLUMNS, cell / GRID_COLUMNS);
        picture.each_row_of_part((column, GRID_COLUMNS), (row, GRID_ROWS), |lumas| {
            lumas.iter().for_each(|luma| counts[usize::from(*luma)] += 1);
        });
        grid.luma_low.push(percentile(&counts, PERCENTILE));
        grid.luma_high.push(percentile(&counts, 1.0 - PERCENTILE));
    }
    let gradients = cell_gradients(picture);
    grid.edges = gradients.iter().map(|gradient| byte_from(gradient * 4.0)).collect();
    grid.saliency = saliency(&gradients, texels, moved);
    grid
}

/// The value that a share of all counted bytes lie below.
pub(super) fn percentile(counts: &[u32; 256], ratio: f64) -> u8 {
    let total: u32 = counts.iter().sum();
    let wanted = ratio * f64::from(total.saturating_sub(1));
    let mut below = 0;
    let found = counts.iter().position(|count| {
        below += count;
        f64::from(below) > wanted
    });
    u8::try_from(found.unwrap_or(0)).unwrap_or(u8::MAX)
}

/// Mean of the gradient of luma in each cell, of 255.
fn cell_gradients(picture: &SmallPicture) -> Vec<f32> {
    let (width, height) = (picture.width, picture.height);
    let mut sums = vec![(0_u32, 0_u32); CELLS];
    for y in 0..height - 1 {
        let lumas = &picture.luma[y * width..][..width];
        let below = &picture.luma[(y + 1) * width..][..width];
        for x in 0..width - 1 {
            let (sum, count) = &mut sums[cell_of((x, y), (width, height))];
            *sum += u32::from(lumas[x].abs_diff(lumas[x + 1])) + u32::from(lumas[x].abs_diff(below[x]));
            *count += 1;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "0.0..=510.0")]
    sums.iter().map(|(sum, count)| (f64::from(*sum) / f64::from((*count).max(1))) as f32).collect()
}

/// How much the eye is drawn to each cell, the strongest of a picture at 255.
fn saliency(gradients: &[f32], texels: &[LabTexel], moved: &[f32]) -> Vec<u8> {
    let mut cells = vec![([0.0_f32; 3], 0.0_f32, 0.0_f32); CELLS];
    let mut whole = ([0.0_f64; 3], 0.0);
    for LabTexel { lab, cell, .. } in texels {
        let (sum, count, skin) = &mut cells[*cell];
        sum.iter_mut().zip(lab).for_each(|(sum, value)| *sum += value);
        whole.0.iter_mut().zip(lab).for_each(|(sum, value)| *sum += f64::from(*value));
        *count += 1.0;
        whole.1 += 1.0;
        *skin += f32::from(u8::from(is_skin(*lab)));
    }
    #[expect(clippy::cast_possible_truncation, reason = "OKLab lies within -1.0..=1.0")]
    let mean = whole.0.map(|sum| (sum / f64::max(whole.1, 1.0)) as f32);
    let full = |value: f32, whole: f32| (value / whole).min(1.0);
    let draw = |(cell, (sum, count, skin)): (usize, &([f32; 3], f32, f32))| {
        if *count < 1.0 {
            return 0.0;
        }
        let contrast = distance(sum.map(|sum| sum / count), mean);
        let movement = moved.get(cell).copied().unwrap_or(0.0);
        let drawn = DETAIL_WEIGHT * full(gradients[cell], DETAIL_FULL)
            + CONTRAST_WEIGHT * full(contrast, CONTRAST_FULL)
            + SKIN_WEIGHT * skin / count
            + MOVEMENT_WEIGHT * full(movement, MOVEMENT_FULL);
        drawn * (1.0 - (1.0 - CORNER_RATIO) * off_middle(cell))
    };
    let draws: Vec<f32> = cells.iter().enumerate().map(draw).collect();
    let most = draws.iter().copied().fold(DRAW_FLOOR, f32::max);
    draws.iter().map(|draw| byte_from(255.0 * draw / most)).collect()
}

/// Distance of a cell from the middle, 1 in the corners.
fn off_middle(cell: usize) -> f32 {
    let off = |index: usize, count: usize| {
        let place = (2 * index + 1).abs_diff(count);
        f32::from(u8::try_from(place).unwrap_or(u8::MAX)) / f32::from(u8::try_from(count).unwrap_or(u8::MAX))
    };
    let (x, y) = (off(cell % GRID_COLUMNS, GRID_COLUMNS), off(cell / GRID_COLUMNS, GRID_ROWS));
    (x * x + y * y) / 2.0
}

/// The hue of skin of every tone: dark and light skin differ in lightness and chroma, hardly in hue.
fn is_skin(lab: [f32; 3]) -> bool {
    let hue_degrees = lab[2].atan2(lab[1]).to_degrees();
    (0.18..0.95).contains(&lab[0])
        && (0.025..0.15).contains(&chroma(lab))
        && (25.0..75.0).contains(&hue_degrees)
}

#[cfg(test)]
mod tests {
    use super::super::oklab::lab_from_rgb;
    use super::*;

    #[test]
    fn skin_is_skin_whatever_its_tone_and_grass_and_sky_are_not() {
        for tone in
            [[255, 219, 172], [224, 172, 105], [198, 134, 66], [141, 85, 36], [76, 47, 33], [60, 35, 25]]
        {
            assert!(is_skin(lab_from_rgb(tone)), "{tone:?}");
        }
        for other in [[90, 140, 60], [120, 170, 230], [128, 128, 128], [200, 20, 30]] {
            assert!(!is_skin(lab_from_rgb(other)), "{other:?}");
        }
    }

    #[test]
    fn a_percentile_is_the_value_that_so_many_lie_below() {
        let mut counts = [0; 256];
        counts[10..110].fill(1);
        assert_eq!(percentile(&counts, 0.05), 14);
        assert_eq!(percentile(&counts, 0.95), 104);
        assert_eq!(percentile(&[0; 256], 0.5), 0);
    }
}
