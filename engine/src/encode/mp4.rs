//! The MP4 file: written under a temporary name, index moved to the front, renamed when complete.

use std::path::{Path, PathBuf};

use ffmpeg_next as ffmpeg;

use super::error::EncodeError;

/// Which track a packet belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    /// The pictures.
    Video,
    /// The sound.
    Audio,
}

/// What a track's header says.
#[derive(Clone)]
pub struct TrackDesc {
    /// Codec, size or rate, colours, parameter sets.
    pub parameters: ffmpeg::codec::Parameters,
    /// Unit of its packets' times.
    pub time_base: ffmpeg::Rational,
}

/// An MP4 that is being written. Dropping it unfinished removes what was written.
pub struct Mp4Writer {
    output: ffmpeg::format::context::Output,
    part: PartFile,
    final_path: PathBuf,
    /// Encoder time base of video, then audio.
    time_bases: Vec<ffmpeg::Rational>,
}

/// The temporary file; removed when dropped, unless it was moved away.
struct PartFile(PathBuf);

impl Drop for PartFile {
    fn drop(&mut self) {
        // Gone already when it was moved into place; nobody can act on any other failure here.
        drop(std::fs::remove_file(&self.0));
    }
}

impl Mp4Writer {
    /// Begins a file with a video track and, where `audio` is given, a sound track.
    ///
    /// # Errors
    /// [`EncodeError::Unwritable`] where the folder refuses.
    pub fn create(path: &Path, video: &TrackDesc, audio: Option<&TrackDesc>) -> Result<Self, EncodeError> {
        let unwritable = |source| EncodeError::Unwritable { path: path.to_owned(), source };
        let mut part_name = path.as_os_str().to_owned();
        part_name.push(".part");
        let part = PartFile(PathBuf::from(part_name));
        let mut output = ffmpeg::format::output_as(&part.0, "mp4").map_err(unwritable)?;
        let mut time_bases = Vec::new();
        for track in [Some(video), audio].into_iter().flatten() {
            let mut stream = output.add_stream(ffmpeg::codec::Id::None).map_err(unwritable)?;
            stream.set_parameters(track.parameters.clone());
            stream.set_time_base(track.time_base);
            time_bases.push(track.time_base);
        }
        let mut options = ffmpeg::Dictionary::new();
        options.set("movflags", "+faststart");
        output.write_header_with(options).map_err(unwritable)?;
        Ok(Self { output, part, final_path: path.to_owned(), time_bases })
    }

    /// Writes a packet; the tracks are interleaved by time.
    ///
    /// # Errors
    /// [`EncodeError::Unwritable`] where the disk is full or gone.
    pub fn write(&mut self, track: TrackKind, mut packet: ffmpeg::Packet) -> Result<(), EncodeError> {
        let index = match track {
            TrackKind::Video => 0,
            TrackKind::Audio => 1,
        };
        let unwritable = |source| EncodeError::Unwritable { path: self.final_path.clone(), source };
        let stream = self.output.stream(index).ok_or_else(|| unwritable(ffmpeg::Error::StreamNotFound))?;
        packet.set_stream(index);
        packet.rescale_ts(self.time_bases[index], stream.time_base());
        packet.write_interleaved(&mut self.output).map_err(unwritable)
    }

    /// Writes the index, moves it to the front, and puts the file in its place.
    ///
    /// # Errors
    /// [`EncodeError`] where the disk refuses.
    pub fn finish(mut self) -> Result<(), EncodeError> {
        let Self { output, part, final_path, .. } = &mut self;
        let unwritable = |source| EncodeError::Unwritable { path: final_path.clone(), source };
        output.write_trailer().map_err(unwritable)?;
        let unmovable = |source| EncodeError::Unmovable { path: final_path.clone(), source };
        std::fs::File::open(&part.0).and_then(|file| file.sync_all()).map_err(unmovable)?;
        std::fs::rename(&part.0, &*final_path).map_err(unmovable)
    }
}
