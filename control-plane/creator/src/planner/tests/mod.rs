//! What plans must keep, whatever the prompt and the files.

mod casting;
mod edges;
pub(in crate::planner) mod fixture;
mod parts;
mod properties;
mod thirty;
mod valid;
