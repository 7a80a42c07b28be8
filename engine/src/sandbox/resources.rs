//! Limits that the kernel counts: core dumps, descriptors, the length of a file; and the mode of new files.
//!
//! Left alone on purpose: address space (`RLIMIT_AS`), of which drivers of graphics cards reserve more than the machine
//! has memory, so that any useful limit fails before the first frame (resident memory is watched in `memory.rs`);
//! processor time, because how long a video takes is no fault (the control plane ends a job that stands still); processes,
//! because that limit counts every process of the user, the control plane's threads too.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::SandboxError;

/// Descriptors: a video holds a handful of files, but drivers of NVIDIA's open some hundred.
const DESCRIPTORS_MAX: u64 = 4096;
/// Nobody but our own user reads what we write.
const UMASK: libc::mode_t = 0o077;

/// Sets them for the whole process.
pub(super) fn limit(file_bytes_max: u64) -> Result<(), SandboxError> {
    // A file that grows too long is then an error of `write`, which names the file, instead of the end of the process.
    #[expect(unsafe_code, reason = "the standard library has neither of the two")]
    // SAFETY: neither call takes a pointer; ignoring the signal installs no handler.
    unsafe {
        libc::umask(UMASK);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    set(Resource::RLIMIT_CORE, 0)?;
    set(Resource::RLIMIT_NOFILE, DESCRIPTORS_MAX)?;
    set(Resource::RLIMIT_FSIZE, file_bytes_max)
}

/// Lowers soft and hard limit to `most`, or leaves them where they are lower.
fn set(resource: Resource, most: u64) -> Result<(), SandboxError> {
    let lowered = getrlimit(resource).and_then(|(_, hard)| {
        let limit = most.min(hard);
        setrlimit(resource, limit, limit)
    });
    lowered.map_err(|errno| SandboxError::Limits(errno.into()))
}
