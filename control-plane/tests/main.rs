//! The control plane over real HTTP, as its own process, with a fake engine behind it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails; helpers of tests are not marked as tests"
)]

mod cases;
mod harness;
