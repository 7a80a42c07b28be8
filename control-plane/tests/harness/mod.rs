//! A server to test against: started, asked, stopped, and put through what can happen to it.

mod api;
mod bucket;
mod cluster;
mod console;
pub(crate) mod contract;
mod invariants;
mod models;
pub(crate) mod processes;
mod receiver;
mod server;
mod small_disk;
mod sources;
mod worker;

pub(crate) use api::{Answer, Upload, template};
pub(crate) use bucket::{BucketServer, Mishap};
pub(crate) use cluster::Cluster;
pub(crate) use console::Console;
pub(crate) use invariants::assert_invariants;
pub(crate) use models::{
    Models, Question, Reply, chat_reply, json_reply, status_reply, storyboard, storyboard_reply,
};
pub(crate) use receiver::{HOLD, Receiver};
pub(crate) use server::{Database, Server, example, has_postgres, on_both_databases};
pub(crate) use small_disk::Cramped;
pub(crate) use sources::Sources;
pub(crate) use worker::Worker;
