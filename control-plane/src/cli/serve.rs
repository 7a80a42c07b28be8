//! `avs serve`: puts the parts together, runs them, and takes them apart in order.
//!
//! ```text
//!  lock the directory, open store and keys, audit, requeue orphans, listen
//!      |
//!  API server + runners + courier + caretaker  ----- SIGTERM, SIGINT -----> stop accepting and claiming
//!                                                                    | grace
//!                                                               let go of jobs (requeued), end engines, exit
//! ```

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::{CommandError, wait_for_signal};
use crate::api::{Api, ApiLimits, Health, Rates, ServerTiming, Shared, admin_router, router, server};
use crate::config::{Role, ServeConfig};
use crate::console;
use crate::domain::entropy::base62_from_entropy;
use crate::domain::ids::BootId;
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Clock as _;
use crate::engines::{Fleet, FleetConfig};
use crate::fetch::client::client_from_policy;
use crate::fetch::{DownloadTiming, Downloader};
use crate::keys::Keys;
use crate::objects::{Bucket, JobFiles, Objects};
use crate::store::Store;
use crate::system::{SystemClock, SystemEntropy};
use crate::telemetry;
use crate::workers::{Caretaker, Courier, Stop, Workshop, run_jobs};

/// 190 bits.
const SETUP_KEY_CHARS: usize = 32;

pub(super) async fn run(config: ServeConfig) -> Result<(), CommandError> {
    telemetry::start(config.log_format);
    let metrics = telemetry::start_metrics()?;
    config.state.data_dir.create()?;
    if config.role != Role::All && config.state.database_url.is_none() {
        return Err(CommandError::RoleNeedsPostgres);
    }
    if config.role != Role::All && config.bucket.bucket.is_none() {
        return Err(CommandError::RoleNeedsBucket);
    }
    let _lock = lock_directory(&config.state.data_dir.path)?;
    let (stop, tasks) = (Stop::default(), TaskTracker::new());
    let parts = Parts::assemble(&config, &stop).await?;
    let grace = Duration::from_millis(config.shutdown_grace_millis);
    let timing = ServerTiming { waits: config.client_waits(), grace };
    // Apart from the tasks: it lasts as long as jobs do, and nobody waits for it before they have ended.
    let lease = tokio::spawn(Arc::clone(&parts.caretaker).keep_lease(stop.clone()));
    if config.role.works() {
        for _ in 0..config.engine_count() {
            tasks.spawn(run_jobs(Arc::clone(&parts.workshop), stop.clone()));
        }
        tasks.spawn(parts.courier(&config)?.run(stop.clone()));
        tasks.spawn(Arc::clone(&parts.caretaker).run(stop.clone()));
    }
    let admin_listener = listen(config.admin_listen).await?;
    let admin_address = admin_listener.local_addr()?;
    let health = Health { workshop: Arc::clone(&parts.workshop), runs_jobs: config.role.works(), metrics };
    tasks.spawn(server::serve(admin_listener, admin_router(health), stop.soon.clone(), timing));
    let address = parts.listener.local_addr()?;
    let console_lines = console_lines(&parts.api);
    if config.role.serves() {
        let serving =
            server::serve(parts.listener, router(parts.api, console::routes()), stop.soon.clone(), timing);
        tasks.spawn(serving);
        announce(&format!("listening on http://{address}"));
    } else {
        drop(parts.listener);
        announce("working");
    }
    announce(&format!("health checks on http://{admin_address}"));
    for line in console_lines.iter().filter(|_| config.role.serves()) {
        announce(line);
    }
    tasks.close();
    wait_for_signal()?.await;
    tracing::info!("stopping");
    stop.soon.cancel();
    if tokio::time::timeout(grace, tasks.wait()).await.is_err() {
        tracing::warn!("time is over: running jobs go back to the queue");
    }
    stop.now.cancel();
    tasks.wait().await;
    if let Err(error) = lease.await {
        tracing::error!(%error, "the lease was not kept to the end");
    }
    parts.workshop.fleet.stop().await;
    parts.workshop.store.end_lease(&parts.workshop.boot).await?;
    Ok(())
}

/// For whoever started the server; that nobody reads it is no reason to end.
fn announce(line: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        tracing::info!(%error, "{line}");
    }
}

