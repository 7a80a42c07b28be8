//! What jobs, credits, tokens, links and webhooks are. Pure: no I/O, and no clock or randomness of its own.

pub mod account;
pub mod byte_range;
pub mod credits;
pub mod entropy;
pub mod fingerprint;
pub mod ids;
pub mod job;
pub mod job_document;
pub mod lifecycle;
pub mod link;
pub mod media_kind;
pub mod password;
pub mod timestamp;
pub mod token;
pub mod webhook;
