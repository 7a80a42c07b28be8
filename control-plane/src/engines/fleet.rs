//! Keeps one engine warm ahead of need, and hands it to whoever has a job for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::session::{Engine, EngineGone, Patience};
use crate::{limits, telemetry};

/// How engines are started and watched.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// The engine's executable.
    pub program: PathBuf,
    /// Jobs that run at once.
    pub engines: usize,
    /// Between two pings.
    pub ping_interval: Duration,
    /// Between two rungs of the ladder.
    pub kill_grace: Duration,
}

/// Lends engines. Whoever leases one has it for one job; `engines` in use and one warm is the most there are.
pub struct Fleet {
    requests: mpsc::Sender<oneshot::Sender<Engine>>,
    starting_fails: Arc<AtomicBool>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Fleet {
    /// Starts to warm the first engine.
    pub fn start(config: FleetConfig) -> Self {
        let (requests, requests_rx) = mpsc::channel(config.engines.max(1));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let starting_fails = Arc::new(AtomicBool::new(false));
        let warmer = Warmer {
            config,
            requests: requests_rx,
            starting_fails: Arc::clone(&starting_fails),
            tasks: tasks.clone(),
        };
        let until = stop.clone();
        tasks.spawn(async move { until.run_until_cancelled(warmer.run()).await });
        Self { requests, starting_fails, stop, tasks }
    }

    /// Waits for a warm engine and takes it. The caller bounds the wait.
    ///
    /// # Errors
    /// [`EngineGone`] once the fleet has stopped.
    pub async fn lease(&self) -> Result<Engine, EngineGone> {
        let (answer, engine) = oneshot::channel();
        self.requests.send(answer).await.ok().ok_or(EngineGone)?;
        engine.await.ok().ok_or(EngineGone)
    }

    /// True unless the last start of an engine failed.
    pub fn is_healthy(&self) -> bool {
        !self.starting_fails.load(Ordering::Relaxed)
    }

    /// Ends the warm engine, and waits until every process is gone.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

struct Warmer {
    config: FleetConfig,
    requests: mpsc::Receiver<oneshot::Sender<Engine>>,
    starting_fails: Arc<AtomicBool>,
    tasks: TaskTracker,
}

impl Warmer {
    async fn run(mut self) {
        let mut pause = limits::RESPAWN_PAUSE;
        loop {
            if let Some(engine) = self.warm_up().await {
                let Some(handed_over) = self.hand_over(engine).await else { return };
                if handed_over {
                    pause = limits::RESPAWN_PAUSE;
                    continue;
                }
                tracing::warn!("the warm engine has ended before it had a job");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(limits::RESPAWN_PAUSE_MAX);
        }
    }

    async fn warm_up(&self) -> Option<Engine> {
        let patience =
            Patience { ping_interval: self.config.ping_interval, kill_grace: self.config.kill_grace };
        let started = Engine::start(&self.config.program, patience, &self.tasks).await;
        self.starting_fails.store(started.is_err(), Ordering::Relaxed);
        started
            .inspect_err(|error| {
                let program = self.config.program.display();
                tracing::error!(%program, error = telemetry::chain(error), "no engine");
            })
            .ok()
    }

    /// Waits for somebody who wants the engine; false where it ended first, `None` once nobody can ask any more.
    async fn hand_over(&mut self, mut engine: Engine) -> Option<bool> {
        loop {
            tokio::select! {
                () = engine.ended() => return Some(false),
                request = self.requests.recv() => match request?.send(engine) {
                    Ok(()) => return Some(true),
                    // Whoever asked has given up meanwhile.
                    Err(unwanted) => engine = unwanted,
                }
            }
        }
    }
}
