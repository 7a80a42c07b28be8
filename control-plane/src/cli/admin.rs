//! Commands for the operator: accounts, credits, tokens. They work beside a running server.

use std::io::Write as _;
use std::time::Duration;

use super::{CommandError, NewTokenArguments};
use crate::config::DataDir;
use crate::domain::account::TokenRecord;
use crate::domain::ids::AccountId;
use crate::domain::timestamp::{Clock as _, Timestamp};
use crate::domain::token::Token;
use crate::store::{NewToken, Store};
use crate::system::{SystemClock, SystemEntropy};

const DAY_SECS: u64 = 24 * 3600;

pub(super) async fn create_account(data_dir: &DataDir, email: &str) -> Result<(), CommandError> {
    // Only what would surely be a slip of the keyboard; mail itself is the test of an address.
    if !email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()) {
        return Err(CommandError::Email { email: email.to_owned() });
    }
    let store = open_store(data_dir).await?;
    let id = AccountId::generate(&SystemEntropy);
    store.create_account(&id, email, SystemClock.now()).await?;
    print_line(id.as_str())
}

pub(super) async fn grant(data_dir: &DataDir, email: &str, credits: i64) -> Result<(), CommandError> {
    let store = open_store(data_dir).await?;
    let account = store.account_by_email(email).await?;
    let balance = store.grant(&account, credits, SystemClock.now()).await?;
    print_line(&balance.available_credits.to_string())
}

pub(super) async fn create_token(new: &NewTokenArguments) -> Result<(), CommandError> {
    let store = open_store(&new.data_dir).await?;
    let account_id = store.account_by_email(&new.account).await?;
    let (kind, now) = (new.kind.into(), SystemClock.now());
    let lifetime = |days| Duration::from_secs(u64::from(days) * DAY_SECS);
    let expires_at = new.expires_in_days.map(|days| now.plus(lifetime(days)));
    let token = Token::generate(kind, &SystemEntropy);
    let row = NewToken { account_id: &account_id, kind, name: &new.name, expires_at };
    store.create_token(&token, &row, now).await?;
    print_line(&token.reveal())
}

pub(super) async fn list_tokens(data_dir: &DataDir) -> Result<(), CommandError> {
    let store = open_store(data_dir).await?;
    let now = SystemClock.now();
    for token in store.tokens().await? {
        print_line(&line_from_token(&token, now))?;
    }
    Ok(())
}

pub(super) async fn revoke_token(data_dir: &DataDir, id: &str) -> Result<(), CommandError> {
    let store = open_store(data_dir).await?;
    Ok(store.revoke_token(id, SystemClock.now()).await?)
}

async fn open_store(data_dir: &DataDir) -> Result<Store, CommandError> {
    data_dir.create()?;
    Ok(Store::open(&data_dir.path).await?)
}

fn line_from_token(token: &TokenRecord, now: Timestamp) -> String {
    let expired = token.expires_at.is_some_and(|expires_at| expires_at <= now);
    let status = match (token.revoked_at, expired) {
        (Some(_), _) => "revoked",
        (None, true) => "expired",
        (None, false) => "active",
    };
    let date = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), Timestamp::rfc3339);
    let TokenRecord { id, email, name, last_four, .. } = token;
    let (kind, created, used) = (token.kind.name(), token.created_at.rfc3339(), date(token.last_used_at));
    let expires = date(token.expires_at);
    format!(
        "{id}\t…{last_four}\t{kind}\t{status}\t{email}\t{name}\tcreated {created}\tused {used}\texpires {expires}"
    )
}

fn print_line(line: &str) -> Result<(), CommandError> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
