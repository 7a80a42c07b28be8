//! The compose stage: for each frame, scene → layers with their pictures → a frame. Never waits for the device.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use avs_protocol::RenderWarning;
use avs_template::{LayerPart, Scene, SceneLayer, Ticks};
use crossbeam_channel::Sender;

use super::RenderContext;
use super::frame_slot::FrameSlot;
use super::image_loader::ImageLoader;
use super::prepare::Prepared;
use super::sources::{BlockState, MediaFailure, SourceKind, SourceMaker};
use super::textures::Textures;
use crate::compositor::{ComposeError, ComposedFrame, Compositor, FrameLayer, FrameRing};
use crate::error::RenderError;
use crate::trace::{Step, Trace};

/// What composing leaves behind.
pub(super) struct Composed {
    pub(super) warnings: Vec<RenderWarning>,
    pub(super) frames_drawn: u64,
}

/// Which frames to compose, and where they go.
pub(super) struct ComposeStage<'a> {
    pub(super) prepared: &'a Prepared,
    /// Frame numbers of the timeline.
    pub(super) frames: Range<u64>,
    pub(super) cancelled: &'a AtomicBool,
    pub(super) ring: FrameRing<FrameSlot>,
    pub(super) send_frame: Sender<SentFrame>,
    pub(super) trace: &'a Trace,
}

/// One output frame.
pub(super) enum SentFrame {
    /// Another picture than the frame before.
    Drawn(ComposedFrame<FrameSlot>),
    /// The same picture as the frame before: nothing was drawn.
    Repeated,
}

/// What a frame looks like: two frames for which this is the same are the same picture.
#[derive(PartialEq)]
struct Look {
    scene: Scene,
    /// Of each layer's picture.
    versions: Vec<u64>,
}

impl Look {
    const EMPTY: Self = Self { scene: Scene::EMPTY, versions: Vec::new() };
}

/// Composes the frames in order and sends each on.
pub(super) fn run(context: &mut RenderContext, stage: ComposeStage<'_>) -> Result<Composed, RenderError> {
    let ComposeStage { prepared, frames, cancelled, mut ring, send_frame, trace } = stage;
    let mut track = trace.track("compose");
    let timeline = &prepared.timeline;
    let mut compositor = Compositor::new(&context.gpu, timeline.canvas, timeline.blocks.len(), context.costs);
    let mut blocks = Blocks::new(prepared, frames.start, (context, trace))?;
    // The look of this frame and of the one before, whose memory the next one takes.
    let (mut look, mut shown) = (Look::EMPTY, Look::EMPTY);
    let mut layers = Vec::new();
    let mut frames_drawn = 0;
    for frame in frames {
        if cancelled.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        track.time(Step::Compose, || blocks.make_and_drop(frame))?;
        track.time(Step::WaitForPictures, || blocks.advance(frame))?;
        track.time(Step::Compose, || {
            timeline.scene_into(frame, &mut look.scene);
            blocks.bring_up(&mut look);
        });
        let sent = if frames_drawn > 0 && shown == look {
            SentFrame::Repeated
        } else {
            blocks.collect_layers(&look.scene, &mut layers);
            let textures = blocks.textures.table_mut();
            let composed =
                track.time(Step::Compose, || compositor.compose(textures, (&look.scene, &layers), &mut ring));
            std::mem::swap(&mut look, &mut shown);
            frames_drawn += 1;
            SentFrame::Drawn(composed.map_err(|error| match error {
                ComposeError::Gpu(error) => RenderError::Gpu(error),
                // Encode has stopped; it knows why.
                ComposeError::Abandoned => RenderError::StageLost { stage: "encode" },
            })?)
        };
        if !track.time(Step::WaitForEncoder, || send_frame.send(sent).is_ok()) {
            return Err(RenderError::StageLost { stage: "encode" });
        }
    }
    Ok(Composed { warnings: blocks.maker.warnings, frames_drawn })
}

/// Every block's state, and the textures of those that show.
struct Blocks<'a> {
    maker: SourceMaker<'a>,
    leads_frames: Vec<u64>,
    states: Vec<BlockState>,
    textures: Textures,
}

