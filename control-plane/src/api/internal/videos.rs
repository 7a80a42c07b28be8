//! Videos as a signed-in person makes them: looked at, seen in one picture, created. The bodies are those of the public API.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use super::session::Editor;
use crate::api::query::Query;
use crate::api::rate::RateClass;
use crate::api::videos::{Asker, PreviewDocument};
use crate::api::{Api, ApiError};
use crate::domain::job::Mode;
use crate::limits;
use crate::store::SessionRecord;

const ROUTE: &str = "POST /internal/v1/videos";

/// Creates a job of a template, with its files or without.
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    request: Request,
) -> Result<Response, ApiError> {
    take_turn(&api, &session)?;
    api.create((Mode::Json, ROUTE), asker(&session), request).await
}

/// Says what would become of a template.
pub(super) async fn validate(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    request: Request,
) -> Result<Json<PreviewDocument>, ApiError> {
    take_turn(&api, &session)?;
    api.validated(asker(&session), request).await
}

/// Makes the picture that the video of a template would show `at` so many seconds.
pub(super) async fn still(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    take_turn(&api, &session)?;
    let at_secs = at_from_query(query.as_deref())?;
    let png = api.pictured(asker(&session), at_secs, request).await?;
    Ok(([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "no-store")], png).into_response())
}

/// A page asks as seldom as a token: its account has a bucket of its own.
fn take_turn(api: &Api, session: &SessionRecord) -> Result<(), ApiError> {
    api.rates.take(RateClass::Writes, session.account_id.as_str(), None)
}

/// No token stands behind what a person asks for.
fn asker(session: &SessionRecord) -> Asker<'_> {
    Asker { account_id: &session.account_id, token_id: None }
}

fn at_from_query(raw: Option<&str>) -> Result<f64, ApiError> {
    let mut query = Query::parse(raw)?;
    let text = query.text("at");
    query.finish()?;
    let plain = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let at_secs = text.filter(plain).and_then(|text| text.parse().ok());
    at_secs.filter(|at| (0.0..=limits::STILL_SECS_MAX).contains(at)).ok_or_else(|| {
        ApiError::MalformedQuery(format!(
            "`at` must be a time in seconds from 0 to {}",
            limits::STILL_SECS_MAX
        ))
    })
}
