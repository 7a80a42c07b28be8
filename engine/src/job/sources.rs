//! What each visible block is drawn from, made when it first shows and dropped when it is over.

use std::sync::Arc;

use avs_protocol::RenderWarning;
use avs_template::{Content, Fit, LayerPart, OnAssetError, PlacedBlock, SourceUse, Ticks};

use super::RenderContext;
use super::image_loader::{ImageLoader, ImageRequest, LoadedImage, PendingImage};
use super::placement::{PicturePlan, picture_plan, still_plan};
use super::prepare::Prepared;
use super::text_source::TextSource;
use super::textures::{TextureSet, Textures};
use crate::color::Picture;
use crate::error::RenderError;
use crate::limits;
use crate::media::{AnimatedImage, BackdropDesc, MediaError, VideoFeed, VideoFeedDesc, VideoPictures};
use crate::trace::Trace;

/// Which of a video's textures its blurred backdrop is, where that is made ahead.
const BACKDROP_TEXTURE: usize = 1;

/// A block's life during a render.
#[derive(Debug)]
pub(super) enum BlockState {
    /// Not made yet.
    Waiting,
    /// Can be drawn.
    Shown(Box<BlockSource>),
    /// Has no picture: it is sound, off the canvas, or its file failed and it is skipped.
    Absent,
    /// Will not show again.
    Over,
}

/// What a block is drawn from.
#[derive(Debug)]
pub(super) struct BlockSource {
    /// Its textures: one, or one for each piece of a text.
    pub(super) textures: TextureSet,
    /// True where its pictures have no alpha.
    pub(super) opaque: bool,
    pub(super) kind: SourceKind,
}

/// Where the pictures come from.
#[derive(Debug)]
pub(super) enum SourceKind {
    /// A video whose decoder runs ahead; one picture a frame.
    Video(VideoFeed),
    /// An image that is being decoded; turns into one of the next two.
    Pending(PendingImage),
    /// A picture that moves by itself.
    Animated(AnimatedImage),
    /// A picture that is uploaded already.
    Still,
    /// Text, rasterised again where its colours change.
    Text(TextSource),
}

/// What is needed to make sources.
pub(super) struct SourceMaker<'a> {
    pub(super) prepared: &'a Prepared,
    /// The first frame that is composed.
    pub(super) first_frame: u64,
    pub(super) context: &'a mut RenderContext,
    pub(super) images: ImageLoader,
    pub(super) trace: Trace,
    pub(super) warnings: Vec<RenderWarning>,
}

