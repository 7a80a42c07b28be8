//! What a picture shows while words stand on it: the worst of all looks into it within a stretch of time.

use avs_protocol::{AssetAnalysis, GRID_COLUMNS, GRID_ROWS, PictureSample};

/// A part of a picture, in fractions of its sides; within `0.0..=1.0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Part {
    pub(crate) const WHOLE: Self = Self { x: 0.0, y: 0.0, w: 1.0, h: 1.0 };

    pub(crate) fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) =
            ((self.x + self.w).max(other.x + other.w), (self.y + self.h).max(other.y + other.h));
        Self { x, y, w: right - x, h: bottom - y }
    }
}

const CELLS: usize = GRID_COLUMNS * GRID_ROWS;

/// All looks into a picture in one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Look {
    /// Least of the dark ends of luma, by cell.
    low: Vec<u8>,
    /// Greatest of the bright ends.
    high: Vec<u8>,
    edges: Vec<f64>,
    saliency: Vec<f64>,
    saliency_mean: f64,
}

/// What a part of a picture is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stats {
    /// Gamma-coded luma of its darkest and its brightest places.
    pub(crate) low: u8,
    /// See `low`.
    pub(crate) high: u8,
    /// Mean density of edges in `0.0..=1.0`.
    pub(crate) edges: f64,
    /// How much the eye is drawn there against the picture's mean; 1 is as much.
    pub(crate) saliency: f64,
}

impl Look {
    /// All looks into a file in `from_secs..=to_secs`, and those next to both ends; nothing is known of a file without.
    pub(crate) fn of(analysis: &AssetAnalysis, from_secs: f64, to_secs: f64) -> Self {
        let samples = analysis.picture.as_ref().map(|picture| picture.samples.as_slice()).unwrap_or_default();
        let first = samples.partition_point(|sample| sample.at_secs < from_secs).saturating_sub(1);
        let last =
            samples.partition_point(|sample| sample.at_secs <= to_secs).min(samples.len().saturating_sub(1));
        let seen = samples.get(first..=last.max(first)).unwrap_or_default();
        Self::of_samples(seen)
    }

    fn of_samples(samples: &[PictureSample]) -> Self {
        if samples.is_empty() {
            // It may be anything.
            return Self {
                low: vec![0; CELLS],
                high: vec![255; CELLS],
                edges: vec![0.5; CELLS],
                saliency: vec![1.0; CELLS],
                saliency_mean: 1.0,
            };
        }
        let count = samples.len() as f64;
        let at = |cells: &[u8], cell: usize, unknown: u8| cells.get(cell).copied().unwrap_or(unknown);
        let mean = |cell: usize, field: fn(&PictureSample) -> &Vec<u8>| {
            samples.iter().map(|sample| f64::from(at(field(sample), cell, 128))).sum::<f64>() / count / 255.0
        };
        let low = |cell| samples.iter().map(|sample| at(&sample.grid.luma_low, cell, 0)).min().unwrap_or(0);
        let high =
            |cell| samples.iter().map(|sample| at(&sample.grid.luma_high, cell, 255)).max().unwrap_or(255);
        let saliency: Vec<f64> = (0..CELLS).map(|cell| mean(cell, |sample| &sample.grid.saliency)).collect();
        Self {
            low: (0..CELLS).map(low).collect(),
            high: (0..CELLS).map(high).collect(),
            edges: (0..CELLS).map(|cell| mean(cell, |sample| &sample.grid.edges)).collect(),
            saliency_mean: saliency.iter().sum::<f64>() / CELLS as f64,
            saliency,
        }
    }

