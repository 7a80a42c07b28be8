//! A library for `LD_PRELOAD` under which the disk of a process fails: what no file system of a test can be asked to do.
//!
//! | the file named by `FAILING_DISK` says | what fails |
//! |---|---|
//! | `syncs` | whatever is synced, with EIO |
//! | `writes` | whatever is written to a file that is open already, with EROFS: of a disk that turned read-only, the half that a read-only mount cannot show |
//!
//! Where it is not there, everything works.

#![expect(unsafe_code, reason = "it stands in for functions of the C library, by their names")]

use std::ffi::{c_int, c_long, c_void};

/// Everything below is the log and the like.
const FILES_FROM: c_int = 3;

fn fails(what: &str) -> bool {
    std::env::var_os("FAILING_DISK")
        .is_some_and(|path| std::fs::read(path).is_ok_and(|words| words == what.as_bytes()))
}

/// Sockets and pipes have no path.
fn is_file(fd: c_int) -> bool {
    let target = std::fs::read_link(format!("/proc/self/fd/{fd}"));
    fd >= FILES_FROM && target.is_ok_and(|path| path.is_absolute() && !path.starts_with("/dev"))
}

fn failed(code: c_int) -> c_int {
    // SAFETY: the address is this thread's own.
    unsafe { *libc::__errno_location() = code };
    -1
}

fn sync(call: c_long, fd: c_int) -> c_int {
    if fails("syncs") {
        return failed(libc::EIO);
    }
    // SAFETY: a plain system call on numbers.
    let answer = unsafe { libc::syscall(call, fd) };
    c_int::try_from(answer).unwrap_or(-1)
}

/// As the C library's.
#[unsafe(no_mangle)]
pub extern "C" fn fsync(fd: c_int) -> c_int {
    sync(libc::SYS_fsync, fd)
}

/// As the C library's.
#[unsafe(no_mangle)]
pub extern "C" fn fdatasync(fd: c_int) -> c_int {
    sync(libc::SYS_fdatasync, fd)
}

/// As the C library's.
///
/// # Safety
/// As there: `count` bytes lie at `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, bytes: *const c_void, count: usize) -> isize {
    if fails("writes") && is_file(fd) {
        return failed(libc::EROFS) as isize;
    }
    // SAFETY: the caller's promise is passed on.
    let answer = unsafe { libc::syscall(libc::SYS_write, fd, bytes, count) };
    isize::try_from(answer).unwrap_or(-1)
}

/// As the C library's.
///
/// # Safety
/// As there: `count` bytes lie at `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(fd: c_int, bytes: *const c_void, count: usize, offset: i64) -> isize {
    if fails("writes") && is_file(fd) {
        return failed(libc::EROFS) as isize;
    }
    // SAFETY: the caller's promise is passed on.
    let answer = unsafe { libc::syscall(libc::SYS_pwrite64, fd, bytes, count, offset) };
    isize::try_from(answer).unwrap_or(-1)
}