impl SourceMaker<'_> {
    /// Starts a video's decoder, or makes a still; what happens to a file that fails is the block's to say.
    pub(super) fn make(&mut self, textures: &mut Textures, index: usize) -> Result<BlockState, RenderError> {
        let prepared = self.prepared;
        let block = &prepared.timeline.blocks[index];
        if prepared.placeholders.contains(&block.index) {
            return Ok(self.placeholder(textures, index));
        }
        let made = match &block.content {
            Content::Audio(_) => return Ok(BlockState::Absent),
            Content::Text(_) => return Ok(self.text(textures, index)),
            Content::Video(video) => self.video(textures, index, video.source.key()),
            Content::Image(image) => Ok(self.image(textures, index, image.source.key())),
        };
        made.or_else(|error| self.failed(textures, index, error))
    }

    /// Does what the block wants where its file fails.
    pub(super) fn failed(
        &mut self,
        textures: &mut Textures,
        index: usize,
        error: MediaError,
    ) -> Result<BlockState, RenderError> {
        let block = &self.prepared.timeline.blocks[index];
        let wanted = block.content.visual().map_or(OnAssetError::Fail, |visual| visual.on_asset_error);
        if wanted == OnAssetError::Fail {
            return Err(RenderError::Media { pointer: block.source_pointer(), source: error });
        }
        self.warnings.push(super::asset_errors::warning_of(block.source_pointer(), wanted, &error));
        Ok(match wanted {
            OnAssetError::Placeholder => self.placeholder(textures, index),
            OnAssetError::Skip | OnAssetError::Fail => BlockState::Absent,
        })
    }

    /// Frames before its first one at which a block is made.
    pub(super) fn lead_frames(&self, block: &PlacedBlock) -> u64 {
        let lead = match block.content {
            Content::Video(_) => limits::DECODE_LEAD,
            Content::Image(_) => limits::IMAGE_LEAD,
            Content::Text(_) | Content::Audio(_) => return 0,
        };
        lead.as_secs() * u64::from(self.prepared.timeline.fps.get())
    }

    fn video(&self, textures: &mut Textures, index: usize, key: &str) -> Result<BlockState, MediaError> {
        let timeline = &self.prepared.timeline;
        let (block, facts) = (&timeline.blocks[index], self.prepared.facts_of(key));
        let backdrop = self.backdrop_plan(index, key);
        let source_use = match &backdrop {
            Some(_) => timeline.part_use(index, LayerPart::Picture),
            None => timeline.source_use(index),
        };
        let (size, converts) = (facts.size.unwrap_or((2, 2)), self.context.costs.prefers_host());
        let Some(plan) = picture_plan(&source_use, size, timeline.canvas, converts) else {
            return Ok(BlockState::Absent);
        };
        let (first, end) = (block.frames.start, block.frames.end.min(timeline.frame_count));
        let times = (first.max(self.first_frame)..end)
            .map(|frame| block.source_time(timeline.fps.time_of_frame(frame)))
            .collect();
        let feed = VideoFeed::start(VideoFeedDesc {
            path: self.prepared.path_of(key),
            asset: key.to_owned(),
            picture: plan.picture,
            backdrop: backdrop
                .as_ref()
                .map(|plan| BackdropDesc { picture: plan.picture, sigma_px: timeline.backdrop_sigma_px() }),
            times,
            threads: self.decoder_threads(block),
            trace: self.trace.clone(),
        })?;
        let covers = std::iter::once(plan.cover).chain(backdrop.map(|plan| plan.cover));
        Ok(shown(textures.add(covers), !facts.has_alpha, SourceKind::Video(feed)))
    }

    /// The cores, shared with the other videos that show when a block begins: more threads only hold more pictures.
    fn decoder_threads(&self, block: &PlacedBlock) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let shows = |other: &&PlacedBlock| {
            matches!(other.content, Content::Video(_)) && other.frames.contains(&block.frames.start)
        };
        let videos = self.prepared.timeline.blocks.iter().filter(shows).count().max(1);
        (cores / videos).clamp(1, limits::DECODER_THREADS_MAX)
    }

    /// How the backdrop of a `contain-blur` that stays in its place is made as the video is decoded: on a software
    /// adapter one sample of each pixel of a frame costs more than scaling it.
    fn backdrop_plan(&self, index: usize, key: &str) -> Option<PicturePlan> {
        let (timeline, facts) = (&self.prepared.timeline, self.prepared.facts_of(key));
        let is_wanted = timeline.blocks[index].content.visual()?.fit == Fit::ContainBlur;
        if !is_wanted || !self.context.costs.prefers_host() || facts.has_alpha {
            return None;
        }
        let both = [LayerPart::Picture, LayerPart::Backdrop].map(|part| timeline.part_use(index, part));
        let plain = both.iter().all(|part| part.fixed.is_some() && !part.has_effects);
        picture_plan(&both[1], facts.size.unwrap_or((2, 2)), timeline.canvas, true).filter(|_| plain)
    }

    fn image(&self, textures: &mut Textures, index: usize, key: &str) -> BlockState {
        let timeline = &self.prepared.timeline;
        let size = self.prepared.facts_of(key).size.unwrap_or((2, 2));
        let Some(plan) = still_plan(&timeline.source_use(index), size, timeline.canvas) else {
            return BlockState::Absent;
        };
        let set = textures.add(std::iter::once(plan.cover));
        let path = self.prepared.path_of(key);
        let pending = self.images.load(ImageRequest { path, asset: key.to_owned(), plan });
        shown(set, false, SourceKind::Pending(pending))
    }

    fn text(&mut self, textures: &mut Textures, index: usize) -> BlockState {
        let Some(setting) = self.prepared.texts.get(&index) else { return BlockState::Absent };
        let block = &self.prepared.timeline.blocks[index];
        for missing in setting.missing() {
            self.warnings.push(RenderWarning {
                pointer: format!("{}/text", block.pointer),
                code: "missing_glyph".to_owned(),
                detail: format!(
                    "no font on this machine can draw U+{:04X} ({})",
                    u32::from(missing.0),
                    missing.0
                ),
            });
        }
        let source_use = self.prepared.timeline.source_use(index);
        let (source, covers) = TextSource::new(setting, &source_use, self.prepared.timeline.canvas);
        shown(textures.add(covers), false, SourceKind::Text(source))
    }

    fn placeholder(&self, textures: &mut Textures, index: usize) -> BlockState {
        let timeline = &self.prepared.timeline;
        let SourceUse { picture_px, .. } = timeline.source_use(index);
        let picture = super::asset_errors::placeholder_picture(picture_px);
        let set =
            textures.add(std::iter::once(crate::compositor::Cover::Source(avs_template::UnitRect::WHOLE)));
        textures.set_picture(&set, 0, Picture::Rgba(Arc::new(picture)));
        shown(set, true, SourceKind::Still)
    }
}

