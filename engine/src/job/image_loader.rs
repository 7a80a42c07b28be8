//! Images decoded ahead of the frame that first shows them, one after another on a thread of their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::placement::{StillPlan, framed};
use crate::color::{Picture, RgbaPicture};
use crate::error::RenderError;
use crate::media::{MediaError, image_from_file, is_animation};
use crate::trace::{Step, Trace};

/// What to decode.
#[derive(Debug, Clone)]
pub(super) struct ImageRequest {
    pub(super) path: PathBuf,
    /// Its name in the template.
    pub(super) asset: String,
    pub(super) plan: StillPlan,
}

/// What an image turned out to be.
#[derive(Debug)]
pub(super) enum LoadedImage {
    /// It stays.
    Still {
        picture: Picture,
        /// True where nothing of it is transparent.
        opaque: bool,
    },
    /// It moves by itself, and is decoded as it plays.
    Moves,
}

/// An image on its way.
#[derive(Debug)]
pub(super) struct PendingImage {
    pub(super) request: ImageRequest,
    loaded: Receiver<Result<LoadedImage, MediaError>>,
}

impl PendingImage {
    /// Waits for it; `None` where the thread is lost: a fault of ours.
    pub(super) fn wait(&self) -> Option<Result<LoadedImage, MediaError>> {
        self.loaded.recv().ok()
    }
}

type Work = (ImageRequest, Sender<Result<LoadedImage, MediaError>>);

/// Takes images to decode. Dropping it stops its thread after the image that is being decoded, and waits for that.
#[derive(Debug)]
pub(super) struct ImageLoader {
    /// None only while it is dropped.
    send: Option<Sender<Work>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ImageLoader {
    /// Starts the thread, for at most `image_count` images.
    pub(super) fn start(image_count: usize, trace: &Trace) -> Result<Self, RenderError> {
        let (send, work) = bounded::<Work>(image_count);
        let stopped = Arc::new(AtomicBool::new(false));
        let (trace, stop) = (trace.clone(), Arc::clone(&stopped));
        let run = move || {
            let mut track = trace.track("images");
            for (request, reply) in work {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let loaded = track.time(Step::Image, || load(&request));
                // Where the block is over already, nobody waits.
                drop(reply.send(loaded));
            }
        };
        let thread = std::thread::Builder::new().name("images".into()).spawn(run);
        Ok(Self { send: Some(send), stopped, thread: Some(thread.map_err(RenderError::NoThread)?) })
    }

    /// Has an image decoded after those before it.
    pub(super) fn load(&self, request: ImageRequest) -> PendingImage {
        let (reply, loaded) = bounded(1);
        if let Some(send) = &self.send {
            // Where the thread is lost, waiting for the image says so.
            drop(send.send((request.clone(), reply)));
        }
        PendingImage { request, loaded }
    }
}

impl Drop for ImageLoader {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.send = None;
        if let Some(thread) = self.thread.take() {
            // What failed was told with each image.
            drop(thread.join());
        }
    }
}

fn load(ImageRequest { path, asset, plan }: &ImageRequest) -> Result<LoadedImage, MediaError> {
    let fault = |fault: crate::media::MediaFault| fault.of(asset);
    if is_animation(path).map_err(fault)? {
        return Ok(LoadedImage::Moves);
    }
    let picture = image_from_file(path, plan.crop, plan.size).map_err(fault)?;
    let opaque = plan.frame.is_none() && is_opaque(&picture);
    let picture = match plan.frame {
        Some((offset, size)) => framed(&picture, offset, size),
        None => picture,
    };
    let coded = opaque && plan.codable && picture.width_px % 2 == 0 && picture.height_px % 2 == 0;
    let picture =
        if coded { Picture::Coded(Arc::new(picture.to_coded())) } else { Picture::Rgba(Arc::new(picture)) };
    Ok(LoadedImage::Still { picture, opaque })
}

fn is_opaque(picture: &RgbaPicture) -> bool {
    let (texels, _) = picture.bytes.as_chunks::<4>();
    texels.iter().all(|[_, _, _, alpha]| *alpha == u8::MAX)
}
