//! Two engines at once on one machine: what both get done together, against one after the other.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::bail;

use crate::cases::{Case, our_command};
use crate::measure::run;

/// Lost throughput that is allowed.
const LOSS_MAX: f64 = 0.10;

/// Renders a case alone and twice at once, in turns; prints the medians.
pub(crate) fn run_pair(case: &Case, (engine, scratch): (&Path, &Path), turns: usize) -> anyhow::Result<()> {
    let command = |which: usize| {
        let out = scratch.join(format!("pair-{which}.mp4"));
        our_command(case, engine, scratch, &out)
    };
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..turns {
        alone.push(run(&mut command(0)?)?.wall_secs);
        let began = Instant::now();
        let mut children = [quiet(command(0)?).spawn()?, quiet(command(1)?).spawn()?];
        for child in &mut children {
            if !child.wait()?.success() {
                bail!("one of two engines at once failed");
            }
        }
        together.push(began.elapsed().as_secs_f64());
    }
    let (alone, together) = (median(alone), median(together));
    // Twice the work in `together`, against once in `alone`.
    let throughput = 2.0 * alone / together;
    let verdict = if throughput < 1.0 - LOSS_MAX { "  missed" } else { "" };
    println!("\npair: {}, median of {turns} turns each", case.name);
    println!(
        "one engine {alone:.2} s, two at once {together:.2} s: {throughput:.2} of the throughput{verdict}"
    );
    let document = serde_json::json!({ "case": case.name, "turns": turns, "machine": crate::measure::machine(),
        "aloneSecs": alone, "togetherSecs": together, "throughput": throughput, "throughputMin": 1.0 - LOSS_MAX });
    Ok(std::fs::write("benches/results/pair.json", serde_json::to_string_pretty(&document)? + "\n")?)
}

/// Says nothing: both would say it at once.
fn quiet(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
