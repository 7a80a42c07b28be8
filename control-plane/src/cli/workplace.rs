//! The folder in which `avs create` works: what an engine sees of this machine, and gone afterwards.

use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use avs_protocol::{AssetFile, AssetRole};

use super::CreateError;
use crate::domain::entropy::Entropy as _;
use crate::domain::media_kind::is_screen_recording;
use crate::limits;
use crate::store::AssetRecord;
use crate::system::SystemEntropy;
use crate::workers::recordings::{Recordings, unpack};

pub(super) struct Workplace {
    path: PathBuf,
    assets: Vec<AssetRecord>,
    recordings: Recordings,
}

impl Workplace {
    /// Brings the files of `folder` together, under names of ours.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, CreateError> {
        let mut random = [0; 8];
        SystemEntropy.fill(&mut random);
        let path = std::env::temp_dir().join(format!("avs-create-{}", hex::encode(random)));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        let mut workplace = Self { path, assets: Vec::new(), recordings: Recordings::default() };
        for name in folder.map(names_in).transpose()?.unwrap_or_default() {
            let from = folder.unwrap_or(Path::new(".")).join(&name);
            workplace.add(&name, &from)?;
        }
        Ok(workplace)
    }

    fn add(&mut self, name: &str, from: &Path) -> Result<(), CreateError> {
        if self.assets.len() >= limits::ASSETS_MAX {
            return Err(CreateError::TooManyFiles);
        }
        let file = self.assets.len().to_string();
        let to = self.path.join(&file);
        // A link's own second name would lead where the link leads: out of here.
        let from = std::fs::canonicalize(from)?;
        // An engine sees no other folder; a second name costs nothing where it can be had.
        if std::fs::hard_link(&from, &to).is_err() {
            std::fs::copy(&from, &to)?;
        }
        if is_screen_recording(name) {
            let unpacked = unpack(&self.path, &file, limits::FILE_BYTES_MAX);
            let unpacked =
                unpacked.map_err(|error| CreateError::Recording { name: name.to_owned(), error })?;
            if let Some(recording) = unpacked {
                self.recordings.insert(name, recording);
            }
        }
        self.assets.push(AssetRecord {
            name: name.to_owned(),
            file,
            size_bytes: 0,
            pointer: String::new(),
            remote: false,
            sha256: None,
            probe: None,
        });
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn assets(&self) -> &[AssetRecord] {
        &self.assets
    }

    pub(super) fn recordings(&self) -> &Recordings {
        &self.recordings
    }

    /// What an engine is told about them. None is needed: a folder may hold anything.
    pub(super) fn files(&self) -> Vec<AssetFile> {
        let file = |name: &str, file: &str| AssetFile {
            name: name.to_owned(),
            pointer: String::new(),
            path: self.path.join(file).to_string_lossy().into_owned(),
            role: AssetRole::Media,
            optional: true,
        };
        let media = self.assets.iter().map(|asset| {
            let media = self.recordings.media_file(&asset.name, &asset.file);
            file(&asset.name, media)
        });
        let sounds =
            self.assets.iter().filter_map(|asset| self.recordings.get(&asset.name)?.sound.as_deref());
        media.chain(sounds.map(|sound| file(sound, sound))).collect()
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "the workplace stays on the disk");
        }
    }
}

/// Files by name, so that the same folder is always the same brief.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if std::fs::metadata(entry.path())?.is_file() && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
