//! The whole system: a real control plane with real engines, asked over HTTP by curl, judged by ffprobe.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

mod assets;
mod jobs;
mod quickstart;
