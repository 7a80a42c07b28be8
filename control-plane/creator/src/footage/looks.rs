//! One score for each look into a file: how sharp, how lit, how lively, how well composed it is, ranked among all files.

use avs_protocol::{
    AssetAnalysis, GRID_COLUMNS, GRID_ROWS, MediaKind, PictureAnalysis, PictureSample, SOUND_BLOCK_SECS,
};

use crate::BriefAsset;

/// Trembling above this share of the width is felt (research: 1.5 % rms).
const SHAKE_MAX: f64 = 0.015;
/// Gamma-coded mean luma between these is well lit: 40 and 215 of 255.
const BRIGHTNESS: std::ops::RangeInclusive<f64> = 0.157..=0.843;
/// More clipped pixels than this are a flaw.
const CLIPPED_RATIO_MAX: f64 = 0.15;

/// What a look is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Look {
    pub(super) at_secs: f64,
    /// Rank among all looks, in `0.0..=1.0`.
    pub(super) sharpness: f64,
    /// Rank among all looks, in `0.0..=1.0`.
    pub(super) motion: f64,
    /// All that does not depend on what is wanted.
    pub(super) base: f64,
    pub(super) hash: u64,
}

/// Less than this moving in a look counts as nothing.
const MOTION_MIN: f64 = 0.012;

/// True for a look in which nothing moves.
pub(crate) fn is_still(sample: &PictureSample) -> bool {
    sample.is_frozen || finite(sample.motion) < MOTION_MIN
}

/// What a look of a film loses in which nothing moves: an empty street, a stage before the play. A screen may rest.
const IDLE_LOSS: f64 = 0.35;

/// What a look of a film loses that shows far less than its shot mostly does: a table that is cleared for a moment.
const EMPTY_LOSS: f64 = 0.3;
/// Shares of the edges that a shot mostly shows: from the first on a look is full, at the second it is empty.
const FULL_AND_EMPTY: (f64, f64) = (0.9, 0.55);

/// Sharpness and movement of all looks into all files, rising: what is sharp is told by comparison.
pub(super) struct Ranks {
    sharpness: Vec<f64>,
    motion: Vec<f64>,
}

impl Ranks {
    pub(super) fn of_assets(assets: &[BriefAsset]) -> Self {
        let all = |value: fn(&PictureSample) -> f64| {
            let pictures = assets.iter().filter_map(|asset| asset.analysis.picture.as_ref());
            let mut all: Vec<f64> =
                pictures.flat_map(|picture| &picture.samples).map(|sample| finite(value(sample))).collect();
            all.sort_by(f64::total_cmp);
            all
        };
        Self { sharpness: all(|sample| sample.sharpness), motion: all(|sample| sample.motion) }
    }
}

/// Where a value stands in a rising list, in `0.0..=1.0`; in the middle among its equals.
fn rank(sorted: &[f64], value: f64) -> f64 {
    let below = sorted.partition_point(|other| *other < value);
    let up_to = sorted.partition_point(|other| *other <= value);
    if sorted.is_empty() { 0.5 } else { (below + up_to) as f64 / (2 * sorted.len()) as f64 }
}

/// Returns what each look into a file is worth, by time.
pub(super) fn of_asset(asset: &BriefAsset, ranks: &Ranks) -> Vec<Look> {
    let Some(picture) = &asset.analysis.picture else { return Vec::new() };
    let middle_loudness = middle_loudness(&asset.analysis);
    let shots = EdgesOfShots::of(picture);
    let films_life = asset.analysis.kind == MediaKind::Video && !picture.is_screen;
    let mut looks: Vec<Look> = picture
        .samples
        .iter()
        .map(|sample| {
            let sharpness = rank(&ranks.sharpness, finite(sample.sharpness));
            let idle = films_life && is_still(sample);
            let idle_loss = if idle { IDLE_LOSS } else { 0.0 };
            let empty_loss = if films_life { EMPTY_LOSS * shots.emptiness(sample) } else { 0.0 };
            let event = loudness_event(&asset.analysis, sample.at_secs, middle_loudness);
            Look {
                at_secs: finite(sample.at_secs),
                sharpness,
                motion: rank(&ranks.motion, finite(sample.motion)),
                base: base_score(sample, sharpness) + 0.10 * event - idle_loss.max(empty_loss),
                hash: sample.hash,
            }
        })
        .collect();
    looks.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
    looks
}

/// How many edges the looks into each shot of a video mostly have: its upper quartile.
struct EdgesOfShots {
    /// When each shot ends, in seconds, rising, and its edges.
    shots: Vec<(f64, f64)>,
}

impl EdgesOfShots {
    fn of(picture: &PictureAnalysis) -> Self {
        let mut start_secs = f64::NEG_INFINITY;
        let shots = picture.cuts_secs.iter().copied().chain([f64::INFINITY]).map(|end_secs| {
            let inside =
                picture.samples.iter().filter(|sample| (start_secs..end_secs).contains(&sample.at_secs));
            let mut edges: Vec<f64> = inside.map(edges).collect();
            edges.sort_by(f64::total_cmp);
            start_secs = end_secs;
            (end_secs, edges.get(edges.len() * 3 / 4).copied().unwrap_or(0.0))
        });
        Self { shots: shots.collect() }
    }

