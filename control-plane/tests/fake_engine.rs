//! A stand-in for `avs-engine` that draws nothing: the template's `name` tells it how to behave.
//!
//! | name | behaviour |
//! |---|---|
//! | anything else | a file and a report |
//! | `invalid` | refuses the template |
//! | `crash once`, `crash always` | dies in the middle of a render: the first attempt, every attempt |
//! | `killed always` | is killed from outside in the middle of every attempt |
//! | `hang once` | stops answering in the middle of the first attempt |
//! | `slow once` | never finishes the first attempt, but answers |
//! | `slow until told` | finishes once there is a file `told` in the directory of jobs |
//! | `flood once` | sends progress without end and reads nothing, in the first attempt |
//! | `large` | a file of 32 MiB |
//! | `wordy` | a file, and a report with warnings of more than 1 MiB |
//! | `chatter` | sends progress a hundred thousand times, answers pings meanwhile, and then the file |
//! | `garbage once` | sends bytes that are no message, in the first attempt |
//! | `other job once` | completes a job that it was not asked about, in the first attempt |
//! | `close once` | closes its socket in the first attempt, and lives on |
//! | `nothing once` | reports a file that it has not made, in the first attempt |
//!
//! A file that begins with `stall in probe` or `crash in probe` makes the first attempt do so while it is probed, one with
//! `fail in probe` every attempt; one with
//! `stall in analysis`, `crash in analysis` or `fail in analysis` (every attempt) while it is analysed; one with `crash in render` or
//! `fail in render` (every attempt) while it is rendered. Whatever stalls says so, with its process id. It says that it is wholly confined, or not at all with `FAKE_SANDBOX=none`.
//! A file that begins with `not media` cannot be read; `fake audio` and PNG are what they say; the rest is video.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::{FromRawFd as _, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use avs_protocol::{
    AssetAnalysis, AssetFile, Beat, ColorShare, Command, Event, Failure, FailureCode, FieldError,
    FrameDecoder, GRID_COLUMNS, GRID_ROWS, JobRef, LandlockLevel, MediaKind, PROTOCOL_VERSION,
    PictureAnalysis, PictureGrid, PictureSample, ProbedAsset, RenderReport, RenderStep, RenderWarning,
    SandboxReport, SoundAnalysis, frame_from_message,
};

/// As seldom as the control plane stores it: a server that sleeps for a test's time must not fill the socket, or the engine
/// would hang in a write.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(500);
/// One takes some 80 bytes.
const WARNINGS_OF_A_MEBIBYTE: usize = 14_000;

fn main() {
    let fd: RawFd = std::env::args().nth(3).and_then(|fd| fd.parse().ok()).expect("serve --ipc-fd N");
    // SAFETY: the parent has opened this descriptor for us and nobody else here uses it.
    #[expect(unsafe_code, reason = "an inherited descriptor has no safe constructor")]
    let stream = unsafe { UnixStream::from_raw_fd(fd) };
    stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a socket takes a timeout");
    eprintln!("fake engine is up");
    let hello = Event::Hello {
        protocol: PROTOCOL_VERSION,
        engine_version: "0.0.0-fake".into(),
        adapter: "fake adapter".into(),
        software: true,
        sandbox: sandbox(),
    };
    let mut engine = FakeEngine { stream, decoder: FrameDecoder::default(), stall: None };
    engine.send(&hello);
    engine.run();
}

/// What never finishes by itself, but answers pings.
struct Stall {
    job: JobRef,
    /// What is rendered; none before that.
    render: Option<Render>,
    /// When it last said how far it is.
    reported_at: Instant,
}

struct Render {
    out_path: String,
    ends_when_told: bool,
}

/// As the kernel does when memory is short.
fn kill_myself() {
    // SAFETY: a plain system call on numbers.
    #[expect(unsafe_code, reason = "the standard library cannot send signals")]
    unsafe {
        libc::raise(libc::SIGKILL);
    }
}

/// Its environment is closed: a file in the directory of jobs tells it.
fn is_told(word: &str) -> bool {
    let jobs_dir =
        std::env::args().skip_while(|argument| argument != "--jobs-dir").nth(1).unwrap_or_default();
    std::path::Path::new(&jobs_dir).join(word).exists()
}

fn sandbox() -> SandboxReport {
    if is_told("no-sandbox") {
        return SandboxReport { reason: Some("told so by its test".into()), ..SandboxReport::default() };
    }
    let (landlock, landlock_abi) = (LandlockLevel::Full, 7);
    SandboxReport { landlock, landlock_abi, seccomp: true, network: true, limits: true, reason: None }
}

