//! What the control plane promises, one file per promise.

mod command_line;
mod downloads;
mod happy_path;
mod recovery;
mod refusals;
mod secrets;
mod webhooks;
