//! Screen recordings (`.vidova`, docs/vidova.md) unpacked where an engine can read them. A bare video under that extension
//! stays as it is. What is in the ZIP is a stranger's: counted while it is inflated, named by us.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use avs_creator::recording::{
    EVENTS_BYTES_MAX, MANIFEST_BYTES_MAX, Manifest, RecordingError, RecordingEvents,
};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::limits;

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The ZIP breaks off, or is none.
    #[error("is no ZIP that can be read; make it again, or send the bare video")]
    Damaged,
    /// More than anybody needs.
    #[error("has more than {} files; it needs four at most", limits::RECORDING_FILES_MAX)]
    TooManyFiles,
    /// A name that leads out of the ZIP.
    #[error("holds a file that is named {name:?}, which leads out of it")]
    Name {
        /// The name.
        name: String,
    },
    /// A file that must be there is not.
    #[error("has no {what} {name:?}")]
    Missing {
        /// What it is for.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A folder or a link by the name of a file.
    #[error("holds {name:?}, which is no plain file")]
    NotAFile {
        /// Its name.
        name: String,
    },
    /// Longer than any source may be.
    #[error("is larger than {bytes_max} bytes when it is unpacked")]
    TooLarge {
        /// What is allowed.
        bytes_max: u64,
    },
    /// Manifest or events track break rules.
    #[error("cannot be used: {0}")]
    Content(#[from] RecordingError),
    /// Ours.
    #[error("a screen recording cannot be unpacked here")]
    Disk(#[source] io::Error),
}

/// A recording that lies unpacked beside its file.
#[derive(Debug, PartialEq)]
pub(crate) struct Recording {
    /// File name of the video.
    pub(crate) video: String,
    /// File name of the sound that is not in the video.
    pub(crate) sound: Option<String>,
    /// What was done on the screen.
    pub(crate) events: Option<RecordingEvents>,
}

/// Recordings of a job that were packed, by the names of their assets.
#[derive(Debug, Default)]
pub(crate) struct Recordings(BTreeMap<String, Recording>);

impl Recordings {
    pub(crate) fn insert(&mut self, name: &str, recording: Recording) {
        self.0.insert(name.to_owned(), recording);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Recording> {
        self.0.get(name)
    }

    /// File name of an asset's media: the video of a packed recording, `file` itself of anything else.
    pub(crate) fn media_file<'a>(&'a self, name: &str, file: &'a str) -> &'a str {
        self.get(name).map_or(file, |recording| recording.video.as_str())
    }
}

/// Unpacks the recording in `directory/file`, beside it; `None` for what is no ZIP.
///
/// # Errors
/// [`UnpackError`]. Nothing stays behind then.
pub(crate) fn unpack(directory: &Path, file: &str, bytes_max: u64) -> Result<Option<Recording>, UnpackError> {
    let mut packed = File::open(directory.join(file)).map_err(UnpackError::Disk)?;
    let mut head = [0; 4];
    match packed.read_exact(&mut head) {
        Ok(()) if head.starts_with(b"PK") => {}
        Ok(()) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(UnpackError::Disk(error)),
    }
    check_directory(&mut packed)?;
    let archive = ZipArchive::new(BufReader::new(packed)).map_err(damaged)?;
    let mut unpacking = Unpacking { archive, left_bytes: bytes_max, bytes_max };
    let names = (format!("{file}.video"), format!("{file}.sound"));
    let unpacked = unpacking.run(directory, &names);
    if unpacked.is_err() {
        for name in [&names.0, &names.1] {
            std::fs::remove_file(directory.join(name)).ok();
        }
    }
    unpacked.map(Some)
}

/// Judges the size of the ZIP's directory before anybody reads it as one: its end is at the very end of the file, and says
/// how many files there are (APPNOTE 6.3.10, 4.3.16). ZIP64 is for more than fits here.
fn check_directory(packed: &mut File) -> Result<(), UnpackError> {
    const END_BYTES: usize = 22;
    const COMMENT_BYTES_MAX: u64 = 0xffff;
    let size_bytes = packed.seek(SeekFrom::End(0)).map_err(UnpackError::Disk)?;
    let from = size_bytes.saturating_sub(END_BYTES as u64 + COMMENT_BYTES_MAX);
    packed.seek(SeekFrom::Start(from)).map_err(UnpackError::Disk)?;
    let mut tail = Vec::new();
    packed.take(size_bytes - from).read_to_end(&mut tail).map_err(UnpackError::Disk)?;
    packed.rewind().map_err(UnpackError::Disk)?;
    let short = |at: usize| Some(u16::from_le_bytes(*tail.get(at..)?.first_chunk()?));
    let long = |at: usize| Some(u32::from_le_bytes(*tail.get(at..)?.first_chunk()?));
    let is_end = |at: &usize| {
        let comment = short(at + 20).map(usize::from);
        tail[*at..].starts_with(b"PK\x05\x06")
            && comment.is_some_and(|bytes| at + END_BYTES + bytes == tail.len())
    };
    let end = (0..=tail.len().saturating_sub(END_BYTES)).rev().find(is_end).ok_or(UnpackError::Damaged)?;
    let (files, bytes, start) = (short(end + 10), long(end + 12), long(end + 16));
    let (Some(files), Some(bytes), Some(start)) = (files, bytes, start) else {
        return Err(UnpackError::Damaged);
    };
    if files > limits::RECORDING_FILES_MAX || bytes > limits::RECORDING_DIRECTORY_BYTES_MAX {
        return Err(UnpackError::TooManyFiles);
    }
    // A directory elsewhere would be another one than was judged.
    let ends_there = u64::from(start) + u64::from(bytes) == from + end as u64;
    if ends_there { Ok(()) } else { Err(UnpackError::Damaged) }
}

struct Unpacking {
    archive: ZipArchive<BufReader<File>>,
    left_bytes: u64,
    bytes_max: u64,
}

impl Unpacking {
    fn run(&mut self, directory: &Path, names: &(String, String)) -> Result<Recording, UnpackError> {
        if self.archive.len() > usize::from(limits::RECORDING_FILES_MAX) {
            return Err(UnpackError::TooManyFiles);
        }
        for name in self.archive.file_names() {
            let name = name.map_err(damaged)?;
            if leads_out(&name) {
                return Err(UnpackError::Name { name: name.into_owned() });
            }
        }
        let manifest = self.bytes("manifest", "manifest.json", MANIFEST_BYTES_MAX)?;
        let manifest = Manifest::from_json(&manifest)?;
        let events = match &manifest.events {
            Some(name) => {
                let json = self.bytes("events track", name, EVENTS_BYTES_MAX)?;
                Some(RecordingEvents::from_json(&json)?)
            }
            None => None,
        };
        self.file("video", &manifest.video, &directory.join(&names.0))?;
        if let Some(sound) = &manifest.audio {
            self.file("sound", sound, &directory.join(&names.1))?;
        }
        let sound = manifest.audio.map(|_| names.1.clone());
        Ok(Recording { video: names.0.clone(), sound, events })
    }

    fn bytes(&mut self, what: &'static str, name: &str, bytes_max: usize) -> Result<Vec<u8>, UnpackError> {
        let mut bytes = Vec::new();
        // One more than allowed, so that its reader says that it is too long.
        let most = bytes_max as u64 + 1;
        self.entry(what, name)?.take(most).read_to_end(&mut bytes).map_err(|_error| UnpackError::Damaged)?;
        Ok(bytes)
    }

    fn file(&mut self, what: &'static str, name: &str, to: &Path) -> Result<(), UnpackError> {
        // What an attempt before this one has left may be half a file.
        std::fs::remove_file(to).ok();
        let mut out = File::create_new(to).map_err(UnpackError::Disk)?;
        let (mut left_bytes, bytes_max) = (self.left_bytes, self.bytes_max);
        let mut entry = self.entry(what, name)?;
        let mut chunk = vec![0; 64 << 10];
        loop {
            let count = match entry.read(&mut chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_error) => return Err(UnpackError::Damaged),
            };
            if count == 0 {
                break;
            }
            let left = left_bytes.checked_sub(count as u64).ok_or(UnpackError::TooLarge { bytes_max })?;
            left_bytes = left;
            out.write_all(&chunk[..count]).map_err(UnpackError::Disk)?;
        }
        drop(entry);
        self.left_bytes = left_bytes;
        Ok(())
    }

    fn entry(&mut self, what: &'static str, name: &str) -> Result<impl Read + '_, UnpackError> {
        let entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Err(UnpackError::Missing { what, name: name.to_owned() }),
            Err(error) => return Err(damaged(error)),
        };
        if !entry.is_file() || entry.is_symlink() {
            return Err(UnpackError::NotAFile { name: name.to_owned() });
        }
        Ok(entry)
    }
}

/// True for a name that is a path out of the ZIP somewhere. Nobody makes files by these names; whoever packs them means harm.
fn leads_out(name: &str) -> bool {
    name.starts_with('/')
        || name.split('/').any(|part| part == "..")
        || name.contains(|c: char| matches!(c, '\\' | ':') || c.is_control())
}

fn damaged(error: ZipError) -> UnpackError {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => UnpackError::Disk(error),
        _ => UnpackError::Damaged,
    }
}
