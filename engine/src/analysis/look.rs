//! What one look into a picture tells by itself.

use avs_protocol::PictureSample;

use super::grid::{CELLS, cell_of, grid_of, percentile};
use super::movement::{Movement, SIDE};
use super::oklab::{LabTexel, chroma};
use super::rounding::rounded;
use super::small_picture::SmallPicture;

/// Codes of luma up to which a pixel is clipped to black, and from which on to white.
const BLACK_MAX: usize = 3;
const WHITE_MIN: usize = 252;
/// Code up to which a pixel counts as black in a black picture, and how many must (FFmpeg's `blackdetect`).
const DARK_MAX: usize = 25;
const DARK_RATIO_MIN: f64 = 0.98;
/// Difference between the brightest and the darkest pixel of a flat colour, all but a hundredth of them.
const FLAT_RANGE_MAX: u8 = 6;
/// Mean difference of luma, of 255, up to which nothing has changed: what encoding again makes of a still picture.
const FROZEN_MEAN_MAX: f64 = 0.4;
/// The same of the cell that changed most: a pointer moves in a frozen screen.
const FROZEN_CELL_MAX: f64 = 2.0;
/// Parts of a side in which sharpness is measured: a picture with a blurred ground is sharp all the same.
const SHARPNESS_PARTS: usize = 8;
/// Deviation of the Laplacian at which a part is half sharp.
const HALF_SHARP: f64 = 16.0;

/// A look, with what the next one is compared with.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) sample: PictureSample,
    pub(super) movement: Movement,
    pub(super) texels: Vec<LabTexel>,
    luma: Vec<u8>,
    /// At [`SIDE`] by [`SIDE`].
    compared: Vec<u8>,
}

impl Look {
    /// Looks at a picture; `before` is the look before it.
    pub(super) fn new(at_secs: f64, picture: &SmallPicture, before: Option<&Self>) -> Self {
        let texels = picture.lab_texels();
        let compared = picture.shrunk_luma((SIDE, SIDE));
        let movement =
            before.map(|before| Movement::between(&before.compared, &compared)).unwrap_or_default();
        let mut counts = [0_u32; 256];
        picture.luma.iter().for_each(|luma| counts[usize::from(*luma)] += 1);
        let count = picture.luma.len().max(1) as f64;
        let ratio = |counts: &[u32]| f64::from(counts.iter().sum::<u32>()) / count;
        let mean = picture.luma.iter().map(|luma| f64::from(*luma)).sum::<f64>() / count;
        let colorful = texels.iter().map(|texel| f64::from(chroma(texel.lab))).sum::<f64>();
        let sample = PictureSample {
            at_secs: rounded(at_secs, 3),
            sharpness: rounded(sharpness(picture), 4),
            motion: rounded(movement.motion, 4),
            shake: 0.0,
            brightness: rounded(mean / 255.0, 4),
            clipped_ratio: rounded(ratio(&counts[..=BLACK_MAX]) + ratio(&counts[WHITE_MIN..]), 4),
            colorfulness: rounded(colorful / texels.len().max(1) as f64, 4),
            is_blank: ratio(&counts[..=DARK_MAX]) >= DARK_RATIO_MIN || is_flat(picture, &counts),
            is_frozen: before.is_some_and(|before| is_frozen(&before.luma, picture)),
            hash: difference_hash(&picture.shrunk_luma((9, 8))),
            grid: grid_of(picture, &texels, &movement.cells),
        };
        Self { sample, movement, texels, luma: picture.luma.clone(), compared }
    }
}

/// Luma and colour that hardly differ anywhere.
fn is_flat(picture: &SmallPicture, lumas: &[u32; 256]) -> bool {
    let range = |counts: &[u32; 256]| percentile(counts, 0.99) - percentile(counts, 0.01);
    let channel = |channel: usize| {
        let mut counts = [0_u32; 256];
        picture.rgb.iter().for_each(|texel| counts[usize::from(texel[channel])] += 1);
        range(&counts)
    };
    range(lumas) <= FLAT_RANGE_MAX && (0..3).all(|index| channel(index) <= 2 * FLAT_RANGE_MAX)
}

fn is_frozen(before: &[u8], now: &SmallPicture) -> bool {
    if before.len() != now.luma.len() {
        return false;
    }
    let mut cells = vec![(0_u32, 0_u32); CELLS];
    for (index, (before, now_luma)) in before.iter().zip(&now.luma).enumerate() {
        let cell = cell_of((index % now.width, index / now.width), (now.width, now.height));
        cells[cell].0 += u32::from(before.abs_diff(*now_luma));
        cells[cell].1 += 1;
    }
    let mean = |sum: u32, count: u32| f64::from(sum) / f64::from(count.max(1));
    let whole = cells.iter().fold((0, 0), |whole, cell| (whole.0 + cell.0, whole.1 + cell.1));
    mean(whole.0, whole.1) <= FROZEN_MEAN_MAX
        && cells.iter().all(|(sum, count)| mean(*sum, *count) <= FROZEN_CELL_MAX)
}

/// Deviation of the Laplacian in the sharpest parts: the one that a tenth of the parts exceed.
fn sharpness(picture: &SmallPicture) -> f64 {
    let (width, height) = (picture.width, picture.height);
    let mut parts = vec![(0.0_f64, 0.0_f64, 0.0_f64); SHARPNESS_PARTS * SHARPNESS_PARTS];
    for y in 1..height - 1 {
        let row = |y: usize| &picture.luma[y * width..][..width];
        let (above, here, below) = (row(y - 1), row(y), row(y + 1));
        for x in 1..width - 1 {
            let around = [above[x], below[x], here[x - 1], here[x + 1]].map(i32::from).iter().sum::<i32>();
            let laplacian = f64::from(around - 4 * i32::from(here[x]));
            let part = y * SHARPNESS_PARTS / height * SHARPNESS_PARTS + x * SHARPNESS_PARTS / width;
            let (sum, squares, count) = &mut parts[part];
            *sum += laplacian;
            *squares += laplacian * laplacian;
            *count += 1.0;
        }
    }
    let deviation = |(sum, squares, count): &(f64, f64, f64)| {
        let count = count.max(1.0);
        (squares / count - (sum / count).powi(2)).max(0.0).sqrt()
    };
    let mut deviations: Vec<f64> = parts.iter().map(deviation).collect();
    deviations.sort_by(f64::total_cmp);
    let sharp = deviations[deviations.len() * 9 / 10];
    sharp / (sharp + HALF_SHARP)
}

/// A bit for each pair of neighbours of nine columns and eight rows: set where the right one is brighter.
fn difference_hash(lumas: &[u8]) -> u64 {
    let rows = lumas.chunks_exact(9);
    let bits = rows.flat_map(|row| row.windows(2).map(|pair| u64::from(pair[1] > pair[0])));
    bits.fold(0, |hash, bit| (hash << 1) | bit)
}
