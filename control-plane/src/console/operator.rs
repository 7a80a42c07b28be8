//! What only operators see: the fleet, the accounts, and a job's hidden project.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::error_page::PageError;
use super::page::{Section, Shell, page};
use super::viewer::{Operator, SentForm, Viewer};
use super::words::{Moment, pretty};
use crate::api::segment::{JobSegment, Segment};
use crate::api::{Api, ApiError};
use crate::domain::account::{Account, is_address};
use crate::domain::entropy::base62_from_entropy;
use crate::domain::ids::AccountId;
use crate::domain::job::EngineIdentity;
use crate::limits;
use crate::store::StoreError;

#[derive(Template)]
#[template(path = "fleet.html")]
struct FleetPage {
    shell: Shell,
    is_healthy: bool,
    sandbox: String,
    engines: Vec<(EngineIdentity, Moment)>,
    queued: i64,
    running: i64,
    oldest_wait: Option<Moment>,
}

struct AccountRow {
    id: String,
    email: String,
    role: &'static str,
    sign_in: &'static str,
    available: i64,
    reserved: i64,
    created: Moment,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    shell: Shell,
    accounts: Vec<AccountRow>,
    count: usize,
    /// Tells one sending of a form from another.
    once: String,
}

#[derive(Template)]
#[template(path = "project.html")]
struct ProjectPage {
    shell: Shell,
    id: String,
    email: String,
    status: &'static str,
    parts: Vec<(&'static str, String)>,
}

/// Shows the fleet and its queue.
pub(super) async fn fleet(
    State(api): State<Arc<Api>>,
    Operator(viewer): Operator,
) -> Result<Response, PageError> {
    let now = api.clock.now();
    let load = api.store.load().await?;
    let engines = api.store.latest_engines(10).await?;
    let sandbox = api.workshop.fleet.sandbox();
    let shown = FleetPage {
        shell: Shell::new("Fleet", Section::Operator, viewer),
        is_healthy: api.workshop.fleet.is_healthy(),
        sandbox: sandbox
            .map_or_else(|| "no engine has been started yet".to_owned(), |report| report.to_string()),
        engines: engines.into_iter().map(|(engine, at)| (engine, Moment::ago(at, now))).collect(),
        queued: load.queued,
        running: load.running,
        oldest_wait: load.oldest_queued_at.map(|at| Moment::ago(at, now)),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Lists accounts.
pub(super) async fn accounts(
    State(api): State<Arc<Api>>,
    Operator(viewer): Operator,
) -> Result<Response, PageError> {
    Ok(page(StatusCode::OK, &AccountsPage::of(&api, viewer, None).await?))
}

/// Makes an account without a password; its owner is given one on the command line.
pub(super) async fn create_account(
    State(api): State<Arc<Api>>,
    form: SentForm,
) -> Result<Response, PageError> {
    let Operator(viewer) = form.viewer.operating()?;
    let email = form.fields.text("email").trim();
    let refusal = if is_address(email) {
        let id = AccountId::generate(&*api.entropy);
        match api.store.create_account(&id, email, api.clock.now()).await {
            Ok(()) => return Ok(Redirect::to("/operator/accounts").into_response()),
            Err(StoreError::EmailTaken { email }) => format!("There is an account for {email} already."),
            Err(error) => return Err(error.into()),
        }
    } else {
        "That is not an e-mail address.".to_owned()
    };
    let shown = AccountsPage::of(&api, viewer, Some(refusal)).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

/// Gives an account credits. A form that is sent twice grants once.
pub(super) async fn grant(
    State(api): State<Arc<Api>>,
    Segment(id): Segment,
    form: SentForm,
) -> Result<Response, PageError> {
    let Operator(viewer) = form.viewer.operating()?;
    let account = api.store.account(&AccountId::parse(&id).ok_or(ApiError::NotFound)?).await?;
    let credits = form.fields.text("credits").parse::<i64>().ok();
    let Some(credits) = credits.filter(|credits| (1..=limits::GRANT_CREDITS_MAX).contains(credits)) else {
        let most = limits::GRANT_CREDITS_MAX;
        let refusal = format!("A grant is a whole number of credits, from 1 to {most}.");
        let shown = AccountsPage::of(&api, viewer, Some(refusal)).await?;
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    };
    // Another amount, from the same page that somebody went back to, is another grant.
    let once = format!("{} {credits}", form.fields.text("once"));
    let (_, is_new) = api.store.grant(&account.id, (credits, Some(&once)), api.clock.now()).await?;
    if is_new {
        tracing::info!(operator = %viewer.account.id, account = %account.id, credits, "credits granted");
    }
    Ok(Redirect::to("/operator/accounts").into_response())
}

/// Shows a job's hidden project, for support.
pub(super) async fn project(
    State(api): State<Arc<Api>>,
    Operator(viewer): Operator,
    JobSegment(id): JobSegment,
) -> Result<Response, PageError> {
    let job = api.store.job(&id).await?;
    let project = api.store.project(&id).await?;
    let account = api.store.account(&job.account_id).await?;
    let assets = serde_json::to_value(&project.assets).unwrap_or_default();
    let parts = [
        ("Prompt", project.prompt),
        ("Template", Some(pretty(&project.template))),
        ("Output", Some(pretty(&project.output))),
        ("Files", Some(pretty(&assets))),
        ("Creator's trace", project.trace.as_ref().map(pretty)),
        ("Engine's report", project.engine_report.as_ref().map(pretty)),
    ];
    let shown = ProjectPage {
        shell: Shell::new("Hidden project", Section::Operator, viewer),
        id: id.to_string(),
        email: account.email,
        status: job.state.status.name(),
        parts: parts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}

impl AccountsPage {
    async fn of(api: &Api, viewer: Viewer, refusal: Option<String>) -> Result<Self, PageError> {
        let accounts = api.store.accounts().await?;
        let row = |account: &Account| AccountRow {
            id: account.id.to_string(),
            email: account.email.clone(),
            role: if account.is_operator { "Operator" } else { "Customer" },
            sign_in: if account.password_hash.is_some() { "Password" } else { "None" },
            available: account.balance.available_credits,
            reserved: account.balance.reserved_credits,
            created: Moment::new(account.created_at),
        };
        let mut shell = Shell::new("Accounts", Section::Operator, viewer);
        shell.notice = refusal;
        // The youngest: the others are found on the command line.
        let rows = accounts.iter().rev().take(limits::CONSOLE_PAGE_ACCOUNTS).map(row).collect();
        let once = base62_from_entropy(&*api.entropy, 16);
        Ok(Self { shell, accounts: rows, count: accounts.len(), once })
    }
}