    /// How little a look shows for its shot, in `0.0..=1.0`.
    fn emptiness(&self, sample: &PictureSample) -> f64 {
        let shot = self.shots.iter().find(|(end_secs, _)| finite(sample.at_secs) < *end_secs);
        let (full, empty) = FULL_AND_EMPTY;
        match shot {
            Some((_, mostly)) if *mostly > 0.0 => {
                ((full - edges(sample) / mostly) / (full - empty)).clamp(0.0, 1.0)
            }
            _ => 0.0,
        }
    }
}

/// Edges of the whole picture.
fn edges(sample: &PictureSample) -> f64 {
    sample.grid.edges.iter().map(|cell| f64::from(*cell)).sum()
}

/// The weights are those of the research, section 4.4, without the fit of movement: that depends on what is wanted.
fn base_score(sample: &PictureSample, sharpness: f64) -> f64 {
    let brightness = finite(sample.brightness);
    let off_light = (BRIGHTNESS.start() - brightness).max(brightness - BRIGHTNESS.end()).max(0.0);
    let clipped = (finite(sample.clipped_ratio) - CLIPPED_RATIO_MAX).max(0.0);
    let exposure = (1.0 - off_light / BRIGHTNESS.start() - 2.0 * clipped).clamp(0.0, 1.0);
    let mut score = 0.30 * sharpness + 0.20 * exposure + 0.15 * composition(sample);
    score += 0.05 * (finite(sample.colorfulness) / 0.15).clamp(0.0, 1.0);
    // The worst fifth is dropped where there is anything better.
    score -= if sharpness < 0.2 { 0.15 } else { 0.0 };
    score -= 0.5 * ((finite(sample.shake) - SHAKE_MAX) / SHAKE_MAX).clamp(0.0, 1.0);
    score - if sample.is_blank || sample.is_frozen { 1.0 } else { 0.0 }
}

/// How much of what draws the eye lies inside the middle: what a crop to another shape keeps.
fn composition(sample: &PictureSample) -> f64 {
    let saliency = &sample.grid.saliency;
    if saliency.len() != GRID_COLUMNS * GRID_ROWS {
        return 0.5;
    }
    let total: u32 = saliency.iter().map(|cell| u32::from(*cell)).sum();
    let margin = 3;
    let is_inside = |at: usize| {
        let (row, column) = (at / GRID_COLUMNS, at % GRID_COLUMNS);
        (margin..GRID_ROWS - margin).contains(&row) && (margin..GRID_COLUMNS - margin).contains(&column)
    };
    let inside: u32 =
        saliency.iter().enumerate().filter(|(at, _)| is_inside(*at)).map(|(_, cell)| u32::from(*cell)).sum();
    if total == 0 { 0.5 } else { f64::from(inside) / f64::from(total) }
}

fn middle_loudness(analysis: &AssetAnalysis) -> f64 {
    let Some(sound) = &analysis.sound else { return -70.0 };
    let mut blocks = sound.block_loudness_tenths.clone();
    blocks.sort_unstable();
    blocks.get(blocks.len() / 2).map_or(-70.0, |tenths| f64::from(*tenths) / 10.0)
}

/// How much louder it is then than mostly, in `0.0..=1.0`: full at 12 LU.
fn loudness_event(analysis: &AssetAnalysis, at_secs: f64, middle: f64) -> f64 {
    let Some(sound) = &analysis.sound else { return 0.0 };
    let block = finite(at_secs / SOUND_BLOCK_SECS).clamp(0.0, 1e6);
    let tenths = sound.block_loudness_tenths.iter().enumerate().find(|(at, _)| *at as f64 >= block);
    tenths.map_or(0.0, |(_, tenths)| ((f64::from(*tenths) / 10.0 - middle) / 12.0).clamp(0.0, 1.0))
}

/// The mean of the looks within a part of a file; the nearest one where none is.
pub(super) fn mean(looks: &[Look], start_secs: f64, end_secs: f64) -> Look {
    let from = looks.partition_point(|look| look.at_secs < start_secs);
    let to = looks.partition_point(|look| look.at_secs < end_secs).max(from);
    let inside = &looks[from..to];
    if inside.is_empty() {
        let near = from.checked_sub(1).and_then(|before| looks.get(before));
        return near.or_else(|| looks.get(from)).copied().unwrap_or_default();
    }
    let mean = |value: fn(&Look) -> f64| inside.iter().map(value).sum::<f64>() / inside.len() as f64;
    Look {
        at_secs: start_secs,
        sharpness: mean(|look| look.sharpness),
        motion: mean(|look| look.motion),
        base: mean(|look| look.base),
        hash: inside[inside.len() / 2].hash,
    }
}

/// Analyses come from another process: a number that is none is 0.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}
