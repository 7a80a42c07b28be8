//! The order in which an engine gives its powers up.

use std::path::{Path, PathBuf};

use avs_protocol::{LandlockLevel, SandboxReport};

use super::system_paths::SystemPaths;
use super::{SandboxError, SandboxOptions, calls, files, memory, resources};

/// What an engine has given up so far.
#[derive(Debug)]
pub struct Confinement {
    system: SystemPaths,
    memory_bytes_max: u64,
    report: SandboxReport,
    reasons: Vec<String>,
}

impl Confinement {
    /// Sets limits and closes every file but the system's and the jobs'. Call before the first thread starts: a thread
    /// that is there already would stay as it is.
    #[must_use]
    pub fn enter(options: &SandboxOptions) -> Self {
        let report = SandboxReport::default();
        let (system, memory_bytes_max) = (SystemPaths::find(), options.memory_bytes_max);
        let mut confinement = Self { system, memory_bytes_max, report, reasons: Vec::new() };
        let limited = resources::limit(options.file_bytes_max);
        confinement.report.limits = confinement.holds(limited).is_some();
        confinement.enter_files(options.jobs_dir.as_deref());
        confinement
    }

    fn enter_files(&mut self, jobs_dir: Option<&Path>) {
        let closed = match jobs_dir {
            Some(jobs_dir) => files::close_all_but_jobs(&self.system, jobs_dir),
            None => Ok(files::offered()),
        };
        let Some(enforced) = self.holds(closed) else { return };
        (self.report.landlock, self.report.landlock_abi) = (enforced.level, enforced.abi);
        match enforced.level {
            LandlockLevel::None => {
                self.reasons.push("this kernel has no Landlock (Linux 6.2 has what is needed)".into());
            }
            LandlockLevel::Partial => {
                self.reasons.push("this kernel's Landlock cannot guard truncation (Linux 6.2 can)".into());
            }
            LandlockLevel::Full if jobs_dir.is_none() => {
                self.report.landlock = LandlockLevel::Partial;
                self.reasons
                    .push("without --jobs-dir, files are closed only once a job names its own".into());
            }
            LandlockLevel::Full => {}
        }
    }

    /// Closes system calls on every thread, and begins to watch the memory. Call once drivers and fonts are loaded.
    pub fn seal(&mut self) -> SandboxReport {
        let closed = calls::close();
        self.report.seccomp = self.holds(closed).is_some();
        self.report.network = self.report.seccomp;
        let watched = memory::watch(self.memory_bytes_max);
        self.report.limits &= self.holds(watched).is_some();
        self.report.reason = (!self.reasons.is_empty()).then(|| self.reasons.join("; "));
        self.report.clone()
    }

    /// Leaves this thread, and all that it starts from now on, the files of one job and the folder of its video.
    ///
    /// # Errors
    /// [`SandboxError::Files`] where the kernel has Landlock and refuses: the job must not be touched then.
    pub fn open_to_job(&self, files: &[PathBuf], output_dir: Option<&Path>) -> Result<(), SandboxError> {
        files::close_all_but_job(&self.system, files, output_dir).map(drop)
    }

    /// Leaves this thread, and all that it starts, no file at all.
    ///
    /// # Errors
    /// [`SandboxError::Files`], as for [`Self::open_to_job`].
    pub fn close_files() -> Result<(), SandboxError> {
        files::close_all().map(drop)
    }

    /// What came of it, or `None` with the reason kept.
    fn holds<T>(&mut self, outcome: Result<T, SandboxError>) -> Option<T> {
        outcome.inspect_err(|error| self.reasons.push(words(error))).ok()
    }
}

fn words(error: &SandboxError) -> String {
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    format!("{error}{}", source.unwrap_or_default())
}
