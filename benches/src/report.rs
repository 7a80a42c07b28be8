//! What a bench says: medians and ratios, as a table for people and as JSON under `target/bench`.

use anyhow::Context;

use crate::measure::{Cost, median_secs};

/// Both sides of one case.
pub(crate) struct Comparison {
    pub(crate) case: &'static str,
    pub(crate) peer_name: &'static str,
    /// Wanted ratio of wall times, ours to the peer's.
    pub(crate) goal: &'static str,
    pub(crate) ours: Vec<Cost>,
    pub(crate) peer: Vec<Cost>,
}

/// Prints the table and keeps the figures.
pub(crate) fn print(comparison: &Comparison) -> anyhow::Result<()> {
    let wall = |costs: &[Cost]| median_secs(costs, |cost| cost.wall);
    let cpu = |costs: &[Cost]| median_secs(costs, |cost| cost.cpu);
    let (ours_wall, peer_wall) = (wall(&comparison.ours), wall(&comparison.peer));
    let (ours_cpu, peer_cpu) = (cpu(&comparison.ours), cpu(&comparison.peer));
    let (wall_ratio, cpu_ratio) = (ours_wall / peer_wall, ours_cpu / peer_cpu);
    println!("case {}, median of {} turns each", comparison.case, comparison.ours.len());
    println!("{:<32} {:>9} {:>9}", "", "wall s", "CPU s");
    println!("{:<32} {ours_wall:>9.2} {ours_cpu:>9.2}", "avs-engine render");
    println!("{:<32} {peer_wall:>9.2} {peer_cpu:>9.2}", comparison.peer_name);
    println!("{:<32} {wall_ratio:>9.2} {cpu_ratio:>9.2}   goal {}", "ratio", comparison.goal);
    let figures = serde_json::json!({
        "case": comparison.case, "peer": comparison.peer_name, "turns": comparison.ours.len(),
        "oursWallSecs": ours_wall, "oursCpuSecs": ours_cpu, "peerWallSecs": peer_wall, "peerCpuSecs": peer_cpu,
        "wallRatio": wall_ratio, "cpuRatio": cpu_ratio,
    });
    let path = format!("target/bench/{}.json", comparison.case);
    std::fs::write(&path, serde_json::to_string_pretty(&figures)?)
        .with_context(|| format!("{path} cannot be written"))
}
