//! The AVS Render control plane: API, jobs, credits, webhooks and the engine fleet. It draws nothing.

pub mod api;
pub mod cli;
pub mod config;
pub mod console;
pub mod creator;
pub mod domain;
pub mod engines;
pub mod fetch;
pub mod keys;
pub mod limits;
pub mod objects;
pub mod store;
pub mod system;
pub mod telemetry;
pub mod workers;
