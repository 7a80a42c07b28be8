//! Accounts and their balance.

use serde::Serialize;

use super::ids::AccountId;
use super::timestamp::Timestamp;
use super::token::TokenKind;

/// Somebody who owns tokens, credits and jobs.
#[derive(Clone)]
pub struct Account {
    /// Name of it.
    pub id: AccountId,
    /// Address of the owner.
    pub email: String,
    /// argon2id of the password; absent for one that cannot sign in.
    pub password_hash: Option<String>,
    /// True where it may see what belongs to others, for support.
    pub is_operator: bool,
    /// What it has.
    pub balance: Balance,
    /// When it was made.
    pub created_at: Timestamp,
}

/// True where `text` can be the address of an account. Only what would surely be a slip of the keyboard is refused: mail
/// itself is the test of an address.
pub fn is_address(text: &str) -> bool {
    let has_parts = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    has_parts && text.len() <= 320 && !text.contains(|char: char| char.is_control() || char.is_whitespace())
}

/// What an account can spend, and what its open jobs hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Free to spend; ≥ 0.
    pub available_credits: i64,
    /// Held for open jobs; ≥ 0.
    pub reserved_credits: i64,
}

/// One movement of credits, as its owner sees it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditEntry {
    /// `grant`, `reserve`, `capture` or `release`.
    pub kind: String,
    /// What was paid for, for a capture.
    pub item: Option<String>,
    /// The job it belongs to.
    pub job_id: Option<String>,
    /// How much moved; > 0.
    pub credits: i64,
    /// When.
    pub created_at: Timestamp,
}

/// Who a token speaks for.
#[derive(Debug, Clone)]
pub struct TokenOwner {
    /// The account.
    pub account_id: AccountId,
    /// The public part of the token; empty where a signed-in person speaks for themselves.
    pub token_id: String,
    /// What the token may be used for.
    pub kind: TokenKind,
}

/// A stored token, as listed to its owner.
#[derive(Debug, Clone)]
pub struct TokenRecord {
    /// The public part.
    pub id: String,
    /// The owner.
    pub account_id: AccountId,
    /// The owner's address.
    pub email: String,
    /// The owner's name for it.
    pub name: String,
    /// What it may be used for.
    pub kind: TokenKind,
    /// Last characters of the secret's random part.
    pub last_four: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to work by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Until when the secret before the last rotation works as well.
    pub overlap_until: Option<Timestamp>,
}

/// What a token is good for at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenStatus {
    /// It works.
    Active,
    /// Its time is over.
    Expired,
    /// Its owner has ended it.
    Revoked,
}

impl TokenStatus {
    /// Its name on the wire and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl TokenRecord {
    /// What it is good for at `now`.
    pub fn status(&self, now: Timestamp) -> TokenStatus {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => TokenStatus::Revoked,
            (None, Some(expires_at)) if expires_at <= now => TokenStatus::Expired,
            (None, _) => TokenStatus::Active,
        }
    }
}
