//! What the load says: percentiles of every case, medians over the turns, as a table and as JSON.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::generator::{Answer, Schedule};
use super::server::Weight;
use crate::measure::machine;

/// One turn of one case.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) offered_per_sec: f64,
    /// Requests answered as they should be.
    pub(crate) achieved_per_sec: f64,
    pub(crate) p50_millis: f64,
    pub(crate) p99_millis: f64,
    pub(crate) p999_millis: f64,
    pub(crate) max_millis: f64,
    /// What the goal is set on.
    pub(crate) judged_millis: f64,
    /// Requests refused with 503 and `Retry-After`, where the case expects that.
    pub(crate) refused: usize,
    /// Everything that must not be.
    pub(crate) errors: usize,
    /// Requests that found every connection busy.
    pub(crate) without_connection: usize,
    /// The generator's own part: 99th percentile of how late a request left.
    pub(crate) lateness_p99_millis: f64,
    pub(crate) weight: Option<Weight>,
    /// The machine's load average over the last minute, at the end.
    pub(crate) load_average: f64,
}

impl Figures {
    /// Adds up the answers of a turn. `refusals` are expected where the case is more than the server can do.
    pub(crate) fn of(
        (schedule, took): (Schedule, Duration),
        answers: &[Answer],
        (status, refusals): (u16, bool),
    ) -> Self {
        let is_refused = |answer: &&Answer| refusals && answer.status == 503 && answer.has_retry_after;
        let refused = answers.iter().filter(is_refused).count();
        let good = answers.iter().filter(|answer| answer.status == status).count();
        let latencies = sorted(answers.iter().map(|answer| answer.latency));
        let lateness = sorted(answers.iter().filter_map(|answer| answer.lateness));
        Self {
            offered_per_sec: f64::from(schedule.rate),
            achieved_per_sec: good as f64 / took.as_secs_f64(),
            p50_millis: percentile(&latencies, 0.5),
            p99_millis: percentile(&latencies, 0.99),
            p999_millis: percentile(&latencies, 0.999),
            max_millis: percentile(&latencies, 1.0),
            judged_millis: percentile(&latencies, 0.99),
            refused,
            errors: schedule.count - good - refused,
            without_connection: answers.iter().filter(|answer| answer.lateness.is_none()).count(),
            lateness_p99_millis: percentile(&lateness, 0.99),
            weight: None,
            load_average: load_average(),
        }
    }

    /// A single time, or none, and what went wrong.
    pub(crate) fn of_time(millis: f64, errors: usize) -> Self {
        let none = (Schedule { rate: 0, count: 0, connections: 0 }, Duration::from_secs(1));
        let figures = Self::of(none, &[], (0, false));
        Self { max_millis: millis, judged_millis: millis, errors, ..figures }
    }
}

/// A case with all its turns.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// In words.
    pub(crate) goal: &'static str,
    /// Most that the judged time may be.
    pub(crate) goal_millis: f64,
    pub(crate) turns: Vec<Figures>,
}

