//! Files of jobs on the local disk. Names are ours; no path ever contains text of a caller.
//!
//! ```text
//! DATA_DIR/jobs/<job id>/assets/<n>      inputs, as uploaded or fetched
//!                       /<epoch>/out.mp4 what that attempt has rendered; still.png where it was asked for a picture
//! ```

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::ids::JobId;
use crate::store::Store;

/// Where the files of jobs are.
#[derive(Debug, Clone)]
pub struct JobFiles {
    root: PathBuf,
}

impl JobFiles {
    /// Files below `data_dir`, which is made absolute: engines run elsewhere.
    ///
    /// # Errors
    /// [`io::Error`] where the directory cannot be made.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let root = std::path::absolute(data_dir)?.join("jobs");
        std::fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// The directory of all jobs.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Everything of one job.
    pub fn job_dir(&self, job: &JobId) -> PathBuf {
        self.root.join(job.as_str())
    }

    /// Its inputs.
    pub fn assets_dir(&self, job: &JobId) -> PathBuf {
        self.job_dir(job).join("assets")
    }

    /// What one attempt writes.
    pub fn attempt_dir(&self, job: &JobId, epoch: u32) -> PathBuf {
        self.job_dir(job).join(epoch.to_string())
    }

    /// The video of one attempt.
    pub fn video(&self, job: &JobId, epoch: u32) -> PathBuf {
        self.attempt_dir(job, epoch).join("out.mp4")
    }

    /// The picture that was asked of one attempt.
    pub fn still(&self, job: &JobId, epoch: u32) -> PathBuf {
        self.attempt_dir(job, epoch).join("still.png")
    }

    /// Removes what earlier attempts have left, such as those of a server that was killed.
    ///
    /// # Errors
    /// [`io::Error`] where a directory cannot be removed.
    pub async fn remove_attempts_before(&self, job: &JobId, epoch: u32) -> io::Result<()> {
        for earlier in 1..epoch {
            remove_dir(&self.attempt_dir(job, earlier)).await?;
        }
        Ok(())
    }

    /// Removes everything of a job; no error where there is nothing.
    ///
    /// # Errors
    /// [`io::Error`] where a directory cannot be removed.
    pub async fn remove_job(&self, job: &JobId) -> io::Result<()> {
        remove_dir(&self.job_dir(job)).await
    }

    /// Removes everything of every job.
    ///
    /// # Errors
    /// [`io::Error`] where a directory cannot be removed.
    pub async fn remove_everything(&self) -> io::Result<()> {
        remove_dir(&self.root).await?;
        tokio::fs::create_dir_all(&self.root).await
    }

    /// Removes the files of requests that never became a job because the server stopped in between, and of jobs
    /// whose files were to be removed.
    ///
    /// # Errors
    /// [`io::Error`] where the directory cannot be read.
    pub async fn remove_orphans(&self, store: &Store) -> io::Result<()> {
        let mut entries = tokio::fs::read_dir(&self.root).await?;
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(JobId::parse) else { continue };
            if !store.job_has_files(&id).await.map_err(io::Error::other)? {
                tokio::fs::remove_dir_all(entry.path()).await?;
            }
        }
        Ok(())
    }
}

async fn remove_dir(path: &Path) -> io::Result<()> {
    match tokio::fs::remove_dir_all(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
