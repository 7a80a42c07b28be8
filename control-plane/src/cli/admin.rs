//! Commands for the operator: accounts, credits, tokens. They work beside a running server.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use super::{CommandError, NewTokenArguments};
use crate::config::StateArguments;
use crate::domain::account::{TokenRecord, is_address};
use crate::domain::ids::AccountId;
use crate::domain::password;
use crate::domain::timestamp::{Clock as _, Timestamp};
use crate::domain::token::Token;
use crate::store::{NewToken, Store};
use crate::system::{SystemClock, SystemEntropy};

const DAY_SECS: u64 = 24 * 3600;

pub(super) async fn create_account(state: &StateArguments, email: &str) -> Result<(), CommandError> {
    if !is_address(email) {
        return Err(CommandError::Email { email: email.to_owned() });
    }
    let store = state.open_store().await?;
    let id = AccountId::generate(&SystemEntropy);
    store.create_account(&id, email, SystemClock.now()).await?;
    print_line(id.as_str())
}

pub(super) async fn list_accounts(state: &StateArguments) -> Result<(), CommandError> {
    let store = state.open_store().await?;
    for account in store.accounts().await? {
        let role = if account.is_operator { "operator" } else { "customer" };
        let sign_in = if account.password_hash.is_some() { "password" } else { "no password" };
        let (available, reserved) = (account.balance.available_credits, account.balance.reserved_credits);
        let created = account.created_at.rfc3339();
        print_line(&format!(
            "{}\t{}\t{role}\t{sign_in}\t{available} credits, {reserved} reserved\tcreated {created}",
            account.id, account.email
        ))?;
    }
    Ok(())
}

/// The password comes from standard input: arguments can be read by other users of the machine.
pub(super) async fn set_password(
    state: &StateArguments,
    email: &str,
    operator: bool,
) -> Result<(), CommandError> {
    let store = state.open_store().await?;
    let account = store.account_by_email(email).await?;
    if std::io::stdin().is_terminal() {
        eprint!("Password: ");
    }
    let mut password = String::new();
    std::io::stdin().take(4096).read_to_string(&mut password)?;
    let hash = password::hash(password.trim_end_matches(['\r', '\n']), &SystemEntropy)?;
    Ok(store.set_password(&account.id, &hash, operator || account.is_operator).await?)
}

pub(super) async fn grant(state: &StateArguments, email: &str, credits: i64) -> Result<(), CommandError> {
    let store = state.open_store().await?;
    let account = store.account_by_email(email).await?;
    let (balance, _) = store.grant(&account.id, (credits, None), SystemClock.now()).await?;
    print_line(&balance.available_credits.to_string())
}

pub(super) async fn show_credits(state: &StateArguments, email: &str) -> Result<(), CommandError> {
    let store = state.open_store().await?;
    let account = store.account_by_email(email).await?;
    let balance = account.balance;
    print_line(&format!("available {}\treserved {}", balance.available_credits, balance.reserved_credits))?;
    for entry in store.credit_entries(&account.id, 100).await? {
        let (at, kind, credits) = (entry.created_at.rfc3339(), entry.kind, entry.credits);
        let (job, item) = (entry.job_id.unwrap_or_default(), entry.item.unwrap_or_default());
        print_line(&format!("{at}\t{kind}\t{credits}\t{job}\t{item}"))?;
    }
    Ok(())
}

pub(super) async fn audit(state: &StateArguments) -> Result<(), CommandError> {
    let audit = state.open_store().await?.audit().await?;
    if audit.is_clean() {
        return print_line("the ledger adds up");
    }
    print_line(&format!("entries do not sum to zero by {} credits", audit.imbalance_credits))?;
    print_line(&format!("accounts that differ from their entries: {}", audit.drifted_accounts.join(" ")))?;
    print_line(&format!("ended jobs that hold credits: {}", audit.unsettled_jobs.join(" ")))?;
    Err(CommandError::LedgerDrift)
}

pub(super) async fn create_token(new: &NewTokenArguments) -> Result<(), CommandError> {
    let store = new.state.open_store().await?;
    let account_id = store.account_by_email(&new.account).await?.id;
    let (kind, now) = (new.kind.into(), SystemClock.now());
    let expires_at = new.expires_in_days.map(|days| now.plus(days_from_count(days)));
    let token = Token::generate(kind, &SystemEntropy);
    let row = NewToken { account_id: &account_id, kind, name: &new.name, expires_at };
    store.create_token(&token, &row, now).await?;
    print_line(&token.reveal())
}

pub(super) async fn list_tokens(state: &StateArguments) -> Result<(), CommandError> {
    let store = state.open_store().await?;
    let now = SystemClock.now();
    for token in store.tokens(None).await? {
        print_line(&line_from_token(&token, now))?;
    }
    Ok(())
}

pub(super) async fn rotate_token(
    state: &StateArguments,
    id: &str,
    overlap: Duration,
) -> Result<(), CommandError> {
    let store = state.open_store().await?;
    let now = SystemClock.now();
    let token =
        Token::renewed(id, &SystemEntropy).ok_or_else(|| CommandError::TokenId { id: id.to_owned() })?;
    store.rotate_token(&token, None, now.plus(overlap), now).await?;
    print_line(&token.reveal())
}

pub(super) async fn revoke_token(state: &StateArguments, id: &str) -> Result<(), CommandError> {
    let store: Store = state.open_store().await?;
    Ok(store.revoke_token(id, None, SystemClock.now()).await?)
}

fn days_from_count(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * DAY_SECS)
}

fn line_from_token(token: &TokenRecord, now: Timestamp) -> String {
    let date = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), Timestamp::rfc3339);
    let TokenRecord { id, email, name, last_four, .. } = token;
    let (kind, status) = (token.kind.name(), token.status(now).name());
    let (created, used) = (token.created_at.rfc3339(), date(token.last_used_at));
    let expires = date(token.expires_at);
    format!(
        "{id}\t…{last_four}\t{kind}\t{status}\t{email}\t{name}\tcreated {created}\tused {used}\texpires {expires}"
    )
}

fn print_line(line: &str) -> Result<(), CommandError> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
