//! The compose stage: for each frame, scene → layers with their pictures → one submission. Never waits for the device.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use avs_protocol::RenderWarning;
use avs_template::{LayerPart, Scene, SceneLayer, Ticks};
use crossbeam_channel::Sender;

use super::RenderContext;
use super::prepare::Prepared;
use super::progress::Stopwatch;
use super::sources::{BlockState, MediaFailure, SourceKind, SourceMaker};
use super::textures::Textures;
use crate::compositor::{Compositor, FrameLayer, InFlightFrame};
use crate::error::RenderError;
use crate::gpu::ReadbackRing;

/// What composing leaves behind.
pub(super) struct Composed {
    pub(super) warnings: Vec<RenderWarning>,
    pub(super) frames_drawn: u64,
    pub(super) compose_millis: u64,
    pub(super) decode_wait_millis: u64,
}

/// Which frames to compose, and where they go.
pub(super) struct ComposeStage<'a> {
    pub(super) prepared: &'a Prepared,
    /// Frame numbers of the timeline.
    pub(super) frames: Range<u64>,
    pub(super) cancelled: &'a AtomicBool,
    pub(super) ring: ReadbackRing,
    pub(super) send_frame: Sender<ComposedFrame>,
}

/// One output frame.
pub(super) enum ComposedFrame {
    /// Drawn, and on its way to the CPU.
    Drawn(InFlightFrame),
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

/// Composes the frames in order and sends each on.
pub(super) fn run(context: &mut RenderContext, stage: ComposeStage<'_>) -> Result<Composed, RenderError> {
    let ComposeStage { prepared, frames, cancelled, ring, send_frame } = stage;
    let timeline = &prepared.timeline;
    let mut compositor = Compositor::new(&context.gpu, timeline.canvas, timeline.blocks.len());
    let mut blocks = Blocks::new(prepared, frames.start, context);
    let (mut composing, mut decoding) = (Stopwatch::default(), Stopwatch::default());
    let mut shown: Option<Look> = None;
    let mut frames_drawn = 0;
    for frame in frames {
        if cancelled.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        composing.time(|| blocks.make_and_drop(frame))?;
        decoding.time(|| blocks.advance(frame))?;
        let look = composing.time(|| blocks.look(timeline.scene(frame)));
        let composed = if shown.as_ref() == Some(&look) {
            ComposedFrame::Repeated
        } else {
            // Encode has stopped where no slot comes back or none is taken; it knows why.
            let slot = ring.take().ok_or(RenderError::StageLost { stage: "encode" })?;
            let drawn = composing.time(|| {
                let layers = blocks.layers(&look.scene);
                compositor.compose(blocks.textures.table_mut(), &layers, look.scene.background, slot)
            });
            shown = Some(look);
            frames_drawn += 1;
            ComposedFrame::Drawn(drawn)
        };
        if send_frame.send(composed).is_err() {
            return Err(RenderError::StageLost { stage: "encode" });
        }
    }
    Ok(Composed {
        warnings: blocks.maker.warnings,
        frames_drawn,
        compose_millis: composing.millis(),
        decode_wait_millis: decoding.millis(),
    })
}

/// Every block's state, and the textures of those that show.
struct Blocks<'a> {
    maker: SourceMaker<'a>,
    leads_frames: Vec<u64>,
    states: Vec<BlockState>,
    textures: Textures,
}

impl<'a> Blocks<'a> {
    fn new(prepared: &'a Prepared, first_frame: u64, context: &'a mut RenderContext) -> Self {
        let maker = SourceMaker { prepared, first_frame, context, warnings: Vec::new() };
        let blocks = &prepared.timeline.blocks;
        let leads_frames = blocks.iter().map(|block| maker.lead_frames(block)).collect();
        let states = blocks.iter().map(|_| BlockState::Waiting).collect();
        Self { maker, leads_frames, states, textures: Textures::default() }
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
                    self.states[index] = self.maker.failed(&mut self.textures, index, error)?;
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

    /// Brings the texts up to the scene and says what it looks like.
    fn look(&mut self, mut scene: Scene) -> Look {
        self.paint_texts(&scene);
        // Times of frame and sources show in nothing but the pictures, which have versions.
        scene.time = Ticks::ZERO;
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
        let versions = scene.layers.iter_mut().map(version).collect();
        Look { scene, versions }
    }

    /// The scene's layers with what they are drawn from, bottom to top.
    fn layers<'s>(&self, scene: &'s Scene) -> Vec<FrameLayer<'s>> {
        let layer = |layer: &'s avs_template::SceneLayer| {
            let BlockState::Shown(source) = &self.states[layer.block] else { return None };
            Some(FrameLayer {
                texture: source.textures.get(source.texture_of(layer.part))?,
                scene: layer,
                opaque: source.opaque,
            })
        };
        scene.layers.iter().filter_map(layer).collect()
    }
}
