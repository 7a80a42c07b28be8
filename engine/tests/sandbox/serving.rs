//! `avs-engine serve` at the other end of a real socket, and folders of jobs for it to work in.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use avs_protocol::{
    AssetAnalysis, AssetFile, AssetRole, Command as Ask, Event, FrameDecoder, JobRef, SandboxReport,
    frame_from_message,
};
use serde_json::Value;

pub(crate) const ENGINE: &str = env!("CARGO_BIN_EXE_avs-engine");

/// Longest silence of an engine; a loaded machine renders what these tests ask in a few seconds.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The folder of all jobs, with something beside it that is no job's.
pub(crate) struct Jobs(tempfile::TempDir);

impl Jobs {
    pub(crate) fn new() -> Self {
        let jobs = Self(tempfile::tempdir().unwrap());
        for folder in ["jobs/mine/assets", "jobs/mine/1", "jobs/other/assets"] {
            std::fs::create_dir_all(jobs.at(folder)).unwrap();
        }
        jobs
    }

    /// A path below the folder that holds everything.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.at("jobs")
    }

    pub(crate) fn video(&self) -> PathBuf {
        self.at("jobs/mine/1/out.mp4")
    }
}

/// A running engine.
pub(crate) struct Engine {
    child: Child,
    socket: UnixStream,
    decoder: FrameDecoder,
}

impl Engine {
    /// Starts it with our socket as its standard input.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(SILENCE_MAX)).unwrap();
        let mut command = Command::new(ENGINE);
        command.args(["serve", "--ipc-fd", "0"]).args(arguments).env("NODEVICE_SELECT", "1");
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        Self { child, socket: ours, decoder: FrameDecoder::default() }
    }

    pub(crate) fn start_for(jobs: &Jobs) -> Self {
        Self::start(&["--jobs-dir", jobs.dir().to_str().unwrap()])
    }

    /// What its `Hello` says of the sandbox.
    #[track_caller]
    pub(crate) fn hello(&mut self) -> SandboxReport {
        match self.next() {
            Some(Event::Hello { sandbox, .. }) => sandbox,
            other => panic!("no hello but {other:?}"),
        }
    }

    /// Its next word; `None` once it has ended.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<Event> {
        let mut bytes = vec![0; 64 << 10];
        loop {
            if let Some(event) = self.decoder.next_message().unwrap() {
                return Some(event);
            }
            match self.socket.read(&mut bytes).expect("an engine is not silent for long") {
                0 => return None,
                count => self.decoder.push(&bytes[..count]),
            }
        }
    }

    #[track_caller]
    pub(crate) fn probe(&mut self, assets: Vec<AssetFile>) -> Event {
        self.send(&Ask::Probe { job: job(), assets });
        self.next().expect("an answer")
    }

    /// What it found in these files, and its last word on them.
    #[track_caller]
    pub(crate) fn analyze(&mut self, assets: Vec<AssetFile>) -> (Vec<AssetAnalysis>, Event) {
        self.send(&Ask::Analyze { job: job(), assets });
        let mut found = Vec::new();
        loop {
            match self.next().expect("an answer") {
                Event::Analyzed { analysis, .. } => found.push(*analysis),
                last => return (found, last),
            }
        }
    }

    /// Its last word on a video of these files.
    #[track_caller]
    pub(crate) fn render(&mut self, template: Value, assets: Vec<AssetFile>, out_path: &Path) -> Event {
        let (output, out_path) = (Value::Null, out_path.to_str().unwrap().to_owned());
        self.send(&Ask::Render { job: job(), template, output, assets, out_path });
        loop {
            match self.next().expect("an answer") {
                Event::Progress { .. } => {}
                last => return last,
            }
        }
    }

    /// Its word on one picture of a video of these files.
    #[track_caller]
    pub(crate) fn still(
        &mut self,
        template: Value,
        assets: Vec<AssetFile>,
        (at_secs, out_path): (f64, &Path),
    ) -> Event {
        let (output, out_path) = (Value::Null, out_path.to_str().unwrap().to_owned());
        self.send(&Ask::Still { job: job(), template, output, assets, at_secs, out_path });
        self.next().expect("an answer")
    }

    /// Stops the job before it has begun.
    pub(crate) fn cancel(&mut self) {
        self.send(&Ask::Cancel { job: job() });
    }

    /// How it ended, and what it has logged.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        self.socket.shutdown(std::net::Shutdown::Both).unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap(), log)
    }

    fn send(&mut self, command: &Ask) {
        self.socket.write_all(&frame_from_message(command).unwrap()).unwrap();
    }
}

fn job() -> JobRef {
    JobRef { job_id: "job_mine".into(), attempt: 1 }
}

pub(crate) fn asset(name: &str, path: &Path) -> AssetFile {
    AssetFile {
        name: name.to_owned(),
        pointer: "/blocks/0/source".to_owned(),
        path: path.to_str().unwrap().to_owned(),
        role: AssetRole::Media,
        optional: false,
    }
}

/// Runs ffmpeg, which must succeed.
#[track_caller]
pub(crate) fn ffmpeg(arguments: &[&str], out: &Path) {
    let mut command = Command::new("ffmpeg");
    let output = command.args(["-y", "-v", "error", "-nostdin"]).args(arguments).arg(out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
