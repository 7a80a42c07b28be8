//! Requests to places that users name: every one of them goes through the checks of [`address`].

pub mod address;
pub mod client;
pub mod download;
mod error;
pub mod lookup;
pub(crate) mod pace;
mod partial_file;
#[cfg(test)]
mod tests;
mod web_page;

pub use download::{DownloadTiming, Downloader, FetchError, FetchPolicy};
