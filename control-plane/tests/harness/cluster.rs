//! A PostgreSQL of the test's own, which can be stopped and started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A server on a socket in a directory of its own; gone when dropped.
pub(crate) struct Cluster {
    directory: TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Makes and starts one; none, with a word about it, where PostgreSQL's programs are not there.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var("REQUIRE_POSTGRES_TESTS").is_err(), "PostgreSQL's programs are not there");
            eprintln!("skipped: no PostgreSQL in /usr/lib/postgresql; ./dev setup installs one");
            return None;
        };
        let cluster = Self { directory: tempfile::tempdir().unwrap(), programs };
        if is_root() {
            // PostgreSQL refuses to run as root.
            let given = Command::new("chown").arg("postgres").arg(cluster.directory.path()).status();
            assert!(given.unwrap().success());
        }
        let settings = ["--no-sync", "--auth=trust", "--username=avs", "--encoding=UTF8"];
        cluster.run("initdb", &settings);
        cluster.start_again();
        Some(cluster)
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        format!("postgres://avs@localhost/postgres?host={}", self.directory.path().display())
    }

    /// Starts it after a stop.
    pub(crate) fn start_again(&self) {
        let sockets = self.directory.path().display();
        let options = format!("-c listen_addresses='' -c unix_socket_directories={sockets} -c fsync=off");
        let log = self.directory.path().join("log").display().to_string();
        self.run("pg_ctl", &["--wait", "--log", &log, "--options", &options, "start"]);
    }

    /// Stops it without asking those who are connected.
    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["--wait", "--mode=fast", "stop"]);
    }

    /// Kills it in the middle of what it does.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["--wait", "--mode=immediate", "stop"]);
    }

    #[track_caller]
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.env("PGDATA", self.directory.path().join("data")).current_dir("/").args(arguments);
        assert!(command.stdout(Stdio::null()).status().unwrap().success(), "{arguments:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.directory.path().join("data/postmaster.pid").exists() {
            self.crash();
        }
    }
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

/// The programs of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).ok()?;
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.unwrap().path().join("bin")).collect();
    versions.sort();
    versions.pop()
}
