//! What to zoom on in a screen recording: where clicks come close together, or keys are pressed after one.

use super::{PointerEvent, RecordingEvents};

/// How long before its first click a zoom begins: the way in.
const IN_SECS: f64 = 0.6;
/// How long it stays after its last click or key.
const STAY_SECS: f64 = 1.4;
/// How long the way out takes.
const OUT_SECS: f64 = 0.6;
/// Clicks of one zoom follow on each other within this.
const GAP_SECS_MAX: f64 = 2.5;
/// And lie in a part of the picture no wider and no higher than this.
const SPREAD_MAX: f64 = 0.45;
/// Between two zooms on one place the whole is seen this long, or they are one: out and in again makes sick.
const APART_SECS_MIN: f64 = 1.2;
/// Shorter than this, fully in, a zoom would be worse than none.
const SHOWN_SECS_MIN: f64 = 0.4;
/// Least and greatest magnification.
const SCALE: std::ops::RangeInclusive<f64> = 1.4..=2.0;
/// Share of the shown part that clicks may fill.
const FILLED: f64 = 0.6;

/// A magnified part of a recording: it eases in before `at_secs`, and out from `until_secs` on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zoom {
    /// When it is fully in, in seconds of the recording; the way in takes the 0.6 s before, less at a cut.
    pub at_secs: f64,
    /// When the way out begins, which takes 0.6 s, less at a cut.
    pub until_secs: f64,
    /// Middle of what is shown, as a fraction of the width; never so near to an edge that nothing would be shown there.
    pub x: f64,
    /// Middle of what is shown, as a fraction of the height.
    pub y: f64,
    /// Magnification in `1.4..=2.0`.
    pub scale: f64,
}

/// Returns what to zoom on between two moments of the recording, in order; ways in and out of two do not overlap.
pub fn zooms(events: &RecordingEvents, start_secs: f64, end_secs: f64) -> Vec<Zoom> {
    let mut zooms: Vec<Zoom> = Vec::new();
    for cluster in clusters(events, start_secs, end_secs) {
        let zoom = cluster.zoom(start_secs, end_secs);
        if zoom.until_secs - zoom.at_secs < SHOWN_SECS_MIN {
            continue;
        }
        let Some(before) = zooms.last_mut() else {
            zooms.push(zoom);
            continue;
        };
        let out_by_secs = zoom.at_secs - IN_SECS - OUT_SECS;
        if out_by_secs >= before.until_secs + APART_SECS_MIN {
            zooms.push(zoom);
        } else if near(before, &zoom) {
            before.until_secs = before.until_secs.max(zoom.until_secs);
        } else if out_by_secs - before.at_secs >= SHOWN_SECS_MIN {
            before.until_secs = before.until_secs.min(out_by_secs);
            zooms.push(zoom);
        }
    }
    zooms
}

/// True where what the second is about is seen in the first.
fn near(first: &Zoom, second: &Zoom) -> bool {
    let half = 0.5 / first.scale;
    (first.x - second.x).abs() <= half * FILLED && (first.y - second.y).abs() <= half * FILLED
}

/// Clicks that belong together.
struct Cluster {
    from_secs: f64,
    to_secs: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Cluster {
    fn of(click: &PointerEvent) -> Self {
        Self {
            from_secs: click.at_secs,
            to_secs: click.at_secs,
            left: click.x,
            right: click.x,
            top: click.y,
            bottom: click.y,
        }
    }

    /// Takes the click in, if it is near enough in time and place.
    fn takes(&mut self, click: &PointerEvent) -> bool {
        let (left, right) = (self.left.min(click.x), self.right.max(click.x));
        let (top, bottom) = (self.top.min(click.y), self.bottom.max(click.y));
        let near = click.at_secs - self.to_secs <= GAP_SECS_MAX
            && right - left <= SPREAD_MAX
            && bottom - top <= SPREAD_MAX;
        if near {
            (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom);
            self.to_secs = click.at_secs;
        }
        near
    }

    fn zoom(&self, start_secs: f64, end_secs: f64) -> Zoom {
        let spread = (self.right - self.left).max(self.bottom - self.top);
        let scale = (FILLED / spread.max(0.01)).clamp(*SCALE.start(), *SCALE.end());
        let half = 0.5 / scale;
        let inside = |low: f64, high: f64| ((low + high) / 2.0).clamp(half, 1.0 - half);
        Zoom {
            at_secs: self.from_secs.max(start_secs),
            until_secs: (self.to_secs + STAY_SECS).min(end_secs),
            x: inside(self.left, self.right),
            y: inside(self.top, self.bottom),
            scale,
        }
    }
}

fn clusters(events: &RecordingEvents, start_secs: f64, end_secs: f64) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for click in events.clicks.iter().filter(|click| (start_secs..end_secs).contains(&click.at_secs)) {
        if !clusters.last_mut().is_some_and(|cluster| cluster.takes(click)) {
            clusters.push(Cluster::of(click));
        }
    }
    // What is typed after a click is typed there.
    for at in 0..clusters.len() {
        let next = clusters.get(at + 1).map_or(end_secs, |next| next.from_secs);
        for key in events.keys_secs.iter().filter(|key| **key < next) {
            let cluster = &mut clusters[at];
            if *key >= cluster.to_secs && key - cluster.to_secs <= GAP_SECS_MAX {
                cluster.to_secs = *key;
            }
        }
    }
    clusters
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(clicks: &[(f64, f64, f64)], keys_secs: &[f64]) -> RecordingEvents {
        let clicks =
            clicks.iter().map(|(at_secs, x, y)| PointerEvent { at_secs: *at_secs, x: *x, y: *y }).collect();
        RecordingEvents { clicks, cursor: Vec::new(), keys_secs: keys_secs.to_vec() }
    }

