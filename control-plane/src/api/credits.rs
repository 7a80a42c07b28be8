//! `GET /api/v1/credits`: what the account has, and what moved it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::auth::ApiCaller;
use super::{Api, ApiError};
use crate::domain::account::CreditEntry;
use crate::limits;

/// The account's credits.
#[derive(Serialize)]
pub(super) struct CreditsDocument {
    balance: i64,
    reserved: i64,
    entries: Vec<CreditEntry>,
}

/// Shows the caller's credits; `balance` is what can be spent now, `reserved` what open jobs hold.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
) -> Result<Json<CreditsDocument>, ApiError> {
    let balance = api.store.balance(&caller.account_id).await?;
    let entries = api.store.credit_entries(&caller.account_id, limits::CREDIT_ENTRIES_MAX).await?;
    Ok(Json(CreditsDocument {
        balance: balance.available_credits,
        reserved: balance.reserved_credits,
        entries,
    }))
}
