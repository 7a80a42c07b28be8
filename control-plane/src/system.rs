//! The two things that a process takes from its surroundings without being told: the time and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::entropy::Entropy;
use crate::domain::timestamp::{Clock, Timestamp};

/// Gives the process the cryptography of its TLS connections; before the first client is built.
pub fn install_tls() {
    // An error says that there is one already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
}

/// Free space for this process on the file system of `path`; none on one that is read-only.
///
/// # Errors
/// [`std::io::Error`] where there is no such place.
pub fn free_bytes(path: &std::path::Path) -> std::io::Result<u64> {
    let stat = nix::sys::statvfs::statvfs(path)?;
    if stat.flags().contains(nix::sys::statvfs::FsFlags::ST_RDONLY) {
        return Ok(0);
    }
    Ok(stat.blocks_available() * stat.fragment_size())
}

/// Becomes the owner of a data directory where this process is root and the owner is not: files that root makes beside an
/// installed service could not be written by it. Does nothing where there is no such directory.
///
/// # Errors
/// [`std::io::Error`] where the directory or its owner cannot be read, or the system refuses.
pub fn become_owner_of(data_dir: &std::path::Path) -> std::io::Result<()> {
    use nix::unistd::{Uid, User, geteuid, setgid, setgroups, setuid};
    let owner = match std::fs::metadata(data_dir) {
        Ok(metadata) => Uid::from_raw(std::os::unix::fs::MetadataExt::uid(&metadata)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !geteuid().is_root() || owner.is_root() {
        return Ok(());
    }
    let Some(user) = User::from_uid(owner)? else {
        return Err(std::io::Error::other(format!("the owner of {} has no name", data_dir.display())));
    };
    setgroups(&[user.gid])?;
    setgid(user.gid)?;
    Ok(setuid(user.uid)?)
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one place; everything else takes a Clock")]
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The random numbers of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a supported kernel always has random numbers");
    }
}
