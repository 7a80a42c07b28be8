//! What confines an engine, tried by engines that the kernel of this machine confines. Where it has no Landlock the
//! tests say that they are skipped, and fail with `REQUIRE_SANDBOX_TESTS=1`; without a graphics adapter those of whole
//! engines do the same with `REQUIRE_GPU_TESTS=1`.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic wherever it finds its rule broken"
)]

mod serving;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Instant;

use avs_engine::sandbox::{Attempt, Trial};
use avs_protocol::{Event, Failure, FailureCode, LandlockLevel, SandboxReport};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use serde_json::{Value, json};
use serving::{ENGINE, Engine, Jobs, asset, ffmpeg};

/// What a job needs: allowed inside and outside of a sandbox.
const NEEDED: [&str; 2] = ["read its own input", "write its own video"];

#[test]
fn everything_forbidden_is_refused_and_nothing_that_a_job_needs() {
    let Some(trial) = confined_trial(&mut Command::new(ENGINE)) else { return };
    assert!(trial.report.is_full(), "{}", trial.report);
    assert_eq!(trial.report.reason, None);
    assert!(trial.attempts.len() > 20 && trial.attempts.iter().all(|attempt| attempt.held), "{trial:#?}");
}

#[test]
fn everything_forbidden_works_where_nothing_is_confined() {
    let folder = tempfile::tempdir().unwrap();
    let trial = trial_of(Command::new(ENGINE).arg("try-sandbox").arg("--unconfined").arg(folder.path()));
    assert_eq!(trial.report, SandboxReport::default());
    // Otherwise a refusal inside the sandbox would prove nothing.
    let held: Vec<_> = held(&trial).collect();
    assert_eq!(held, NEEDED, "{trial:#?}");
}

#[test]
fn a_user_without_privileges_is_confined_as_well() {
    // What a container's user may run and write, whoever has built it.
    let folder = tempfile::tempdir().unwrap();
    let engine = folder.path().join("avs-engine");
    std::fs::copy(ENGINE, &engine).unwrap();
    for open in [folder.path(), &engine] {
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--"])
        .arg(&engine);
    if !Command::new("setpriv").args(["--reuid=65534", "--clear-groups", "true"]).status().unwrap().success()
    {
        return eprintln!(
            "SKIPPED: only root can become somebody else; the other tests ran without privileges"
        );
    }
    let output = command.args(["doctor", "--json"]).output().unwrap();
    let trial = &findings_of(&output)["sandbox"];
    let trial: Trial = serde_json::from_value(trial.clone()).unwrap();
    if trial.report.landlock == LandlockLevel::None {
        return skip();
    }
    assert!(output.status.success() && trial.report.is_full(), "{trial:#?}");
    assert!(trial.attempts.iter().all(|attempt| attempt.held), "{trial:#?}");
}

#[test]
fn doctor_succeeds_where_everything_holds_and_lists_what_the_machine_has() {
    if confined_trial(&mut Command::new(ENGINE)).is_none() {
        return;
    }
    let output = Command::new(ENGINE).args(["doctor", "--json"]).output().unwrap();
    let found = findings_of(&output);
    assert!(output.status.success(), "{found:#}");
    let encoders: Vec<_> =
        found["encoders"].as_array().unwrap().iter().map(|encoder| &encoder["name"]).collect();
    assert!(
        encoders.contains(&&json!("x264")) && !found["fontFamilies"].as_array().unwrap().is_empty(),
        "{found:#}"
    );
    assert!(found["adapters"].is_array());
    let table = Command::new(ENGINE).arg("doctor").output().unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("held       open a TCP socket") && !table.contains("not held"), "{table}");
}