fn kind_of(bytes: &[u8]) -> MediaKind {
    match bytes {
        bytes if bytes.starts_with(b"fake audio") => MediaKind::Audio,
        bytes if bytes.starts_with(b"\x89PNG") => MediaKind::Image,
        _ => MediaKind::Video,
    }
}

/// What such a file might look and sound like.
fn analysis(name: &str, kind: MediaKind) -> AssetAnalysis {
    let duration_secs = (kind != MediaKind::Image).then_some(5.0);
    let picture = (kind != MediaKind::Audio).then(|| PictureAnalysis {
        colors: vec![
            ColorShare { rgb: [40, 60, 90], ratio: 0.7 },
            ColorShare { rgb: [220, 200, 180], ratio: 0.3 },
        ],
        transparent_ratio: 0.0,
        is_screen: false,
        cuts_secs: if kind == MediaKind::Video { vec![2.5] } else { Vec::new() },
        samples: (0..if kind == MediaKind::Video { 10 } else { 1 }).map(sample).collect(),
    });
    let side_px = picture.as_ref().map(|_| 64);
    let sound = (kind == MediaKind::Audio).then(|| SoundAnalysis {
        loudness_lufs: -16.0,
        true_peak_db: -1.0,
        block_loudness_tenths: vec![-160; 50],
        block_peak_tenths: vec![-10; 50],
        silences: Vec::new(),
        speech: Vec::new(),
        beat: Some(Beat {
            tempo_bpm: 120.0,
            confidence: 2.0,
            beats_secs: (0..10).map(|beat| f64::from(beat) / 2.0).collect(),
            first_downbeat: 0,
        }),
        onsets_secs: Vec::new(),
    });
    AssetAnalysis {
        name: name.into(),
        kind,
        duration_secs,
        width_px: side_px,
        height_px: side_px,
        picture,
        sound,
    }
}

fn sample(index: u32) -> PictureSample {
    let cells = |value: u8| vec![value; GRID_COLUMNS * GRID_ROWS];
    PictureSample {
        at_secs: f64::from(index) / 2.0,
        sharpness: 0.6,
        motion: 0.2,
        shake: 0.0,
        brightness: 0.4,
        clipped_ratio: 0.0,
        colorfulness: 0.1,
        is_blank: false,
        is_frozen: false,
        hash: u64::from(index) * 0x0101_0101,
        grid: PictureGrid {
            luma_low: cells(40),
            luma_high: cells(160),
            edges: cells(20),
            saliency: cells(60),
        },
    }
}

struct FakeEngine {
    stream: UnixStream,
    decoder: FrameDecoder,
    stall: Option<Stall>,
}

