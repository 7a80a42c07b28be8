//! A file that is gone again unless it was written to its end.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};

/// Each write of tokio's is a trip to another thread; a source may come in pieces of one byte.
const BUFFER_BYTES: usize = 256 << 10;

/// A file being written, and what is known of its bytes. Dropped before [`PartialFile::keep`], it is removed;
/// so it is when the task that writes it is cancelled.
pub(super) struct PartialFile {
    file: BufWriter<File>,
    path: PathBuf,
    kept: bool,
    size_bytes: u64,
    hash: Sha256,
}

impl PartialFile {
    /// Makes a new file; one that is there is not touched.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        // Here, not on another thread, which would make the file even if nobody waits for it any more.
        let file = File::from_std(std::fs::File::create_new(path)?);
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(Self { file, path: path.to_owned(), kept: false, size_bytes: 0, hash: Sha256::new() })
    }

    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await?;
        self.hash.update(bytes);
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Keeps the file, once its bytes are on the disk, and returns their SHA-256. Its name is on the disk when
    /// the directory has been synced, which is left to the caller.
    pub(super) async fn keep(mut self) -> io::Result<[u8; 32]> {
        // `sync_all` forgets the error of a write that was still under way; `flush` returns it.
        self.file.flush().await?;
        self.file.get_ref().sync_all().await?;
        self.kept = true;
        Ok(std::mem::take(&mut self.hash).finalize().into())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "part of a source stays on disk");
        }
    }
}