#[test]
fn a_kernel_without_landlock_is_told_and_doctor_fails_there() {
    let output = on_kernel_without(libc::SYS_landlock_create_ruleset, || {
        Command::new(ENGINE).args(["doctor", "--json"]).output().unwrap()
    });
    let found = findings_of(&output);
    let trial: Trial = serde_json::from_value(found["sandbox"].clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{found:#}");
    assert_eq!((trial.report.landlock, trial.report.landlock_abi), (LandlockLevel::None, 0));
    assert!(trial.report.seccomp && trial.report.network && trial.report.limits, "{}", trial.report);
    assert!(trial.report.reason.unwrap().contains("no Landlock"));
    let held: Vec<_> =
        trial.attempts.iter().filter(|attempt| attempt.held).map(|it| it.name.as_str()).collect();
    assert!(held.contains(&"open a TCP socket") && held.contains(&"start a program"), "{held:?}");
    assert!(!held.contains(&"read a file of another job"), "{held:?}");
}

#[test]
fn a_kernel_without_seccomp_is_told_and_files_stay_closed_there() {
    let folder = tempfile::tempdir().unwrap();
    let trial = on_kernel_without(libc::SYS_seccomp, || {
        trial_of(Command::new(ENGINE).arg("try-sandbox").arg(folder.path()))
    });
    if trial.report.landlock == LandlockLevel::None {
        return skip();
    }
    let report = &trial.report;
    assert!(!report.seccomp && !report.network && !report.is_full(), "{report}");
    assert!(report.reason.as_ref().unwrap().contains("system calls"), "{report}");
    let held: Vec<_> = held(&trial).collect();
    // Programs are closed twice: Landlock lets no file be executed.
    assert!(held.contains(&"read a file of another job") && held.contains(&"start a program"), "{held:?}");
    assert!(!held.contains(&"open a UDP socket"), "{held:?}");
}

#[test]
fn hello_tells_what_holds_and_that_a_folder_of_jobs_is_missing() {
    if !adapter_is_there() {
        return;
    }
    let jobs = Jobs::new();
    let told = Engine::start_for(&jobs).hello();
    if told.landlock == LandlockLevel::None {
        return skip();
    }
    assert!(told.is_full(), "{told}");
    let told = Engine::start(&[]).hello();
    assert_eq!(told.landlock, LandlockLevel::Partial);
    assert!(told.reason.as_ref().unwrap().contains("--jobs-dir"), "{told}");
    let told = Engine::start(&["--jobs-dir", jobs.at("missing").to_str().unwrap()]).hello();
    assert_eq!(told.landlock, LandlockLevel::None);
    assert!(told.reason.as_ref().unwrap().contains("missing"), "{told}");
}

#[test]
fn text_images_drawings_video_and_sound_become_a_video_inside_the_sandbox() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let files = media(&jobs);
    let probed = engine.probe(files.clone());
    assert!(matches!(&probed, Event::Probed { assets, .. } if assets.len() == 4), "{probed:?}");
    let last = engine.render(everything(), files, &jobs.video());
    let Event::Completed { report, .. } = last else { panic!("{last:?}") };
    assert_eq!((report.frame_count, report.warnings), (30, Vec::new()));
    assert_eq!(streams_of(&jobs.video()), "h264,aac");
    // Nobody else may read it.
    assert_eq!(std::fs::metadata(jobs.video()).unwrap().permissions().mode() & 0o077, 0);
    assert_eq!(std::fs::read_dir(jobs.at("jobs/mine/1")).unwrap().count(), 1);
    let (status, log) = engine.end();
    assert!(status.success(), "{log}");
}

#[test]
fn one_picture_is_written_inside_the_sandbox_and_ends_the_process() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let (files, png) = (media(&jobs), jobs.at("jobs/mine/1/still.png"));
    let answer = engine.still(everything(), files, (0.5, &png));
    let Event::Pictured { width_px, height_px, size_bytes, .. } = answer else { panic!("{answer:?}") };
    let shown = image::open(&png).unwrap().to_rgb8();
    assert_eq!(shown.dimensions(), (width_px, height_px));
    assert_eq!(std::fs::metadata(&png).unwrap().len(), size_bytes);
    assert!(shown.pixels().any(|pixel| pixel != shown.get_pixel(0, 0)), "nothing is to be seen");
    assert_eq!(engine.next(), None);
    let (status, log) = engine.end();
    assert!(status.success(), "{log}");
}

