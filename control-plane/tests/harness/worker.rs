//! `avs serve --role worker`: a process beside the server, with a data directory of its own and the server's database.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Child;

use tempfile::TempDir;

use super::Server;

/// A worker. What it logs goes to the server's log.
pub(crate) struct Worker {
    directory: TempDir,
    child: Child,
}

impl Worker {
    /// Starts a worker for what `server` accepts.
    pub(crate) fn start(server: &Server) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut command = server.serve_command();
        command
            .env("AVS_ROLE", "worker")
            .env("AVS_DATA_DIR", directory.path())
            .env("AVS_KEYS_DIR", server.data_dir().join("keys"))
            .env("AVS_PUBLIC_URL", &server.url);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "working\n", "{}", server.log());
        Self { directory, child }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its workplace.
    pub(crate) fn jobs_dir(&self) -> PathBuf {
        self.directory.path().join("jobs")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
