//! Runs a command and says what it cost: wall time, and CPU time of the process and its children.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// What one run cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// Runs `command` to its end.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<Cost> {
    let cpu_before = cpu_of_children()?;
    let began = Instant::now();
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("{command:?} cannot start"))?;
    let wall = began.elapsed();
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Cost { wall, cpu: cpu_of_children()? - cpu_before })
}

fn cpu_of_children() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(micros)?))
}

/// Runs both sides in turns, so that a busy moment of the machine hits both.
pub(crate) fn in_turns(
    turns: usize,
    mut ours: impl FnMut() -> anyhow::Result<Cost>,
    mut peer: impl FnMut() -> anyhow::Result<Cost>,
) -> anyhow::Result<(Vec<Cost>, Vec<Cost>)> {
    let (mut our_costs, mut peer_costs) = (Vec::new(), Vec::new());
    for _ in 0..turns {
        peer_costs.push(peer()?);
        our_costs.push(ours()?);
    }
    Ok((our_costs, peer_costs))
}

/// Median of the seconds that `of` picks.
pub(crate) fn median_secs(costs: &[Cost], of: impl Fn(&Cost) -> Duration) -> f64 {
    let mut secs: Vec<_> = costs.iter().map(|cost| of(cost).as_secs_f64()).collect();
    secs.sort_by(f64::total_cmp);
    secs[secs.len() / 2]
}
