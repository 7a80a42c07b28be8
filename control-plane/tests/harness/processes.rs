//! Processes of the server under test, seen and signalled from outside.

use std::process::Command;

/// Sends a signal by its name, such as `KILL`; returns whether there was such a process.
pub(crate) fn signal(pid: u32, name: &str) -> bool {
    let arguments = ["-s", name, &pid.to_string()];
    Command::new("kill").args(arguments).stderr(std::process::Stdio::null()).status().unwrap().success()
}

/// True for a process that has not ended. One that nobody has waited for yet has.
pub(crate) fn is_alive(pid: u32) -> bool {
    stat(pid).is_some_and(|fields| fields[0] != "Z")
}

/// The process that has started it.
pub(crate) fn parent_of(pid: u32) -> u32 {
    stat(pid).unwrap()[1].parse().unwrap()
}

/// Resident memory in bytes.
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    let pages = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap();
    pages.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// Fields of `/proc/PID/stat` from the state on: before it is the name, in which anything may be.
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// How many files, sockets included, a process has open.
pub(crate) fn open_files(pid: u32) -> u64 {
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as u64
}

/// Lets a process open files up to this number of them.
pub(crate) fn limit_open_files(pid: u32, most: u64) {
    let mut prlimit = Command::new("prlimit");
    let limited = prlimit.args(["--pid", &pid.to_string(), &format!("--nofile={most}")]);
    assert!(limited.status().unwrap().success());
}
