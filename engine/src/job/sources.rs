//! What each visible block is drawn from, made when it first shows and dropped when it is over.

use std::sync::Arc;

use avs_protocol::RenderWarning;
use avs_template::{Content, PlacedBlock, SizePx, Visual, media_placement};

use super::RenderContext;
use super::prepare::Prepared;
use crate::color::CodedPicture;
use crate::compositor::{DrawTable, LayerSource, StillLayer, VideoLayer};
use crate::error::RenderError;
use crate::geometry::{EvenRect, source_part};
use crate::gpu::{plane_texture, write_plane};
use crate::limits;
use crate::media::{MediaError, PictureDesc, VideoFeed, VideoFeedDesc, image_from_file};
use crate::text::{TextLayout, TextRaster};

/// A block's life during a render.
#[derive(Debug)]
pub(super) enum BlockState {
    /// Not made yet.
    Waiting,
    /// A video whose decoder runs ahead.
    Video {
        /// Delivers one picture a frame.
        feed: VideoFeed,
        /// Its textures.
        layer: LayerSource,
    },
    /// Text or an image.
    Still(LayerSource),
    /// Nothing of it is on the canvas.
    OffCanvas,
    /// Will not show again.
    Over,
}

/// What is needed to make sources.
pub(super) struct SourceMaker<'a> {
    pub(super) prepared: &'a Prepared,
    /// The first frame that is composed.
    pub(super) first_frame: u64,
    pub(super) context: &'a mut RenderContext,
    pub(super) text: TextRaster,
    pub(super) warnings: Vec<RenderWarning>,
}

impl SourceMaker<'_> {
    /// Starts a video's decoder, or makes a still.
    pub(super) fn make(&mut self, draws: &DrawTable, block: &PlacedBlock) -> Result<BlockState, RenderError> {
        let media = |source: MediaError| RenderError::Media { pointer: block.source_pointer(), source };
        match &block.content {
            Content::Audio(_) => Ok(BlockState::OffCanvas),
            Content::Video(video) => self.video(block, &video.visual, video.source.key()).map_err(media),
            Content::Image(image) => self.image(draws, &image.visual, image.source.key()).map_err(media),
            Content::Text(_) => self.text(draws, block),
        }
    }

    /// Frames before its first one at which a block is made.
    pub(super) fn lead_frames(&self, block: &PlacedBlock) -> u64 {
        match block.content {
            Content::Video(_) => limits::DECODE_LEAD.as_secs() * u64::from(self.prepared.timeline.fps.get()),
            Content::Image(_) | Content::Text(_) | Content::Audio(_) => 0,
        }
    }

    fn video(&self, block: &PlacedBlock, visual: &Visual, key: &str) -> Result<BlockState, MediaError> {
        let timeline = &self.prepared.timeline;
        let source_size = self.size_of(key);
        let placement = media_placement(visual, source_size, timeline.canvas);
        let Some(dest) = EvenRect::nearest(placement.dest, timeline.canvas) else {
            return Ok(BlockState::OffCanvas);
        };
        // Where nothing was clipped, the whole crop goes to the whole destination, moved by under a pixel.
        let crop = source_part(placement.crop, placement.dest, visible_part(placement.dest, dest));
        let (first, end) = (block.frames.start, block.frames.end.min(timeline.frame_count));
        let times = (first.max(self.first_frame)..end)
            .map(|frame| block.source_time(timeline.fps.time_of_frame(frame)))
            .collect();
        let feed = VideoFeed::start(VideoFeedDesc {
            path: self.prepared.path_of(key),
            asset: key.to_owned(),
            picture: PictureDesc { crop, source_size, size: dest.size() },
            times,
        })?;
        Ok(BlockState::Video { feed, layer: LayerSource::Video(VideoLayer::new(dest)) })
    }

    fn image(&self, draws: &DrawTable, visual: &Visual, key: &str) -> Result<BlockState, MediaError> {
        let canvas = self.prepared.timeline.canvas;
        let placement = media_placement(visual, self.size_of(key), canvas);
        // Whole pixels: an image that is not scaled stays sharp.
        let mut whole = placement.dest;
        (whole.x, whole.y) = (whole.x.round(), whole.y.round());
        (whole.width, whole.height) = (whole.width.round().max(1.0), whole.height.round().max(1.0));
        let Some(dest) = EvenRect::covering(whole, canvas) else {
            return Ok(BlockState::OffCanvas);
        };
        let visible = visible_part(whole, dest);
        let crop = source_part(placement.crop, whole, visible);
        let size = (whole_px(visible.width), whole_px(visible.height));
        let image =
            image_from_file(&self.prepared.path_of(key), crop, size).map_err(|fault| fault.of(key))?;
        let offset = (whole_px(visible.x) - dest.x, whole_px(visible.y) - dest.y);
        let bytes = framed(&image.bytes, size, offset, dest.size());
        let gpu = &self.context.gpu;
        let texture = plane_texture(&gpu.device, "image", dest.size(), wgpu::TextureFormat::Rgba8Unorm);
        write_plane(&gpu.queue, &texture, &bytes);
        Ok(BlockState::Still(LayerSource::Still(StillLayer::new(draws, &texture, dest))))
    }

    fn text(&mut self, draws: &DrawTable, block: &PlacedBlock) -> Result<BlockState, RenderError> {
        let Content::Text(text) = &block.content else { return Ok(BlockState::OffCanvas) };
        let layout = TextLayout::new(&mut self.context.fonts, text, self.prepared.timeline.canvas);
        for missing in &layout.missing {
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
        let Some(dest) = layout.ink else { return Ok(BlockState::OffCanvas) };
        let texture = self
            .text
            .draw(&self.context.gpu, &mut self.context.fonts, (&layout, text.color), dest)
            .map_err(|source| RenderError::Text { pointer: format!("{}/text", block.pointer), source })?;
        Ok(BlockState::Still(LayerSource::Still(StillLayer::new(draws, &texture, dest))))
    }

    fn size_of(&self, key: &str) -> (u32, u32) {
        self.prepared.facts.get(key).and_then(|facts| facts.size).unwrap_or((2, 2))
    }
}

