//! Whether a picture shows a screen: flat areas, hard upright edges, few colours.

use super::small_picture::SmallPicture;

/// Side of the blocks that are flat or not.
const BLOCK: usize = 4;
/// Range of luma in a flat block: what is drawn has one colour, what a lens sees never has.
const FLAT_RANGE_MAX: u8 = 1;
/// Share of blocks that are flat on a screen. Measured: dense tables 0.31, text 0.73; films up to 0.3, but for titles.
const FLAT_RATIO_MIN: f64 = 0.3;
/// Gradient of a hard edge, of 255.
const EDGE_MIN: i32 = 24;
/// Share of pixels at hard edges that a screen has at least: something before an even ground is none.
const EDGE_RATIO_MIN: f64 = 0.022;
/// Share of the hard edges that stand or lie. Measured: text 0.6, tables 0.9; films 0.3 to 0.6.
const UPRIGHT_RATIO_MIN: f64 = 0.55;
/// Colours that make out most of a screen, of 32768, and how much of it. Measured: 0.91 and more; films up to 0.8.
pub(super) const COLORS: usize = 8;
const COLORS_RATIO_MIN: f64 = 0.8;
/// Drawings with a see-through ground are logos and stickers.
const TRANSPARENT_RATIO_MAX: f64 = 0.05;

/// What is counted over the looks into a file.
#[derive(Debug, Default)]
pub(super) struct ScreenSigns {
    blocks: u64,
    flat_blocks: u64,
    pixels: u64,
    edges: u64,
    upright_edges: u64,
}

impl ScreenSigns {
    pub(super) fn add(&mut self, picture: &SmallPicture) {
        let (width, height) = (picture.width, picture.height);
        for y in (0..height - height % BLOCK).step_by(BLOCK) {
            for x in (0..width - width % BLOCK).step_by(BLOCK) {
                let (mut low, mut high) = (u8::MAX, 0);
                for row in picture.luma[y * width..].chunks(width).take(BLOCK) {
                    for luma in &row[x..x + BLOCK] {
                        (low, high) = (low.min(*luma), high.max(*luma));
                    }
                }
                self.blocks += 1;
                self.flat_blocks += u64::from(high - low <= FLAT_RANGE_MAX);
            }
        }
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                let luma = |x: usize, y: usize| i32::from(picture.luma[y * width + x]);
                let across = (luma(x + 1, y) - luma(x - 1, y)).abs();
                let down = (luma(x, y + 1) - luma(x, y - 1)).abs();
                self.pixels += 1;
                if across.max(down) >= EDGE_MIN {
                    self.edges += 1;
                    self.upright_edges += u64::from(across.max(down) >= 4 * across.min(down));
                }
            }
        }
    }

    /// `colors_ratio`: share of the pixels that have one of the [`COLORS`] most common colours.
    pub(super) fn is_screen(&self, colors_ratio: f64, transparent_ratio: f64) -> bool {
        let ratio = |part: u64, whole: u64| part as f64 / (whole.max(1)) as f64;
        ratio(self.flat_blocks, self.blocks) >= FLAT_RATIO_MIN
            && ratio(self.edges, self.pixels) >= EDGE_RATIO_MIN
            && ratio(self.upright_edges, self.edges) >= UPRIGHT_RATIO_MIN
            && colors_ratio >= COLORS_RATIO_MIN
            && transparent_ratio <= TRANSPARENT_RATIO_MAX
    }
}
