//! Credits: what there is, what moved it, and what things cost.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::error_page::PageError;
use super::page::{Section, Shell, page};
use super::viewer::Viewer;
use super::words::{self, Moment};
use crate::api::Api;
use crate::domain::account::CreditEntry;
use crate::domain::credits::ItemKind;
use crate::domain::timestamp::Timestamp;
use crate::limits;

struct EntryRow {
    at: Moment,
    kind: &'static str,
    sign: &'static str,
    credits: i64,
    item: String,
    job_id: Option<String>,
}

#[derive(Template)]
#[template(path = "credits.html")]
struct CreditsPage {
    shell: Shell,
    available: i64,
    reserved: i64,
    entries: Vec<EntryRow>,
    prices: Vec<(&'static str, i64)>,
    entries_max: i64,
}

/// Shows the account's credits.
pub(super) async fn show(State(api): State<Arc<Api>>, viewer: Viewer) -> Result<Response, PageError> {
    let balance = api.store.balance(&viewer.account.id).await?;
    let entries = api.store.credit_entries(&viewer.account.id, limits::CREDIT_ENTRIES_MAX).await?;
    let now = api.clock.now();
    let shown = CreditsPage {
        shell: Shell::new("Credits", Section::Credits, viewer),
        available: balance.available_credits,
        reserved: balance.reserved_credits,
        entries: entries.into_iter().map(|entry| row_from_entry(entry, now)).collect(),
        prices: ItemKind::ALL.map(|kind| (words::item(kind), api.billing.price_credits(kind))).to_vec(),
        entries_max: limits::CREDIT_ENTRIES_MAX,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn row_from_entry(entry: CreditEntry, now: Timestamp) -> EntryRow {
    let (kind, sign) = match entry.kind.as_str() {
        "grant" => ("Granted", "+"),
        "reserve" => ("Reserved", "−"),
        "release" => ("Released", "+"),
        // What was reserved is spent: the balance does not move again.
        _ => ("Charged", ""),
    };
    let at = Moment::ago(entry.created_at, now);
    let item = entry.item.as_deref().map(words::ledger_item);
    EntryRow { at, kind, sign, credits: entry.credits, item: item.unwrap_or_default(), job_id: entry.job_id }
}
