//! The API under load: the figures that the control plane has to hold, each measured against a server of its own.

mod crashes;
mod generator;
mod requests;
mod server;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;

use self::crashes::{count_lost, kill_under_load, time_to_ready};
use self::generator::{Answer, Schedule, drive};
use self::requests::{Caller, expect_all, job_id};
use self::server::Server;
use self::table::{Figures, Row};

/// Connections where the server keeps up: more than it has requests under way.
const CONNECTIONS: usize = 128;
/// And where it does not: as many as the server takes altogether, nearly.
const CROWD: usize = 1000;
/// Jobs in the queue of a server that starts.
const QUEUED_JOBS: usize = 10_000;
/// Nobody waits longer for a server that is only being filled.
const FILL_WAIT: Duration = Duration::from_secs(300);
/// Kills in one turn.
const KILLS: usize = 20;

/// What the cases need.
struct Bench {
    avs: PathBuf,
    scratch: PathBuf,
    postgres: Option<String>,
    turns: usize,
}

/// Runs every case `turns` times on SQLite, and on the PostgreSQL server at `postgres`, if there is one.
pub(crate) fn run(scratch: &Path, postgres: Option<String>, turns: usize) -> anyhow::Result<()> {
    let avs = std::env::current_exe()?.with_file_name("avs");
    if !avs.exists() {
        bail!("{} is missing; build it first, or run ./dev bench load", avs.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let servers = [("SQLite", None), ("PostgreSQL", postgres)];
    for (name, postgres) in servers {
        if name == "PostgreSQL" && postgres.is_none() {
            continue;
        }
        let bench = Bench { avs: avs.clone(), scratch: scratch.to_owned(), postgres, turns };
        let rows = runtime.block_on(bench.measure())?;
        table::print(name, &rows);
        table::keep(name, &rows)?;
    }
    Ok(())
}

impl Bench {
    async fn measure(&self) -> anyhow::Result<Vec<Row>> {
        let row = |name, goal, goal_millis| Row { name, goal, goal_millis, turns: Vec::new() };
        let mut rows = [
            row("POST, 200/s, 10 s", "p99 <= 25 ms", 25.0),
            row("POST, burst, 5 s", "p99 <= 100 ms", 100.0),
            row("GET job, 500/s, 10 s", "p99 <= 10 ms", 10.0),
            row("POST, overload, 5 s", "all answered within 1 s", 1000.0),
            row("10,000 jobs, start", "ready in 2 s", 2000.0),
            row("kill -9, 20 times", "none lost, none doubled", 0.0),
        ];
        for _ in 0..self.turns {
            let [steady, burst, reads, overload, start, kills] = &mut rows;
            steady.turns.push(self.post(Schedule::lasting(200, 10, CONNECTIONS)).await?);
            burst.turns.push(self.post(Schedule::lasting(1000, 5, CONNECTIONS)).await?);
            reads.turns.push(self.read(Schedule::lasting(500, 10, CONNECTIONS)).await?);
            let (crowded, started) = self.overload(Schedule::lasting(3000, 5, CROWD)).await?;
            overload.turns.push(crowded);
            start.turns.push(started);
            let mut server = self.server()?;
            let faults = kill_under_load(&mut server, KILLS).await?;
            kills.turns.push(Figures { weight: Some(server.weight()?), ..Figures::of_time(0.0, faults) });
            eprintln!(
                "load: turn {} of {} is over, load average {:.1}",
                kills.turns.len(),
                self.turns,
                table::load_average()
            );
        }
        Ok(rows.into())
    }

    fn server(&self) -> anyhow::Result<Server> {
        Server::start(&self.avs, &self.scratch, self.postgres.as_deref())
    }

    async fn post(&self, schedule: Schedule) -> anyhow::Result<Figures> {
        let server = self.server()?;
        fill(&server, "warm", 100).await?;
        let caller = Caller::of(&server)?;
        let posting = drive(server.api()?, schedule, move |index| caller.post(&format!("post-{index}")));
        let (answers, took) = posting.await?;
        let figures = Figures::of((schedule, took), &answers, (202, false));
        Ok(Figures { weight: Some(server.weight()?), ..figures })
    }

    async fn read(&self, schedule: Schedule) -> anyhow::Result<Figures> {
        let server = self.server()?;
        let jobs = fill(&server, "read", 1000).await?;
        let jobs = jobs.iter().map(job_id).collect::<anyhow::Result<Vec<_>>>()?;
        let caller = Caller::of(&server)?;
        let reading =
            drive(server.api()?, schedule, move |index| caller.get_job(&jobs[index * 7 % jobs.len()]));
        let (answers, took) = reading.await?;
        let figures = Figures::of((schedule, took), &answers, (200, false));
        Ok(Figures { weight: Some(server.weight()?), ..figures })
    }

    /// More than the server can do; then it is killed, and started on what it has acknowledged.
    async fn overload(&self, schedule: Schedule) -> anyhow::Result<(Figures, Figures)> {
        let mut server = self.server()?;
        fill(&server, "warm", 100).await?;
        let caller = Caller::of(&server)?;
        let posting = drive(server.api()?, schedule, move |index| caller.post(&format!("over-{index}")));
        let (answers, took) = posting.await?;
        let mut figures = Figures::of((schedule, took), &answers, (202, true));
        (figures.weight, figures.judged_millis) = (Some(server.weight()?), figures.max_millis);
        server.kill()?;
        server.start_again()?;
        figures.errors += count_lost(&server, &answers).await?;
        let accepted = answers.iter().filter(|answer| answer.status == 202).count();
        fill(&server, "queue", QUEUED_JOBS.saturating_sub(accepted)).await?;
        server.kill()?;
        let ready_after = time_to_ready(&mut server).await?;
        let started = Figures::of_time(ready_after.as_secs_f64() * 1000.0, 0);
        Ok((figures, Figures { weight: Some(server.weight()?), ..started }))
    }
}

/// Creates jobs at a pace that a server keeps, and again those that it refused because it was busy.
async fn fill(server: &Server, name: &'static str, count: usize) -> anyhow::Result<Vec<Answer>> {
    post_all(server, (0..count).map(|index| format!("{name}-{index}")).collect()).await
}

/// Asks for a video under each key until each is accepted; returns the answers in the order of the keys.
async fn post_all(server: &Server, keys: Vec<String>) -> anyhow::Result<Vec<Answer>> {
    let caller = Caller::of(server)?;
    let (keys, begun) = (Arc::new(keys), Instant::now());
    let (mut accepted, mut open): (Vec<Answer>, Arc<Vec<usize>>) =
        (Vec::new(), Arc::new((0..keys.len()).collect()));
    while !open.is_empty() {
        let schedule = Schedule { rate: 500, count: open.len(), connections: CONNECTIONS };
        let (caller, keys, asked) = (caller.clone(), Arc::clone(&keys), Arc::clone(&open));
        let posting = drive(server.api()?, schedule, move |index| caller.post(&keys[asked[index]]));
        let (answers, _) = posting.await?;
        let (good, refused): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .map(|answer| Answer { index: open[answer.index], ..answer })
            .partition(|answer| answer.status == 202);
        if begun.elapsed() > FILL_WAIT || refused.iter().any(|answer| answer.status != 503) {
            expect_all(&refused, 202)?;
        }
        accepted.extend(good);
        open = Arc::new(refused.iter().map(|answer| answer.index).collect());
    }
    accepted.sort_by_key(|answer| answer.index);
    Ok(accepted)
}
