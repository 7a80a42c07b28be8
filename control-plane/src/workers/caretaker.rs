//! What must be done now and then: leases, orphans, old files, the audit of the ledger.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Stop;
use crate::domain::ids::BootId;
use crate::domain::timestamp::Clock;
use crate::objects::Objects;
use crate::store::Store;
use crate::{limits, telemetry};

/// Looks after the store and the files.
pub struct Caretaker {
    /// Durable state.
    pub store: Store,
    /// Inputs and videos of jobs.
    pub objects: Objects,
    /// This life of the server.
    pub boot: BootId,
    /// This process is dead in the eyes of the others so long after its last word.
    pub lease: Duration,
    /// Files are kept for so long after the end of their job.
    pub retention: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Caretaker {
    /// Keeps this process alive in the eyes of the others until it lets go of its last job.
    pub async fn keep_lease(self: Arc<Self>, stop: Stop) {
        let mut ticks = interval(self.lease / limits::LEASE_RENEWALS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.now.cancelled() => return,
            }
            if let Err(error) = self.store.renew_lease(&self.boot, self.lease).await {
                // Two may fail. After that the jobs are somebody else's, and every write of theirs is refused here.
                tracing::error!(error = telemetry::chain(&error), "the lease of this process is not renewed");
            }
        }
    }

    /// Does the rest of the chores until asked to stop.
    pub async fn run(self: Arc<Self>, stop: Stop) {
        let mut ticks = interval(limits::ORPHAN_SWEEP_INTERVAL.min(self.lease / limits::LEASE_RENEWALS));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut swept_at, mut audited_at) = (None, Instant::now());
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.soon.cancelled() => return,
            }
            if self.store.is_shared() {
                self.requeue_orphans().await;
            }
            if swept_at.is_none_or(|at: Instant| at.elapsed() >= limits::RETENTION_SWEEP_INTERVAL) {
                swept_at = Some(Instant::now());
                self.sweep().await;
            }
            if audited_at.elapsed() >= limits::AUDIT_INTERVAL {
                audited_at = Instant::now();
                self.audit().await;
            }
        }
    }

    async fn requeue_orphans(&self) {
        match self.store.requeue_orphans(&self.boot, self.clock.now()).await {
            Ok(0) => {}
            Ok(requeued) => tracing::warn!(requeued, "jobs of a dead process go back to the queue"),
            Err(error) => {
                tracing::error!(error = telemetry::chain(&error), "cannot look for jobs of dead processes");
            }
        }
    }

    async fn audit(&self) {
        match self.store.audit().await {
            Ok(audit) if audit.is_clean() => tracing::info!("the ledger adds up"),
            Ok(audit) => tracing::error!(?audit, "the ledger does not add up"),
            Err(error) => tracing::error!(error = telemetry::chain(&error), "the ledger cannot be read"),
        }
    }

    async fn sweep(&self) {
        let now = self.clock.now();
        if let Err(error) = self.store.forget_old(now).await {
            tracing::error!(error = telemetry::chain(&error), "what is old is not forgotten yet");
        }
        let expired = self.store.expired_jobs(self.retention, limits::RETENTION_BATCH, now).await;
        let expired = expired.unwrap_or_else(|error| {
            tracing::error!(error = telemetry::chain(&error), "cannot look for old files");
            Vec::new()
        });
        for job in expired {
            // The files first: a job that is noted as expired must have none.
            let removed = match self.objects.remove_job(&job.id).await {
                Ok(()) => {
                    self.store.record_expiry(&job.id, now).await.map_err(|error| telemetry::chain(&error))
                }
                Err(error) => Err(telemetry::chain(&error)),
            };
            match removed {
                Ok(()) => tracing::info!(job = %job.id, "files removed after their time"),
                Err(error) => tracing::error!(job = %job.id, error, "old files stay for now"),
            }
        }
    }
}
