//! Forbidden things, tried by a process that has confined itself as an engine does: what `doctor` shows, and what the
//! tests ask. Run it in a process of its own: there is no way back.

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use avs_protocol::SandboxReport;

use super::{Attempt, Confinement, SandboxOptions, Trial};

/// The limit of the trial's files.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Far beyond what a trial holds; that an engine over its limit ends is tried by the tests.
const MEMORY_BYTES_MAX: u64 = 8 << 30;

type Action = fn(&Grounds) -> io::Result<()>;

/// Tried once the files of a job are open.
const FORBIDDEN: [(&str, Action); 19] = [
    ("read a file outside", |grounds| read(&grounds.secret())),
    ("read a file of another job", |grounds| read(&grounds.other_file())),
    ("list the jobs", |grounds| fs::read_dir(grounds.jobs()).map(drop)),
    ("write outside", |grounds| write(&grounds.outside().join("new"))),
    ("write beside another job's files", |grounds| write(&grounds.jobs().join("other/assets/new"))),
    ("write beside its own input", |grounds| write(&grounds.jobs().join("mine/assets/new"))),
    ("overwrite its own input", |grounds| OpenOptions::new().write(true).open(grounds.own_file()).map(drop)),
    ("empty a file outside", |grounds| truncate(&grounds.secret())),
    ("remove a file outside", |grounds| fs::remove_file(grounds.outside().join("spare"))),
    ("change the mode of a file outside", |grounds| {
        fs::set_permissions(grounds.secret(), fs::Permissions::from_mode(0o600))
    }),
    ("write a file over the limit", |grounds| {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(grounds.video())?;
        file.set_len(FILE_BYTES_MAX + 1)
    }),
    ("open a TCP socket", |_| TcpListener::bind("127.0.0.1:0").map(drop)),
    ("open a UDP socket", |_| UdpSocket::bind("127.0.0.1:0").map(drop)),
    ("connect to a socket of another program", |grounds| UnixStream::connect(grounds.socket()).map(drop)),
    ("start a program", |_| start_program()),
    ("trace a process", |_| trace()),
    ("signal the control plane", |_| signal_parent()),
    ("read the control plane's environment", |_| read(Path::new(&format!("/proc/{}/environ", parent_id())))),
    ("unshare itself from the system", |_| unshare()),
];

/// What a render cannot do without.
const NEEDED: [(&str, Action); 2] = [
    ("read its own input", |grounds| read(&grounds.own_file())),
    ("write its own video", |grounds| write(&grounds.video())),
];

/// Lays out two jobs and a secret in `folder`, confines this process to one of the jobs (not at all where `confined` is
/// false: the proof that what is refused otherwise would work), and tries.
///
/// # Errors
/// The system's, where `folder` cannot be used.
pub fn attempts(folder: &Path, confined: bool) -> io::Result<Trial> {
    let grounds = Grounds(fs::canonicalize(folder)?);
    let _listening = grounds.lay_out()?;
    let options = SandboxOptions {
        jobs_dir: Some(grounds.jobs()),
        file_bytes_max: FILE_BYTES_MAX,
        memory_bytes_max: MEMORY_BYTES_MAX,
    };
    let mut confinement = confined.then(|| Confinement::enter(&options));
    let report = confinement.as_mut().map_or_else(SandboxReport::default, Confinement::seal);
    let mut attempts = vec![forbidden("read a file outside while no job is open", &grounds, FORBIDDEN[0].1)];
    attempts.extend(on_other_threads(&grounds, confinement.as_ref())?);
    if let Some(confinement) = &confinement {
        confinement.open_to_job(&[grounds.own_file()], Some(&grounds.output())).map_err(io::Error::other)?;
    }
    attempts.extend(NEEDED.map(|(name, action)| needed(name, &grounds, action)));
    attempts.extend(FORBIDDEN.map(|(name, action)| forbidden(name, &grounds, action)));
    // A layer that a thread has is that of the threads it starts.
    let child = std::thread::scope(|scope| {
        scope
            .spawn(|| forbidden("read a file of another job on a decoder's thread", &grounds, FORBIDDEN[1].1))
            .join()
    });
    attempts.extend(child);
    Ok(Trial { report, attempts })
}

