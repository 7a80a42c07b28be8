//! A server to test against: started, asked, stopped.

mod api;
mod receiver;
mod server;

pub(crate) use api::{Answer, Upload, template};
pub(crate) use receiver::Receiver;
pub(crate) use server::{Database, Server, has_postgres, on_both_databases};
