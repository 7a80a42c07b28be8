//! A small file system of its own, to be filled or made read-only, and a server on it.

use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Database, Server};

/// A server whose data directory has a small file system of its own; dropped in this order, once the
/// server is dead: what is mounted cannot be removed.
pub(crate) struct Cramped {
    pub(crate) disk: SmallDisk,
    pub(crate) server: Server,
}

impl Cramped {
    /// Starts one for a new account; none where this process may not mount.
    #[track_caller]
    pub(crate) fn start(database: Database, settings: &[(&str, &str)]) -> Option<Self> {
        let mut server = Server::prepare(database, settings);
        let disk = SmallDisk::mount(&server.data_dir(), 16)?;
        server.start_again();
        server.open_account();
        Some(Self { server, disk })
    }
}

impl Drop for Cramped {
    fn drop(&mut self) {
        self.server.kill();
    }
}

/// A file system in memory, mounted somewhere; gone when dropped.
pub(crate) struct SmallDisk {
    path: PathBuf,
    /// The directory as it is below what is mounted over it.
    root: File,
    read_only: Cell<bool>,
}

impl SmallDisk {
    /// Mounts one at a directory; none, with a word about it, where this process may not mount.
    pub(crate) fn mount(path: &Path, mebibytes: u32) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let options = format!("size={mebibytes}m,mode=700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            let root = File::open(path).unwrap();
            return Some(Self { path: path.to_owned(), root, read_only: Cell::new(false) });
        }
        eprintln!("skipped: this process may not mount a file system; root may");
        None
    }

    /// Writes until nothing more fits.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.ballast()).unwrap();
        for chunk in [1 << 20, 4096] {
            while file.write_all(&vec![0; chunk]).is_ok() {}
        }
    }

    /// Takes that away again.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    /// Mounts it over itself, read-only. The kernel refuses the usual way while files are open for writing; to those this
    /// changes nothing.
    pub(crate) fn make_read_only(&self) {
        self.run("mount", &["--bind", self.path.to_str().unwrap()]);
        self.read_only.set(true);
        self.run("mount", &["-o", "remount,bind,ro"]);
    }

    /// Undoes that.
    pub(crate) fn make_writable(&self) {
        self.run("umount", &["-l"]);
        self.read_only.set(false);
    }

    /// Writes an empty file, also while the disk is read-only to everybody else.
    pub(crate) fn touch(&self, path: &str) {
        std::fs::write(format!("/proc/self/fd/{}/{path}", self.root.as_raw_fd()), "").unwrap();
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = Command::new(program).args(arguments).arg(&self.path).status();
        assert!(status.unwrap().success(), "{program} {arguments:?}");
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.read_only.get() {
            self.make_writable();
        }
        self.run("umount", &["-l"]);
    }
}