#[test]
fn a_picture_cannot_be_written_over_the_file_of_another_job_and_a_cancelled_one_is_not_made() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let other = jobs.at("jobs/other/assets/0");
    std::fs::write(&other, "theirs").unwrap();
    let refused =
        failure(engine.still(words_only(), Vec::new(), (0.0, &jobs.at("jobs/mine/1/missing/x.png"))));
    assert!(refused.retryable, "{refused:?}");
    std::os::unix::fs::symlink(&other, jobs.at("jobs/mine/1/still.png")).unwrap();
    let mut engine = Engine::start_for(&jobs);
    engine.hello();
    let refused = failure(engine.still(words_only(), Vec::new(), (0.0, &jobs.at("jobs/mine/1/still.png"))));
    assert_eq!(refused.code, FailureCode::OutputUnwritable);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "theirs");
    let mut engine = Engine::start_for(&jobs);
    engine.hello();
    engine.cancel();
    let refused = failure(engine.still(words_only(), Vec::new(), (0.0, &jobs.at("jobs/mine/1/late.png"))));
    assert_eq!((refused.code, jobs.at("jobs/mine/1/late.png").exists()), (FailureCode::Cancelled, false));
}

#[test]
fn files_are_analyzed_inside_the_sandbox_before_they_become_a_video() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let files = media(&jobs);
    engine.probe(files.clone());
    let (found, last) = engine.analyze(files.clone());
    let names: Vec<_> = found.iter().map(|analysis| &analysis.name).collect();
    assert_eq!(names, files.iter().map(|file| &file.name).collect::<Vec<_>>());
    let Event::AnalysisEnded { font_families, .. } = last else { panic!("{last:?}") };
    assert!(!font_families.is_empty() && font_families.is_sorted());
    let last = engine.render(everything(), files, &jobs.video());
    assert!(matches!(last, Event::Completed { .. }), "{last:?}");
}

#[test]
fn a_file_that_cannot_be_analyzed_fails_the_job_with_its_place() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let garbage = jobs.at("jobs/mine/assets/garbage");
    std::fs::write(&garbage, "neither pictures nor sound").unwrap();
    let (found, last) = engine.analyze(vec![asset("garbage.mp4", &garbage)]);
    let refused = failure(last);
    assert_eq!((refused.code, found), (FailureCode::UnreadableMedia, Vec::new()));
    assert_eq!(refused.errors[0].pointer, "/blocks/0/source");
}

#[test]
fn a_file_outside_the_folder_of_jobs_cannot_be_probed() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let outside = jobs.at("outside.png");
    ffmpeg(&["-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1"], &outside);
    let refused = failure(engine.probe(vec![asset("logo.png", &outside)]));
    assert_eq!(refused.code, FailureCode::UnreadableMedia);
    std::fs::copy(&outside, jobs.at("jobs/mine/assets/0")).unwrap();
    let mut engine = Engine::start_for(&jobs);
    engine.hello();
    let probed = engine.probe(vec![asset("logo.png", &jobs.at("jobs/mine/assets/0"))]);
    assert!(matches!(probed, Event::Probed { .. }), "{probed:?}");
}

#[test]
fn a_video_cannot_be_written_over_the_file_of_another_job() {
    if !adapter_is_there() {
        return;
    }
    let (jobs, mut engine) = ready();
    let other = jobs.at("jobs/other/assets/0");
    std::fs::write(&other, "theirs").unwrap();
    // As a decoder that was taken over would leave it. The first layer alone would let it through.
    std::os::unix::fs::symlink(&other, jobs.at("jobs/mine/1/out.mp4.part")).unwrap();
    let refused = failure(engine.render(words_only(), Vec::new(), &jobs.video()));
    assert_eq!(refused.code, FailureCode::OutputUnwritable);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "theirs");
}

