//! `avs serve` with the real engine, in a data folder that goes away, and curl to talk to it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use avs_tests::Scratch;
use serde_json::Value;

/// Longest wait for a job of this suite; a loaded CI machine renders these in a few seconds.
const JOB_WAIT_MAX: Duration = Duration::from_secs(120);

/// A running server, an account with 100 credits and its token.
pub(crate) struct Server {
    pub(crate) scratch: Scratch,
    child: Child,
    url: String,
    token: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let scratch = Scratch::default();
        let log = std::fs::File::create(scratch.file("server.log")).unwrap();
        let mut child = avs(scratch.path())
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .env("AVS_ALLOW_HTTP_WEBHOOKS", "true")
            .env("AVS_WEBHOOK_ALLOW_CIDRS", "127.0.0.0/8")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").expect("the server starts").to_owned();
        let cli = |arguments: &[&str]| {
            let output = avs(scratch.path()).args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        cli(&["account", "create", "ada@example.com"]);
        cli(&["credits", "grant", "ada@example.com", "100"]);
        let token = cli(&["token", "create", "--account", "ada@example.com", "--name", "system"]);
        Self { scratch, child, url, token }
    }

    /// Posts a request with files of the scratch folder; returns the answer's body.
    pub(crate) fn post(&self, request: &Value, files: &[&str]) -> Value {
        let body = self.scratch.file("request.json");
        std::fs::write(&body, request.to_string()).unwrap();
        let mut arguments = vec!["-F".to_owned(), format!("request=<{}", body.display())];
        for name in files {
            arguments.extend(["-F".to_owned(), format!("files=@{}", self.scratch.file(name).display())]);
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        serde_json::from_slice(&self.curl(&arguments, "/api/v1/videos/from-json")).unwrap()
    }

    /// The job as it stands.
    pub(crate) fn job(&self, id: &str) -> Value {
        serde_json::from_slice(&self.curl(&[], &format!("/api/v1/jobs/{id}?wait=1"))).unwrap()
    }

    /// Asks until `done` says so of the job.
    #[track_caller]
    pub(crate) fn wait_until(&self, id: &str, done: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + JOB_WAIT_MAX;
        loop {
            let job = self.job(id);
            if done(&job) {
                return job;
            }
            assert!(Instant::now() < deadline, "{job}");
        }
    }

    /// The job when it has ended.
    #[track_caller]
    pub(crate) fn ended(&self, id: &str) -> Value {
        self.wait_until(id, |job| matches!(job["status"].as_str(), Some("completed" | "failed")))
    }

    /// Fetches a signed URL, as anyone could.
    pub(crate) fn download(&self, url: &str) -> PathBuf {
        let path = self.scratch.file("downloaded.mp4");
        let output = Command::new("curl").args(["-sSf", "-o"]).arg(&path).arg(url).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// Balance and reservation.
    pub(crate) fn credits(&self) -> (i64, i64) {
        let credits: Value = serde_json::from_slice(&self.curl(&[], "/api/v1/credits")).unwrap();
        (credits["balance"].as_i64().unwrap(), credits["reserved"].as_i64().unwrap())
    }

    /// Kills the engine that has `out.mp4.part` open, that is the one that renders. True when there was one.
    pub(crate) fn kill_rendering_engine(&self) -> bool {
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
            entry.unwrap().file_name().to_str().and_then(|name| name.parse::<u32>().ok())
        });
        let mut rendering = processes.filter(|pid| writes_video_below(*pid, self.scratch.path()));
        let Some(pid) = rendering.next() else { return false };
        Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success()
    }

    fn curl(&self, arguments: &[&str], path: &str) -> Vec<u8> {
        let authorization = format!("Authorization: Bearer {}", self.token);
        let mut command = Command::new("curl");
        command.args(["-sS", "-H", &authorization]).args(arguments).arg(format!("{}{path}", self.url));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM first, so that the server takes its engines with it.
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap();
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(self.scratch.file("server.log")).unwrap_or_default());
        }
    }
}

/// `avs`, built beside this test, on a data folder below `scratch`.
fn avs(scratch: &Path) -> Command {
    let mut command = Command::new(avs_tests::built_binary("avs"));
    command.env("AVS_DATA_DIR", scratch.join("data"));
    command
}

fn writes_video_below(pid: u32, folder: &Path) -> bool {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten()
        .filter_map(|descriptor| std::fs::read_link(descriptor.path()).ok())
        .any(|path| path.starts_with(folder) && path.ends_with("out.mp4.part"))
}
