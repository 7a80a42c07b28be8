//! Runs jobs: claims one, makes an attempt, and writes down how it ended.
//!
//! ```text
//!  claim --> attempt --+-- Ended(Completed | Failed) --> end_job        one transaction: state, money, webhook
//!                      +-- Broken, attempts left -----> requeue (Retry), after a pause that doubles
//!                      +-- Broken, none left ---------> end_job(Failed), with the error of the last attempt
//!                      +-- Ended(Cancelled) ----------> end_job(Cancelled): its owner wants it stopped
//!                      +-- Interrupted ----------------> requeue (Interrupt), at once
//!                      '-- Lost -----------------------> nothing: another attempt has the job
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;

use super::attempt::{self, Outcome};
use super::{Stop, Workshop};
use crate::domain::ids::EventId;
use crate::domain::job::{Job, JobError};
use crate::domain::lifecycle::Step;
use crate::store::{Announcement, ClaimedJob, Ending, StoreError};
use crate::{limits, telemetry};

/// Runs one job after another until asked to stop.
pub async fn run_jobs(workshop: Arc<Workshop>, stop: Stop) {
    while !stop.soon.is_cancelled() {
        match workshop.store.claim_job(&workshop.boot, workshop.clock.now()).await {
            Ok(Some(claimed)) => workshop.run_job(claimed, &stop).await,
            Ok(None) => workshop.wait_for_job(&stop).await,
            Err(error) => {
                tracing::error!(error = telemetry::chain(&error), "cannot claim a job");
                workshop.wait_for_job(&stop).await;
            }
        }
    }
}

impl Workshop {
    async fn wait_for_job(&self, stop: &Stop) {
        tokio::select! {
            () = self.store.job_ready() => {}
            () = tokio::time::sleep(limits::QUEUE_POLL_INTERVAL) => {}
            () = stop.soon.cancelled() => {}
        }
    }

    async fn run_job(self: &Arc<Self>, claimed: ClaimedJob, stop: &Stop) {
        let claimed = Arc::new(claimed);
        let job = &claimed.job;
        tracing::info!(job = %job.id, epoch = job.state.epoch, "job is running");
        let outcome = if claimed.cancel_requested {
            Outcome::Ended(Ending::Cancelled)
        } else if job.state.epoch > limits::CLAIMS_MAX {
            Outcome::Ended(Ending::Failed(JobError::render_failed()))
        } else {
            self.outcome_of_attempt(&claimed, stop).await
        };
        if !matches!(outcome, Outcome::Ended(Ending::Completed(_))) {
            self.remove_attempt(job).await;
        }
        self.write_down(job, outcome, stop).await;
        if let Err(error) = self.objects.leave(&job.id).await {
            tracing::warn!(job = %job.id, error = telemetry::chain(&error), "files of the job stay on this disk");
        }
    }

    async fn outcome_of_attempt(self: &Arc<Self>, claimed: &Arc<ClaimedJob>, stop: &Stop) -> Outcome {
        // A task of its own, so that a panic breaks the attempt and not the runner.
        let attempt = tokio::spawn(attempt::make(Arc::clone(self), Arc::clone(claimed)));
        let attempt = AbortOnDropHandle::new(attempt);
        tokio::select! {
            finished = tokio::time::timeout(limits::ATTEMPT_WAIT, attempt) => match finished {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(panic)) => Outcome::broken(panic.to_string()),
                Err(_elapsed) => Outcome::broken("the attempt took too long".to_owned()),
            },
            outcome = self.watch_owner(&claimed.job) => outcome,
            () = stop.now.cancelled() => Outcome::Interrupted,
        }
    }

    /// Waits until the job's owner wants it stopped, or the claim is lost.
    async fn watch_owner(&self, job: &Job) -> Outcome {
        let mut changes = self.store.changes();
        loop {
            match self.store.is_cancel_requested(job).await {
                Ok(true) => return Outcome::Ended(Ending::Cancelled),
                Err(StoreError::Fenced { .. }) => return Outcome::Lost,
                // The attempt itself will find out whether the store is gone for good.
                Ok(false) | Err(_) => {}
            }
            tokio::time::timeout(limits::CANCEL_POLL_INTERVAL, changes.of(&job.id)).await.ok();
        }
    }

    /// Tries until the store has taken it: a job must not stay `running` because the disk was full for a minute.
    async fn write_down(&self, job: &Job, outcome: Outcome, stop: &Stop) {
        let mut pause = self.retry_pause;
        let Some(conclusion) = Conclusion::from_outcome(job, outcome) else { return };
        loop {
            let error = match self.conclude(job, &conclusion).await {
                Ok(()) => return,
                Err(error @ (StoreError::Fenced { .. } | StoreError::IllegalStep(_))) => {
                    tracing::warn!(job = %job.id, error = telemetry::chain(&error), "the job was taken away");
                    return;
                }
                Err(error) => error,
            };
            tracing::error!(job = %job.id, error = telemetry::chain(&error), "the end of an attempt is not stored yet");
            tokio::select! {
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(limits::RETRY_PAUSE_MAX),
                // The next start requeues it.
                () = stop.now.cancelled() => return,
            }
        }
    }

    async fn conclude(&self, job: &Job, conclusion: &Conclusion) -> Result<(), StoreError> {
        let now = self.clock.now();
        let ending = match conclusion {
            Conclusion::Requeue(step) => {
                let pause = self.pause_before(job, *step);
                tracing::warn!(job = %job.id, ?step, pause_millis = pause.as_millis(), "job goes back to the queue");
                return self.store.requeue_job(job, *step, pause, now).await;
            }
            Conclusion::End(ending) => ending,
        };
        let announcement = Announcement { event_id: EventId::generate(&*self.entropy), links: &self.links };
        let job = self.store.end_job(job, ending, &announcement, now).await?;
        let code = job.error.as_ref().map(|error| error.code.as_str());
        tracing::info!(job = %job.id, status = job.state.status.name(), code, "job has ended");
        Ok(())
    }

    fn pause_before(&self, job: &Job, step: Step) -> Duration {
        match step {
            Step::Retry => {
                let doubled = self.retry_pause.saturating_mul(1 << job.state.broken_attempts.min(16));
                doubled.min(limits::RETRY_PAUSE_MAX)
            }
            _ => Duration::ZERO,
        }
    }

    async fn remove_attempt(&self, job: &Job) {
        let directory = self.objects.local().attempt_dir(&job.id, job.state.epoch);
        match tokio::fs::remove_dir_all(&directory).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(job = %job.id, %error, "an unfinished file stays on disk");
            }
            _ => {}
        }
    }
}

/// What is written down about an attempt.
enum Conclusion {
    Requeue(Step),
    End(Ending),
}

impl Conclusion {
    fn from_outcome(job: &Job, outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Ended(ending) => Some(Self::End(ending)),
            Outcome::Interrupted => Some(Self::Requeue(Step::Interrupt)),
            Outcome::Lost => None,
            Outcome::Broken { reason, error } => {
                tracing::warn!(job = %job.id, epoch = job.state.epoch, reason, "the attempt broke");
                if job.state.may_retry() {
                    Some(Self::Requeue(Step::Retry))
                } else {
                    Some(Self::End(Ending::Failed(*error)))
                }
            }
        }
    }
}
