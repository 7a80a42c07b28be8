//! Keeps one engine warm ahead of need, and hands it to whoever has a job for it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use avs_protocol::SandboxReport;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::process::Launch;
use super::session::{Engine, EngineGone, Patience, StartError};
use crate::{limits, telemetry};

/// How engines are started and watched.
#[derive(Debug, Clone)]
pub struct FleetConfig {
    /// The engine's executable.
    pub program: PathBuf,
    /// Jobs that run at once.
    pub engines: usize,
    /// Directory of all jobs: all that an engine may see of ours.
    pub jobs_dir: PathBuf,
    /// True where engines must be fully confined.
    pub sandbox_required: bool,
    /// Between two pings.
    pub ping_interval: Duration,
    /// Between two rungs of the ladder.
    pub kill_grace: Duration,
}

/// Lends engines. Whoever leases one has it for one job; `engines` in use and one warm is the most there are.
pub struct Fleet {
    requests: mpsc::Sender<oneshot::Sender<Engine>>,
    starting_fails: Arc<AtomicBool>,
    crashes: Mutex<VecDeque<Instant>>,
    sandbox: Arc<Mutex<Option<SandboxReport>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Fleet {
    /// Starts to warm the first engine.
    pub fn start(config: FleetConfig) -> Self {
        let (requests, requests_rx) = mpsc::channel(config.engines.max(1));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let starting_fails = Arc::new(AtomicBool::new(false));
        let sandbox = Arc::<Mutex<Option<SandboxReport>>>::default();
        let warmer = Warmer {
            config,
            sandbox: Arc::clone(&sandbox),
            requests: requests_rx,
            starting_fails: Arc::clone(&starting_fails),
            tasks: tasks.clone(),
        };
        let until = stop.clone();
        tasks.spawn(async move { until.run_until_cancelled(warmer.run()).await });
        Self { requests, starting_fails, crashes: Mutex::default(), sandbox, stop, tasks }
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

    /// False where the last start of an engine failed, or several have crashed within minutes.
    pub fn is_healthy(&self) -> bool {
        let mut crashes = self.crashes.lock().unwrap_or_else(PoisonError::into_inner);
        while crashes.front().is_some_and(|at| at.elapsed() > limits::CRASH_WINDOW) {
            crashes.pop_front();
        }
        !self.starting_fails.load(Ordering::Relaxed) && crashes.len() < limits::FLEET_CRASHES_MAX
    }

    /// Notes that an engine has crashed over a job.
    pub fn note_crash(&self) {
        metrics::counter!("engine_crashes_total").increment(1);
        let mut crashes = self.crashes.lock().unwrap_or_else(PoisonError::into_inner);
        if crashes.len() >= limits::FLEET_CRASHES_MAX {
            crashes.pop_front();
        }
        crashes.push_back(Instant::now());
    }

    /// What confines the engine that was started last.
    pub fn sandbox(&self) -> Option<SandboxReport> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
    sandbox: Arc<Mutex<Option<SandboxReport>>>,
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
        let launch = Launch { program: &self.config.program, jobs_dir: &self.config.jobs_dir };
        let started = Engine::start(&launch, patience, &self.tasks).await;
        let accepted = started.and_then(|(engine, sandbox)| {
            let confined = sandbox.is_full();
            *self.sandbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(sandbox.clone());
            if self.config.sandbox_required && !confined {
                return Err(StartError::Unconfined { sandbox: sandbox.to_string() });
            }
            Ok(engine)
        });
        self.starting_fails.store(accepted.is_err(), Ordering::Relaxed);
        metrics::counter!("engine_starts_total").increment(1);
        accepted
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