impl FakeEngine {
    fn run(&mut self) {
        let mut chunk = vec![0; 64 << 10];
        loop {
            match self.stream.read(&mut chunk) {
                Ok(0) => return,
                Ok(count) => self.decoder.push(&chunk[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if !self.go_on_stalling() {
                        return;
                    }
                }
                Err(_) => return,
            }
            while let Some(command) =
                self.decoder.next_message::<Command>().expect("our parent speaks the protocol")
            {
                if !self.obey(command) {
                    return;
                }
            }
        }
    }

    fn obey(&mut self, command: Command) -> bool {
        match command {
            Command::Ping { nonce } => self.send(&Event::Pong { nonce }),
            Command::Probe { job, assets } => return self.probe(job, &assets),
            Command::Analyze { job, assets } => return self.analyze(job, &assets),
            Command::Render { job, template, out_path, assets, .. } => {
                let told = |word: &[u8]| {
                    let begins = |file: &AssetFile| {
                        std::fs::read(&file.path).is_ok_and(|bytes| bytes.starts_with(word))
                    };
                    assets.iter().any(begins)
                };
                if job.attempt == 1 && told(b"crash in render") {
                    std::process::abort();
                }
                if told(b"fail in render") {
                    self.fail(job, FailureCode::UnreadableMedia, "hero.mp4 breaks off");
                    return false;
                }
                return self.render(job, template["name"].as_str().unwrap_or_default(), &out_path);
            }
            Command::Still { job, template, at_secs, out_path, .. } => {
                return self.still(job, template["name"].as_str().unwrap_or_default(), (at_secs, &out_path));
            }
            Command::Cancel { job } => {
                self.fail(job, FailureCode::Cancelled, "stopped on request");
                return false;
            }
        }
        true
    }

    fn stall(&mut self, job: JobRef, step: &str, render: Option<Render>) -> bool {
        eprintln!("stalls in a {step}, pid {}", std::process::id());
        self.stall = Some(Stall { job, render, reported_at: Instant::now() });
        true
    }

    /// False once it has ended after all.
    fn go_on_stalling(&mut self) -> bool {
        let Some(Stall { job, render: Some(render), reported_at }) = &mut self.stall else { return true };
        if render.ends_when_told && is_told("told") {
            let (job, out_path) = (job.clone(), render.out_path.clone());
            self.complete(job, &out_path);
            return false;
        }
        if reported_at.elapsed() >= PROGRESS_INTERVAL {
            *reported_at = Instant::now();
            let job = job.clone();
            self.progress(&job, 1);
        }
        true
    }

    fn probe(&mut self, job: JobRef, files: &[AssetFile]) -> bool {
        let mut assets = Vec::new();
        for file in files {
            let bytes = std::fs::read(&file.path).unwrap_or_default();
            // A packed recording is unpacked before an engine is asked.
            if bytes.starts_with(b"not media") || bytes.starts_with(b"PK") {
                self.fail(job, FailureCode::UnreadableMedia, "hero.mp4 cannot be read as media");
                return false;
            }
            let first = job.attempt == 1;
            match bytes.as_slice() {
                bytes if first && bytes.starts_with(b"stall in probe") => {
                    return self.stall(job, "probe", None);
                }
                bytes if first && bytes.starts_with(b"crash in probe") => std::process::abort(),
                bytes if bytes.starts_with(b"fail in probe") => {
                    self.fail(job, FailureCode::Internal, "the sandbox does not hold");
                    return false;
                }
                _ => {}
            }
            let kind = kind_of(&bytes);
            let picture = (kind != MediaKind::Audio).then_some(64);
            let duration_secs = (kind != MediaKind::Image).then_some(5.0);
            let (name, format, has_audio) = (file.name.clone(), "fake".to_owned(), kind == MediaKind::Audio);
            assets.push(ProbedAsset {
                name,
                kind,
                format,
                duration_secs,
                width_px: picture,
                height_px: picture,
                has_audio,
            });
        }
        self.send(&Event::Probed { job, assets });
        true
    }

    fn analyze(&mut self, job: JobRef, files: &[AssetFile]) -> bool {
        for file in files {
            let bytes = std::fs::read(&file.path).unwrap_or_default();
            let first = job.attempt == 1;
            match bytes.as_slice() {
                bytes if first && bytes.starts_with(b"stall in analysis") => {
                    return self.stall(job, "analysis", None);
                }
                bytes if first && bytes.starts_with(b"crash in analysis") => std::process::abort(),
                bytes if bytes.starts_with(b"fail in analysis") => {
                    self.fail(job, FailureCode::UnreadableMedia, "hero.mp4 breaks off");
                    return false;
                }
                _ => {}
            }
            let analysis = Box::new(analysis(&file.name, kind_of(&bytes)));
            self.send(&Event::Analyzed { job: job.clone(), analysis });
        }
        self.send(&Event::AnalysisEnded { job, font_families: vec!["Inter".into()] });
        true
    }

    /// Not a picture, but it names the time.
    fn still(&mut self, job: JobRef, name: &str, (at_secs, out_path): (f64, &str)) -> bool {
        match name {
            "invalid" => self.fail(job, FailureCode::InvalidTemplate, "the template breaks a rule"),
            "crash always" => std::process::abort(),
            "leads away" => {
                std::os::unix::fs::symlink("/etc/hostname", out_path).expect("the directory is ours");
                self.send(&Event::Pictured { job, width_px: 1, height_px: 1, size_bytes: 1 });
            }
            _ => {
                let png = format!("fake picture at {at_secs} s");
                std::fs::write(out_path, &png).expect("the attempt's directory exists");
                let size_bytes = png.len() as u64;
                self.send(&Event::Pictured { job, width_px: 1, height_px: 1, size_bytes });
            }
        }
        false
    }

    fn render(&mut self, job: JobRef, name: &str, out_path: &str) -> bool {
        let first = job.attempt == 1;
        self.progress(&job, 1);
        match name {
            "invalid" => self.fail(job, FailureCode::InvalidTemplate, "the template breaks a rule"),
            "crash once" if first => std::process::abort(),
            "crash always" => std::process::abort(),
            "killed always" => kill_myself(),
            "hang once" if first => std::thread::sleep(Duration::from_secs(3600)),
            "slow once" if first => {
                let (out_path, ends_when_told) = (out_path.to_owned(), false);
                return self.stall(job, "render", Some(Render { out_path, ends_when_told }));
            }
            "slow until told" => {
                let (out_path, ends_when_told) = (out_path.to_owned(), true);
                return self.stall(job, "render", Some(Render { out_path, ends_when_told }));
            }
            _ if first && name.ends_with(" once") => self.misbehave(name, job, out_path),
            "large" => {
                std::fs::write(out_path, vec![7; 32 << 20]).expect("the attempt's directory exists");
                self.report(job, 32 << 20);
            }
            "wordy" => {
                std::fs::write(out_path, "words").expect("the attempt's directory exists");
                self.report_with(job, 5, WARNINGS_OF_A_MEBIBYTE);
            }
            "chatter" => {
                for frame in 2..100_000 {
                    self.progress(&job, frame);
                    if frame % 1000 == 0 {
                        self.answer_pings();
                    }
                }
                self.complete(job, out_path);
            }
            _ => self.complete(job, out_path),
        }
        false
    }

    /// Answers the pings that have come in, if any.
    fn answer_pings(&mut self) {
        let mut chunk = [0; 4 << 10];
        self.stream.set_nonblocking(true).expect("the socket is open");
        let count = self.stream.read(&mut chunk).unwrap_or(0);
        self.stream.set_nonblocking(false).expect("the socket is open");
        self.decoder.push(&chunk[..count]);
        while let Ok(Some(Command::Ping { nonce })) = self.decoder.next_message() {
            self.send(&Event::Pong { nonce });
        }
    }

    /// What no honest engine does.
    fn misbehave(&mut self, name: &str, job: JobRef, out_path: &str) {
        match name {
            "flood once" => loop {
                self.progress(&job, 1);
            },
            "garbage once" => self.write(&[0xff; 4096]),
            "other job once" => {
                let other = JobRef { job_id: "job_somebodyelses".into(), attempt: job.attempt };
                self.complete(other, out_path);
            }
            "close once" => {
                self.stream.shutdown(std::net::Shutdown::Both).expect("the socket is open");
                std::thread::sleep(Duration::from_secs(3600));
            }
            "nothing once" => self.report(job, 1),
            _ => self.complete(job, out_path),
        }
    }

    fn complete(&mut self, job: JobRef, out_path: &str) {
        let video = format!("fake video of {}, attempt {}", job.job_id, job.attempt);
        match std::fs::write(out_path, &video) {
            Ok(()) => self.report(job, video.len() as u64),
            Err(error) => {
                let (code, message) = (FailureCode::OutputUnwritable, error.to_string());
                let failure = Failure { code, message, retryable: true, errors: Vec::new() };
                self.send(&Event::Failed { job, failure });
            }
        }
    }

    fn report(&mut self, job: JobRef, size_bytes: u64) {
        self.progress(&job, 150);
        self.report_with(job, size_bytes, 1);
    }

    fn report_with(&mut self, job: JobRef, size_bytes: u64, warnings: usize) {
        let warning = RenderWarning {
            pointer: "/blocks/0".into(),
            code: "source_shorter_than_block".into(),
            detail: "its last frame is held".into(),
        };
        let warnings = vec![warning; warnings];
        let report = RenderReport {
            width_px: 1280,
            height_px: 720,
            fps: 30,
            frame_count: 150,
            duration_secs: 5.0,
            size_bytes,
            adapter: "fake adapter".into(),
            encoder: "fake encoder".into(),
            engine_version: "0.0.0-fake".into(),
            elapsed_millis: 1,
            warnings,
        };
        self.send(&Event::Completed { job, report });
    }

    fn progress(&mut self, job: &JobRef, frames_done: u64) {
        let (step, frames_total, frames_per_second) = (RenderStep::Encoding, 150, 60.0);
        self.send(&Event::Progress { job: job.clone(), step, frames_done, frames_total, frames_per_second });
    }

    fn fail(&mut self, job: JobRef, code: FailureCode, message: &str) {
        let error = FieldError {
            pointer: "/blocks/0/duration".into(),
            code: "out_of_range".into(),
            detail: "must be above 0".into(),
            suggestion: None,
        };
        let failure = Failure { code, message: message.into(), retryable: false, errors: vec![error] };
        self.send(&Event::Failed { job, failure });
    }

    fn send(&mut self, event: &Event) {
        self.write(&frame_from_message(event).expect("events are small"));
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.stream.write_all(bytes).is_err() {
            // Our parent has let go of us.
            std::process::exit(0);
        }
    }
}
