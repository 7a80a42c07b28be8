//! The few colours that stand for a file: k-means in OKLab over all of its looks.

use avs_protocol::ColorShare;

use super::oklab::{LabTexel, chroma, distance, distance_squared, lab_from_rgb, rgb_from_lab};
use super::rounding::rounded;

/// Colours that are looked for.
const CLUSTERS: usize = 6;
/// Rounds of moving them; they hardly move after ten.
const ROUNDS: usize = 15;
/// Colours nearer to one another than this are one.
const SAME_DISTANCE: f32 = 0.06;
/// Smaller shares are noise at edges.
const RATIO_MIN: f64 = 0.01;
/// Bits of each channel that colours are counted by.
const BITS: u32 = 5;

/// Counts colours.
#[derive(Debug)]
pub(super) struct ColorCounts {
    counts: Vec<u32>,
}

impl Default for ColorCounts {
    fn default() -> Self {
        Self { counts: vec![0; 1 << (3 * BITS)] }
    }
}

/// A colour with how often it was seen.
#[derive(Debug, Clone, Copy)]
struct Weighted {
    lab: [f32; 3],
    weight: f64,
}

impl ColorCounts {
    pub(super) fn add(&mut self, texels: &[LabTexel]) {
        for LabTexel { rgb, .. } in texels {
            let [r, g, b] = rgb.map(|code| usize::from(code >> (8 - BITS)));
            self.counts[(r << (2 * BITS)) | (g << BITS) | b] += 1;
        }
    }

    /// Share of all pixels that the most common colours have, so many of them.
    pub(super) fn ratio_of_most_common(&self, count: usize) -> f64 {
        let mut counts: Vec<_> = self.counts.iter().copied().filter(|count| *count > 0).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let sum = |counts: &[u32]| counts.iter().map(|count| f64::from(*count)).sum::<f64>();
        sum(&counts[..count.min(counts.len())]) / sum(&counts).max(1.0)
    }

    /// The colours, most telling first: those with much chroma before those that cover much.
    pub(super) fn shares(&self) -> Vec<ColorShare> {
        let colors = self.colors();
        let total: f64 = colors.iter().map(|color| color.weight).sum();
        let mut clusters = merged(&clusters_of(&colors));
        clusters.retain(|cluster| cluster.weight / total >= RATIO_MIN);
        let score = |cluster: &Weighted| {
            0.7 * f64::from(chroma(cluster.lab) / 0.25).min(1.0) + 0.3 * cluster.weight / total
        };
        clusters.sort_by(|a, b| score(b).total_cmp(&score(a)));
        let share = |cluster: &Weighted| ColorShare {
            rgb: rgb_from_lab(cluster.lab),
            ratio: rounded(cluster.weight / total, 4),
        };
        let shares: Vec<_> = clusters.iter().map(share).collect();
        // Nothing that can be seen.
        if shares.is_empty() { vec![ColorShare { rgb: [0; 3], ratio: 0.0 }] } else { shares }
    }

    fn colors(&self) -> Vec<Weighted> {
        let counted = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let code = |bits: usize| {
            // The ends stay the ends: white is 255, not 248.
            u8::try_from(((bits & 31) * 255 + 15) / 31).unwrap_or(u8::MAX)
        };
        let color = |(index, count): (usize, &u32)| Weighted {
            lab: lab_from_rgb([code(index >> (2 * BITS)), code(index >> BITS), code(index)]),
            weight: f64::from(*count),
        };
        counted.map(color).collect()
    }
}

/// k-means, begun with the most common colour and then always the one that is furthest from all, by weight: k-means++
/// without chance.
fn clusters_of(colors: &[Weighted]) -> Vec<Weighted> {
    let Some(first) = colors.iter().max_by(|a, b| a.weight.total_cmp(&b.weight)) else { return Vec::new() };
    let mut centres = vec![first.lab];
    let nearest = |centres: &[[f32; 3]], lab: [f32; 3]| {
        let distances = centres.iter().map(|centre| distance_squared(*centre, lab));
        distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    };
    while centres.len() < CLUSTERS.min(colors.len()) {
        let worth = |color: &Weighted| color.weight * f64::from(nearest(&centres, color.lab).1);
        let Some(next) = colors.iter().max_by(|a, b| worth(a).total_cmp(&worth(b))) else { break };
        centres.push(next.lab);
    }
    let mut clusters = Vec::new();
    for _ in 0..ROUNDS {
        let mut sums = vec![([0.0_f64; 3], 0.0); centres.len()];
        for color in colors {
            let (sum, weight) = &mut sums[nearest(&centres, color.lab).0];
            sum.iter_mut().zip(color.lab).for_each(|(sum, value)| *sum += f64::from(value) * color.weight);
            *weight += color.weight;
        }
        sums.retain(|(_, weight)| *weight > 0.0);
        clusters =
            sums.iter().map(|(sum, weight)| Weighted { lab: mean(*sum, *weight), weight: *weight }).collect();
        centres = clusters.iter().map(|cluster| cluster.lab).collect();
    }
    clusters
}

/// Joins the nearest two until none are too near.
fn merged(clusters: &[Weighted]) -> Vec<Weighted> {
    let mut left = clusters.to_vec();
    loop {
        let pairs = (0..left.len()).flat_map(|one| (one + 1..left.len()).map(move |other| (one, other)));
        let apart = |(one, other): (usize, usize)| distance(left[one].lab, left[other].lab);
        let nearest = pairs.min_by(|a, b| apart(*a).total_cmp(&apart(*b)));
        let Some((one, other)) = nearest.filter(|pair| apart(*pair) < SAME_DISTANCE) else { return left };
        let (a, b) = (left[one], left.remove(other));
        let weight = a.weight + b.weight;
        let part = |a_value: f32, b_value: f32| f64::from(a_value) * a.weight + f64::from(b_value) * b.weight;
        let sum = [0, 1, 2].map(|axis: usize| part(a.lab[axis], b.lab[axis]));
        left[one] = Weighted { lab: mean(sum, weight), weight };
    }
}

#[expect(clippy::cast_possible_truncation, reason = "OKLab lies within -1.0..=1.0")]
fn mean(sum: [f64; 3], weight: f64) -> [f32; 3] {
    sum.map(|sum| (sum / weight) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texels(rgb: [u8; 3], count: usize) -> Vec<LabTexel> {
        vec![LabTexel { rgb, lab: lab_from_rgb(rgb), cell: 0 }; count]
    }

    #[test]
    fn a_small_strong_colour_comes_before_the_ground_it_stands_on() {
        let mut counts = ColorCounts::default();
        counts.add(&texels([240, 240, 240], 900));
        counts.add(&texels([220, 30, 40], 100));
        let shares = counts.shares();
        assert_eq!(shares.len(), 2, "{shares:?}");
        assert!(shares[0].rgb[0] > 200 && shares[0].rgb[1] < 60 && (shares[0].ratio - 0.1).abs() < 1e-6);
    }

    #[test]
    fn colours_that_look_alike_are_one_and_nothing_is_black_with_no_share() {
        let mut counts = ColorCounts::default();
        assert_eq!(counts.shares(), [ColorShare { rgb: [0; 3], ratio: 0.0 }]);
        counts.add(&texels([100, 100, 100], 10));
        counts.add(&texels([108, 108, 108], 10));
        assert_eq!(counts.shares().len(), 1);
    }
}
