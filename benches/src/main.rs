//! `avs-bench [CASE…] [--turns N]`: the engine and its peers on the same work, in turns, in one run. What they measure
//! is in `cases`; `compose` measures compositing alone, `pair` two engines at once. `load [--postgres URL]` puts the API
//! of `avs` under load.

mod cases;
mod compose_only;
mod load;
mod material;
mod measure;
mod pair;
mod report;
mod same_picture;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use cases::{Case, Peer};
use material::Material;
use measure::{Cost, run};
use report::{CaseFigures, PeerFigures};

/// Turns of each side where nothing else is asked for; the median is reported.
const TURNS: usize = 5;

fn main() -> anyhow::Result<()> {
    let Arguments { mut names, turns, postgres } = arguments()?;
    let scratch = PathBuf::from("target/bench");
    std::fs::create_dir_all(&scratch).context("target/bench cannot be made")?;
    if names.iter().any(|name| name == "load") {
        load::run(&scratch, postgres, turns)?;
        names.retain(|name| name != "load");
    }
    if names.is_empty() {
        return Ok(());
    }
    let engine = std::env::current_exe()?.with_file_name("avs-engine");
    if !engine.exists() {
        bail!("{} is missing; build it first, or run ./dev bench", engine.display());
    }
    let material = Material::new(&scratch)?;
    for name in &names {
        match name.as_str() {
            "compose" => {
                compose_only::run(&material, &scratch)?;
                continue;
            }
            "pair" => {
                pair::run_pair(&cases::lower_third(&material)?, (&engine, &scratch), turns)?;
                continue;
            }
            _ => {}
        }
        let Some((_, make)) = cases::ALL.iter().find(|(known, _)| known == name) else {
            let known: Vec<_> = cases::ALL.iter().map(|(known, _)| *known).collect();
            bail!("no bench is called {name:?}; there are: {}", known.join(", ") + ", compose, pair, load");
        };
        let case = make(&material)?;
        let figures = compare(&case, (&engine, &scratch), turns)?;
        report::print(&figures);
        report::keep(&figures)?;
    }
    Ok(())
}

/// What was asked for.
struct Arguments {
    /// The cases that are named, or the short ones.
    names: Vec<String>,
    turns: usize,
    /// A PostgreSQL server for `load`, beside SQLite.
    postgres: Option<String>,
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut found =
        Arguments { names: Vec::new(), turns: TURNS, postgres: std::env::var("AVS_TEST_POSTGRES").ok() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--turns" => {
                let turns: usize =
                    arguments.next().context("--turns needs a number")?.parse().context("--turns")?;
                found.turns = turns.max(1);
            }
            "--postgres" => found.postgres = Some(arguments.next().context("--postgres needs a URL")?),
            _ => found.names.push(argument),
        }
    }
    if found.names.is_empty() {
        found.names = cases::SHORT.map(str::to_owned).to_vec();
    }
    Ok(found)
}

/// Runs all sides in turns, so that a busy moment of the machine hits all, and checks that they draw the same.
fn compare(case: &Case, (engine, scratch): (&Path, &Path), turns: usize) -> anyhow::Result<CaseFigures> {
    let our_file = scratch.join(format!("{}-avs.mp4", case.name));
    let mut ours = cases::our_command(case, engine, scratch, &our_file)?;
    let peers: Vec<&Peer> = case.peers.iter().filter(|peer| peer.is_here()).collect();
    let peer_file = |peer: &Peer| scratch.join(format!("{}-{}.mp4", case.name, peer.file_name()));
    let mut our_costs: Vec<Cost> = Vec::new();
    let mut peer_costs: Vec<Vec<Cost>> = vec![Vec::new(); peers.len()];
    for _ in 0..turns.min(case.turns_max) {
        for (peer, costs) in peers.iter().zip(&mut peer_costs) {
            costs.push(run(&mut peer.command(scratch, &peer_file(peer)))?);
        }
        our_costs.push(run(&mut ours)?);
    }
    let mut figures = Vec::new();
    for (peer, costs) in peers.iter().zip(peer_costs) {
        let psnr_db = match peer.psnr_db_min {
            Some(_) => Some(same_picture::psnr_db(&our_file, &peer_file(peer))?),
            None => None,
        };
        figures.push(PeerFigures::new(peer, &costs, psnr_db));
    }
    Ok(CaseFigures::new(case, &our_costs, figures))
}
