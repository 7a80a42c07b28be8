//! When something happens on a recorded screen, and when nothing does.

use avs_protocol::{AssetAnalysis, Span};

use super::RecordingEvents;

/// Nothing that happens is further from an event than this, before it.
const LEAD_SECS: f64 = 0.7;
/// And after it: what an event brings about is seen.
const TAIL_SECS: f64 = 1.3;
/// Rests shorter than this stay: a jump would be felt, and little gained.
const IDLE_SECS_MIN: f64 = 2.0;
/// How far the pointer must go to be used, as a fraction of the picture: less is a hand at rest.
const POINTER_TRAVEL_MIN: f64 = 0.004;
/// Picture motion that something on the screen has changed.
const MOTION_MIN: f64 = 0.002;

/// Returns the stretches in which something is done or seen to change, in order, without overlap; the whole recording where
/// nothing ever is.
pub fn active_spans(events: &RecordingEvents, analysis: &AssetAnalysis) -> Vec<Span> {
    let Some(duration) = analysis.duration_secs.filter(|duration| duration.is_finite() && *duration > 0.0)
    else {
        return Vec::new();
    };
    let mut spans: Vec<Span> = moments(events, analysis)
        .into_iter()
        .map(|(from, to)| Span {
            start_secs: (from - LEAD_SECS).clamp(0.0, duration),
            end_secs: (to + TAIL_SECS).clamp(0.0, duration),
        })
        .filter(|span| span.end_secs > span.start_secs)
        .collect();
    spans.sort_by(|a, b| a.start_secs.total_cmp(&b.start_secs));
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(before) if span.start_secs - before.end_secs < IDLE_SECS_MIN => {
                before.end_secs = before.end_secs.max(span.end_secs);
            }
            _ => merged.push(span),
        }
    }
    if merged.is_empty() {
        merged.push(Span { start_secs: 0.0, end_secs: duration });
    }
    if let Some(first) = merged.first_mut().filter(|first| first.start_secs < IDLE_SECS_MIN) {
        first.start_secs = 0.0;
    }
    if let Some(last) = merged.last_mut().filter(|last| duration - last.end_secs < IDLE_SECS_MIN) {
        last.end_secs = duration;
    }
    merged
}

/// From when to when something was done, in no order.
fn moments(events: &RecordingEvents, analysis: &AssetAnalysis) -> Vec<(f64, f64)> {
    let mut moments: Vec<(f64, f64)> =
        events.clicks.iter().map(|click| (click.at_secs, click.at_secs)).collect();
    moments.extend(events.keys_secs.iter().map(|at| (*at, *at)));
    for pair in events.cursor.windows(2) {
        let travel = (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
        if travel >= POINTER_TRAVEL_MIN {
            // A track may tell a place only when it changes: the way there was short.
            moments.push((pair[0].at_secs.max(pair[1].at_secs - 1.0), pair[1].at_secs));
        }
    }
    if let Some(sound) = &analysis.sound {
        moments.extend(sound.speech.iter().map(|span| (span.start_secs, span.end_secs)));
    }
    if let Some(picture) = &analysis.picture {
        for pair in picture.samples.windows(2) {
            if !pair[1].is_frozen && pair[1].motion >= MOTION_MIN {
                moments.push((pair[0].at_secs, pair[1].at_secs));
            }
        }
    }
    moments.retain(|(from, to)| from.is_finite() && to.is_finite());
    moments
}

#[cfg(test)]
mod tests {
    use avs_protocol::MediaKind;
    use proptest::prelude::*;

    use super::*;
    use crate::recording::PointerEvent;

    fn screen(duration_secs: f64) -> AssetAnalysis {
        AssetAnalysis {
            name: "screen.mp4".into(),
            kind: MediaKind::Video,
            duration_secs: Some(duration_secs),
            width_px: Some(1920),
            height_px: Some(1080),
            picture: None,
            sound: None,
        }
    }

    fn clicks(times: &[f64]) -> RecordingEvents {
        let clicks = times.iter().map(|at_secs| PointerEvent { at_secs: *at_secs, x: 0.5, y: 0.5 }).collect();
        RecordingEvents { clicks, ..RecordingEvents::default() }
    }

    fn pairs(spans: &[Span]) -> Vec<(f64, f64)> {
        spans.iter().map(|span| (span.start_secs, span.end_secs)).collect()
    }

    #[test]
    fn a_long_rest_is_cut_out_and_a_short_one_stays() {
        let events = clicks(&[1.0, 3.0, 20.0]);
        assert_eq!(pairs(&active_spans(&events, &screen(22.0))), [(0.0, 4.3), (19.3, 22.0)]);
    }

    #[test]
    fn a_recording_without_events_is_active_as_a_whole() {
        assert_eq!(pairs(&active_spans(&RecordingEvents::default(), &screen(9.0))), [(0.0, 9.0)]);
    }

    #[test]
    fn a_pointer_at_rest_is_no_activity_and_one_that_moves_is() {
        let at = |at_secs, x| PointerEvent { at_secs, x, y: 0.5 };
        let cursor = vec![at(1.0, 0.1), at(1.5, 0.2), at(9.0, 0.2), at(14.0, 0.201), at(19.0, 0.5)];
        let events = RecordingEvents { cursor, ..clicks(&[]) };
        let spans = pairs(&active_spans(&events, &screen(20.0)));
        assert_eq!(spans.len(), 2);
        assert!(spans[0].1 < 3.0 && spans[1].0 > 17.0, "{spans:?}");
    }

    proptest! {
        #[test]
        fn active_spans_never_overlap_and_lie_inside(
            times in proptest::collection::vec(0.0..100.0_f64, 0..30), duration in 0.1..80.0_f64,
        ) {
            let (events, screen) = (clicks(&times), screen(duration));
            let all = active_spans(&events, &screen);
            prop_assert!(!all.is_empty());
            for span in &all {
                prop_assert!(0.0 <= span.start_secs && span.start_secs < span.end_secs && span.end_secs <= duration);
            }
            prop_assert!(all.windows(2).all(|pair| pair[0].end_secs <= pair[1].start_secs));
        }
    }
}