fn shown(textures: TextureSet, opaque: bool, kind: SourceKind) -> BlockState {
    BlockState::Shown(Box::new(BlockSource { textures, opaque, kind }))
}

impl BlockSource {
    /// Which of its textures a part shows.
    pub(super) fn texture_of(&self, part: LayerPart) -> usize {
        match part {
            LayerPart::Picture => 0,
            LayerPart::Backdrop if self.has_blurred_backdrop() => BACKDROP_TEXTURE,
            LayerPart::Backdrop => 0,
            LayerPart::TextUnit(unit) => unit,
        }
    }

    /// True where its backdrop is blurred already.
    pub(super) fn has_blurred_backdrop(&self) -> bool {
        matches!(self.kind, SourceKind::Video(_)) && self.textures.get(BACKDROP_TEXTURE).is_some()
    }

    /// Brings the block's textures up to this frame. Called once for each frame of the block, in order.
    pub(super) fn advance(
        &mut self,
        textures: &mut Textures,
        source_time: Ticks,
    ) -> Result<(), MediaFailure> {
        let picture = match &mut self.kind {
            SourceKind::Pending(pending) => {
                let loaded = pending.wait().ok_or(MediaFailure::Lost)??;
                let ImageRequest { path, asset, plan } = &pending.request;
                let (kind, picture) = match loaded {
                    LoadedImage::Still { picture, opaque } => {
                        self.opaque = opaque;
                        (SourceKind::Still, picture)
                    }
                    LoadedImage::Moves => {
                        let mut image = AnimatedImage::open(path, asset, plan.crop, plan.size)?;
                        let first = image.at(source_time)?;
                        (SourceKind::Animated(image), Picture::Rgba(first))
                    }
                };
                self.kind = kind;
                picture
            }
            SourceKind::Video(feed) => {
                let VideoPictures { picture, backdrop } = feed.next_picture().ok_or(MediaFailure::Lost)??;
                if let Some(backdrop) = backdrop {
                    textures.set_picture(&self.textures, BACKDROP_TEXTURE, backdrop);
                }
                picture
            }
            SourceKind::Animated(image) => Picture::Rgba(image.at(source_time)?),
            SourceKind::Still | SourceKind::Text(_) => return Ok(()),
        };
        textures.set_picture(&self.textures, 0, picture);
        Ok(())
    }
}

/// Why a block has no next picture.
pub(super) enum MediaFailure {
    /// Its decoding thread is gone: a fault of ours.
    Lost,
    /// Its file.
    Media(MediaError),
}

impl From<MediaError> for MediaFailure {
    fn from(error: MediaError) -> Self {
        Self::Media(error)
    }
}
