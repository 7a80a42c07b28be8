//! `avs serve` with the real engine, in a data folder that goes away, and curl to talk to it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Scratch, built_binary};

/// Longest wait for a job of this suite; a loaded CI machine renders these in a few seconds.
const JOB_WAIT_MAX: Duration = Duration::from_secs(120);

/// Longest wait for a port that a server had before: the connections of other tests are short.
const PORT_WAIT_MAX: Duration = Duration::from_secs(60);

/// A running server, an account with 100 credits and its token.
#[derive(Debug)]
pub struct Server {
    /// Files to post; the server's data is below it too.
    pub scratch: Scratch,
    /// Where it listens.
    pub url: String,
    /// Where the first account is made, while there is none that can sign in.
    pub setup_url: Option<String>,
    child: Child,
    token: String,
}

impl Server {
    /// Starts a server on a free port, with an account and a token.
    #[must_use]
    pub fn start() -> Self {
        let mut server = Self::without_accounts();
        server.token = server.customer("ada@example.com");
        server
    }

    /// Starts a server that nobody has used yet.
    #[must_use]
    pub fn without_accounts() -> Self {
        let scratch = Scratch::default();
        let (child, lines) = serve(scratch.path(), "127.0.0.1:0").unwrap_or_else(|log| panic!("{log}"));
        let url = said(&lines, "listening on ").expect("the server starts");
        let setup_url = said(&lines, "first run: ");
        Self { scratch, url, setup_url, child, token: String::new() }
    }

