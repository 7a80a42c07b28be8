//! How far a render is, and where its time went.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use avs_protocol::RenderStep;

use crate::limits;
use crate::trace::{Step, Trace};

/// How far a render is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RenderProgress {
    /// What is being done.
    pub step: RenderStep,
    /// Frames encoded so far.
    pub frames_done: u64,
    /// Frames the video will have.
    pub frames_total: u64,
    /// Mean speed so far, output frames per second of wall time.
    pub frames_per_second: f64,
}

/// Where the time of a render went, and on what.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// The adapter's name.
    pub adapter: String,
    /// The encoder that ran.
    pub encoder: String,
    /// Frames that were composed; the others repeat the one before.
    pub frames_drawn: u64,
    /// Validation, probing, layout of the timeline.
    pub prepare_millis: u64,
    /// From the command to the finished file.
    pub total_millis: u64,
    /// Time in each step by its name, over all threads; they run beside each other, so that these do not add up to the
    /// total.
    pub step_millis: BTreeMap<&'static str, u64>,
}

impl Timings {
    /// The steps of a trace.
    pub(crate) fn steps_of(trace: &Trace) -> BTreeMap<&'static str, u64> {
        let millis = |step: Step| u64::try_from(trace.total(step).as_millis()).unwrap_or(u64::MAX);
        Step::ALL.into_iter().map(|step| (step.name(), millis(step))).collect()
    }
}

/// Counts frames and reports now and then.
pub(crate) struct ProgressMeter<'a> {
    began: Instant,
    reported: Instant,
    frames_total: u64,
    frames_done: u64,
    on_progress: &'a (dyn Fn(RenderProgress) + Sync),
}

impl<'a> ProgressMeter<'a> {
    pub(crate) fn new(frames_total: u64, on_progress: &'a (dyn Fn(RenderProgress) + Sync)) -> Self {
        let began = Instant::now();
        Self { began, reported: began, frames_total, frames_done: 0, on_progress }
    }

    /// One more frame is encoded.
    pub(crate) fn frame_done(&mut self) {
        self.frames_done += 1;
        if self.reported.elapsed() >= limits::PROGRESS_INTERVAL {
            self.reported = Instant::now();
            self.report(RenderStep::Encoding);
        }
    }

    /// Reports at once.
    pub(crate) fn report(&self, step: RenderStep) {
        let elapsed = self.began.elapsed().max(Duration::from_millis(1));
        (self.on_progress)(RenderProgress {
            step,
            frames_done: self.frames_done,
            frames_total: self.frames_total,
            frames_per_second: self.frames_done as f64 / elapsed.as_secs_f64(),
        });
    }
}
