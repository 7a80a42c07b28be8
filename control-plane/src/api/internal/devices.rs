//! Command lines that wait for this person's decision.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::Serialize;

use super::session::{Authenticated, Visitor};
use crate::api::cli_auth::text_of;
use crate::api::segment::Segment;
use crate::api::upload::small_json;
use crate::api::{Api, ApiError};
use crate::domain::job::FieldError;
use crate::domain::timestamp::Timestamp;
use crate::limits;
use crate::store::{DeviceGrant, SessionRecord};

/// What asks for a token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GrantDocument {
    user_code: String,
    client_name: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

/// Shows what asks for a token under this code.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    Visitor(session): Visitor,
    Segment(user_code): Segment,
) -> Result<Json<GrantDocument>, ApiError> {
    let grant = waiting_device(&api, &session, &user_code).await?;
    Ok(Json(GrantDocument {
        user_code: grant.user_code,
        client_name: grant.client_name,
        created_at: grant.created_at,
        expires_at: grant.expires_at,
    }))
}

/// What waits under a code, which a person may guess so often only.
pub(crate) async fn waiting_device(
    api: &Api,
    session: &SessionRecord,
    user_code: &str,
) -> Result<DeviceGrant, ApiError> {
    if !api.guesses.allow(session.account_id.as_str(), limits::DEVICE_GRANTS_PER_MINUTE) {
        return Err(ApiError::RateLimited { retry_after_secs: 60 });
    }
    Ok(api.store.pending_device_grant(&user_code.to_uppercase(), api.clock.now()).await?)
}

/// Approves or refuses: `{"decision": "approve" | "deny"}`.
pub(super) async fn decide(
    State(api): State<Arc<Api>>,
    Authenticated(session): Authenticated,
    Segment(user_code): Segment,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let decision = text_of(&small_json(request).await?, "decision", 1..=20)?;
    let approved = match decision.as_str() {
        "approve" => true,
        "deny" => false,
        _ => {
            let (pointer, code) = ("/decision".to_owned(), "unknown_value".to_owned());
            let detail = "must be one of approve, deny".to_owned();
            return Err(ApiError::Invalid(vec![FieldError { pointer, code, detail, suggestion: None }]));
        }
    };
    let user_code = user_code.to_uppercase();
    api.store.decide_device_grant(&user_code, &session.account_id, approved, api.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
