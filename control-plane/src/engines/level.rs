//! What confines an engine, as it says itself.

use serde::Serialize;

/// What holds on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxLevel {
    /// True where everything is enforced.
    pub complete: bool,
    /// Landlock: `none`, `partial` or `full`.
    pub landlock: String,
    /// System calls are filtered.
    pub seccomp: bool,
}