/// Where people go, and how the first of them gets in.
fn console_lines(api: &Api) -> Vec<String> {
    let base_url = api.links.base_url();
    let setup = api.setup_key.as_ref().map(|key| format!("first run: {base_url}/setup?key={key}"));
    // The console last: whoever reads these lines knows then that there are no more.
    setup.into_iter().chain([format!("console on {base_url}")]).collect()
}

/// Everything that runs, before it runs.
struct Parts {
    listener: TcpListener,
    api: Arc<Api>,
    workshop: Arc<Workshop>,
    caretaker: Arc<Caretaker>,
}

impl Parts {
    async fn assemble(config: &ServeConfig, stop: &Stop) -> Result<Self, CommandError> {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        let keys = Keys::open(&config.keys_dir(), &SystemEntropy)?;
        let store = config.state.open_store().await?;
        let files = JobFiles::open(&config.state.data_dir.path)?;
        let objects = Objects::new(files, Bucket::open(&config.bucket)?);
        let boot = BootId::generate(&SystemEntropy);
        recover(&store, &objects, (&boot, config.lease())).await?;
        let listener = listen(config.listen).await?;
        let public_url = match &config.public_url {
            Some(url) => url.clone(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let links = Arc::new(LinkSigner::new(&public_url, keys.link));
        let workshop = Arc::new(Workshop {
            store: store.clone(),
            objects: objects.clone(),
            downloader: Downloader::new(config.fetch_policy(), DownloadTiming::default())?,
            creator: config.creator.creator()?,
            fleet: Fleet::start(fleet_config(config, objects.local())?),
            links: Arc::clone(&links),
            boot: boot.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            retry_pause: Duration::from_millis(config.timing.retry_pause_millis),
            source_bytes_max: config.timing.source_bytes_max,
        });
        let caretaker = Arc::new(Caretaker {
            store: store.clone(),
            objects: objects.clone(),
            boot,
            lease: config.lease(),
            retention: config.retention(),
            clock: clock.clone(),
        });
        let nobody_signs_in = !store.has_passwords().await?;
        let api = Arc::new(Api {
            store,
            objects,
            workshop: Arc::clone(&workshop),
            links,
            vault: keys.vault,
            webhook_policy: config.webhook_policy(),
            limits: ApiLimits {
                open_jobs_max: config.open_jobs_max,
                body_idle_wait: config.client_waits().body_idle,
            },
            rates: Rates::new(config.reads_per_minute, config.writes_per_minute),
            stop: stop.soon.clone(),
            clock,
            entropy,
            setup_key: nobody_signs_in.then(|| base62_from_entropy(&SystemEntropy, SETUP_KEY_CHARS)),
            shared: Shared::default(),
        });
        Ok(Self { listener, api, workshop, caretaker })
    }

    fn courier(&self, config: &ServeConfig) -> Result<Courier, CommandError> {
        let policy = config.webhook_policy();
        Ok(Courier {
            client: client_from_policy(&policy.addresses)?,
            store: self.api.store.clone(),
            boot: self.workshop.boot.clone(),
            vault: self.api.vault.clone(),
            policy,
            retry_delays: config.webhook_retry_delays(),
            clock: Arc::clone(&self.api.clock),
            entropy: Arc::clone(&self.api.entropy),
        })
    }
}

fn fleet_config(config: &ServeConfig, files: &JobFiles) -> Result<FleetConfig, CommandError> {
    Ok(FleetConfig {
        program: config.engine_path()?,
        // Who runs no jobs still looks into the files of dry runs.
        engines: if config.role.works() { config.engine_count() } else { 1 },
        jobs_dir: files.root().to_owned(),
        sandbox_required: config.require_sandbox,
        ping_interval: Duration::from_millis(config.timing.ping_millis.max(1)),
        kill_grace: Duration::from_millis(config.timing.kill_grace_millis),
    })
}

/// Takes up what the last life of this server left behind.
async fn recover(
    store: &Store,
    objects: &Objects,
    (boot, lease): (&BootId, Duration),
) -> Result<(), CommandError> {
    store.renew_lease(boot, lease).await?;
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
    if objects.is_local() {
        objects.local().remove_orphans(store).await?;
    } else {
        // What a bucket holds is the truth; the workplace of the last run is scrap.
        objects.local().remove_everything().await?;
    }
    Ok(())
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
