//! Golden images on the software adapter: what a person would see, kept as small PNGs beside this file.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

mod compare;
mod scenes;
mod sheets;
