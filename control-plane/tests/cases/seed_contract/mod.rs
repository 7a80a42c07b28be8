//! The public page of the API, sentence by sentence: each test bears the name of its sentence.

mod authentication;
mod costs;
mod creating;
mod notes;
mod polling;
mod webhooks;