    /// Ends the server as a reboot would, without warning.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again where it was, on the same data.
    pub fn start_again(&mut self) {
        let address = self.url.strip_prefix("http://").unwrap();
        let deadline = Instant::now() + PORT_WAIT_MAX;
        // Whoever has got its port meanwhile lets it go again.
        self.child = loop {
            match serve(self.scratch.path(), address) {
                Ok((child, _)) => break child,
                Err(log) => assert!(Instant::now() < deadline, "{log}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        };
    }

    /// Makes an account with 100 credits; returns a token of it.
    #[must_use]
    pub fn customer(&self, email: &str) -> String {
        self.avs(&["account", "create", email], "");
        self.avs(&["credits", "grant", email, "100"], "");
        self.avs(&["token", "create", "--account", email, "--name", "system"], "")
    }

    /// Lets an account sign in.
    pub fn set_password(&self, email: &str, password: &str) {
        self.avs(&["account", "password", email], password);
    }

    /// Runs a command of the operator's; returns what it printed.
    pub fn avs(&self, arguments: &[&str], input: &str) -> String {
        let mut command = avs_command(self.scratch.path());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Posts a request with files of the scratch folder, a prompt to where prompts go; returns the answer's body.
    pub fn post(&self, request: &Value, files: &[&str]) -> Value {
        self.post_as(&self.token, request, files)
    }

    /// The same with a token.
    pub fn post_as(&self, token: &str, request: &Value, files: &[&str]) -> Value {
        let body = self.scratch.file("request.json");
        std::fs::write(&body, request.to_string()).unwrap();
        let mut arguments = vec!["-F".to_owned(), format!("request=<{}", body.display())];
        for name in files {
            arguments.extend(["-F".to_owned(), format!("files=@{}", self.scratch.file(name).display())]);
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let mode = if request["prompt"].is_null() { "from-json" } else { "from-prompt" };
        let path = format!("/api/v1/videos/{mode}");
        serde_json::from_slice(&self.curl_as(token, &arguments, &path)).unwrap()
    }

    /// The job as it stands.
    pub fn job(&self, id: &str) -> Value {
        serde_json::from_slice(&self.curl(&[], &format!("/api/v1/jobs/{id}?wait=1"))).unwrap()
    }

    /// Asks until `done` says so of the job.
    #[track_caller]
    pub fn wait_until(&self, id: &str, done: impl Fn(&Value) -> bool) -> Value {
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
    pub fn ended(&self, id: &str) -> Value {
        self.wait_until(id, |job| matches!(job["status"].as_str(), Some("completed" | "failed")))
    }

    /// Fetches a signed URL, as anyone could.
    pub fn download(&self, url: &str) -> PathBuf {
        let path = self.scratch.file("downloaded.mp4");
        let output = Command::new("curl").args(["-sSf", "-o"]).arg(&path).arg(url).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// Balance and reservation.
    pub fn credits(&self) -> (i64, i64) {
        let credits: Value = serde_json::from_slice(&self.curl(&[], "/api/v1/credits")).unwrap();
        (credits["balance"].as_i64().unwrap(), credits["reserved"].as_i64().unwrap())
    }

    /// Waits for an engine that has begun to write `out.mp4.part`, that is one in mid-render, and kills it. Nothing is
    /// asked of the server in between: on a busy machine the render would be over before the answer.
    #[track_caller]
    pub fn kill_rendering_engine(&self) {
        let deadline = Instant::now() + JOB_WAIT_MAX;
        while !self.try_kill_rendering_engine() {
            assert!(Instant::now() < deadline, "no engine renders");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn try_kill_rendering_engine(&self) -> bool {
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
            entry.unwrap().file_name().to_str().and_then(|name| name.parse::<u32>().ok())
        });
        let mut rendering = processes.filter(|pid| writes_video_below(*pid, self.scratch.path()));
        let Some(pid) = rendering.next() else { return false };
        Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success()
    }

    fn curl(&self, arguments: &[&str], path: &str) -> Vec<u8> {
        self.curl_as(&self.token, arguments, path)
    }

    /// Asks with a token; returns the answer's body, whatever its status.
    #[must_use]
    pub fn curl_as(&self, token: &str, arguments: &[&str], path: &str) -> Vec<u8> {
        let authorization = format!("Authorization: Bearer {token}");
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
        if self.child.try_wait().unwrap().is_none() {
            Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
            self.child.wait().unwrap();
        }
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(self.scratch.file("server.log")).unwrap_or_default());
        }
    }
}

/// Starts `avs serve`; returns it with the lines that it says once it serves, or the log where it ends instead.
fn serve(scratch: &Path, address: &str) -> Result<(Child, Vec<String>), String> {
    let mut log = std::fs::OpenOptions::new();
    let log = log.append(true).create(true).open(scratch.join("server.log")).unwrap();
    let mut child = avs_command(scratch)
        .args(["serve", "--listen", address, "--admin-listen", "127.0.0.1:0"])
        // One job at a time, whatever the machine: a test can have one wait for another.
        .env("AVS_ENGINES", "1")
        // A busy machine must not refuse what a test stores.
        .env("AVS_WRITE_WAIT_MILLIS", "30000")
        .env("AVS_ALLOW_HTTP_WEBHOOKS", "true")
        .env("AVS_WEBHOOK_ALLOW_CIDRS", "127.0.0.0/8")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        lines.push(line);
        if lines.iter().any(|line| line.starts_with("console on ")) {
            return Ok((child, lines));
        }
    }
    child.wait().unwrap();
    Err(std::fs::read_to_string(scratch.join("server.log")).unwrap_or_default())
}

/// What the line says that begins so.
fn said(lines: &[String], start: &str) -> Option<String> {
    lines.iter().find_map(|line| line.strip_prefix(start)).map(str::to_owned)
}

/// `avs`, built beside this test, on the folder `data` of `scratch`, whatever is installed on this machine.
#[must_use]
pub fn avs_command(scratch: &Path) -> Command {
    let mut command = Command::new(built_binary("avs"));
    command.env("AVS_DATA_DIR", scratch.join("data")).env("AVS_CONFIG", "");
    command
}

fn writes_video_below(pid: u32, folder: &Path) -> bool {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten()
        .filter_map(|descriptor| std::fs::read_link(descriptor.path()).ok())
        .filter(|path| path.starts_with(folder) && path.ends_with("out.mp4.part"))
        .any(|path| std::fs::metadata(path).is_ok_and(|file| file.len() > 0))
}
