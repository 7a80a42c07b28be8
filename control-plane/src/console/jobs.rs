//! Jobs: the list, and one of them as it goes.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::error_page::PageError;
use super::page::{Section, Shell, page};
use super::viewer::{Fields, SentForm, Viewer};
use super::words::{self, Moment, pretty};
use crate::api::jobs::{cursor_from_seq, seq_from_cursor};
use crate::api::segment::JobSegment;
use crate::api::{Api, ApiError};
use crate::domain::job::{FieldError, Job, Mode, Warning};
use crate::domain::job_document::path_from_job;
use crate::domain::lifecycle::{JobStatus, Phase};
use crate::domain::timestamp::Timestamp;
use crate::limits;
use crate::store::{DeliveryLog, EventRecord, JobFilter};

struct JobRow {
    id: String,
    mode: &'static str,
    status: &'static str,
    phase: &'static str,
    percent: Option<u32>,
    credits: i64,
    is_reserved: bool,
    created: Moment,
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    shell: Shell,
    jobs: Vec<JobRow>,
    statuses: Vec<(&'static str, bool)>,
    status: String,
    older: Option<String>,
    is_first: bool,
}

/// Lists the account's jobs, newest first.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let query = Fields::of_query(query.as_deref());
    let wanted = JobStatus::ALL.into_iter().find(|known| known.name() == query.text("status"));
    let cursor = Some(query.text("cursor")).filter(|cursor| !cursor.is_empty());
    let before_seq = cursor.map(seq_from_cursor).transpose()?;
    let filter = JobFilter { status: wanted, before_seq, ..JobFilter::default() };
    let found = api.store.jobs_of_account(&viewer.account.id, &filter, limits::CONSOLE_PAGE_JOBS).await?;
    let now = api.clock.now();
    Ok(page(
        StatusCode::OK,
        &JobsPage {
            shell: Shell::new("Jobs", Section::Jobs, viewer),
            jobs: found.jobs.iter().map(|job| row_from_job(job, now)).collect(),
            statuses: JobStatus::ALL.map(|known| (known.name(), Some(known) == wanted)).to_vec(),
            status: wanted.map(|known| known.name().to_owned()).unwrap_or_default(),
            older: found.next_before_seq.map(cursor_from_seq),
            is_first: before_seq.is_none(),
        },
    ))
}

fn row_from_job(job: &Job, now: Timestamp) -> JobRow {
    let is_open = !job.state.status.is_terminal();
    JobRow {
        id: job.id.to_string(),
        mode: job.mode.name(),
        status: job.state.status.name(),
        phase: words::phase(job.state.phase),
        percent: job.progress.as_ref().filter(|_| is_open).map(|progress| percent(progress.fraction)),
        credits: if is_open { job.credits.reserved } else { job.credits.charged },
        is_reserved: is_open,
        created: Moment::ago(job.created_at, now),
    }
}

/// Whole percent of a fraction in [0, 1], rounded down; what is not a number is no progress.
fn percent(fraction: f64) -> u32 {
    (0..=100_u32).rev().find(|step| f64::from(*step) <= fraction * 100.0).unwrap_or(0)
}

/// A finished video, for the player.
struct Player {
    address: String,
    facts: String,
    engine: String,
    sha256: String,
    expires: Moment,
}

struct Stage {
    name: &'static str,
    began: Moment,
    took: Option<String>,
}

