//! Files that were never there: analyses by hand.

use avs_protocol::{
    AssetAnalysis, Beat, ColorShare, GRID_COLUMNS, GRID_ROWS, MediaKind, PictureAnalysis, PictureGrid,
    PictureSample, SoundAnalysis, Span,
};
use avs_template::Source;
use serde_json::Value;

use crate::{Brief, BriefAsset};

pub(in crate::planner) fn brief(prompt: &str, assets: Vec<BriefAsset>) -> Brief {
    Brief { prompt: prompt.to_owned(), output: Value::Null, assets, font_families: vec!["Inter".to_owned()] }
}

pub(in crate::planner) fn asset(name: &str, analysis: AssetAnalysis) -> BriefAsset {
    BriefAsset { source: Source::Upload(name.to_owned()), analysis, recording: None }
}

/// A hash that is far from that of other seeds.
fn hash(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 31)
}

pub(in crate::planner) fn sample(seed: u64, at_secs: f64) -> PictureSample {
    let unit = |salt: u64| (hash(seed ^ (salt << 32)) >> 11) as f64 / (1_u64 << 53) as f64;
    PictureSample {
        at_secs,
        sharpness: 0.3 + 0.5 * unit(1),
        motion: 0.2 * unit(2),
        shake: 0.004,
        brightness: 0.3 + 0.4 * unit(3),
        clipped_ratio: 0.02,
        colorfulness: 0.05 + 0.1 * unit(4),
        is_blank: false,
        is_frozen: false,
        hash: hash(seed),
        grid: PictureGrid {
            luma_low: vec![40; GRID_COLUMNS * GRID_ROWS],
            luma_high: vec![160; GRID_COLUMNS * GRID_ROWS],
            edges: vec![20; GRID_COLUMNS * GRID_ROWS],
            saliency: vec![60; GRID_COLUMNS * GRID_ROWS],
        },
    }
}

pub(in crate::planner) fn analysis(kind: MediaKind, name: &str) -> AssetAnalysis {
    AssetAnalysis {
        name: name.to_owned(),
        kind,
        duration_secs: None,
        width_px: None,
        height_px: None,
        picture: None,
        sound: None,
    }
}

fn looks(samples: Vec<PictureSample>) -> PictureAnalysis {
    PictureAnalysis {
        colors: vec![ColorShare { rgb: [120, 90, 60], ratio: 1.0 }],
        transparent_ratio: 0.0,
        is_screen: false,
        cuts_secs: Vec::new(),
        samples,
    }
}

/// A photo.
pub(in crate::planner) fn picture(index: usize, (width, height): (u32, u32)) -> BriefAsset {
    let name = format!("photo_{index}.jpg");
    let mut analysis = analysis(MediaKind::Image, &name);
    (analysis.width_px, analysis.height_px) = (Some(width), Some(height));
    analysis.picture = Some(looks(vec![PictureSample { motion: 0.0, ..sample(1000 + index as u64, 0.0) }]));
    asset(&name, analysis)
}

/// A video of one shot, two looks a second.
pub(in crate::planner) fn clip(index: usize, duration_secs: f64) -> BriefAsset {
    let name = format!("clip_{index}.mp4");
    let mut analysis = analysis(MediaKind::Video, &name);
    (analysis.width_px, analysis.height_px) = (Some(1920), Some(1080));
    analysis.duration_secs = Some(duration_secs);
    let samples = (0_u32..240)
        .map(|at| f64::from(at) * 0.5)
        .take_while(|at| *at < duration_secs)
        .enumerate()
        .map(|(nth, at)| sample(index as u64 * 1000 + nth as u64, at))
        .collect();
    analysis.picture = Some(looks(samples));
    asset(&name, analysis)
}

/// A video in which somebody speaks from the first second on.
pub(in crate::planner) fn talk(index: usize, duration_secs: f64) -> BriefAsset {
    let mut asset = clip(index, duration_secs);
    let speech = vec![Span { start_secs: 1.0, end_secs: duration_secs - 0.5 }];
    asset.analysis.sound = Some(SoundAnalysis { speech, ..sound() });
    asset
}

/// What a screen shows for that long, with a rest in the middle third.
pub(in crate::planner) fn screen(index: usize, duration_secs: f64) -> BriefAsset {
    let mut asset = clip(index, duration_secs);
    if let Some(picture) = &mut asset.analysis.picture {
        picture.is_screen = true;
        for sample in &mut picture.samples {
            sample.is_frozen = (duration_secs / 3.0..duration_secs * 2.0 / 3.0).contains(&sample.at_secs);
        }
    }
    asset
}

pub(in crate::planner) fn logo() -> BriefAsset {
    let mut asset = picture(900, (512, 512));
    asset.source = Source::Upload("logo.png".to_owned());
    asset
}

fn sound() -> SoundAnalysis {
    SoundAnalysis {
        loudness_lufs: -16.0,
        true_peak_db: -2.0,
        block_loudness_tenths: vec![-160; 100],
        block_peak_tenths: vec![-20; 100],
        silences: Vec::new(),
        speech: Vec::new(),
        beat: None,
        onsets_secs: Vec::new(),
    }
}

/// Music of 120 beats a minute.
pub(in crate::planner) fn music(name: &str, duration_secs: f64) -> BriefAsset {
    let mut analysis = analysis(MediaKind::Audio, name);
    analysis.duration_secs = Some(duration_secs);
    let beats_secs =
        (0_u32..400).map(|beat| f64::from(beat) * 0.5).take_while(|at| *at < duration_secs).collect();
    let beat = Beat { tempo_bpm: 120.0, confidence: 3.0, beats_secs, first_downbeat: 0 };
    analysis.sound = Some(SoundAnalysis { beat: Some(beat), ..sound() });
    asset(name, analysis)
}

/// Spoken words.
pub(in crate::planner) fn voice(name: &str, duration_secs: f64) -> BriefAsset {
    let mut analysis = analysis(MediaKind::Audio, name);
    analysis.duration_secs = Some(duration_secs);
    let speech = vec![Span { start_secs: 0.3, end_secs: duration_secs - 0.3 }];
    analysis.sound = Some(SoundAnalysis { speech, ..sound() });
    asset(name, analysis)
}
