//! Tokens and jobs as their owner manages them in the console.

use std::sync::Arc;
use std::time::Duration;

use avs_template::{IssueCollector, Issues, ObjectReader, Pointer};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::session::{Authenticated, Editor, Visitor};
use crate::api::segment::{JobSegment, Segment};
use crate::api::upload::small_json;
use crate::api::videos::error_from_issues;
use crate::api::{Api, ApiError, events};
use crate::domain::account::{TokenRecord, TokenStatus};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{Token, TokenKind};
use crate::store::{NewToken, SessionRecord};

/// A token without its secret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenDocument {
    id: String,
    name: String,
    kind: &'static str,
    last_four: String,
    status: TokenStatus,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    overlap_until: Option<Timestamp>,
}

/// The tokens of the account.
#[derive(Serialize)]
pub(super) struct TokensDocument {
    tokens: Vec<TokenDocument>,
}

/// A token with its secret, shown this once.
#[derive(Serialize)]
pub(super) struct SecretDocument {
    token: String,
}

/// Lists the tokens of the account, without their secrets.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Visitor(session): Visitor,
) -> Result<Json<TokensDocument>, ApiError> {
    let now = api.clock.now();
    let tokens = api.store.tokens(Some(&session.account_id)).await?;
    let document = |token: TokenRecord| TokenDocument {
        status: token.status(now),
        kind: token.kind.name(),
        id: token.id,
        name: token.name,
        last_four: token.last_four,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        expires_at: token.expires_at,
        overlap_until: token.overlap_until.filter(|until| *until > now),
    };
    Ok(Json(TokensDocument { tokens: tokens.into_iter().map(document).collect() }))
}

/// Creates an API token.
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    Authenticated(session): Authenticated,
    request: Request,
) -> Result<(StatusCode, Json<SecretDocument>), ApiError> {
    let token = new_token(&api, &session, &small_json(request).await?).await?;
    Ok((StatusCode::CREATED, Json(SecretDocument { token })))
}

/// Makes a token for the person, `{"name", "expiresInDays"?}`; returns its secret.
pub(crate) async fn new_token(
    api: &Api,
    session: &SessionRecord,
    wanted: &Value,
) -> Result<String, ApiError> {
    let (name, expires_in_days) = new_token_from_json(wanted)?;
    let now = api.clock.now();
    let expires_at = expires_in_days.map(|days| now.plus(Duration::from_secs(u64::from(days) * 24 * 3600)));
    let token = Token::generate(TokenKind::Api, &*api.entropy);
    let new = NewToken { account_id: &session.account_id, kind: TokenKind::Api, name: &name, expires_at };
    api.store.create_token(&token, &new, now).await?;
    Ok(token.reveal())
}

/// Gives a token a new secret.
pub(super) async fn rotate(
    State(api): State<Arc<Api>>,
    Authenticated(session): Authenticated,
    Segment(id): Segment,
    request: Request,
) -> Result<Json<SecretDocument>, ApiError> {
    let wanted = small_json(request).await?;
    Ok(Json(SecretDocument { token: renewed_token(&api, &session, (&id, &wanted)).await? }))
}

/// Renews a token of the person, `{"overlapHours"?}`: so long its old secret works still. Returns the new one.
pub(crate) async fn renewed_token(
    api: &Api,
    session: &SessionRecord,
    (id, wanted): (&str, &Value),
) -> Result<String, ApiError> {
    let overlap = overlap_from_json(wanted)?;
    let now = api.clock.now();
    let token = Token::renewed(id, &*api.entropy).ok_or(ApiError::NotFound)?;
    api.store.rotate_token(&token, Some(&session.account_id), now.plus(overlap), now).await?;
    Ok(token.reveal())
}

/// Ends a token at once.
pub(super) async fn revoke(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    Segment(id): Segment,
) -> Result<StatusCode, ApiError> {
    api.store.revoke_token(&id, Some(&session.account_id), api.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follows a job.
pub(super) async fn follow(
    State(api): State<Arc<Api>>,
    Visitor(session): Visitor,
    JobSegment(id): JobSegment,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    events::followed(api, (session.account_id, id), &headers).await
}

/// Stops a job.
pub(super) async fn cancel_job(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    JobSegment(id): JobSegment,
) -> Result<StatusCode, ApiError> {
    api.cancelled_job(&session.account_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delivers a webhook again.
pub(super) async fn redeliver(
    State(api): State<Arc<Api>>,
    Editor(session): Editor,
    JobSegment(id): JobSegment,
) -> Result<StatusCode, ApiError> {
    api.redelivered(&session.account_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn new_token_from_json(json: &Value) -> Result<(String, Option<u32>), ApiError> {
    let issues = IssueCollector::new();
    let read = ObjectReader::new(json, &Pointer::root(), &issues).and_then(|mut reader| {
        let field = reader.required("name");
        let name = field.string(1..=100);
        if name.is_some_and(|name| name.contains(char::is_control)) {
            field.reject("invalid_character", "has a control character");
        }
        let days = reader.optional("expiresInDays").integer(1..=3650_u32);
        reader.finish();
        Some((name?.to_owned(), days))
    });
    let read: Result<_, Issues> = issues.into_result(read);
    read.map_err(error_from_issues)
}

fn overlap_from_json(json: &Value) -> Result<Duration, ApiError> {
    let issues = IssueCollector::new();
    let hours = ObjectReader::new(json, &Pointer::root(), &issues).map(|mut reader| {
        let hours = reader.optional("overlapHours").integer(0..=720_u32).unwrap_or(0);
        reader.finish();
        hours
    });
    let read: Result<u32, Issues> = issues.into_result(hours);
    Ok(Duration::from_secs(u64::from(read.map_err(error_from_issues)?) * 3600))
}
