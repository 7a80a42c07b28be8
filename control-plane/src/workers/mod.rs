//! What goes on without a request: jobs are run, webhooks are delivered.

mod attempt;
mod delivery;
mod report;
mod runner;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use delivery::Courier;
pub use runner::run_jobs;

use crate::domain::entropy::Entropy;
use crate::domain::ids::BootId;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Clock;
use crate::engines::Fleet;
use crate::store::{JobFiles, Store};

/// What workers work with.
pub struct Workshop {
    /// Durable state.
    pub store: Store,
    /// Files of jobs.
    pub files: JobFiles,
    /// Engines.
    pub fleet: Fleet,
    /// Signs download links.
    pub links: Arc<LinkSigner>,
    /// This life of the server.
    pub boot: BootId,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// First pause before another attempt at a job.
    pub retry_pause: Duration,
}

/// How workers are asked to stop: first kindly, then for good.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Take nothing new.
    pub soon: CancellationToken,
    /// Let go of everything.
    pub now: CancellationToken,
}
