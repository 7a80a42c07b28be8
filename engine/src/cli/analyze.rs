//! `avs-engine analyze`: what is in media files, for a person or as JSON.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use avs_protocol::AssetAnalysis;

use super::CommandError;
use crate::analysis::{AnalysisControl, analyze};
use crate::limits;

pub(super) fn run(files: &[PathBuf], json: bool) -> Result<(), CommandError> {
    let control = AnalysisControl { cancelled: &AtomicBool::new(false), wall_max: limits::ANALYSIS_WALL_MAX };
    for file in files {
        let began = Instant::now();
        let analysis = analyze(&file.display().to_string(), file, control)?;
        if json {
            // As for every type of ours, nothing here can fail to be written.
            println!("{}", serde_json::to_string(&analysis).unwrap_or_default());
        } else {
            summarize(&analysis, began.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// A few lines of what matters most.
fn summarize(analysis: &AssetAnalysis, took_secs: f64) {
    let length = analysis.duration_secs.map(|secs| format!(", {secs:.2} s")).unwrap_or_default();
    let size = analysis.width_px.zip(analysis.height_px);
    let size = size.map(|(width, height)| format!(", {width}x{height}")).unwrap_or_default();
    println!("{}: {:?}{size}{length}; looked into in {took_secs:.2} s", analysis.name, analysis.kind);
    if let Some(picture) = &analysis.picture {
        let colors: Vec<_> = picture
            .colors
            .iter()
            .map(|color| format!("{} {:.0}%", hex(color.rgb), color.ratio * 100.0))
            .collect();
        println!("  colours: {}", colors.join(", "));
        println!(
            "  cuts: {:?}; {} looks; screen: {}",
            picture.cuts_secs,
            picture.samples.len(),
            picture.is_screen
        );
    }
    if let Some(sound) = &analysis.sound {
        println!(
            "  loudness: {} LUFS, {} dBTP; {} onsets",
            sound.loudness_lufs,
            sound.true_peak_db,
            sound.onsets_secs.len()
        );
        let spans = |spans: &[avs_protocol::Span]| {
            let spans = spans.iter().map(|span| format!("{:.1}-{:.1}", span.start_secs, span.end_secs));
            spans.collect::<Vec<_>>().join(", ")
        };
        println!("  speech: {}; silences: {}", spans(&sound.speech), spans(&sound.silences));
        if let Some(beat) = &sound.beat {
            println!(
                "  beat: {} bpm, confidence {}, {} beats",
                beat.tempo_bpm,
                beat.confidence,
                beat.beats_secs.len()
            );
        }
    }
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
