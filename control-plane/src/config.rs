//! Settings of `avs serve`: each a flag and an `AVS_…` variable, with safe defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use crate::api::ClientWaits;
use crate::creator::CreatorSettings;
use crate::domain::credits::Billing;
use crate::fetch::FetchPolicy;
use crate::fetch::address::AddressPolicy;
use crate::fetch::client::UrlPolicy;
use crate::limits;
use crate::objects::BucketSettings;
use crate::store::{Store, StoreError, WriteWaits};
use crate::telemetry::LogFormat;

/// Where the public API listens unless it is told.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Where health checks and metrics are unless it is told.
pub const ADMIN_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9090);

/// The argument [`DataDir::path`] among those of a command.
pub const DATA_DIR_ID: &str = "data-dir";

/// Where state is kept; shared by every command.
#[derive(Debug, Clone, clap::Args)]
pub struct DataDir {
    /// Directory of the database, the keys and the files of jobs.
    #[arg(id = DATA_DIR_ID, long = "data-dir", env = "AVS_DATA_DIR", default_value = "avs-data", value_name = "DIR")]
    pub path: PathBuf,
}

/// Which database holds the state; shared by every command.
#[derive(Debug, Clone, clap::Args)]
pub struct StateArguments {
    /// Where files and keys are, and the database, if it is SQLite.
    #[command(flatten)]
    pub data_dir: DataDir,
    /// PostgreSQL to keep the state in, instead of SQLite: postgres://user:password@host/database.
    #[arg(long, env = "AVS_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Shortest wait of a client's write for its turn, where the limits would refuse it sooner. Only tests change it.
    #[arg(long, env = "AVS_WRITE_WAIT_MILLIS", hide = true, default_value_t = millis(limits::WRITE_QUEUE_AGE))]
    pub write_wait_millis: u64,
}

impl StateArguments {
    /// Opens the store.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be used.
    pub async fn open_store(&self) -> Result<Store, StoreError> {
        self.data_dir.create()?;
        let store = match &self.database_url {
            Some(url) => Store::open_postgres(url).await?,
            None => Store::open_sqlite(&self.data_dir.path).await?,
        };
        Ok(store.with_write_waits(WriteWaits::at_least(Duration::from_millis(self.write_wait_millis))))
    }
}

impl DataDir {
    /// Makes the directory where it is missing, for its owner only: it will hold keys and other people's files.
    ///
    /// # Errors
    /// [`std::io::Error`] where it cannot be made.
    pub fn create(&self) -> std::io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path)
    }
}

/// What a server process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Answers requests.
    Api,
    /// Runs jobs and delivers webhooks.
    Worker,
    /// Both.
    All,
}

impl Role {
    /// True where it answers requests.
    pub fn serves(self) -> bool {
        matches!(self, Self::Api | Self::All)
    }

    /// True where it runs jobs.
    pub fn works(self) -> bool {
        matches!(self, Self::Worker | Self::All)
    }
}