#[test]
fn a_video_over_the_limit_fails_and_leaves_no_file() {
    if !adapter_is_there() {
        return;
    }
    let jobs = Jobs::new();
    let files = media(&jobs);
    // Reached by the header alone, and in the middle of the pictures.
    for limit in ["512", "16384"] {
        let mut engine =
            Engine::start(&["--jobs-dir", jobs.dir().to_str().unwrap(), "--file-bytes-max", limit]);
        engine.hello();
        let refused = failure(engine.render(everything(), files.clone(), &jobs.video()));
        assert_eq!(refused.code, FailureCode::OutputUnwritable, "{limit}");
        assert_eq!(std::fs::read_dir(jobs.at("jobs/mine/1")).unwrap().count(), 0, "{limit}");
    }
}

#[test]
fn an_engine_over_its_memory_limit_ends_and_says_so() {
    if !adapter_is_there() {
        return;
    }
    let mut engine = Engine::start(&["--memory-bytes-max", "1000000"]);
    while engine.next().is_some() {}
    let (status, log) = engine.end();
    assert!(!status.success(), "{status}");
    assert!(log.contains("over the memory limit"), "{log}");
}

#[test]
fn an_engine_renders_where_the_kernel_confines_nothing_and_says_so() {
    if !adapter_is_there() {
        return;
    }
    let jobs = Jobs::new();
    let last = on_kernel_without(libc::SYS_landlock_create_ruleset, || {
        let mut engine = Engine::start_for(&jobs);
        let told = engine.hello();
        assert_eq!(told.landlock, LandlockLevel::None);
        assert!(told.reason.as_ref().unwrap().contains("no Landlock"), "{told}");
        engine.render(words_only(), Vec::new(), &jobs.video())
    });
    assert!(matches!(last, Event::Completed { .. }), "{last:?}");
}

#[test]
#[ignore = "a measurement, printed: cargo nextest run -p avs-engine --run-ignored only --no-capture before_hello"]
fn confinement_before_hello_costs_little() {
    let jobs = Jobs::new();
    let hello_millis = || {
        let began = Instant::now();
        Engine::start_for(&jobs).hello();
        began.elapsed().as_secs_f64() * 1e3
    };
    let unconfined = || {
        on_kernel_without(libc::SYS_landlock_create_ruleset, || {
            on_kernel_without(libc::SYS_seccomp, hello_millis)
        })
    };
    // Turn by turn, so that a busy moment of the machine meets both.
    let (mut confined, mut plain): (Vec<_>, Vec<_>) = (0..10).map(|_| (hello_millis(), unconfined())).unzip();
    let [confined, plain] = [&mut confined, &mut plain].map(|millis| {
        millis.sort_by(f64::total_cmp);
        f64::midpoint(millis[4], millis[5])
    });
    println!("start to Hello, median of 10: {confined:.0} ms confined, {plain:.0} ms not");
    assert!(confined < plain * 1.5, "{confined} ms against {plain} ms");
}

/// A folder of jobs and an engine that is warm.
fn ready() -> (Jobs, Engine) {
    let jobs = Jobs::new();
    let mut engine = Engine::start_for(&jobs);
    engine.hello();
    (jobs, engine)
}

fn words_only() -> Value {
    json!({ "version": "1", "blocks": [{ "type": "text", "text": "Now shipping", "duration": 1 }] })
}

fn everything() -> Value {
    let source = |name: &str| json!({ "uploadName": name });
    json!({ "version": "1", "blocks": [
        { "type": "video", "duration": 1, "source": source("hero.mp4") },
        { "type": "image", "duration": 1, "width": "20%", "source": source("logo.png") },
        { "type": "image", "duration": 1, "width": "20%", "x": "80%", "source": source("shape.svg") },
        { "type": "audio", "duration": 1, "source": source("tone.wav") },
        { "type": "text", "duration": 1, "text": "Now shipping 🚀 で" } ] })
}

