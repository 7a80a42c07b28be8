//! Requests to places that users name: every one of them goes through the checks of [`address`].

pub mod address;
pub mod client;