/// Settings of the server.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeConfig {
    /// Where state is kept.
    #[command(flatten)]
    pub state: StateArguments,
    /// What this process does. More than one process needs PostgreSQL and a bucket.
    #[arg(long, env = "AVS_ROLE", value_enum, default_value = "all")]
    pub role: Role,
    /// Directory of the keys, which all processes share [default: DATA_DIR/keys].
    #[arg(long, env = "AVS_KEYS_DIR", value_name = "DIR")]
    pub keys_dir: Option<PathBuf>,
    /// Where inputs and videos are.
    #[command(flatten)]
    pub bucket: BucketSettings,
    /// Who makes templates of prompts.
    #[command(flatten)]
    pub creator: CreatorSettings,
    /// Address of the public API; port 0 lets the system choose.
    #[arg(long, env = "AVS_LISTEN", default_value_t = LISTEN, value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Address of `/livez`, `/readyz` and `/metrics`; keep it from the public.
    #[arg(long, env = "AVS_ADMIN_LISTEN", default_value_t = ADMIN_LISTEN, value_name = "ADDRESS")]
    pub admin_listen: SocketAddr,
    /// Base of download links, as clients reach this server [default: http://LISTEN].
    #[arg(long, env = "AVS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The engine [default: avs-engine beside this executable].
    #[arg(long, env = "AVS_ENGINE_BIN", value_name = "PATH")]
    pub engine_bin: Option<PathBuf>,
    /// Jobs rendered at once [default: one per two cores].
    #[arg(long, env = "AVS_ENGINES", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub engines: Option<u16>,
    /// Refuse engines that are not fully confined; recommended where strangers send files.
    #[arg(long, env = "AVS_REQUIRE_SANDBOX", value_parser = clap::builder::BoolishValueParser::new())]
    pub require_sandbox: bool,
    /// Networks that sources may be fetched from although they are not public, such as 10.0.0.0/8.
    #[arg(long, env = "AVS_FETCH_ALLOW_CIDRS", value_delimiter = ',', value_name = "CIDR,…")]
    pub fetch_allow_cidrs: Vec<IpNet>,
    /// Ports that sources may be fetched from.
    #[arg(long, env = "AVS_FETCH_PORTS", value_delimiter = ',', value_name = "PORT,…", default_values_t = limits::FETCH_PORTS)]
    pub fetch_ports: Vec<u16>,
    /// Whether jobs cost credits; `off` for people who host only for themselves.
    #[arg(long, env = "AVS_BILLING", value_enum, default_value = "on")]
    pub billing: Billing,
    /// Open jobs of one account.
    #[arg(long, env = "AVS_OPEN_JOBS_MAX", value_name = "N", default_value_t = limits::OPEN_JOBS_MAX,
          value_parser = clap::value_parser!(i64).range(1..))]
    pub open_jobs_max: i64,
    /// Requests of one token in a minute that only read.
    #[arg(long, env = "AVS_READS_PER_MINUTE", value_name = "N", default_value_t = per_minute(limits::READS_PER_MINUTE))]
    pub reads_per_minute: NonZeroU32,
    /// Requests of one token in a minute that change something.
    #[arg(long, env = "AVS_WRITES_PER_MINUTE", value_name = "N", default_value_t = per_minute(limits::WRITES_PER_MINUTE))]
    pub writes_per_minute: NonZeroU32,
    /// Days that inputs and videos are kept after the end of their job.
    #[arg(long, env = "AVS_RETENTION_DAYS", value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=7))]
    pub retention_days: u32,
    /// Let webhooks use http.
    #[arg(long, env = "AVS_ALLOW_HTTP_WEBHOOKS", value_parser = clap::builder::BoolishValueParser::new())]
    pub allow_http_webhooks: bool,
    /// Networks that webhooks may reach although they are not public, such as 127.0.0.0/8.
    #[arg(long, env = "AVS_WEBHOOK_ALLOW_CIDRS", value_delimiter = ',', value_name = "CIDR,…")]
    pub webhook_allow_cidrs: Vec<IpNet>,
    /// Log lines.
    #[arg(long, env = "AVS_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
    /// Time for running jobs to finish when the server is asked to stop.
    #[arg(long, env = "AVS_SHUTDOWN_GRACE_MILLIS", value_name = "MILLIS", default_value_t = millis(limits::SHUTDOWN_GRACE))]
    pub shutdown_grace_millis: u64,
    /// Timing that operators have no reason to change.
    #[command(flatten)]
    pub timing: Timing,
}