impl<'a> Blocks<'a> {
    fn new(
        prepared: &'a Prepared,
        first_frame: u64,
        (context, trace): (&'a mut RenderContext, &Trace),
    ) -> Result<Self, RenderError> {
        let images = ImageLoader::start(prepared.timeline.blocks.len(), trace)?;
        let (trace, warnings) = (trace.clone(), Vec::new());
        let maker = SourceMaker { prepared, first_frame, context, images, trace, warnings };
        let blocks = &prepared.timeline.blocks;
        let leads_frames = blocks.iter().map(|block| maker.lead_frames(block)).collect();
        let states = blocks.iter().map(|_| BlockState::Waiting).collect();
        Ok(Self { maker, leads_frames, states, textures: Textures::default() })
    }

    fn make_and_drop(&mut self, frame: u64) -> Result<(), RenderError> {
        for (index, block) in self.maker.prepared.timeline.blocks.iter().enumerate() {
            let state = &mut self.states[index];
            if frame >= block.frames.end {
                if let BlockState::Shown(source) = std::mem::replace(state, BlockState::Over) {
                    self.textures.remove(source.textures);
                }
            } else if matches!(state, BlockState::Waiting)
                && frame + self.leads_frames[index] >= block.frames.start
            {
                *state = self.maker.make(&mut self.textures, index)?;
            }
        }
        Ok(())
    }

    /// Takes the picture of this frame from each block that shows, whether or not anything of it is visible.
    fn advance(&mut self, frame: u64) -> Result<(), RenderError> {
        let timeline = &self.maker.prepared.timeline;
        let time = timeline.fps.time_of_frame(frame);
        for (index, block) in timeline.blocks.iter().enumerate() {
            let BlockState::Shown(source) = &mut self.states[index] else { continue };
            if !block.frames.contains(&frame) {
                continue;
            }
            match source.advance(&mut self.textures, block.source_time(time)) {
                Ok(()) => {}
                Err(MediaFailure::Lost) => return Err(RenderError::StageLost { stage: "decode" }),
                Err(MediaFailure::Media(error)) => {
                    let instead = self.maker.failed(&mut self.textures, index, error)?;
                    if let BlockState::Shown(failed) = std::mem::replace(&mut self.states[index], instead) {
                        self.textures.remove(failed.textures);
                    }
                }
            }
        }
        Ok(())
    }

    /// Rasterises the pieces of texts that show and are not there in their colours.
    fn paint_texts(&mut self, scene: &Scene) {
        let prepared = self.maker.prepared;
        for layer in &scene.layers {
            let LayerPart::TextUnit(unit) = layer.part else { continue };
            let BlockState::Shown(source) = &mut self.states[layer.block] else { continue };
            let (SourceKind::Text(text), Some(setting)) =
                (&mut source.kind, prepared.texts.get(&layer.block))
            else {
                continue;
            };
            let paint = layer.paint.unwrap_or(setting.base_paint());
            if let Some(picture) = text.paint(&mut self.maker.context.fonts, setting, unit, paint) {
                self.textures.set_picture(&source.textures, unit, picture);
            }
        }
    }

    /// Brings the texts up to the look's scene, and the look to what it has of the blocks.
    fn bring_up(&mut self, look: &mut Look) {
        self.paint_texts(&look.scene);
        // Times of frame and sources show in nothing but the pictures, which have versions.
        look.scene.time = Ticks::ZERO;
        let version = |layer: &mut SceneLayer| {
            layer.source_time = Ticks::ZERO;
            match &self.states[layer.block] {
                BlockState::Shown(source) => {
                    if layer.part == LayerPart::Backdrop && source.has_blurred_backdrop() {
                        layer.effects.remove(0);
                    }
                    self.textures.version(&source.textures, source.texture_of(layer.part))
                }
                BlockState::Waiting | BlockState::Absent | BlockState::Over => 0,
            }
        };
        look.versions.clear();
        look.versions.extend(look.scene.layers.iter_mut().map(version));
    }

    /// The scene's layers with what they are drawn from, bottom to top; what has no picture is left out.
    fn collect_layers(&self, scene: &Scene, layers: &mut Vec<FrameLayer>) {
        let layer = |(index, layer): (usize, &SceneLayer)| {
            let BlockState::Shown(source) = &self.states[layer.block] else { return None };
            let texture = source.textures.get(source.texture_of(layer.part))?;
            let drawable = self.textures.has_picture(texture);
            drawable.then_some(FrameLayer { texture, layer: index, opaque: source.opaque })
        };
        layers.clear();
        layers.extend(scene.layers.iter().enumerate().filter_map(layer));
    }
}