/// What the probing thread and the listener are confined to.
fn on_other_threads(grounds: &Grounds, confinement: Option<&Confinement>) -> io::Result<[Attempt; 2]> {
    let probing = || {
        confinement.map_or(Ok(()), |confinement| confinement.open_to_job(&[grounds.own_file()], None))?;
        Ok(forbidden("write its video while it is only probed", grounds, NEEDED[1].1))
    };
    let listening = || {
        confinement.map_or(Ok(()), |_| Confinement::close_files())?;
        Ok(forbidden("read its input on the listener's thread", grounds, NEEDED[0].1))
    };
    let outcome = std::thread::scope(|scope| -> Result<_, super::SandboxError> {
        let (probing, listening) = (scope.spawn(probing), scope.spawn(listening));
        let joined = |thread: std::thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(attempt) => attempt,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok([joined(probing)?, joined(listening)?])
    });
    outcome.map_err(io::Error::other)
}

fn forbidden(name: &str, grounds: &Grounds, action: Action) -> Attempt {
    let outcome = action(grounds);
    // Only a refusal counts: a file that is not there proves nothing.
    let refusals = [libc::EPERM, libc::EACCES, libc::EFBIG];
    let held = outcome
        .as_ref()
        .is_err_and(|error| error.raw_os_error().is_some_and(|errno| refusals.contains(&errno)));
    Attempt { name: name.to_owned(), held, outcome: told(&outcome) }
}

fn needed(name: &str, grounds: &Grounds, action: Action) -> Attempt {
    let outcome = action(grounds);
    Attempt { name: name.to_owned(), held: outcome.is_ok(), outcome: told(&outcome) }
}

fn told(outcome: &io::Result<()>) -> String {
    outcome.as_ref().map_or_else(ToString::to_string, |()| "allowed".to_owned())
}

/// Where it is tried.
struct Grounds(PathBuf);

impl Grounds {
    fn outside(&self) -> PathBuf {
        self.0.join("outside")
    }

    fn secret(&self) -> PathBuf {
        self.outside().join("secret")
    }

    fn socket(&self) -> PathBuf {
        self.outside().join("socket")
    }

    fn jobs(&self) -> PathBuf {
        self.0.join("jobs")
    }

    fn own_file(&self) -> PathBuf {
        self.jobs().join("mine/assets/0")
    }

    fn other_file(&self) -> PathBuf {
        self.jobs().join("other/assets/0")
    }

    fn output(&self) -> PathBuf {
        self.jobs().join("mine/1")
    }

    fn video(&self) -> PathBuf {
        self.output().join("out.mp4")
    }

    /// Makes everything; the socket is open as long as what is returned.
    fn lay_out(&self) -> io::Result<UnixListener> {
        fs::create_dir(self.outside())?;
        fs::create_dir_all(self.output())?;
        fs::write(self.secret(), "a key")?;
        fs::write(self.outside().join("spare"), "")?;
        for file in [self.own_file(), self.other_file()] {
            fs::create_dir_all(file.parent().unwrap_or(&file))?;
            fs::write(file, "media")?;
        }
        UnixListener::bind(self.socket())
    }
}

fn read(path: &Path) -> io::Result<()> {
    File::open(path)?.read_to_end(&mut Vec::new()).map(drop)
}

fn write(path: &Path) -> io::Result<()> {
    fs::write(path, "written")
}

fn start_program() -> io::Result<()> {
    let mut command = Command::new("/bin/true");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().map(drop)
}

fn truncate(path: &Path) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // By its name: a file that is opened for writing first would be refused for that.
    #[expect(unsafe_code, reason = "the standard library truncates open files only")]
    // SAFETY: the pointer is to a string that ends in zero and outlives the call.
    errno_of(unsafe { libc::truncate(path.as_ptr(), 0) }.into())
}

fn signal_parent() -> io::Result<()> {
    let parent = i32::try_from(parent_id()).map_err(io::Error::other)?;
    #[expect(unsafe_code, reason = "the standard library signals children only")]
    // SAFETY: it takes no pointer, and signal 0 only asks whether it may be sent.
    errno_of(unsafe { libc::kill(parent, 0) }.into())
}

fn trace() -> io::Result<()> {
    let nowhere = std::ptr::null_mut::<libc::c_void>();
    #[expect(unsafe_code, reason = "the standard library does not trace")]
    // SAFETY: this request looks at none of its arguments; it lets our parent trace us.
    errno_of(unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, nowhere, nowhere) })
}

fn unshare() -> io::Result<()> {
    #[expect(unsafe_code, reason = "the standard library knows no namespaces")]
    // SAFETY: it takes no pointer; the thread gets a working folder of its own, which nobody changes.
    errno_of(unsafe { libc::unshare(libc::CLONE_FS) }.into())
}

fn errno_of(result: i64) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