    #[test]
    fn clicks_close_together_are_one_zoom_on_their_middle() {
        let zooms = zooms(&events(&[(5.0, 0.5, 0.4), (6.0, 0.6, 0.5), (7.0, 0.5, 0.5)], &[]), 0.0, 20.0);
        assert_eq!(zooms.len(), 1);
        assert_eq!((zooms[0].at_secs, zooms[0].until_secs, zooms[0].scale), (5.0, 8.4, 2.0));
        assert!((zooms[0].x - 0.55).abs() < 1e-9 && (zooms[0].y - 0.45).abs() < 1e-9);
    }

    #[test]
    fn what_is_typed_after_a_click_keeps_the_zoom_and_what_is_typed_elsewhen_does_not() {
        let typed = zooms(&events(&[(5.0, 0.5, 0.5)], &[1.0, 6.0, 8.0, 10.0, 15.0]), 0.0, 20.0);
        assert_eq!(typed[0].until_secs, 11.4);
        assert_eq!(zooms(&events(&[], &[1.0, 2.0]), 0.0, 20.0), []);
    }

    #[test]
    fn a_click_in_a_corner_shows_no_more_than_the_picture() {
        let zooms = zooms(&events(&[(5.0, 0.0, 1.0)], &[]), 0.0, 20.0);
        assert_eq!((zooms[0].x, zooms[0].y), (0.25, 0.75));
    }

    #[test]
    fn clicks_far_apart_in_place_are_two_zooms_and_ones_outside_the_stretch_are_none() {
        let far = events(&[(5.0, 0.1, 0.1), (8.0, 0.9, 0.9), (30.0, 0.5, 0.5)], &[]);
        let zooms = zooms(&far, 0.0, 20.0);
        assert_eq!(zooms.len(), 2);
        assert!((zooms[0].until_secs + OUT_SECS) <= zooms[1].at_secs - IN_SECS + 1e-9);
    }

    proptest! {
        #[test]
        fn zooms_follow_on_each_other_inside_the_stretch_and_the_picture(
            mut clicks in proptest::collection::vec((0.0..40.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64), 0..40),
            mut keys in proptest::collection::vec(0.0..40.0_f64, 0..40),
        ) {
            clicks.sort_by(|a, b| a.0.total_cmp(&b.0));
            keys.sort_by(f64::total_cmp);
            let zooms = zooms(&events(&clicks, &keys), 3.0, 30.0);
            for zoom in &zooms {
                let half = 0.5 / zoom.scale - 1e-9;
                prop_assert!((1.4..=2.0).contains(&zoom.scale));
                prop_assert!((half..=1.0 - half).contains(&zoom.x) && (half..=1.0 - half).contains(&zoom.y));
                prop_assert!(3.0 <= zoom.at_secs && zoom.until_secs <= 30.0);
                prop_assert!(zoom.until_secs - zoom.at_secs >= SHOWN_SECS_MIN - 1e-9);
            }
            for pair in zooms.windows(2) {
                prop_assert!(pair[0].until_secs + OUT_SECS <= pair[1].at_secs - IN_SECS + 1e-9);
            }
        }
    }
}
