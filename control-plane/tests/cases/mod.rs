//! What the control plane promises, one file per promise.

mod command_line;
mod console;
mod contract_itself;
mod creator;
mod downloads;
mod faults;
mod happy_path;
mod jobs;
mod pages;
mod playground;
mod receiver_snippets;
mod recovery;
mod reference;
mod refusals;
mod secrets;
mod seed_contract;
mod webhooks;
