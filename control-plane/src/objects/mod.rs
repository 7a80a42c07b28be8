//! Inputs and videos of jobs: on the local disk alone, or in a bucket with the local disk as a workplace.
//!
//! ```text
//!          API                        bucket                       worker
//!  upload ──▶ local ─publish_inputs─▶ jobs/<id>/assets/<n> ─bring_inputs─▶ local ──▶ engine
//!  client ◀──────── open_video ────── jobs/<id>/<epoch>/out.mp4 ◀─publish_video─ local ◀┘
//! ```
//! Without a bucket the two locals are one, and there is nothing to carry.

mod bucket;
mod local;

use std::io::{self, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

pub use self::bucket::{Bucket, BucketError, BucketSettings};
pub use self::local::JobFiles;
use crate::domain::ids::JobId;

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Where the bytes of jobs are.
#[derive(Clone)]
pub struct Objects {
    local: JobFiles,
    bucket: Option<Bucket>,
}

/// Why bytes cannot be stored or had.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The disk refused.
    #[error("a file of the job cannot be used")]
    File(#[from] io::Error),
    /// The bucket refused.
    #[error("the bucket cannot be used")]
    Bucket(#[from] BucketError),
}

impl ObjectError {
    /// True where there are no such bytes.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::File(error) => error.kind() == io::ErrorKind::NotFound,
            Self::Bucket(error) => error.is_not_found(),
        }
    }
}

/// Bytes on their way out.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

impl Objects {
    /// Objects in `bucket`, or on the disk alone.
    pub fn new(local: JobFiles, bucket: Option<Bucket>) -> Self {
        Self { local, bucket }
    }

    /// The workplace on this machine.
    pub fn local(&self) -> &JobFiles {
        &self.local
    }

    /// True where what lies on the disk is all there is.
    pub fn is_local(&self) -> bool {
        self.bucket.is_none()
    }

    /// Makes inputs that lie in the workplace available to whoever will run the job.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn publish_inputs(&self, job: &JobId, files: &[&str]) -> Result<(), ObjectError> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        for file in files {
            let from = self.local.assets_dir(job).join(file);
            bucket.upload(&from, &input_key(job, file)).await?;
        }
        // They have done their duty here.
        if !files.is_empty() {
            self.local.remove_job(job).await?;
        }
        Ok(())
    }

    /// Brings inputs to the workplace, unless they are there.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn bring_inputs(&self, job: &JobId, files: &[&str]) -> Result<(), ObjectError> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let directory = self.local.assets_dir(job);
        tokio::fs::create_dir_all(&directory).await?;
        for file in files {
            let to = directory.join(file);
            if !tokio::fs::try_exists(&to).await? {
                bucket.download(&input_key(job, file), &to).await?;
            }
        }
        Ok(())
    }

    /// Makes the video of an attempt available for download.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn publish_video(&self, job: &JobId, epoch: u32) -> Result<(), ObjectError> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        Ok(bucket.upload(&self.local.video(job, epoch), &video_key(job, epoch)).await?)
    }

    /// Empties the workplace of a job that has ended or gone elsewhere; what is published stays.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn leave(&self, job: &JobId) -> Result<(), ObjectError> {
        if self.bucket.is_some() {
            self.local.remove_job(job).await?;
        }
        Ok(())
    }

    /// Opens bytes `first..first + length_bytes` of a video.
    ///
    /// # Errors
    /// [`ObjectError`]; [`io::ErrorKind::NotFound`] where it is gone.
    pub async fn open_video(
        &self,
        (job, epoch): (&JobId, u32),
        first: u64,
        length_bytes: u64,
    ) -> Result<ByteStream, ObjectError> {
        match &self.bucket {
            Some(bucket) => Ok(bucket.read(&video_key(job, epoch), first..first + length_bytes).await?),
            None => open_file(&self.local.video(job, epoch), first, length_bytes).await,
        }
    }

    /// Removes everything of a job, wherever it is; no error where there is nothing.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn remove_job(&self, job: &JobId) -> Result<(), ObjectError> {
        self.local.remove_job(job).await?;
        match &self.bucket {
            Some(bucket) => Ok(bucket.remove_below(&format!("jobs/{job}")).await?),
            None => Ok(()),
        }
    }
}

async fn open_file(path: &Path, first: u64, length_bytes: u64) -> Result<ByteStream, ObjectError> {
    let mut file = File::open(path).await?;
    file.seek(SeekFrom::Start(first)).await?;
    Ok(ReaderStream::with_capacity(file.take(length_bytes), CHUNK_BYTES).boxed())
}

fn input_key(job: &JobId, file: &str) -> String {
    format!("jobs/{job}/assets/{file}")
}

fn video_key(job: &JobId, epoch: u32) -> String {
    format!("jobs/{job}/{epoch}/out.mp4")
}
