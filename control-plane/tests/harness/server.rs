//! `avs serve` as a child process in a data directory of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use avs::store::{Audit, Store, WriteWaits};
use tempfile::TempDir;

/// A busy machine must not refuse what a test has stored; the limits have tests of their own.
const PATIENT_WRITES: Duration = Duration::from_secs(30);

/// Where a server keeps its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Makes two tests of a rule, one for each database; on PostgreSQL only where `AVS_TEST_POSTGRES` names a server.
macro_rules! on_both_databases {
    ($($rule:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule($crate::harness::Database::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $rule() {
                if $crate::harness::has_postgres() {
                    super::$rule($crate::harness::Database::Postgres).await;
                }
            })+
        }
    };
}
pub(crate) use on_both_databases;

/// A data directory, an account in it with 100 credits and a token, and a server that can be stopped and started.
pub(crate) struct Server {
    directory: TempDir,
    database_url: Option<String>,
    settings: BTreeMap<String, String>,
    child: Option<Child>,
    pub(crate) url: String,
    pub(crate) admin_url: String,
    /// What opens the first operator's account, as printed.
    pub(crate) setup_url: Option<String>,
    pub(crate) token: String,
    /// Jobs that were accepted over this handle.
    pub(super) accepted: Mutex<BTreeSet<String>>,
    /// False from the start of a fault test, and from each job that is accepted in it, until the invariants were looked at.
    pub(super) examined: AtomicBool,
    /// True for servers of fault tests.
    under_fault: bool,
}

impl Server {
    /// Starts a server for a new account, on SQLite.
    #[track_caller]
    pub(crate) fn start() -> Self {
        Self::start_with(Database::Sqlite, &[])
    }

    /// Starts a server for a new account.
    #[track_caller]
    pub(crate) fn start_on(database: Database) -> Self {
        Self::start_with(database, &[])
    }

    /// Starts a server for a new account, with settings that differ from those of most tests.
    #[track_caller]
    pub(crate) fn start_with(database: Database, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::prepare(database, settings);
        server.start_again();
        server.open_account();
        server
    }

    /// A server that has never been started, without an account.
    #[track_caller]
    pub(crate) fn prepare(database: Database, settings: &[(&str, &str)]) -> Self {
        Self::prepare_at((database == Database::Postgres).then(new_postgres_url), settings)
    }

