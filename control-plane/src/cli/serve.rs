//! `avs serve`: puts the parts together, runs them, and takes them apart in order.
//!
//! ```text
//!  lock the directory, open store and keys, audit, requeue orphans, listen
//!      |
//!  API server + runners + courier  ----- SIGTERM, SIGINT -----> stop accepting and claiming
//!                                                                    | grace
//!                                                               let go of jobs (requeued), end engines, exit
//! ```

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::TaskTracker;

use super::CommandError;
use crate::api::{Api, Health, admin_router, router, server};
use crate::config::ServeConfig;
use crate::domain::ids::BootId;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Clock as _;
use crate::engines::{Fleet, FleetConfig};
use crate::fetch::client::client_from_policy;
use crate::keys::Keys;
use crate::store::{JobFiles, Store};
use crate::system::{SystemClock, SystemEntropy};
use crate::telemetry;
use crate::workers::{Courier, Stop, Workshop, run_jobs};

pub(super) async fn run(config: ServeConfig) -> Result<(), CommandError> {
    telemetry::start(config.log_format);
    let data_dir = &config.data_dir.path;
    config.data_dir.create()?;
    let _lock = lock_directory(data_dir)?;
    let parts = Parts::assemble(&config).await?;
    let (stop, tasks) = (Stop::default(), TaskTracker::new());
    let grace = Duration::from_millis(config.shutdown_grace_millis);
    for _ in 0..config.engine_count() {
        tasks.spawn(run_jobs(Arc::clone(&parts.workshop), stop.clone()));
    }
    tasks.spawn(parts.courier(&config)?.run(stop.clone()));
    if let Some(address) = config.admin_listen {
        let listener = listen(address).await?;
        tracing::info!(address = %listener.local_addr()?, "health checks");
        let health = Health { store: parts.api.store.clone(), workshop: Arc::clone(&parts.workshop) };
        tasks.spawn(server::serve(listener, admin_router(health), stop.soon.clone(), grace));
    }
    let address = parts.listener.local_addr()?;
    let serving = server::serve(parts.listener, router(parts.api), stop.soon.clone(), grace);
    let serving = tasks.spawn(serving);
    tasks.close();
    writeln!(std::io::stdout(), "listening on http://{address}")?;
    wait_for_signal().await?;
    tracing::info!("stopping");
    stop.soon.cancel();
    if tokio::time::timeout(grace, tasks.wait()).await.is_err() {
        tracing::warn!("time is over: running jobs go back to the queue");
    }
    stop.now.cancel();
    tasks.wait().await;
    serving.await.map_err(std::io::Error::other)?;
    parts.workshop.fleet.stop().await;
    Ok(())
}

/// Everything that runs, before it runs.
struct Parts {
    listener: TcpListener,
    api: Arc<Api>,
    workshop: Arc<Workshop>,
}

impl Parts {
    async fn assemble(config: &ServeConfig) -> Result<Self, CommandError> {
        let data_dir = &config.data_dir.path;
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let keys = Keys::open(data_dir, &SystemEntropy)?;
        let store = Store::open(data_dir).await?;
        let files = JobFiles::open(data_dir)?;
        let boot = BootId::generate(&SystemEntropy);
        recover(&store, &files, &boot).await?;
        let listener = listen(config.listen).await?;
        let public_url = match &config.public_url {
            Some(url) => url.clone(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let links = Arc::new(LinkSigner::new(&public_url, keys.link));
        let fleet = Fleet::start(FleetConfig {
            program: config.engine_path()?,
            engines: config.engine_count(),
            ping_interval: Duration::from_millis(config.timing.ping_millis.max(1)),
            kill_grace: Duration::from_millis(config.timing.kill_grace_millis),
        });
        let workshop = Arc::new(Workshop {
            store: store.clone(),
            files: files.clone(),
            fleet,
            links: Arc::clone(&links),
            boot,
            clock: clock.clone(),
            entropy: entropy.clone(),
            retry_pause: Duration::from_millis(config.timing.retry_pause_millis),
        });
        let (webhook_policy, vault) = (config.webhook_policy(), keys.vault);
        let api = Arc::new(Api { store, files, links, vault, webhook_policy, clock, entropy });
        Ok(Self { listener, api, workshop })
    }

    fn courier(&self, config: &ServeConfig) -> Result<Courier, CommandError> {
        let policy = config.webhook_policy();
        Ok(Courier {
            client: client_from_policy(&policy.addresses)?,
            store: self.api.store.clone(),
            vault: self.api.vault.clone(),
            policy,
            retry_delays: config.webhook_retry_delays(),
            clock: Arc::clone(&self.api.clock),
            entropy: Arc::clone(&self.api.entropy),
        })
    }
}

/// Takes up what the last life of this server left behind.
async fn recover(store: &Store, files: &JobFiles, boot: &BootId) -> Result<(), CommandError> {
    let audit = store.audit().await?;
    if audit.is_clean() {
        tracing::info!("the ledger adds up");
    } else {
        tracing::error!(?audit, "the ledger does not add up");
    }
    let requeued = store.requeue_orphans(boot, SystemClock.now()).await?;
    if requeued > 0 {
        tracing::warn!(requeued, "jobs of the last run go back to the queue");
    }
    Ok(files.remove_orphans(store).await?)
}

/// Two servers on one directory would each take the other's jobs for orphans.
fn lock_directory(data_dir: &Path) -> Result<File, CommandError> {
    let lock = File::create(data_dir.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(CommandError::AlreadyServed { directory: data_dir.display().to_string() })
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, CommandError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| CommandError::Listen { address: address.to_string(), source })
}

async fn wait_for_signal() -> Result<(), CommandError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}
