//! One child process: spawned with a socket and little else, its stderr carried to the log, its group signalled.

use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::{env, io};

use futures_util::StreamExt as _;
use tokio::process::{Child, ChildStderr, Command};
use tokio_util::codec::{FramedRead, LinesCodec};

use crate::limits;

/// Variables that an engine inherits: where things are, what to log, which adapter to use. Not our own settings:
/// they may hold secrets, and a child that reads strangers' files must not know any.
const INHERITED: [&str; 6] = ["PATH", "HOME", "LANG", "XDG_RUNTIME_DIR", "RUST_LOG", "AVS_ADAPTER"];
/// Variables of the Vulkan loader.
const INHERITED_PREFIX: &str = "VK_";

/// The job that a process works on, once it has one: a label for its log lines.
pub(super) type JobLabel = Arc<OnceLock<String>>;

/// What is started, and what it may see.
#[derive(Debug, Clone, Copy)]
pub(super) struct Launch<'a> {
    /// The executable.
    pub(super) program: &'a Path,
    /// Directory of all jobs; of what is ours the engine sees nothing else.
    pub(super) jobs_dir: &'a Path,
}

/// Starts `program serve --ipc-fd N --jobs-dir DIR` in a process group of its own; returns it with our end of the socket.
pub(super) fn spawn(launch: &Launch<'_>, label: &JobLabel) -> io::Result<(Child, tokio::net::UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let ours = tokio::net::UnixStream::from_std(ours)?;
    let inherited = env::vars_os().filter(|(name, _)| {
        name.to_str().is_some_and(|name| INHERITED.contains(&name) || name.starts_with(INHERITED_PREFIX))
    });
    let mut command = Command::new(launch.program);
    command
        .args(["serve", "--ipc-fd", &theirs.as_raw_fd().to_string()])
        .arg("--jobs-dir")
        .arg(launch.jobs_dir)
        .env_clear()
        .envs(inherited)
        // Mesa's device-select layer asks a display server that a headless machine does not have.
        .env("NODEVICE_SELECT", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    prepare_child(&mut command, theirs.as_raw_fd());
    let mut child = command.spawn()?;
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(log_lines(stderr, label.clone()));
    }
    Ok((child, ours))
}

/// Sends `signal` to the whole process group of a child that has not been waited for.
pub(super) fn signal_group(child: &Child, signal: i32) {
    let Some(group) = child.id().and_then(|id| i32::try_from(id).ok()) else { return };
    // SAFETY: `kill` takes no pointer. The child has not been reaped (`id` is `Some`), so the group is still its own.
    #[expect(unsafe_code, reason = "the standard library signals single processes only")]
    unsafe {
        libc::kill(-group, signal);
    }
}

/// Lets the child keep its end of the socket, and end with us even where we are killed.
fn prepare_child(command: &mut Command, socket: RawFd) {
    // SAFETY: what runs there allocates nothing, takes no lock and touches nothing shared.
    #[expect(unsafe_code, reason = "there is no safe way to run code between fork and exec")]
    unsafe {
        command.pre_exec(move || keep_socket_and_die_with_parent(socket));
    }
}

#[expect(unsafe_code, reason = "both settings are system calls without a safe wrapper")]
fn keep_socket_and_die_with_parent(socket: RawFd) -> io::Result<()> {
    // The death signal follows the thread that forked: a worker of the runtime, which lives as long as it.
    // SAFETY: plain system calls on values, safe between fork and exec; `socket` is open here because the
    // parent holds it until `spawn` has returned.
    let results = unsafe {
        [libc::fcntl(socket, libc::F_SETFD, 0), libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)]
    };
    if results.contains(&-1) { Err(io::Error::last_os_error()) } else { Ok(()) }
}

async fn log_lines(stderr: ChildStderr, label: JobLabel) {
    let mut lines = FramedRead::new(stderr, LinesCodec::new_with_max_length(limits::ENGINE_LINE_BYTES_MAX));
    while let Some(line) = lines.next().await {
        let job = label.get().map_or("-", String::as_str);
        match line {
            Ok(line) => tracing::info!(target: "avs::engine", job, "{line}"),
            Err(error) => tracing::info!(target: "avs::engine", job, "a line is left out: {error}"),
        }
    }
}
