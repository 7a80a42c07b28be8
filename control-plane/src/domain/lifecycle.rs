//! The life of a job: every legal step is in [`JobState::apply`], and nowhere else.
//!
//! ```text
//!             Claim                     Complete
//!  queued ------------> running ---------------------> completed
//!    ^  |                |  |  |
//!    |  |  Interrupt,    |  |  '---------------------> failed
//!    |  |  Retry         |  |           Fail              ^
//!    '--|----------------'  '-- Advance: the phase moves  |
//!       '-------------------------------------------------'
//!                          Fail (nobody can run it)
//!  queued, running --- Cancel (its owner) ---> cancelled
//! ```
//! The phase only moves forward, across retries too: a job that is rendered again stays `rendering`. Each
//! claim raises the epoch, and every later write names the epoch it belongs to, so that a worker which lost
//! its job can no longer change it.

use serde::{Deserialize, Serialize};

use crate::limits::ATTEMPTS_MAX;

/// What a job is doing, in the public words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Its video can be downloaded.
    Completed,
    /// It ended without a video.
    Failed,
    /// It was stopped on request.
    Cancelled,
}

impl JobStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Completed, Self::Failed, Self::Cancelled];

    /// Its name in the database and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// True where nothing can change any more.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Completed | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// How far a job has come, in the public words and in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not begun.
    Queued,
    /// Its inputs are being fetched and examined.
    PreparingAssets,
    /// A prompt is being turned into a template; never for a JSON job.
    Generating,
    /// The video is being made.
    Rendering,
    /// Done.
    Completed,
    /// Ended without a video.
    Failed,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::PreparingAssets,
        Self::Generating,
        Self::Rendering,
        Self::Completed,
        Self::Failed,
    ];

    /// Its name in the database and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::PreparingAssets => "preparing_assets",
            Self::Generating => "generating",
            Self::Rendering => "rendering",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// The part of a job that its worker and its owner argue about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobState {
    /// What it is doing.
    pub status: JobStatus,
    /// How far it has come.
    pub phase: Phase,
    /// Number of claims so far; names the attempt that is running.
    pub epoch: u32,
    /// Attempts that broke for want of luck: the engine died, hung or lost its device.
    pub broken_attempts: u32,
}

/// A step in the life of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A worker takes it.
    Claim,
    /// Its work has come to this phase; no effect if it already was further.
    Advance(Phase),
    /// Back into the queue by no fault of the attempt: the server stopped.
    Interrupt,
    /// Back into the queue because the attempt broke.
    Retry,
    /// The video is there.
    Complete,
    /// It ends without a video.
    Fail,
    /// Its owner wants no video any more. The phase stays what it was.
    Cancel,
}

/// A step that does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {} job in phase {} cannot take the step {step:?}", state.status.name(), state.phase.name())]
pub struct IllegalStep {
    /// Where the job is.
    pub state: JobState,
    /// What was asked of it.
    pub step: Step,
}

impl JobState {
    /// The state of a new job.
    pub const NEW: Self =
        Self { status: JobStatus::Queued, phase: Phase::Queued, epoch: 0, broken_attempts: 0 };

    /// Returns the state after `step`.
    ///
    /// # Errors
    /// [`IllegalStep`] where the step does not fit; the job is then as it was.
    pub fn apply(self, step: Step) -> Result<Self, IllegalStep> {
        let work = |phase| matches!(phase, Phase::PreparingAssets | Phase::Generating | Phase::Rendering);
        match (self.status, step) {
            (JobStatus::Queued, Step::Claim) => Ok(Self {
                status: JobStatus::Running,
                phase: self.phase.max(Phase::PreparingAssets),
                epoch: self.epoch + 1,
                ..self
            }),
            (JobStatus::Running, Step::Advance(phase)) if work(phase) => {
                Ok(Self { phase: self.phase.max(phase), ..self })
            }
            (JobStatus::Running, Step::Interrupt) => Ok(Self { status: JobStatus::Queued, ..self }),
            (JobStatus::Running, Step::Retry) if self.may_retry() => {
                Ok(Self { status: JobStatus::Queued, broken_attempts: self.broken_attempts + 1, ..self })
            }
            (JobStatus::Running, Step::Complete) if self.phase == Phase::Rendering => {
                Ok(Self { status: JobStatus::Completed, phase: Phase::Completed, ..self })
            }
            (JobStatus::Queued | JobStatus::Running, Step::Fail) => {
                Ok(Self { status: JobStatus::Failed, phase: Phase::Failed, ..self })
            }
            (JobStatus::Queued | JobStatus::Running, Step::Cancel) => {
                Ok(Self { status: JobStatus::Cancelled, ..self })
            }
            _ => Err(IllegalStep { state: self, step }),
        }
    }

    /// True where one more broken attempt still leaves another one.
    pub fn may_retry(self) -> bool {
        self.broken_attempts + 1 < ATTEMPTS_MAX
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => Just(Step::Claim),
            3 => proptest::sample::select(Phase::ALL.to_vec()).prop_map(Step::Advance),
            2 => Just(Step::Interrupt),
            2 => Just(Step::Retry),
            1 => Just(Step::Complete),
            1 => Just(Step::Fail),
            1 => Just(Step::Cancel),
        ]
    }

    /// The rules in another form: what a history of accepted steps must look like from outside.
    #[derive(Default)]
    struct Model {
        claims: u32,
        retries: u32,
        running: bool,
        ended: bool,
    }

    impl Model {
        fn accepts(&self, step: Step, before: JobState) -> bool {
            match step {
                Step::Claim => !self.running && !self.ended,
                Step::Advance(phase) => self.running && phase > Phase::Queued && phase < Phase::Completed,
                Step::Interrupt => self.running,
                Step::Retry => self.running && self.retries < ATTEMPTS_MAX - 1,
                Step::Complete => self.running && before.phase == Phase::Rendering,
                Step::Fail | Step::Cancel => !self.ended,
            }
        }

        fn record(&mut self, step: Step) {
            match step {
                Step::Claim => (self.claims, self.running) = (self.claims + 1, true),
                Step::Advance(_) => {}
                Step::Interrupt => self.running = false,
                Step::Retry => (self.retries, self.running) = (self.retries + 1, false),
                Step::Complete | Step::Fail | Step::Cancel => (self.running, self.ended) = (false, true),
            }
        }
    }

    proptest! {
        #[test]
        fn random_steps_agree_with_the_model(steps in proptest::collection::vec(any_step(), 0..60)) {
            let (mut state, mut model) = (JobState::NEW, Model::default());
            for step in steps {
                let next = state.apply(step);
                prop_assert_eq!(next.is_ok(), model.accepts(step, state), "{:?} at {:?}", step, state);
                let Ok(next) = next else { continue };
                model.record(step);
                prop_assert!(next.phase >= state.phase, "the phase went backwards");
                prop_assert!(!state.status.is_terminal(), "a job left its terminal state");
                prop_assert_eq!((next.epoch, next.broken_attempts), (model.claims, model.retries));
                prop_assert_eq!(next.status == JobStatus::Running, model.running);
                prop_assert_eq!(next.status.is_terminal(), model.ended);
                state = next;
            }
        }
    }

    #[test]
    fn a_job_that_is_rendered_again_keeps_its_phase() {
        let steps = [Step::Claim, Step::Advance(Phase::Rendering), Step::Retry, Step::Claim];
        let state = steps.into_iter().try_fold(JobState::NEW, JobState::apply).unwrap();
        assert_eq!((state.status, state.phase, state.epoch), (JobStatus::Running, Phase::Rendering, 2));
    }
}
