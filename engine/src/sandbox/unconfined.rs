//! Systems without Landlock and seccomp: nothing is given up, and the report says so.

use std::path::{Path, PathBuf};

use avs_protocol::SandboxReport;

use super::{SandboxError, SandboxOptions, Trial};

/// Nothing given up.
#[derive(Debug)]
pub struct Confinement(());

impl Confinement {
    /// Does nothing.
    #[must_use]
    pub fn enter(_: &SandboxOptions) -> Self {
        Self(())
    }

    /// Says that nothing holds.
    pub fn seal(&mut self) -> SandboxReport {
        let reason = Some("this system has neither Landlock nor seccomp; Linux has both".to_owned());
        SandboxReport { reason, ..SandboxReport::default() }
    }

    /// Does nothing.
    ///
    /// # Errors
    /// None here.
    pub fn open_to_job(&self, _: &[PathBuf], _: Option<&Path>) -> Result<(), SandboxError> {
        Ok(())
    }

    /// Does nothing.
    ///
    /// # Errors
    /// None here.
    pub fn close_files() -> Result<(), SandboxError> {
        Ok(())
    }
}

/// Nothing is tried where nothing can hold.
///
/// # Errors
/// None here.
pub fn attempts(_: &Path, _: bool) -> std::io::Result<Trial> {
    let report = Confinement(()).seal();
    Ok(Trial { report, attempts: Vec::new() })
}
