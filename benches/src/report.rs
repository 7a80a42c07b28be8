//! What a bench says: medians and ratios, as a table for people and as JSON under `benches/results`.

use anyhow::Context;

use crate::cases::{Case, Peer};
use crate::measure::{Cost, machine, median};

/// Medians of one side.
#[derive(Debug, Clone, Copy)]
struct Medians {
    wall_secs: f64,
    cpu_secs: f64,
    peak_mib: f64,
}

impl Medians {
    fn of(costs: &[Cost]) -> Self {
        Self {
            wall_secs: median(costs, |cost| cost.wall_secs),
            cpu_secs: median(costs, |cost| cost.cpu_secs),
            peak_mib: median(costs, |cost| cost.peak_mib),
        }
    }
}

/// One peer beside us.
pub(crate) struct PeerFigures {
    name: &'static str,
    medians: Medians,
    speedup_min: Option<f64>,
    psnr_db: Option<f64>,
    psnr_db_min: Option<f64>,
}

impl PeerFigures {
    pub(crate) fn new(peer: &Peer, costs: &[Cost], psnr_db: Option<f64>) -> Self {
        let medians = Medians::of(costs);
        let (speedup_min, psnr_db_min) = (peer.speedup_min, peer.psnr_db_min);
        Self { name: peer.name, medians, speedup_min, psnr_db, psnr_db_min }
    }
}

/// All sides of one case.
pub(crate) struct CaseFigures {
    case: &'static str,
    secs: u32,
    fps: u32,
    turns: usize,
    ours: Medians,
    peers: Vec<PeerFigures>,
}

impl CaseFigures {
    pub(crate) fn new(case: &Case, ours: &[Cost], peers: Vec<PeerFigures>) -> Self {
        let Case { name, secs, .. } = *case;
        Self { case: name, secs, fps: crate::cases::FPS, turns: ours.len(), ours: Medians::of(ours), peers }
    }

    fn frames_per_sec(&self, medians: Medians) -> f64 {
        f64::from(self.secs * self.fps) / medians.wall_secs
    }
}

/// Prints the table.
pub(crate) fn print(figures: &CaseFigures) {
    let CaseFigures { case, secs, turns, ours, .. } = figures;
    println!("\n{case}: {secs} s of video, median of {turns} turns each");
    println!(
        "{:<32} {:>8} {:>8} {:>8} {:>8} {:>9} {:>7} {:>7}",
        "", "wall s", "CPU s", "MiB", "fps", "we gain", "goal", "PSNR"
    );
    let line = |name: &str, medians: Medians, rest: &str| {
        let fps = figures.frames_per_sec(medians);
        let Medians { wall_secs, cpu_secs, peak_mib } = medians;
        println!("{name:<32} {wall_secs:>8.2} {cpu_secs:>8.2} {peak_mib:>8.0} {fps:>8.1} {rest}");
    };
    line("avs-engine", *ours, "");
    for peer in &figures.peers {
        let speedup = peer.medians.wall_secs / ours.wall_secs;
        let goal = peer.speedup_min.map_or_else(String::new, |goal| format!("{goal:.2}"));
        let psnr = peer.psnr_db.map_or_else(String::new, |psnr| format!("{psnr:.1}"));
        let missed = peer.speedup_min.is_some_and(|goal| speedup < goal);
        let differs = peer.psnr_db.zip(peer.psnr_db_min).is_some_and(|(found, least)| found < least);
        let verdict = match (differs, missed) {
            (true, _) => "  ANOTHER PICTURE",
            (false, true) => "  missed",
            (false, false) => "",
        };
        line(peer.name, peer.medians, &format!("{speedup:>8.2}x {goal:>7} {psnr:>7}{verdict}"));
    }
}

/// Keeps the figures in `benches/results/<case>.json`.
pub(crate) fn keep(figures: &CaseFigures) -> anyhow::Result<()> {
    let side = |medians: Medians| {
        serde_json::json!({
            "wallSecs": rounded(medians.wall_secs), "cpuSecs": rounded(medians.cpu_secs),
            "peakMib": medians.peak_mib.round(), "framesPerSec": rounded(figures.frames_per_sec(medians)),
        })
    };
    let peers = figures.peers.iter().map(|peer| {
        serde_json::json!({
            "name": peer.name, "cost": side(peer.medians),
            "speedup": rounded(peer.medians.wall_secs / figures.ours.wall_secs), "speedupMin": peer.speedup_min,
            "peakMemoryRatio": rounded(figures.ours.peak_mib / peer.medians.peak_mib),
            "psnrDb": peer.psnr_db.map(rounded),
        })
    });
    let peers: Vec<_> = peers.collect();
    let document = serde_json::json!({
        "case": figures.case, "turns": figures.turns, "machine": machine(),
        "realFootage": std::env::var_os("AVS_MEDIA_DIR").is_some(), "ours": side(figures.ours), "peers": peers,
    });
    let path = format!("benches/results/{}.json", figures.case);
    std::fs::create_dir_all("benches/results")?;
    std::fs::write(&path, serde_json::to_string_pretty(&document)? + "\n")
        .with_context(|| format!("{path} cannot be written"))
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