/// The next picture of a video, `None` for a still.
pub(super) fn next_picture(
    state: &mut BlockState,
    block: &PlacedBlock,
) -> Result<Option<Arc<CodedPicture>>, RenderError> {
    match state {
        BlockState::Video { feed, .. } => feed
            .next_picture()
            .ok_or(RenderError::StageLost { stage: "decode" })?
            .map(Some)
            .map_err(|source| RenderError::Media { pointer: block.source_pointer(), source }),
        BlockState::Still(_) | BlockState::Waiting | BlockState::OffCanvas | BlockState::Over => Ok(None),
    }
}

/// The part of `whole` that `dest` shows.
fn visible_part(whole: avs_template::RectPx, dest: EvenRect) -> avs_template::RectPx {
    let shown = dest.to_rect();
    let (left, top) = (whole.x.max(shown.x), whole.y.max(shown.y));
    let size = SizePx {
        width: (whole.x + whole.width).min(shown.x + shown.width) - left,
        height: (whole.y + whole.height).min(shown.y + shown.height) - top,
    };
    avs_template::RectPx { x: left, y: top, width: size.width, height: size.height }
}

/// `picture` at `offset` inside a transparent picture of `frame` size, RGBA8.
fn framed(picture: &[u8], size: (u32, u32), offset: (u32, u32), frame: (u32, u32)) -> Vec<u8> {
    if size == frame {
        return picture.to_vec();
    }
    let row_bytes = |width: u32| width as usize * 4;
    let mut framed = vec![0; row_bytes(frame.0) * frame.1 as usize];
    let rows = framed.chunks_exact_mut(row_bytes(frame.0)).skip(offset.1 as usize);
    for (to, from) in rows.zip(picture.chunks_exact(row_bytes(size.0))) {
        to[row_bytes(offset.0)..][..from.len()].copy_from_slice(from);
    }
    framed
}

/// A whole, non-negative number of pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, and clipped to the canvas"
)]
fn whole_px(px: f64) -> u32 {
    px.round().max(0.0) as u32
}