struct AttemptRow {
    attempt: i64,
    at: Moment,
    took: String,
    outcome: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    shell: Shell,
    id: String,
    mode: &'static str,
    status: &'static str,
    phase: &'static str,
    phases_json: String,
    percent: u32,
    is_open: bool,
    created: Moment,
    stages: Vec<Stage>,
    player: Option<Player>,
    is_expired: bool,
    failure: Option<(String, String, bool)>,
    errors: Vec<FieldError>,
    warnings: Vec<Warning>,
    items: Vec<(&'static str, String, i64)>,
    reserved: i64,
    charged: i64,
    request_title: &'static str,
    request: String,
    metadata: Option<String>,
    delivery: Option<DeliveryLog>,
    attempts: Vec<AttemptRow>,
}

/// Shows a job.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    viewer: Viewer,
    JobSegment(id): JobSegment,
) -> Result<Response, PageError> {
    let job = api.store.job_of_account(&id, &viewer.account.id).await?;
    let events = api.store.events_after(&id, 0).await?;
    let delivery = api.store.delivery_log(&id).await?;
    let project = api.store.project(&id).await?;
    // What a creator made of a prompt stays with the hidden project: the page shows what was sent.
    let (request_title, request) = match job.mode {
        Mode::Json => ("Template", pretty(&project.template)),
        Mode::Prompt => ("Prompt", project.prompt.unwrap_or_default()),
    };
    let now = api.clock.now();
    let status = job.state.status;
    let shown = JobPage {
        shell: Shell::new("Job", Section::Jobs, viewer),
        id: id.to_string(),
        mode: job.mode.name(),
        status: status.name(),
        phase: words::phase(job.state.phase),
        phases_json: words::phases_json(),
        percent: job.progress.as_ref().map_or(0, |progress| percent(progress.fraction)),
        is_open: !status.is_terminal(),
        created: Moment::ago(job.created_at, now),
        stages: stages(&events, &job, now),
        player: player(&job, &api),
        is_expired: job.expired_at.is_some(),
        failure: job.error.as_ref().map(|error| (error.code.clone(), error.message.clone(), error.retryable)),
        errors: job.error.as_ref().map(|error| error.errors.clone()).unwrap_or_default(),
        warnings: job.video.as_ref().map(|video| video.warnings.clone()).unwrap_or_default(),
        items: items(&job),
        reserved: job.credits.reserved,
        charged: job.credits.charged,
        request_title,
        request,
        metadata: job.metadata.as_ref().map(pretty),
        attempts: delivery
            .as_ref()
            .map(|log| log.attempts.iter().map(attempt_row).collect())
            .unwrap_or_default(),
        delivery,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Stops a job.
pub(super) async fn cancel(
    State(api): State<Arc<Api>>,
    JobSegment(id): JobSegment,
    form: SentForm,
) -> Result<Response, PageError> {
    match api.cancelled_job(&form.viewer.account.id, &id).await {
        // It ended while its owner reached for the button: the page shows how.
        Ok(_) | Err(ApiError::JobAlreadyEnded) => Ok(Redirect::to(&format!("/jobs/{id}")).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// Delivers a job's webhook again.
pub(super) async fn redeliver(
    State(api): State<Arc<Api>>,
    JobSegment(id): JobSegment,
    form: SentForm,
) -> Result<Response, PageError> {
    api.redelivered(&form.viewer.account.id, &id).await?;
    Ok(Redirect::to(&format!("/jobs/{id}#deliveries")).into_response())
}

fn items(job: &Job) -> Vec<(&'static str, String, i64)> {
    let row = |item: &crate::domain::credits::Item| {
        (words::item(item.kind), item.asset.clone().unwrap_or_default(), item.credits)
    };
    job.credits.items.iter().map(row).collect()
}

fn player(job: &Job, api: &Api) -> Option<Player> {
    let video = job.video.as_ref().filter(|_| job.expired_at.is_none())?;
    let expires_at = job.finished_at?.plus(limits::VIDEO_RETENTION);
    let link = api.links.url(&path_from_job(&job.id), expires_at);
    // From this very host: the public address may be another name of it.
    let address = link.strip_prefix(api.links.base_url()).unwrap_or(&link).to_owned();
    let (width, height, fps) = (video.width, video.height, video.fps);
    let (secs, size) = (video.duration_seconds, words::size(video.size_bytes));
    let engine = &video.engine;
    Some(Player {
        address,
        facts: format!("{width} × {height}, {fps} frames per second, {secs:.1} s, {size}"),
        engine: format!("{} on {}, {}", engine.version, engine.adapter, engine.encoder),
        sha256: video.sha256.clone(),
        expires: Moment::new(expires_at),
    })
}

/// The phases a job went through, each with its length; the one under way without.
fn stages(events: &[EventRecord], job: &Job, now: Timestamp) -> Vec<Stage> {
    let mut steps: Vec<(Phase, Timestamp)> = Vec::new();
    for event in events {
        let named = |known: &Phase| Some(known.name()) == event.phase.as_deref();
        let Some(phase) = Phase::ALL.into_iter().find(named) else { continue };
        let is_end = matches!(event.event.as_str(), "job.completed" | "job.failed" | "job.cancelled");
        if !is_end && steps.last().is_none_or(|(last, _)| *last != phase) {
            steps.push((phase, event.at));
        }
    }
    let ends = steps.iter().skip(1).map(|(_, at)| Some(*at)).chain([job.finished_at]);
    let stage = |(&(phase, began), end): (&(Phase, Timestamp), Option<Timestamp>)| Stage {
        name: words::phase(phase),
        began: Moment::ago(began, now),
        took: end.map(|end| words::duration(end.unix_millis() - began.unix_millis())),
    };
    steps.iter().zip(ends).map(stage).collect()
}

fn attempt_row(record: &crate::store::DeliveryRecord) -> AttemptRow {
    let outcome = match (record.status, &record.error) {
        (Some(status), _) => format!("HTTP {status}"),
        (None, Some(error)) => error.clone(),
        (None, None) => "no answer".to_owned(),
    };
    AttemptRow {
        attempt: record.attempt,
        at: Moment::new(record.at),
        took: words::duration(record.duration_millis),
        outcome,
        answer: record.answer.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_shown_as_a_whole_percentage_and_nonsense_as_none() {
        assert_eq!([0.0, 0.426, 1.0, 7.0, f64::NAN, -1.0].map(percent), [0, 42, 100, 100, 0, 0]);
    }
}
