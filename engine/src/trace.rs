//! Where the time of a render goes: a track for each thread, on which steps follow each other. Totals always; single
//! spans, for Chrome's trace viewer, where they are asked for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

/// What a thread does, or what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Demuxing and decoding pictures.
    Decode,
    /// Cropping, scaling and packing them.
    Scale,
    /// Decoding images.
    Image,
    /// Decoding, mixing and limiting sound.
    Mix,
    /// Encoding sound.
    Aac,
    /// Finding the scene, planning, drawing on the CPU, uploading, recording and submitting.
    Compose,
    /// Waiting for the device and copying what it drew.
    ReadBack,
    /// Encoding pictures.
    Encode,
    /// Writing the file.
    Mux,
    /// Stall: the compositor is behind, so that a decoder may not go on.
    WaitForCompositor,
    /// Stall: a decoder is behind.
    WaitForPictures,
    /// Stall: the encoder is behind.
    WaitForEncoder,
    /// Stall: the compositor is behind, so that the encoder has nothing to do.
    WaitForFrames,
    /// Stall: the sound is behind.
    WaitForSound,
}

impl Step {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 14] = [
        Self::Decode,
        Self::Scale,
        Self::Image,
        Self::Mix,
        Self::Aac,
        Self::Compose,
        Self::ReadBack,
        Self::Encode,
        Self::Mux,
        Self::WaitForCompositor,
        Self::WaitForPictures,
        Self::WaitForEncoder,
        Self::WaitForFrames,
        Self::WaitForSound,
    ];

    /// Its name in reports and traces.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Scale => "scale",
            Self::Image => "image",
            Self::Mix => "mix",
            Self::Aac => "aac",
            Self::Compose => "compose",
            Self::ReadBack => "readBack",
            Self::Encode => "encode",
            Self::Mux => "mux",
            Self::WaitForCompositor => "waitForCompositor",
            Self::WaitForPictures => "waitForPictures",
            Self::WaitForEncoder => "waitForEncoder",
            Self::WaitForFrames => "waitForFrames",
            Self::WaitForSound => "waitForSound",
        }
    }
}

const STEP_COUNT: usize = Step::ALL.len();

/// Spans of a track at most: an hour of frames. What comes later is in the totals only.
const SPANS_MAX: usize = 1 << 20;

/// The tracks of one render.
#[derive(Debug, Clone)]
pub struct Trace(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    began: Instant,
    keeps_spans: bool,
    ended: Mutex<Vec<Ended>>,
}

/// A track whose thread has ended.
#[derive(Debug)]
struct Ended {
    name: &'static str,
    totals: [Duration; STEP_COUNT],
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    step: Step,
    began: Duration,
    took: Duration,
}

/// What one thread does. It is part of the trace once it is dropped.
#[derive(Debug)]
pub struct Track {
    shared: Arc<Shared>,
    name: &'static str,
    totals: [Duration; STEP_COUNT],
    spans: Vec<Span>,
}

impl Trace {
    /// Begins now; `keeps_spans` for [`Self::chrome_json`].
    #[must_use]
    pub fn new(keeps_spans: bool) -> Self {
        Self(Arc::new(Shared { began: Instant::now(), keeps_spans, ended: Mutex::default() }))
    }

    /// A track for the calling thread.
    #[must_use]
    pub fn track(&self, name: &'static str) -> Track {
        let totals = [Duration::ZERO; STEP_COUNT];
        Track { shared: Arc::clone(&self.0), name, totals, spans: Vec::new() }
    }

    /// Time spent in a step by all threads that have ended, added up.
    #[must_use]
    pub fn total(&self, step: Step) -> Duration {
        let ended = self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.iter().map(|track| track.totals[step as usize]).sum()
    }

    /// The spans in the Trace Event Format of Chrome and Perfetto: complete events, microseconds.
    #[must_use]
    pub fn chrome_json(&self) -> serde_json::Value {
        let ended = self.0.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let events = ended.iter().enumerate().flat_map(|(thread, track)| {
            let name = json!({ "name": "thread_name", "ph": "M", "pid": 1, "tid": thread,
                "args": { "name": track.name } });
            let spans = track.spans.iter().map(move |span| {
                json!({ "name": span.step.name(), "ph": "X", "pid": 1, "tid": thread,
                    "ts": micros(span.began), "dur": micros(span.took) })
            });
            std::iter::once(name).chain(spans)
        });
        json!({ "traceEvents": events.collect::<Vec<_>>() })
    }
}

impl Track {
    /// Runs `work` and counts its time as `step`.
    pub fn time<T>(&mut self, step: Step, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        let took = began.elapsed();
        self.totals[step as usize] += took;
        if self.shared.keeps_spans && self.spans.len() < SPANS_MAX {
            self.spans.push(Span { step, began: began - self.shared.began, took });
        }
        result
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        let (name, totals) = (self.name, self.totals);
        let ended = Ended { name, totals, spans: std::mem::take(&mut self.spans) };
        self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_where_its_number_says() {
        assert!(Step::ALL.iter().enumerate().all(|(index, step)| *step as usize == index));
    }

    #[test]
    fn totals_are_added_up_over_threads_and_spans_are_kept_where_they_are_wanted() {
        let trace = Trace::new(true);
        for name in ["decode", "decode"] {
            let mut track = trace.track(name);
            assert_eq!(track.time(Step::Decode, || 7), 7);
            track.totals[Step::Scale as usize] = Duration::from_millis(3);
        }
        assert_eq!(trace.total(Step::Scale), Duration::from_millis(6));
        let events = trace.chrome_json();
        let kinds: Vec<_> =
            events["traceEvents"].as_array().unwrap().iter().map(|event| &event["ph"]).collect();
        assert_eq!(kinds, ["M", "X", "M", "X"]);
        let plain = Trace::new(false);
        plain.track("decode").time(Step::Decode, || ());
        assert_eq!(plain.chrome_json()["traceEvents"].as_array().unwrap().len(), 1);
    }
}
