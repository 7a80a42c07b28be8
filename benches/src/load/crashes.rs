//! What must be true after a server was killed: what it acknowledged exists, once, and the money adds up.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::generator::{Answer, Line, Schedule, drive};
use super::post_all;
use super::requests::{Caller, expect_all, job_id};
use super::server::Server;

/// More than the server needs to be in the middle of something whenever it is killed.
const RATE: u32 = 500;
const CONNECTIONS: usize = 64;

/// Kills the server `times` times under load, repeats what was left without an answer, and counts what is wrong.
pub(crate) async fn kill_under_load(server: &mut Server, times: usize) -> anyhow::Result<usize> {
    let (mut jobs_by_key, mut faults) = (BTreeMap::new(), 0);
    for time in 0..times {
        let (address, caller) = (server.api()?, Caller::of(server)?);
        let key = move |index: usize| format!("kill-{time}-{index}");
        let load =
            drive(address, Schedule::lasting(RATE, 1, CONNECTIONS), move |index| caller.post(&key(index)));
        let load = tokio::spawn(load);
        // Anywhere between the first requests and the last.
        tokio::time::sleep(Duration::from_millis(200 + 37 * time as u64 % 700)).await;
        server.kill()?;
        let (answers, _) = load.await??;
        let acknowledged: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 202).collect();
        if acknowledged.is_empty() || acknowledged.len() == answers.len() {
            bail!(
                "the server was not killed in the middle: {} of {} answered",
                acknowledged.len(),
                answers.len()
            );
        }
        for answer in acknowledged {
            jobs_by_key.insert(key(answer.index), job_id(answer)?);
        }
        server.start_again()?;
        // All of them, the acknowledged ones too: those must lead to the jobs that were promised.
        let answers = post_all(server, (0..answers.len()).map(key).collect()).await?;
        for answer in &answers {
            let job = job_id(answer)?;
            let first = jobs_by_key.entry(key(answer.index)).or_insert_with(|| job.clone());
            faults += usize::from(*first != job);
        }
    }
    let promised: BTreeSet<String> = jobs_by_key.values().cloned().collect();
    let doubled = jobs_by_key.len() - promised.len();
    Ok(faults + doubled + difference(server, &promised).await? + usize::from(!server.audit_is_clean()))
}

/// Jobs that were promised and do not exist, or exist and were not promised.
async fn difference(server: &Server, promised: &BTreeSet<String>) -> anyhow::Result<usize> {
    let existing = all_jobs(server).await?;
    Ok(existing.symmetric_difference(promised).count())
}

/// How many of the jobs that these answers promise do not exist.
pub(crate) async fn count_lost(server: &Server, answers: &[Answer]) -> anyhow::Result<usize> {
    let existing = all_jobs(server).await?;
    let mut lost = 0;
    for answer in answers.iter().filter(|answer| answer.status == 202) {
        lost += usize::from(!existing.contains(&job_id(answer)?));
    }
    Ok(lost)
}

/// Every job of the account, page by page.
async fn all_jobs(server: &Server) -> anyhow::Result<BTreeSet<String>> {
    let caller = Caller::of(server)?;
    let mut line = Line::open(server.api()?, std::net::Ipv4Addr::LOCALHOST.into()).await?;
    let (mut jobs, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let answer = line.ask(0, caller.get(&format!("/api/v1/jobs?limit=100{cursor}"))).await;
        expect_all(std::slice::from_ref(&answer), 200)?;
        let page: serde_json::Value = serde_json::from_slice(&answer.body)?;
        for job in page["jobs"].as_array().context("a page has jobs")? {
            jobs.insert(job["jobId"].as_str().context("a job has an id")?.to_owned());
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(jobs),
        }
    }
}

/// Starts a killed server again; returns the time from `exec` until it listened and said that its database takes
/// writes. Its engines are left out: there are none.
pub(crate) async fn time_to_ready(server: &mut Server) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    server.start_again()?;
    let caller = Caller::of(server)?;
    let mut line = Line::open(server.admin()?, std::net::Ipv4Addr::LOCALHOST.into()).await?;
    loop {
        let answer = line.ask(0, caller.get("/readyz")).await;
        let readiness: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if readiness["database"] == true {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > Duration::from_secs(60) {
            bail!("the server does not become ready");
        }
    }
}
