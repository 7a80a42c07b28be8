//! A bucket of an S3 service.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{ClientOptions, GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt as _};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::ByteStream;
use crate::{limits, telemetry};

/// Why a bucket did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The service refused or cannot be reached.
    #[error("the object store failed")]
    Service(#[from] object_store::Error),
    /// The file on our side cannot be read or written.
    #[error("the file on this side cannot be used")]
    File(#[from] io::Error),
}

impl BucketError {
    /// True where there is no such object.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Service(object_store::Error::NotFound { .. }))
    }
}

/// How a bucket is reached.
#[derive(Debug, Clone, clap::Args)]
pub struct BucketSettings {
    /// Bucket for inputs and videos, instead of the local disk.
    #[arg(long = "s3-bucket", env = "AVS_S3_BUCKET", value_name = "NAME")]
    pub bucket: Option<String>,
    /// Address of the S3 service, where it is not Amazon's.
    #[arg(long = "s3-endpoint", env = "AVS_S3_ENDPOINT", value_name = "URL")]
    pub endpoint: Option<String>,
    /// Region of the bucket.
    #[arg(long = "s3-region", env = "AVS_S3_REGION", default_value = "us-east-1", value_name = "NAME")]
    pub region: String,
    /// Key id [default: the surroundings, as Amazon's tools find it].
    #[arg(long = "s3-access-key-id", env = "AVS_S3_ACCESS_KEY_ID", value_name = "ID")]
    pub access_key_id: Option<String>,
    /// Secret key; better given as a variable than as an argument.
    #[arg(
        long = "s3-secret-access-key",
        env = "AVS_S3_SECRET_ACCESS_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub secret_access_key: Option<String>,
}

/// An open bucket; cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    service: Arc<AmazonS3>,
}

impl Bucket {
    /// The bucket of `settings`, if they name one. Does not ask it anything yet.
    ///
    /// # Errors
    /// [`BucketError`] where the settings make no sense.
    pub fn open(settings: &BucketSettings) -> Result<Option<Self>, BucketError> {
        let Some(name) = &settings.bucket else { return Ok(None) };
        crate::system::install_tls();
        let client = ClientOptions::new()
            .with_allow_http(settings.endpoint.as_ref().is_some_and(|url| url.starts_with("http://")))
            .with_connect_timeout(limits::S3_CONNECT_WAIT)
            .with_timeout(limits::S3_REQUEST_WAIT);
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_region(&settings.region)
            .with_client_options(client);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let (Some(id), Some(secret)) = (&settings.access_key_id, &settings.secret_access_key) {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        Ok(Some(Self { service: Arc::new(builder.build()?) }))
    }

    /// Stores a file, in parts where it is large. It appears whole or not at all.
    pub(super) async fn upload(&self, from: &Path, key: &str) -> Result<(), BucketError> {
        let mut file = File::open(from).await?;
        let first = read_part(&mut file).await?;
        if first.len() < limits::S3_PART_BYTES {
            self.service.put(&key.into(), first.into()).await?;
            return Ok(());
        }
        let mut upload = self.service.put_multipart(&key.into()).await?;
        let stored = match send_parts(upload.as_mut(), first, &mut file).await {
            Ok(()) => upload.complete().await.map(drop).map_err(BucketError::from),
            Err(error) => Err(error),
        };
        if stored.is_err()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(key, error = telemetry::chain(&error), "parts of a file stay in the bucket");
        }
        stored
    }

    /// Fetches an object into a file that appears whole or not at all.
    pub(super) async fn download(&self, key: &str, to: &Path) -> Result<(), BucketError> {
        let mut chunks = self.service.get(&key.into()).await?.into_stream();
        let unfinished = to.with_extension("part");
        let mut file = File::create(&unfinished).await?;
        while let Some(chunk) = chunks.next().await {
            file.write_all(&chunk?).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        Ok(tokio::fs::rename(&unfinished, to).await?)
    }

    /// Opens a part of an object.
    pub(super) async fn read(&self, key: &str, range: Range<u64>) -> Result<ByteStream, BucketError> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let object = self.service.get_opts(&key.into(), options).await?;
        Ok(object.into_stream().map_err(io::Error::other).boxed())
    }

    /// Removes every object whose key begins with `prefix/`.
    pub(super) async fn remove_below(&self, prefix: &str) -> Result<(), BucketError> {
        let keys = self.service.list(Some(&prefix.into())).map_ok(|object| object.location).boxed();
        let removed = self.service.delete_stream(keys);
        Ok(removed.try_for_each(|_key| std::future::ready(Ok(()))).await?)
    }

    /// Asks the bucket something, to know that it is there.
    ///
    /// # Errors
    /// [`BucketError`] says what stands in the way.
    pub async fn check(&self) -> Result<(), BucketError> {
        match self.service.head(&"readiness".into()).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Sends a file in parts. None is under way any more when it returns: one that came after the end of its upload would stay in
/// the bucket, where nobody sees it (S3 API, `AbortMultipartUpload`).
async fn send_parts(
    upload: &mut dyn MultipartUpload,
    first: Vec<u8>,
    file: &mut File,
) -> Result<(), BucketError> {
    let mut under_way = FuturesUnordered::new();
    let (mut part, mut sent) = (first, Ok(()));
    while !part.is_empty() && sent.is_ok() {
        under_way.push(upload.put_part(part.into()));
        if under_way.len() == limits::S3_PARTS_AT_ONCE_MAX {
            sent = under_way.next().await.unwrap_or(Ok(())).map_err(BucketError::from);
        }
        part = match read_part(file).await {
            Ok(part) => part,
            Err(error) => {
                sent = sent.and(Err(error.into()));
                Vec::new()
            }
        };
    }
    while let Some(outcome) = under_way.next().await {
        sent = sent.and(outcome.map_err(BucketError::from));
    }
    sent
}

/// The next part of a file; empty at its end.
async fn read_part(file: &mut File) -> io::Result<Vec<u8>> {
    let mut part = Vec::new();
    file.take(limits::S3_PART_BYTES as u64).read_to_end(&mut part).await?;
    Ok(part)
}
