//! A decoding thread for one block: one picture for each output frame, ahead of the compositor.

use std::path::PathBuf;
use std::thread::JoinHandle;

use avs_template::Ticks;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::error::{MediaError, MediaFault};
use super::picture_scaler::{BackdropDesc, PictureDesc, PictureScaler};
use super::video_reader::VideoReader;
use crate::color::Picture;
use crate::limits;
use crate::trace::{Step, Trace, Track};

/// What to decode.
#[derive(Debug, Clone)]
pub struct VideoFeedDesc {
    /// The file.
    pub path: PathBuf,
    /// Its name in the template.
    pub asset: String,
    /// What to make of each picture.
    pub picture: PictureDesc,
    /// What to make of it besides, to stand behind it.
    pub backdrop: Option<BackdropDesc>,
    /// Source time of each output frame, in order; decreases where the file plays anew.
    pub times: Vec<Ticks>,
    /// Threads that decode besides the one that scales and delivers.
    pub threads: usize,
    /// Where the thread keeps its time.
    pub trace: Trace,
}

/// What a frame of a video becomes.
#[derive(Debug, Clone)]
pub struct VideoPictures {
    /// The picture.
    pub picture: Picture,
    /// The blurred one behind it, where one is wanted.
    pub backdrop: Option<Picture>,
}

type Delivery = Result<VideoPictures, MediaError>;

/// The receiving end. Dropping it stops the thread at its next picture, and waits for that.
#[derive(Debug)]
pub struct VideoFeed {
    /// None only while it is dropped.
    pictures: Option<Receiver<Delivery>>,
    thread: Option<JoinHandle<()>>,
}

impl VideoFeed {
    /// Starts to decode.
    ///
    /// # Errors
    /// [`MediaFault::Unreadable`] where the system gives no more threads.
    pub fn start(desc: VideoFeedDesc) -> Result<Self, MediaError> {
        let (send, pictures) = bounded(limits::PICTURES_AHEAD);
        let asset = desc.asset.clone();
        let thread = std::thread::Builder::new()
            .name("decode".into())
            .spawn(move || {
                let mut track = desc.trace.track("decode");
                if let Err(fault) = deliver(&desc, &send, &mut track) {
                    // Where the receiver is gone, nobody waits for the reason.
                    drop(send.send(Err(fault.of(&desc.asset))));
                }
            })
            .map_err(|error| MediaFault::Unreadable(error).of(&asset))?;
        Ok(Self { pictures: Some(pictures), thread: Some(thread) })
    }

    /// The picture of the next output frame, in order, or why the file cannot be decoded; the feed is over then.
    /// `None` where the thread is lost, or no frame is left: a fault of ours.
    pub fn next_picture(&mut self) -> Option<Result<VideoPictures, MediaError>> {
        self.pictures.as_ref()?.recv().ok()
    }
}

impl Drop for VideoFeed {
    fn drop(&mut self) {
        self.pictures = None;
        if let Some(thread) = self.thread.take() {
            // It has told what went wrong, or nobody wants to know.
            drop(thread.join());
        }
    }
}

fn deliver(desc: &VideoFeedDesc, send: &Sender<Delivery>, track: &mut Track) -> Result<(), MediaFault> {
    let mut reader = VideoReader::open(&desc.path, desc.threads)?;
    if let Some(&first) = desc.times.first().filter(|first| **first > Ticks::ZERO) {
        reader.seek(first)?;
    }
    let mut scaler = PictureScaler::new(desc.picture, reader.orientation());
    let mut backdrop = desc.backdrop.map(|desc| PictureScaler::blurred(desc, reader.orientation()));
    let mut shown = None;
    let mut before = Ticks::ZERO;
    reader.want(run_from(&desc.times, 0));
    for (index, &time) in desc.times.iter().enumerate() {
        // It plays anew.
        if time < before {
            reader = VideoReader::open(&desc.path, desc.threads)?;
            reader.want(run_from(&desc.times, index));
            if time > Ticks::ZERO {
                reader.seek(time)?;
            }
        }
        before = time;
        if let Some(frame) = track.time(Step::Decode, || reader.advance_to(time))? {
            shown = Some(track.time(Step::Scale, || -> Result<_, MediaFault> {
                let backdrop = match &mut backdrop {
                    Some(scaler) => Some(scaler.picture(&mut frame.clone())?),
                    None => None,
                };
                Ok(VideoPictures { picture: scaler.picture(frame)?, backdrop })
            })?);
        }
        let pictures = shown.clone().ok_or(MediaFault::NoPictures)?;
        if track.time(Step::WaitForCompositor, || send.send(Ok(pictures))).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// The times from `first` on until the file plays anew.
fn run_from(times: &[Ticks], first: usize) -> &[Ticks] {
    let rest = &times[first..];
    let length = rest.windows(2).position(|pair| pair[1] < pair[0]).map_or(rest.len(), |index| index + 1);
    &rest[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_times_ends_where_the_file_plays_anew() {
        let times = [0, 1, 2, 0, 1].map(Ticks::new);
        assert_eq!(run_from(&times, 0), &times[..3]);
        assert_eq!(run_from(&times, 3), &times[3..]);
        assert!(run_from(&[], 0).is_empty());
    }
}