impl Row {
    fn median(&self, of: impl Fn(&Figures) -> f64) -> f64 {
        let mut values: Vec<f64> = self.turns.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn errors(&self) -> usize {
        self.turns.iter().map(|turn| turn.errors).sum()
    }

    /// The median must hold the goal, and no turn may have an error.
    fn is_met(&self) -> bool {
        self.errors() == 0 && self.median(|turn| turn.judged_millis) <= self.goal_millis
    }
}

/// Prints the table.
pub(crate) fn print(database: &str, rows: &[Row]) {
    println!("\nload: {database}, {}; medians, errors of all turns", machine());
    println!(
        "{:<24} {:>5} {:>7} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7} {:>6} {:>8} {:>5} {:>5} {:>5} {:>5}  {:<26}",
        "",
        "turns",
        "offered",
        "achieved",
        "p50",
        "p99",
        "p99.9",
        "max",
        "refused",
        "errors",
        "own late",
        "busy",
        "MiB",
        "WAL",
        "load",
        "goal"
    );
    for row in rows {
        let of = |of: fn(&Figures) -> f64| row.median(of);
        let weight = |of: fn(Weight) -> f64| row.median(|turn| turn.weight.map_or(f64::NAN, of));
        println!(
            "{:<24} {:>5} {:>7.0} {:>8.0} {:>7.1} {:>7.1} {:>7.1} {:>7.1} {:>7.0} {:>6} {:>8.2} {:>5.0} {:>5.0} {:>5.1} {:>5.1}  {:<26} {}",
            row.name,
            row.turns.len(),
            of(|turn| turn.offered_per_sec),
            of(|turn| turn.achieved_per_sec),
            of(|turn| turn.p50_millis),
            of(|turn| turn.p99_millis),
            of(|turn| turn.p999_millis),
            of(|turn| turn.max_millis),
            of(|turn| turn.refused as f64),
            row.errors(),
            of(|turn| turn.lateness_p99_millis),
            of(|turn| turn.without_connection as f64),
            weight(|weight| weight.peak_mib),
            weight(|weight| weight.wal_mib),
            of(|turn| turn.load_average),
            row.goal,
            if row.is_met() { "met" } else { "MISSED" },
        );
    }
}

/// Keeps the figures in `benches/results/load.json`, one entry for each database.
pub(crate) fn keep(database: &str, rows: &[Row]) -> anyhow::Result<()> {
    let path = "benches/results/load.json";
    let known = std::fs::read_to_string(path).ok().and_then(|text| serde_json::from_str(&text).ok());
    let mut document: Value = known.unwrap_or_else(|| json!({}));
    document["machine"] = machine().into();
    document[database] = rows.iter().map(json_from_row).collect();
    std::fs::create_dir_all("benches/results")?;
    std::fs::write(path, serde_json::to_string_pretty(&document)? + "\n")
        .with_context(|| format!("{path} cannot be written"))
}

fn json_from_row(row: &Row) -> Value {
    let turns = row.turns.iter().map(|turn| {
        json!({
            "offeredPerSec": turn.offered_per_sec, "achievedPerSec": rounded(turn.achieved_per_sec),
            "p50Millis": rounded(turn.p50_millis), "p99Millis": rounded(turn.p99_millis),
            "p999Millis": rounded(turn.p999_millis), "maxMillis": rounded(turn.max_millis),
            "refused": turn.refused, "errors": turn.errors, "withoutConnection": turn.without_connection,
            "generatorLatenessP99Millis": rounded(turn.lateness_p99_millis),
            "peakMib": turn.weight.map(|weight| rounded(weight.peak_mib)),
            "walMib": turn.weight.map(|weight| rounded(weight.wal_mib)),
            "cpuSecs": turn.weight.map(|weight| rounded(weight.cpu_secs)), "loadAverage": turn.load_average,
        })
    });
    json!({ "case": row.name, "goal": row.goal, "met": row.is_met(), "turns": turns.collect::<Vec<_>>() })
}

fn sorted(durations: impl Iterator<Item = Duration>) -> Vec<f64> {
    let mut millis: Vec<f64> = durations.map(|duration| duration.as_secs_f64() * 1000.0).collect();
    millis.sort_by(f64::total_cmp);
    millis
}

/// The smallest value that so large a part of all does not exceed; 0 where there are none.
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let all = sorted.len();
    (0..all).find(|index| (index + 1) as f64 >= part * all as f64).map_or(0.0, |index| sorted[index])
}

/// How many have been running or waiting to run on this machine, over the last minute.
pub(crate) fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(f64::NAN)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_smallest_value_that_its_part_does_not_exceed() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!([0.5, 0.99, 0.999, 1.0].map(|part| percentile(&values, part)), [50.0, 99.0, 100.0, 100.0]);
        assert_eq!(percentile(&[], 0.99), 0.0);
    }
}
