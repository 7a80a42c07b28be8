//! One job for the control plane, over an inherited socket: Hello, then Probe and Render, then exit.

mod channel;
mod serve;

pub use serve::{ServeError, serve};
