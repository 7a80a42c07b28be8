//! What a serving engine can still do once a stranger's file has taken it over: use up its own job, and little else.
//!
//! ```text
//! serve ─ enter ────────── GPU open, fonts loaded ─ seal ─ Hello ──Probe──▶ thread of its own: open_to_job(its files)
//!         limits, umask;                           seccomp         Render─▶ open_to_job(its files, its output):
//!         Landlock: the system's files, all jobs   on all threads,          every decode and encode thread is a child
//!                                                  memory watched           of this one and inherits the layer
//! ```
//! Landlock layers only ever take away. They belong to a thread and to those that it starts, so threads that exist
//! before a job has its files keep the first layer: the driver's own pools (lavapipe's rasterisers, Mesa's cache
//! writer) may reach the folder of jobs, though nothing that parses media runs there. From ABI 8 on the kernel puts the
//! last layer on them too. The listener and the memory watch can open no file at all.
//!
//! Nothing here is a promise until the kernel has made it: [`SandboxReport`] says what holds, and `doctor` tries it.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod confinement;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod resources;
#[cfg(target_os = "linux")]
mod system_paths;
#[cfg(target_os = "linux")]
mod trial;
#[cfg(not(target_os = "linux"))]
mod unconfined;

use std::path::PathBuf;

use avs_protocol::SandboxReport;

#[cfg(target_os = "linux")]
pub use confinement::Confinement;
#[cfg(target_os = "linux")]
pub use trial::attempts;
#[cfg(not(target_os = "linux"))]
pub use unconfined::{Confinement, attempts};

/// What an engine may use up, and where its jobs are.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The folder below which every file of every job is. Without it nothing is closed until a job names its files.
    pub jobs_dir: Option<PathBuf>,
    /// Longest file that it may write.
    pub file_bytes_max: u64,
    /// Resident and swapped memory at which it ends.
    pub memory_bytes_max: u64,
}

/// Why a layer is not in place.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Landlock refuses, though the kernel has it.
    #[error("the kernel refuses to close the file system ({0})")]
    Files(String),
    /// seccomp refuses, or is not there.
    #[error("the kernel refuses to close system calls ({0})")]
    Calls(String),
    /// A limit cannot be set.
    #[error("a limit cannot be set")]
    Limits(#[source] std::io::Error),
    /// The memory in use cannot be read.
    #[error("the memory in use cannot be watched")]
    Memory(#[source] std::io::Error),
}

/// One forbidden thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// What was tried.
    pub name: String,
    /// True where it was refused; for what a job needs, where it was allowed.
    pub held: bool,
    /// What came of it.
    pub outcome: String,
}

/// What a process that confined itself found out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// What it says of its confinement.
    pub report: SandboxReport,
    /// What it tried.
    pub attempts: Vec<Attempt>,
}
