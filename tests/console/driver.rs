//! One chromedriver with its browser, gone with the test. Nothing of a page is known here.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};

/// Set to make a missing browser a failure instead of a skip.
const REQUIRE_VARIABLE: &str = "REQUIRE_BROWSER_TESTS";
/// Tries to start a chromedriver.
const STARTS_MAX: usize = 5;

/// A chromedriver on a port of its own.
pub(crate) struct Driver {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
    profile: tempfile::TempDir,
}

/// True where a tool of these tests is there; says that the test is skipped, or fails, where it is not.
pub(crate) fn is_installed(tool: &str) -> bool {
    let asked = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if asked.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(std::env::var_os(REQUIRE_VARIABLE).is_none(), "{tool} is missing: run ./dev setup");
    eprintln!("SKIPPED: {tool} is missing");
    false
}

/// Starts a chromedriver; returns it with its port, or nothing where it has given up.
fn started() -> Option<(Child, String)> {
    let mut command = Command::new("chromedriver");
    let mut child = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        Some(port.trim_end_matches('.').to_owned())
    });
    let Some(port) = port else {
        child.wait().unwrap();
        return None;
    };
    // What else it says must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Some((child, port))
}

impl Driver {
    /// `None`, with a word on stderr, where this machine has no browser.
    pub(crate) fn start() -> Option<Self> {
        if !is_installed("chromedriver") || !is_installed("chromium") {
            return None;
        }
        // It takes a port of IPv4 that is free, and gives up where another process has the same of IPv6.
        let (child, port) = (0..STARTS_MAX).find_map(|_| started()).expect("chromedriver tells its port");
        let url = format!("http://127.0.0.1:{port}");
        Some(Self { child, url, profile: tempfile::tempdir().unwrap() })
    }

    /// What a session asks for: no window, and nothing that other tests have left.
    pub(crate) fn capabilities(&self) -> Map<String, Value> {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let mut arguments = vec![
            "--headless=new",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--hide-scrollbars",
            &profile,
        ];
        // Chromium's own sandbox refuses to serve root.
        if is_root() {
            arguments.push("--no-sandbox");
        }
        let options = json!({ "binary": "/usr/bin/chromium", "args": arguments });
        // axe-core looks at a whole page in one script; WebDriver's default of 30 s is little on a busy machine.
        let timeouts = json!({ "script": 120_000 });
        Map::from_iter([("goog:chromeOptions".to_owned(), options), ("timeouts".to_owned(), timeouts)])
    }

    /// Ends the browser, which is not chromedriver's child for the system: whatever names this test's profile.
    fn end_browser(&self) {
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let pid = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
            if let Some(pid) = pid.filter(|_| names(&entry.path(), self.profile.path())) {
                kill(pid);
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        kill(self.child.id());
        self.child.wait().unwrap();
        self.end_browser();
    }
}

fn kill(pid: u32) {
    let mut command = Command::new("kill");
    // One that has ended by itself is as good.
    drop(command.args(["-9", &pid.to_string()]).stderr(Stdio::null()).status());
}

fn names(process: &Path, profile: &Path) -> bool {
    let line = std::fs::read(process.join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains(profile.to_str().unwrap())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
