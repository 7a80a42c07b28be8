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
use std::io::{ErrorKind, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
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

/// In the data directory: held by the server that uses it.
const LOCK_FILE: &str = "lock";

/// 190 bits.
const SETUP_KEY_CHARS: usize = 32;

pub(super) async fn run(config: ServeConfig) -> Result<(), CommandError> {
    telemetry::start(config.log_format);
    let stopped = wait_for_signal()?;
    let server = Server::start(&config).await?;
    server.announce_addresses();
    stopped.await;
    server.stop().await
}

/// A server that runs in this process.
pub(super) struct Server {
    /// Where the API and the console are, as this machine reaches them.
    pub(super) base_url: String,
    admin_address: SocketAddr,
    role: Role,
    console_lines: Vec<String>,
    stop: Stop,
    tasks: TaskTracker,
    lease: JoinHandle<()>,
    grace: Duration,
    workshop: Arc<Workshop>,
    _lock: File,
}

impl Server {
    /// Starts everything that `config` asks for.
    ///
    /// # Errors
    /// [`CommandError`] says what could not be started; nothing of the server runs then.
    pub(super) async fn start(config: &ServeConfig) -> Result<Self, CommandError> {
        let metrics = telemetry::start_metrics()?;
        config.state.data_dir.create()?;
        if config.role != Role::All && config.state.database_url.is_none() {
            return Err(CommandError::RoleNeedsPostgres);
        }
        if config.role != Role::All && config.bucket.bucket.is_none() {
            return Err(CommandError::RoleNeedsBucket);
        }
        let lock = lock_directory(&config.state.data_dir.path)?;
        let (stop, tasks) = (Stop::default(), TaskTracker::new());
        let parts = Parts::assemble(config, &stop).await?;
        let admin_listener = listen(config.admin_listen).await?;
        let admin_address = admin_listener.local_addr()?;
        let address = parts.listener.local_addr()?;
        let base_url = format!("http://{}", reachable(address));
        RunningServer::write(&lock, &base_url)?;
        let grace = Duration::from_millis(config.shutdown_grace_millis);
        let timing = ServerTiming { waits: config.client_waits(), grace };
        // Apart from the tasks: it lasts as long as jobs do, and is waited for after they have ended.
        let lease = tokio::spawn(Arc::clone(&parts.caretaker).keep_lease(stop.clone()));
        if config.role.works() {
            for _ in 0..config.engine_count() {
                tasks.spawn(run_jobs(Arc::clone(&parts.workshop), stop.clone()));
            }
            tasks.spawn(parts.courier(config)?.run(stop.clone()));
            tasks.spawn(Arc::clone(&parts.caretaker).run(stop.clone()));
        }
        let health =
            Health { workshop: Arc::clone(&parts.workshop), runs_jobs: config.role.works(), metrics };
        tasks.spawn(server::serve(admin_listener, admin_router(health), stop.soon.clone(), timing));
        let console_lines = console_lines(&parts.api);
        if config.role.serves() {
            let routes = router(parts.api, console::routes());
            tasks.spawn(server::serve(parts.listener, routes, stop.soon.clone(), timing));
        }
        tasks.close();
        let (role, workshop) = (config.role, parts.workshop);
        Ok(Self {
            base_url,
            admin_address,
            role,
            console_lines,
            stop,
            tasks,
            lease,
            grace,
            workshop,
            _lock: lock,
        })
    }

    /// Prints where the server listens, the console last: there are no more lines then.
    fn announce_addresses(&self) {
        if self.role.serves() {
            announce(&format!("listening on {}", self.base_url));
        } else {
            announce("working");
        }
        announce(&format!("health checks on http://{}", self.admin_address));
        if self.role.serves() {
            self.console_lines.iter().for_each(|line| announce(line));
        }
    }

    /// How people get into the console: the link of the first run, where it still works, and the address.
    pub(super) fn console_lines(&self) -> &[String] {
        &self.console_lines
    }

    /// Stops accepting and claiming, waits for what runs, and ends the rest.
    pub(super) async fn stop(self) -> Result<(), CommandError> {
        tracing::info!("stopping");
        self.stop.soon.cancel();
        if tokio::time::timeout(self.grace, self.tasks.wait()).await.is_err() {
            tracing::warn!("grace period over: running jobs go back to the queue");
        }
        self.stop.now.cancel();
        self.tasks.wait().await;
        if let Err(error) = self.lease.await {
            tracing::error!(%error, "the lease was not kept to the end");
        }
        self.workshop.fleet.stop().await;
        self.workshop.store.end_lease(&self.workshop.boot).await?;
        Ok(())
    }
}

/// An address that this machine can connect to: a server that listens everywhere answers on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, v6.port()).into(),
        other => other,
    }
}

/// What a server writes into the lock of its data directory, for the commands that work beside it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RunningServer {
    /// Where it answers, as this machine reaches it.
    pub base_url: String,
    /// Its version.
    pub version: String,
}

impl RunningServer {
    /// The server that holds the data directory, if one does and has begun to listen.
    ///
    /// # Errors
    /// [`std::io::Error`] where the lock cannot be read.
    pub(super) fn find(data_dir: &Path) -> std::io::Result<Option<Self>> {
        let path = data_dir.join(LOCK_FILE);
        let lock = match File::open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match lock.try_lock_shared() {
            // The text is that of a server that has ended.
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(serde_json::from_str(&std::fs::read_to_string(&path)?).ok()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn write(mut lock: &File, base_url: &str) -> std::io::Result<()> {
        let running = Self { base_url: base_url.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        lock.set_len(0)?;
        lock.write_all(serde_json::to_string(&running)?.as_bytes())
    }
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
            billing: config.billing,
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
    // Its text is that of the server that holds it.
    let lock = File::options().write(true).create(true).truncate(false).open(data_dir.join(LOCK_FILE))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(CommandError::AlreadyServed { directory: data_dir.display().to_string() })
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CommandError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| CommandError::Listen { address: address.to_string(), source })
}
