//! `avs serve` as the load is put on it: on a directory of its own, with nothing from the surroundings, and ended
//! without a warning. Its engine does not start, so that jobs stay queued and only the API is measured.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tempfile::TempDir;

const EMAIL: &str = "load@example.com";
/// No case asks for a tenth of it; nothing but the load itself is to set a limit.
const NO_LIMIT: &str = "100000000";

/// A server and what it works on.
pub(crate) struct Server {
    avs: PathBuf,
    directory: TempDir,
    database: Option<Database>,
    child: Option<Child>,
    api: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    token: String,
}

/// What a server weighs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    /// Largest resident set, in MiB.
    pub(crate) peak_mib: f64,
    /// SQLite's write-ahead log; 0 on PostgreSQL.
    pub(crate) wal_mib: f64,
    /// CPU time so far, in all threads.
    pub(crate) cpu_secs: f64,
}

impl Server {
    /// Starts one on a new directory below `scratch`, with an account that can pay for everything; on a new database
    /// of the PostgreSQL server at `postgres`, if there is one.
    pub(crate) fn start(avs: &Path, scratch: &Path, postgres: Option<&str>) -> anyhow::Result<Self> {
        let mut server = Self {
            avs: avs.to_owned(),
            directory: tempfile::tempdir_in(scratch)?,
            database: postgres.map(Database::create).transpose()?,
            child: None,
            api: None,
            admin: None,
            token: String::new(),
        };
        server.command(&["account", "create", EMAIL])?;
        server.command(&["credits", "grant", EMAIL, "1000000000"])?;
        server.token = server.command(&["token", "create", "--account", EMAIL, "--name", "load"])?;
        server.start_again()?;
        Ok(server)
    }

    /// Starts it on what it left behind; returns the time from `exec` until it listened.
    pub(crate) fn start_again(&mut self) -> anyhow::Result<Duration> {
        let log = File::options().create(true).append(true).open(self.directory.path().join("log"))?;
        let begun = Instant::now();
        let mut child = self
            .avs()
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(["--engine-bin", "/nonexistent", "--engines", "1", "--open-jobs-max", NO_LIMIT])
            .args(["--reads-per-minute", NO_LIMIT, "--writes-per-minute", NO_LIMIT])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("avs cannot start")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        self.child = Some(child);
        let mut address = |prefix: &str| {
            let line = lines.next().transpose()?.unwrap_or_default();
            let address = line.strip_prefix(prefix).with_context(|| format!("avs serve says {line:?}"))?;
            Ok::<_, anyhow::Error>(address.parse::<SocketAddr>()?)
        };
        self.api = Some(address("listening on http://")?);
        let listening_after = begun.elapsed();
        self.admin = Some(address("health checks on http://")?);
        Ok(listening_after)
    }

    /// Ends it as a power cut would, as far as a process can tell.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Where the API is.
    pub(crate) fn api(&self) -> anyhow::Result<SocketAddr> {
        self.api.context("the server was started")
    }

    /// Where the health checks are.
    pub(crate) fn admin(&self) -> anyhow::Result<SocketAddr> {
        self.admin.context("the server was started")
    }

    /// The account's API token.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// True where the ledger adds up.
    pub(crate) fn audit_is_clean(&self) -> bool {
        self.command(&["credits", "audit"]).is_ok()
    }

    /// Reads what it weighs at the moment.
    pub(crate) fn weight(&self) -> anyhow::Result<Weight> {
        let pid = self.child.as_ref().context("the server runs")?.id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        let peak_kib: f64 = peak.trim_end_matches("kB").trim().parse()?;
        let wal = std::fs::metadata(self.data_dir().join("avs.db-wal"));
        let wal_mib = wal.map_or(0.0, |file| file.len() as f64 / 1048576.0);
        Ok(Weight { peak_mib: peak_kib / 1024.0, wal_mib, cpu_secs: cpu_secs(pid)? })
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.avs().args(arguments).output().context("avs cannot start")?;
        if !output.status.success() {
            bail!("avs {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn avs(&self) -> Command {
        let mut command = Command::new(&self.avs);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("AVS_DATA_DIR", self.data_dir());
        command.envs(self.database.iter().map(|database| ("AVS_DATABASE_URL", &database.url)));
        command
    }

    fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.kill() {
            eprintln!("a server is left running: {error}");
        }
    }
}

/// User and system time of a process. Fields 14 and 15 of `/proc/PID/stat`, counted behind the name (proc(5)).
fn cpu_secs(pid: u32) -> anyhow::Result<f64> {
    const TICKS_PER_SEC: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat has a name in it")?;
    let mut ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    let mut next = || ticks.next().context("/proc/PID/stat is too short");
    Ok((next()?? + next()??) / TICKS_PER_SEC)
}

/// A database of its own on a PostgreSQL server, dropped at the end.
struct Database {
    admin_url: String,
    name: String,
    url: String,
}

impl Database {
    fn create(admin_url: &str) -> anyhow::Result<Self> {
        let name = format!("avs_load_{}", std::process::id());
        let Some((before, after)) = admin_url.split_once("/postgres?") else {
            bail!("the URL of the server must name its database postgres, with options behind a ?");
        };
        let url = format!("{before}/{name}?{after}");
        let database = Self { admin_url: admin_url.to_owned(), name, url };
        database.psql("DROP DATABASE IF EXISTS")?;
        database.psql("CREATE DATABASE")?;
        Ok(database)
    }

    fn psql(&self, verb: &str) -> anyhow::Result<()> {
        let statement = format!("{verb} {}", self.name);
        let done = Command::new("psql").args([&self.admin_url, "-qc", &statement]).status()?;
        if done.success() { Ok(()) } else { bail!("psql: {statement} failed") }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.psql("DROP DATABASE IF EXISTS") {
            eprintln!("a database is left behind: {error}");
        }
    }
}
