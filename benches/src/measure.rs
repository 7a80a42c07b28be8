//! Runs a command and says what it cost: wall time, CPU time and peak memory of that process.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};

/// What one run cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall_secs: f64,
    pub(crate) cpu_secs: f64,
    /// Largest resident set, in MiB.
    pub(crate) peak_mib: f64,
}

/// Runs `command` to its end.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Cost> {
    let log = tempfile::tempfile()?;
    let began = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log.try_clone()?)
        .spawn()
        .with_context(|| format!("{command:?} cannot start"))?;
    let (status, usage) = wait(child.id())?;
    let wall_secs = began.elapsed().as_secs_f64();
    if status != 0 {
        let mut said = String::new();
        let mut log = log;
        std::io::Seek::rewind(&mut log)?;
        std::io::Read::read_to_string(&mut log, &mut said)?;
        bail!("{command:?} failed: {said}");
    }
    let secs = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    let cpu_secs = secs(usage.ru_utime) + secs(usage.ru_stime);
    Ok(Cost { wall_secs, cpu_secs, peak_mib: usage.ru_maxrss as f64 / 1024.0 })
}

/// Waits for one process: only `wait4` tells its own peak memory, and not that of all that ran before.
#[expect(unsafe_code, reason = "the standard library does not tell what a child used")]
fn wait(pid: u32) -> anyhow::Result<(libc::c_int, libc::rusage)> {
    let pid = libc::pid_t::try_from(pid)?;
    let mut status = 0;
    // SAFETY: rusage is plain numbers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both places live until the call returns; the child is ours and nobody else waits for it.
    let waited = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
    if waited != pid {
        return Err(std::io::Error::last_os_error()).context("wait4");
    }
    Ok((status, usage))
}

/// Median of what `of` picks.
pub(crate) fn median(costs: &[Cost], of: impl Fn(&Cost) -> f64) -> f64 {
    let mut values: Vec<_> = costs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The name of a machine by which figures can be told apart.
pub(crate) fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, {}", model.trim_matches([' ', '\t', ':']))
}
