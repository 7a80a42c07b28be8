//! What the fuzz targets share: bytes as a file, because media comes by path.

use std::path::{Path, PathBuf};

/// A file that goes away.
#[derive(Debug)]
pub struct Draft(PathBuf);

impl Draft {
    /// Writes a file of this process; there is one at a time, in memory where the system has such a folder.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let path = folder.join(format!("avs-fuzz-{}", std::process::id()));
        std::fs::write(&path, bytes).expect("the folder takes files");
        Self(path)
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // The next one overwrites it.
        std::fs::remove_file(&self.0).unwrap_or_default();
    }
}
