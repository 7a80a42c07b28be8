//! `avs-bench CASE`: the engine and a peer on the same work, in turns, in one run. What they measure is in `cases`.

mod cases;
mod measure;
mod report;

use std::path::PathBuf;

use anyhow::{Context, bail};

/// Turns of each side; the median is reported.
const TURNS: usize = 5;

fn main() -> anyhow::Result<()> {
    let case = std::env::args().nth(1).unwrap_or_else(|| "quick".to_owned());
    let engine = std::env::current_exe()?.with_file_name("avs-engine");
    if !engine.exists() {
        bail!("{} is missing; build it first, or run ./dev bench", engine.display());
    }
    let scratch = PathBuf::from("target/bench");
    std::fs::create_dir_all(&scratch).context("target/bench cannot be made")?;
    match case.as_str() {
        "quick" => report::print(&cases::quick(&engine, &scratch, TURNS)?),
        other => bail!("no bench is called {other:?}; there is: quick"),
    }
}
