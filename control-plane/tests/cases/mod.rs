//! What the control plane promises, one file per promise.

mod command_line;
mod contract_itself;
mod downloads;
mod happy_path;
mod receiver_snippets;
mod recovery;
mod refusals;
mod secrets;
mod webhooks;
