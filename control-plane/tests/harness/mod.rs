//! A server to test against: started, asked, stopped.

mod api;
pub(crate) mod contract;
mod receiver;
mod server;

pub(crate) use api::{Answer, Upload, template};
pub(crate) use receiver::Receiver;
pub(crate) use server::Server;