fn media(jobs: &Jobs) -> Vec<avs_protocol::AssetFile> {
    let [hero, logo, shape, tone] = [0, 1, 2, 3].map(|index| jobs.at(&format!("jobs/mine/assets/{index}")));
    let (moving, sine) = ("testsrc2=s=640x360:r=30:d=2", "sine=f=440:d=2");
    let coded = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac", "-f", "mp4"];
    ffmpeg(&[&["-f", "lavfi", "-i", moving, "-f", "lavfi", "-i", sine][..], &coded[..]].concat(), &hero);
    ffmpeg(
        &["-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", "-f", "image2pipe", "-c:v", "png"],
        &logo,
    );
    ffmpeg(&["-f", "lavfi", "-i", "sine=f=220:d=2", "-f", "wav"], &tone);
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20' cy='20' r='18'/>\
        <text x='4' y='24'>ok</text></svg>";
    std::fs::write(&shape, drawing).unwrap();
    [("hero.mp4", hero), ("logo.png", logo), ("shape.svg", shape), ("tone.wav", tone)]
        .map(|(name, path)| asset(name, &path))
        .to_vec()
}

fn streams_of(video: &Path) -> String {
    let mut ffprobe = Command::new("ffprobe");
    ffprobe.args(["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0"]).arg(video);
    String::from_utf8(ffprobe.output().unwrap().stdout).unwrap().lines().collect::<Vec<_>>().join(",")
}

#[track_caller]
fn failure(event: Event) -> Failure {
    match event {
        Event::Failed { failure, .. } => failure,
        other => panic!("no failure but {other:?}"),
    }
}

/// A trial inside the sandbox; `None`, with a word on stderr, where this kernel has no Landlock.
fn confined_trial(engine: &mut Command) -> Option<Trial> {
    let folder = tempfile::tempdir().unwrap();
    let trial = trial_of(engine.arg("try-sandbox").arg(folder.path()));
    if trial.report.landlock == LandlockLevel::None {
        skip();
        return None;
    }
    Some(trial)
}

fn held(trial: &Trial) -> impl Iterator<Item = &str> {
    trial.attempts.iter().filter(|attempt| attempt.held).map(|Attempt { name, .. }| name.as_str())
}

#[track_caller]
fn trial_of(command: &mut Command) -> Trial {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[track_caller]
fn findings_of(doctor: &Output) -> Value {
    let said = String::from_utf8_lossy(&doctor.stderr);
    serde_json::from_slice(&doctor.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn skip() {
    assert!(std::env::var_os("REQUIRE_SANDBOX_TESTS").is_none(), "this kernel has no Landlock");
    eprintln!("SKIPPED: this kernel has no Landlock");
}

/// A serving engine needs one to begin.
fn adapter_is_there() -> bool {
    let listed = Command::new(ENGINE).arg("adapters").output().unwrap();
    let adapters: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let found = !adapters.as_array().unwrap().is_empty();
    if !found {
        assert!(std::env::var_os("REQUIRE_GPU_TESTS").is_none(), "no graphics adapter");
        eprintln!("SKIPPED: no graphics adapter");
    }
    found
}

/// Does it where the kernel knows a call not, for its thread and the processes that it starts.
fn on_kernel_without<T: Send>(call: i64, action: impl FnOnce() -> T + Send) -> T {
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into().unwrap();
    let rules = [(call, Vec::new())].into_iter().collect();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, unknown, architecture).unwrap();
    let program: BpfProgram = filter.try_into().unwrap();
    let action = move || {
        seccompiler::apply_filter(&program).unwrap();
        action()
    };
    std::thread::scope(|scope| {
        scope.spawn(action).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
