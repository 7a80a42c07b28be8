//! What goes on without a request: jobs are run, webhooks delivered, leases renewed, old files removed.

mod attempt;
pub(crate) mod briefs;
mod caretaker;
mod delivery;
mod generation;
mod inputs;
mod preview;
pub(crate) mod recordings;
mod report;
mod runner;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use caretaker::Caretaker;
pub use delivery::Courier;
pub use preview::{Preview, PreviewError};
pub use recordings::UnpackError;
pub use runner::run_jobs;

use crate::creator::Creator;
use crate::domain::entropy::Entropy;
use crate::domain::ids::BootId;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Clock;
use crate::engines::Fleet;
use crate::fetch::Downloader;
use crate::objects::Objects;
use crate::store::Store;

/// What workers work with.
pub struct Workshop {
    /// Durable state.
    pub store: Store,
    /// Inputs and videos of jobs.
    pub objects: Objects,
    /// Fetches what URLs lead to.
    pub downloader: Downloader,
    /// Makes templates of prompts.
    pub creator: Arc<dyn Creator>,
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
    /// Bytes of one source.
    pub source_bytes_max: u64,
}

/// How workers are asked to stop: first kindly, then for good.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Take nothing new.
    pub soon: CancellationToken,
    /// Let go of everything.
    pub now: CancellationToken,
}
