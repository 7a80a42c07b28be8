//! `avs serve` as a child process in a data directory of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use avs::store::{Audit, Store};
use tempfile::TempDir;

/// A data directory, an account in it with 100 credits and a token, and a server that can be stopped and started.
pub(crate) struct Server {
    directory: TempDir,
    child: Option<Child>,
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Server {
    /// Starts a server for a new account.
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut server = Self { directory, child: None, url: String::new(), token: String::new() };
        server.start_again();
        server.cli(&["account", "create", "ada@example.com"]);
        server.cli(&["credits", "grant", "ada@example.com", "100"]);
        server.token = server.new_token("ada@example.com", "api");
        server
    }

    /// Starts the server on the directory as it was left.
    pub(crate) fn start_again(&mut self) {
        let log = File::options().create(true).append(true).open(self.log_path()).unwrap();
        let mut command = self.command();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--engines", "2"])
            .env("AVS_ENGINE_BIN", fake_engine())
            .env("AVS_ALLOW_HTTP_WEBHOOKS", "true")
            .env("AVS_WEBHOOK_ALLOW_CIDRS", "127.0.0.0/8")
            .env("AVS_WEBHOOK_RETRY_MILLIS", "50,100,150")
            .env("AVS_PING_MILLIS", "200")
            .env("AVS_KILL_GRACE_MILLIS", "200")
            .env("AVS_RETRY_PAUSE_MILLIS", "20")
            .env("AVS_SHUTDOWN_GRACE_MILLIS", "200")
            .env("RUST_LOG", "debug,sqlx=info");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{}", self.log()));
        self.url = url.trim().to_owned();
        self.child = Some(child);
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

    /// Makes a token.
    pub(crate) fn new_token(&self, email: &str, kind: &str) -> String {
        self.cli(&["token", "create", "--account", email, "--name", "test", "--kind", kind])
    }

    /// `avs` with this directory and nothing else from the surroundings.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_avs"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("AVS_DATA_DIR", self.data_dir());
        command
    }

    /// The ledger added up again.
    pub(crate) async fn audit(&self) -> Audit {
        Store::open(&self.data_dir()).await.unwrap().audit().await.unwrap()
    }

    /// Where it keeps its state.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Everything it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
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
        if std::thread::panicking() {
            eprintln!("---- log of the server\n{}", self.log());
        }
    }
}

/// `cargo test` and `cargo nextest run` build examples beside the binaries.
fn fake_engine() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_avs")).with_file_name("examples").join("fake_engine");
    assert!(path.exists(), "{} is missing: cargo build -p avs --examples", path.display());
    path
}
