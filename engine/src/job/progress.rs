//! How far a render is, and where its time went.

use std::time::{Duration, Instant};

use avs_protocol::RenderStep;

use crate::limits;

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

/// Where the wall time of a render went; stages overlap, so these do not add up to the total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// Frames that were composed and read back; the others repeat the one before.
    pub frames_drawn: u64,
    /// Validation, probing, layout of the timeline.
    pub prepare_millis: u64,
    /// The compose thread, in planning, uploading and recording.
    pub compose_millis: u64,
    /// The compose thread, waiting for decoded pictures.
    pub decode_wait_millis: u64,
    /// The encode thread, waiting for the device.
    pub readback_wait_millis: u64,
    /// The encode thread, in encoding and muxing.
    pub encode_millis: u64,
    /// From the command to the finished file.
    pub total_millis: u64,
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

/// A stopwatch for one kind of work on one thread.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch(Duration);

impl Stopwatch {
    /// Runs `work` and counts its time.
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        self.0 += began.elapsed();
        result
    }

    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}
