//! One engine for one job, without a fleet: for commands that make a video and end.

use std::path::Path;

use tokio_util::task::TaskTracker;

use super::process::Launch;
use super::session::{Engine, Patience, StartError};
use crate::limits;

/// An engine of one's own.
pub struct Lone {
    /// The engine.
    pub engine: Engine,
    tasks: TaskTracker,
}

impl Lone {
    /// Starts one that sees `jobs_dir` and nothing else of ours.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(program: &Path, jobs_dir: &Path, sandbox_required: bool) -> Result<Self, StartError> {
        let patience = Patience { ping_interval: limits::PING_INTERVAL, kill_grace: limits::KILL_GRACE };
        let tasks = TaskTracker::new();
        let (engine, sandbox) = Engine::start(&Launch { program, jobs_dir }, patience, &tasks).await?;
        if sandbox_required && !sandbox.is_full() {
            return Err(StartError::Unconfined { sandbox: sandbox.to_string() });
        }
        Ok(Self { engine, tasks })
    }

    /// Ends it, and waits until its process is gone.
    pub async fn stop(self) {
        drop(self.engine);
        self.tasks.close();
        self.tasks.wait().await;
    }
}
