//! What may be shown of a video: its shots without their edges, or where something happens on a screen.

use avs_protocol::{PictureSample, Span};

use super::role::duration_secs;
use crate::{BriefAsset, recording};

/// Share of a shot that is left out at each of its edges: people start and end shots badly.
const EDGE_RATIO: f64 = 0.08;
/// But not more than this, in seconds.
const EDGE_SECS_MAX: f64 = 0.6;
/// Shorter parts are not shown, in seconds; but a file that has no longer one is shown whole.
const STRETCH_SECS_MIN: f64 = 0.3;
/// Most stretches of one file.
const STRETCHES_MAX: usize = 400;
/// A screen that rests for less than this is not cut, in seconds.
const REST_SECS_MIN: f64 = 2.0;

/// Returns what may be shown of a file, in order, without overlap; empty for a picture.
pub(super) fn of_asset(asset: &BriefAsset) -> Vec<Span> {
    let duration = duration_secs(&asset.analysis);
    let Some(picture) = asset.analysis.picture.as_ref().filter(|_| duration > 0.0) else { return Vec::new() };
    let found = match &asset.recording {
        Some(events) => recording::active_spans(events, &asset.analysis),
        None if picture.is_screen => moving_spans(&picture.samples, duration),
        None => shots(&picture.cuts_secs, duration),
    };
    let mut stretches: Vec<Span> = Vec::new();
    for span in found.iter().take(STRETCHES_MAX) {
        let from = stretches.last().map_or(0.0, |before| before.end_secs);
        let (start_secs, end_secs) = (span.start_secs.clamp(from, duration), span.end_secs.min(duration));
        // Also not for what is no number.
        if end_secs - start_secs >= STRETCH_SECS_MIN {
            stretches.push(Span { start_secs, end_secs });
        }
    }
    if stretches.is_empty() {
        stretches.push(Span { start_secs: 0.0, end_secs: duration });
    }
    stretches
}

fn shots(cuts_secs: &[f64], duration: f64) -> Vec<Span> {
    let mut edges: Vec<f64> = cuts_secs.iter().copied().filter(|cut| *cut > 0.0 && *cut < duration).collect();
    edges.sort_by(f64::total_cmp);
    let starts = std::iter::once(0.0).chain(edges.iter().copied());
    let ends = edges.iter().copied().chain(std::iter::once(duration));
    starts
        .zip(ends)
        .map(|(start, end)| {
            let edge = ((end - start) * EDGE_RATIO).min(EDGE_SECS_MAX);
            Span { start_secs: start + edge, end_secs: end - edge }
        })
        .collect()
}

/// Where a screen changes, with what leads to it and what comes of it.
fn moving_spans(samples: &[PictureSample], duration: f64) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for sample in samples.iter().filter(|sample| !sample.is_frozen && !sample.is_blank) {
        let (start, end) = ((sample.at_secs - 0.7).max(0.0), (sample.at_secs + 1.0).min(duration));
        match spans.last_mut() {
            Some(before) if start - before.end_secs < REST_SECS_MIN => {
                before.end_secs = before.end_secs.max(end);
            }
            _ => spans.push(Span { start_secs: start, end_secs: end }),
        }
    }
    spans
}
