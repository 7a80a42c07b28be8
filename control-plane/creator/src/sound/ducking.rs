//! How music gives way: gains over time, as the keyframes that the engine plays and as the numbers that loudness is
//! computed from, which are the same.

use avs_protocol::Span;
use serde_json::{Value, json};

use super::loudness::factor_from_db;

/// How far music is turned down under words.
const DEPTH_DB: f64 = -14.0;
/// It is down when the first word begins.
const DOWN_SECS: f64 = 0.25;
/// How long it takes to come up again.
const UP_SECS: f64 = 0.7;
/// It stays down over pauses shorter than this, and ones in which it could not come up.
const PAUSE_SECS_MIN: f64 = DOWN_SECS + UP_SECS;
/// Most stretches that it is turned down for; more would be too many keyframes, and restless.
const STRETCHES_MAX: usize = 40;

/// Stretches in which music is turned down.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ducking {
    /// In order, further apart than the way down and up.
    stretches: Vec<Span>,
}

impl Ducking {
    /// Turns down under these words of a video of that length.
    pub(super) fn under(mut words: Vec<Span>, duration_secs: f64) -> Self {
        words.retain(|span| span.start_secs < duration_secs && span.end_secs > span.start_secs.max(0.0));
        words.sort_by(|a, b| a.start_secs.total_cmp(&b.start_secs));
        let mut pause_secs = PAUSE_SECS_MIN;
        loop {
            let stretches = merged(&words, pause_secs, duration_secs);
            if stretches.len() <= STRETCHES_MAX {
                return Self { stretches };
            }
            pause_secs *= 1.5;
        }
    }

    /// Returns the factor at a moment.
    pub(super) fn gain(&self, at_secs: f64) -> f64 {
        let down = |stretch: &Span| {
            let before = (stretch.start_secs - at_secs) / DOWN_SECS;
            let after = (at_secs - stretch.end_secs) / UP_SECS;
            1.0 - before.max(after).clamp(0.0, 1.0)
        };
        let deepest = self.stretches.iter().map(down).fold(0.0, f64::max);
        1.0 - deepest * (1.0 - factor_from_db(DEPTH_DB))
    }

    /// Returns `volume` as the document says it for a block that begins with the video.
    pub(super) fn keyframes(&self, volume: f64, duration_secs: f64) -> Value {
        if self.stretches.is_empty() {
            return json!(rounded(volume));
        }
        let corners = self.stretches.iter().flat_map(|stretch| {
            let (from, to) = (stretch.start_secs, stretch.end_secs);
            [from - DOWN_SECS, from, to, to + UP_SECS]
        });
        let mut times: Vec<f64> = std::iter::once(0.0)
            .chain(corners)
            .map(rounded)
            .filter(|at| (0.0..=duration_secs).contains(at))
            .collect();
        times.dedup();
        let keyframes =
            times.into_iter().map(|at| json!({ "time": at, "value": rounded(volume * self.gain(at)) }));
        Value::Array(keyframes.collect())
    }
}

fn merged(words: &[Span], pause_secs: f64, duration_secs: f64) -> Vec<Span> {
    let mut stretches: Vec<Span> = Vec::new();
    for word in words {
        let (start_secs, end_secs) = (word.start_secs.max(0.0), word.end_secs.min(duration_secs));
        match stretches.last_mut() {
            Some(before) if start_secs - before.end_secs < pause_secs => {
                before.end_secs = before.end_secs.max(end_secs);
            }
            _ => stretches.push(Span { start_secs, end_secs }),
        }
    }
    stretches
}

/// To a ten-thousandth: less is not heard, and documents stay readable.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(start_secs: f64, end_secs: f64) -> Span {
        Span { start_secs, end_secs }
    }

    #[test]
    fn music_is_down_when_words_begin_and_comes_up_after_them() {
        let ducking = Ducking::under(vec![span(2.0, 4.0)], 10.0);
        let low = factor_from_db(-14.0);
        assert_eq!(
            [1.75, 2.0, 3.0, 4.0, 4.7].map(|at| rounded(ducking.gain(at))),
            [1.0, low, low, low, 1.0].map(rounded)
        );
        let keyframes = ducking.keyframes(1.0, 10.0);
        assert_eq!(keyframes.as_array().unwrap().len(), 5);
        assert_eq!(keyframes[2], json!({ "time": 2.0, "value": rounded(low) }));
    }

    #[test]
    fn music_stays_down_over_a_short_pause_and_comes_up_in_a_long_one() {
        let ducking = Ducking::under(vec![span(1.0, 2.0), span(2.7, 4.0), span(7.0, 8.0)], 10.0);
        assert!(ducking.gain(2.35) < 0.21 && ducking.gain(5.5) > 0.99);
    }

    #[test]
    fn without_words_the_volume_is_one_number() {
        assert_eq!(Ducking::under(Vec::new(), 10.0).keyframes(0.5, 10.0), json!(0.5));
    }

    proptest! {
        #[test]
        fn keyframes_rise_stay_in_range_and_are_what_was_computed_with(
            words in proptest::collection::vec((-2.0..60.0_f64, 0.0..3.0_f64), 0..80), volume in 0.0..=4.0_f64,
        ) {
            let words = words.into_iter().map(|(start, length)| span(start, start + length)).collect();
            let ducking = Ducking::under(words, 50.0);
            let keyframes = ducking.keyframes(volume, 50.0);
            let Some(keyframes) = keyframes.as_array() else { return Ok(()) };
            prop_assert!(keyframes.len() <= 200);
            let of = |at: usize, name: &str| keyframes[at][name].as_f64().unwrap();
            for at in 0..keyframes.len() {
                prop_assert!((0.0..=4.0).contains(&of(at, "value")) && (0.0..=50.0).contains(&of(at, "time")));
            }
            for at in 1..keyframes.len() {
                let middle = (of(at - 1, "time") + of(at, "time")) / 2.0;
                let played = (of(at - 1, "value") + of(at, "value")) / 2.0;
                prop_assert!(of(at, "time") > of(at - 1, "time"));
                prop_assert!((played - volume * ducking.gain(middle)).abs() < 0.01, "{middle} {played}");
            }
        }
    }
}