    /// What all cells that a part touches are like.
    pub(crate) fn stats(&self, part: &Part) -> Stats {
        let span = |from: f64, length: f64, count: usize| {
            let cell = |at: f64| index(at * count as f64, count);
            cell(from)..=cell((from + length - 1e-6).max(from))
        };
        let mut stats = Stats { low: 255, high: 0, edges: 0.0, saliency: 0.0 };
        let mut count = 0.0;
        for row in span(part.y, part.h, GRID_ROWS) {
            for column in span(part.x, part.w, GRID_COLUMNS) {
                let cell = row * GRID_COLUMNS + column;
                stats.low = stats.low.min(self.low[cell]);
                stats.high = stats.high.max(self.high[cell]);
                stats.edges += self.edges[cell];
                stats.saliency += self.saliency[cell];
                count += 1.0;
            }
        }
        stats.edges /= count;
        stats.saliency /= count * (self.saliency_mean + 0.05);
        stats
    }

    /// How much of what draws the eye more than the rest lies within a part, in `0.0..=1.0`.
    pub(crate) fn kept(&self, part: &Part) -> f64 {
        let (mut inside, mut all) = (0.0, 0.0);
        for cell in 0..CELLS {
            let covered = |at: usize, count: usize, from: f64, length: f64| {
                let (begins, ends) = (at as f64 / count as f64, (at + 1) as f64 / count as f64);
                ((ends.min(from + length) - begins.max(from)) * count as f64).clamp(0.0, 1.0)
            };
            let weight = self.weight(cell);
            let across = covered(cell % GRID_COLUMNS, GRID_COLUMNS, part.x, part.w);
            inside += weight * across * covered(cell / GRID_COLUMNS, GRID_ROWS, part.y, part.h);
            all += weight;
        }
        if all > 1e-6 { inside / all } else { part.w * part.h }
    }

    /// What a cell draws the eye more than the mean does, squared: few strong ones count for more than many weak ones.
    fn weight(&self, cell: usize) -> f64 {
        (self.saliency[cell] - self.saliency_mean).max(0.0).powi(2)
    }

    /// Where a window of these sides, in fractions, shows most of what matters: its middle.
    pub(crate) fn best_middle(&self, w: f64, h: f64) -> (f64, f64) {
        let steps = 16;
        let places = |length: f64| {
            let free = (1.0 - length).max(0.0);
            (0..=steps).map(move |step| length / 2.0 + free * f64::from(step) / f64::from(steps))
        };
        let mut best = (f64::NEG_INFINITY, (0.5, 0.5));
        for x in if w >= 0.999 { vec![0.5] } else { places(w).collect::<Vec<_>>() } {
            for y in if h >= 0.999 { vec![0.5] } else { places(h).collect::<Vec<_>>() } {
                let part = Part { x: x - w / 2.0, y: y - h / 2.0, w, h };
                // The middle where nothing speaks against it.
                let score = self.kept(&part) - 0.15 * ((x - 0.5).abs() + (y - 0.5).abs());
                if score > best.0 + 1e-9 {
                    best = (score, (x, y));
                }
            }
        }
        best.1
    }

    /// The middle of what matters within a part.
    pub(crate) fn salient_point(&self, part: &Part) -> (f64, f64) {
        let (mut x_sum, mut y_sum, mut weight_sum) = (0.0, 0.0, 0.0);
        for cell in 0..CELLS {
            let x = ((cell % GRID_COLUMNS) as f64 + 0.5) / GRID_COLUMNS as f64;
            let y = ((cell / GRID_COLUMNS) as f64 + 0.5) / GRID_ROWS as f64;
            let inside = (part.x..=part.x + part.w).contains(&x) && (part.y..=part.y + part.h).contains(&y);
            if inside {
                let weight = self.weight(cell);
                x_sum += weight * x;
                y_sum += weight * y;
                weight_sum += weight;
            }
        }
        if weight_sum > 1e-6 {
            (x_sum / weight_sum, y_sum / weight_sum)
        } else {
            (part.x + part.w / 2.0, part.y + part.h / 2.0)
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the grid first")]
fn index(at: f64, count: usize) -> usize {
    at.floor().clamp(0.0, count as f64 - 1.0) as usize
}