/// Timing that only tests change.
#[derive(Debug, Clone, clap::Args)]
pub struct Timing {
    /// Between two pings of an engine.
    #[arg(long, env = "AVS_PING_MILLIS", hide = true, default_value_t = millis(limits::PING_INTERVAL))]
    pub ping_millis: u64,
    /// Between two rungs of the ladder by which an engine dies.
    #[arg(long, env = "AVS_KILL_GRACE_MILLIS", hide = true, default_value_t = millis(limits::KILL_GRACE))]
    pub kill_grace_millis: u64,
    /// First pause before another attempt at a job.
    #[arg(long, env = "AVS_RETRY_PAUSE_MILLIS", hide = true, default_value_t = millis(limits::RETRY_PAUSE))]
    pub retry_pause_millis: u64,
    /// Keep files so long, instead of the days.
    #[arg(long, env = "AVS_RETENTION_MILLIS", hide = true)]
    pub retention_millis: Option<u64>,
    /// Life of this process in the eyes of the others, from its last word.
    #[arg(long, env = "AVS_LEASE_MILLIS", hide = true, default_value_t = millis(limits::LEASE),
          value_parser = clap::value_parser!(u64).range(100..))]
    pub lease_millis: u64,
    /// Bytes of one source.
    #[arg(long, env = "AVS_SOURCE_BYTES_MAX", hide = true, default_value_t = limits::FILE_BYTES_MAX)]
    pub source_bytes_max: u64,
    /// Longest wait for a client that is silent or takes nothing, where the limits would wait longer.
    #[arg(long, env = "AVS_CLIENT_WAIT_MILLIS", hide = true, default_value_t = millis(limits::WRITE_STALL_WAIT))]
    pub client_wait_millis: u64,
    /// Pauses before the retries of a webhook delivery.
    #[arg(long, env = "AVS_WEBHOOK_RETRY_MILLIS", hide = true, value_delimiter = ',', num_args = 0..=8,
          default_values_t = limits::WEBHOOK_RETRY_DELAYS.map(millis))]
    pub webhook_retry_millis: Vec<u64>,
}

impl ServeConfig {
    /// Jobs rendered at once.
    pub fn engine_count(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.engines.map_or((cores / 2).max(1), usize::from)
    }

    /// The engine's executable.
    ///
    /// # Errors
    /// [`std::io::Error`] where our own path cannot be found.
    pub fn engine_path(&self) -> std::io::Result<PathBuf> {
        match &self.engine_bin {
            Some(path) => Ok(path.clone()),
            None => Ok(std::env::current_exe()?.with_file_name("avs-engine")),
        }
    }

    /// What webhooks may reach.
    pub fn webhook_policy(&self) -> UrlPolicy {
        let addresses = AddressPolicy { allowed: self.webhook_allow_cidrs.clone() };
        UrlPolicy { addresses, http_allowed: self.allow_http_webhooks }
    }

    /// What sources may be fetched from.
    pub fn fetch_policy(&self) -> FetchPolicy {
        let addresses = AddressPolicy { allowed: self.fetch_allow_cidrs.clone() };
        FetchPolicy { urls: UrlPolicy { addresses, http_allowed: true }, ports: self.fetch_ports.clone() }
    }

    /// Life of this process in the eyes of the others, from its last word.
    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.timing.lease_millis)
    }

    /// How long clients are waited for.
    pub fn client_waits(&self) -> ClientWaits {
        let most = Duration::from_millis(self.timing.client_wait_millis);
        let ClientWaits { first_byte, header, body_idle, write_stall } = ClientWaits::default();
        ClientWaits {
            first_byte: first_byte.min(most),
            header: header.min(most),
            body_idle: body_idle.min(most),
            write_stall: write_stall.min(most),
        }
    }

    /// How long files are kept after the end of their job.
    pub fn retention(&self) -> Duration {
        let days = Duration::from_secs(u64::from(self.retention_days) * 24 * 3600);
        self.timing.retention_millis.map_or(days, Duration::from_millis)
    }

    /// Where the keys are.
    pub fn keys_dir(&self) -> PathBuf {
        self.keys_dir.clone().unwrap_or_else(|| self.state.data_dir.path.join("keys"))
    }

    /// Pauses before the retries of a delivery.
    pub fn webhook_retry_delays(&self) -> Vec<Duration> {
        self.timing.webhook_retry_millis.iter().copied().map(Duration::from_millis).collect()
    }
}

fn per_minute(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

fn millis(duration: Duration) -> u64 {
    duration.as_secs() * 1000 + u64::from(duration.subsec_millis())
}
