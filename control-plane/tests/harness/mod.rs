//! A server to test against: started, asked, stopped.

mod api;
mod console;
pub(crate) mod contract;
mod receiver;
mod server;
mod sources;

pub(crate) use api::{Answer, Upload, template};
pub(crate) use receiver::Receiver;
pub(crate) use server::{Database, Server, has_postgres, on_both_databases};
pub(crate) use sources::Sources;
