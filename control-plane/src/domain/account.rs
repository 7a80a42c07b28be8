//! Accounts and their balance.

use serde::Serialize;

use super::ids::AccountId;
use super::timestamp::Timestamp;
use super::token::TokenKind;

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
    /// The public part of the token.
    pub token_id: String,
    /// What the token may be used for.
    pub kind: TokenKind,
}

/// A stored token, as listed to its owner.
#[derive(Debug, Clone)]
pub struct TokenRecord {
    /// The public part.
    pub id: String,
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
}
