//! The whole system over real HTTP with real engines: from a request to a verified MP4 and webhook.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

mod server;