    /// A server that has never been started, on a PostgreSQL that the test looks after.
    #[track_caller]
    pub(crate) fn prepare_at(database_url: Option<String>, settings: &[(&str, &str)]) -> Self {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            directory: tempfile::tempdir().unwrap(),
            database_url,
            settings: settings.collect(),
            child: None,
            url: String::new(),
            admin_url: String::new(),
            setup_url: None,
            token: String::new(),
            accepted: Mutex::default(),
            examined: AtomicBool::new(false),
            under_fault: Location::caller().file().contains("/faults/"),
        }
    }

    /// Makes the account with its credits, and the token with which requests are sent.
    pub(crate) fn open_account(&mut self) {
        self.cli(&["account", "create", "ada@example.com"]);
        self.cli(&["credits", "grant", "ada@example.com", "100"]);
        self.token = self.new_token("ada@example.com", "api");
    }

    /// `avs serve` as most tests want it; what it says on stderr goes to the log.
    pub(crate) fn serve_command(&self) -> Command {
        let log = File::options().create(true).append(true).open(self.log_path()).unwrap();
        let mut command = self.command();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--engines", "2"])
            .env("AVS_ADMIN_LISTEN", "127.0.0.1:0")
            .env("AVS_ENGINE_BIN", example("fake_engine"))
            .env("AVS_ALLOW_HTTP_WEBHOOKS", "true")
            .env("AVS_WEBHOOK_ALLOW_CIDRS", "127.0.0.1/32")
            .env("AVS_FETCH_ALLOW_CIDRS", "127.0.0.1/32")
            .env("AVS_WEBHOOK_RETRY_MILLIS", "50,100,150")
            // No engine counts as hung because the machine is busy: tests of engines that hang say something shorter.
            .env("AVS_PING_MILLIS", "5000")
            .env("AVS_WRITE_WAIT_MILLIS", PATIENT_WRITES.as_millis().to_string())
            .env("AVS_KILL_GRACE_MILLIS", "200")
            .env("AVS_RETRY_PAUSE_MILLIS", "20")
            .env("AVS_SHUTDOWN_GRACE_MILLIS", "200")
            .env("RUST_LOG", "debug,sqlx=info")
            .envs(&self.settings)
            .stdout(Stdio::piped())
            .stderr(log);
        command
    }

    /// Starts the server on the directory as it was left.
    pub(crate) fn start_again(&mut self) {
        let mut child = self.serve_command().spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |prefix: &str| {
            let line = lines.next().and_then(Result::ok).unwrap_or_default();
            line.strip_prefix(prefix).unwrap_or_else(|| panic!("{line}\n{}", self.log())).to_owned()
        };
        (self.url, self.admin_url) = (address("listening on "), address("health checks on "));
        let further = lines.next().and_then(Result::ok).unwrap_or_default();
        self.setup_url = further.strip_prefix("first run: ").map(str::to_owned);
        self.child = Some(child);
    }

    /// Changes a setting for the next start.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// The server's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Ends the server without a warning.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks the server to stop; returns whether it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
        asked.success() && child.wait().unwrap().success()
    }

    /// Runs a command on this directory; returns what it prints.
    #[track_caller]
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Runs a command that reads `input`.
    #[track_caller]
    pub(crate) fn cli_with_input(&self, arguments: &[&str], input: &str) {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{arguments:?}");
    }

    /// Makes a token.
    pub(crate) fn new_token(&self, email: &str, kind: &str) -> String {
        self.cli(&["token", "create", "--account", email, "--name", "test", "--kind", kind])
    }

    /// `avs` with this directory and nothing else from the surroundings.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_avs"));
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("AVS_DATA_DIR", self.data_dir())
            .env("AVS_CONFIG", "");
        command.envs(self.database_url.iter().map(|url| ("AVS_DATABASE_URL", url)));
        command
    }

    /// Its state, opened beside it.
    pub(crate) async fn store(&self) -> Store {
        let store = match &self.database_url {
            Some(url) => Store::open_postgres(url).await.unwrap(),
            None => Store::open_sqlite(&self.data_dir()).await.unwrap(),
        };
        store.with_write_waits(WriteWaits::at_least(PATIENT_WRITES))
    }

    /// The ledger added up again.
    pub(crate) async fn audit(&self) -> Audit {
        self.store().await.audit().await.unwrap()
    }

    /// Its PostgreSQL database, if it has one.
    pub(crate) fn database_url(&self) -> Option<&str> {
        self.database_url.as_deref()
    }

    /// Where it keeps its state.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Everything it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Waits until an engine says that it has stopped in the middle of `step`, a probe or a render, of a job; returns
    /// its process id.
    pub(crate) async fn engine_that_stalls(&self, id: &str, step: &str) -> u32 {
        let (deadline, words) =
            (Instant::now() + Duration::from_secs(20), format!("stalls in a {step}, pid "));
        loop {
            let log = self.log();
            let mut said =
                log.lines().filter(|line| line.contains(id)).filter_map(|line| line.split_once(&words));
            if let Some((_, pid)) = said.next_back() {
                return pid.split_whitespace().next().unwrap().parse().unwrap();
            }
            assert!(Instant::now() < deadline, "no engine stalls in a {step} of {id}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until something is in the log.
    pub(crate) async fn logs(&self, words: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.log().contains(words) {
            assert!(Instant::now() < deadline, "the log never said: {words}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn log_path(&self) -> PathBuf {
        self.directory.path().join("log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
        let log = self.log();
        if std::thread::panicking() {
            eprintln!("---- log of the server\n{log}");
        } else {
            assert_no_secrets(&log);
            let is_examined = self.examined.load(Ordering::Relaxed) || !self.under_fault || log.is_empty();
            assert!(is_examined, "a fault test must end with `assert_invariants`");
        }
    }
}

/// What every test checks at its end: no token, webhook secret, session or signature has reached the log. Secrets in
/// tests are called so, and tokens have a shape that scanners know.
fn assert_no_secrets(log: &str) {
    for mark in ["whsec_", "sig=", "__Host-", "correct horse"] {
        assert!(!log.contains(mark), "the log holds a secret ({mark})");
    }
    for (at, _) in log.match_indices("avs.api_").chain(log.match_indices("avs.cli_")) {
        let token: String =
            log[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).collect();
        assert!(avs::domain::token::Token::parse(&token).is_none(), "the log holds a token");
    }
}

/// True where there is a server to test against; required in CI.
pub(crate) fn has_postgres() -> bool {
    let here = std::env::var("AVS_TEST_POSTGRES").is_ok();
    assert!(here || std::env::var("REQUIRE_POSTGRES_TESTS").is_err(), "AVS_TEST_POSTGRES is not set");
    if !here {
        eprintln!("skipped: AVS_TEST_POSTGRES names no server; ./dev test starts one");
    }
    here
}

/// A new database on that server.
fn new_postgres_url() -> String {
    let server = std::env::var("AVS_TEST_POSTGRES").unwrap();
    let mut random = [0; 8];
    getrandom::fill(&mut random).unwrap();
    let name = format!("avs_{}", hex::encode(random));
    let created =
        Command::new("psql").arg(&server).args(["-qc", &format!("CREATE DATABASE {name}")]).status();
    assert!(created.unwrap().success());
    server.replace("/postgres?", &format!("/{name}?"))
}

/// What an example was built to. `cargo test` and `cargo nextest run` build them beside the binaries.
pub(crate) fn example(file: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_avs")).with_file_name("examples").join(file);
    assert!(path.exists(), "{} is missing: cargo build -p avs --examples", path.display());
    path
}
