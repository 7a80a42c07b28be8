//! The compose stage: for each frame, scene → layers with their pictures → one submission. Never waits for the device.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use avs_protocol::RenderWarning;
use avs_template::{LayerPart, Scene};
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
    pub(super) send_frame: Sender<InFlightFrame>,
}

/// Composes the frames in order and sends each on.
pub(super) fn run(context: &mut RenderContext, stage: ComposeStage<'_>) -> Result<Composed, RenderError> {
    let ComposeStage { prepared, frames, cancelled, ring, send_frame } = stage;
    let timeline = &prepared.timeline;
    let mut compositor = Compositor::new(&context.gpu, timeline.canvas, timeline.blocks.len());
    let mut blocks = Blocks::new(prepared, frames.start, context);
    let (mut composing, mut decoding) = (Stopwatch::default(), Stopwatch::default());
    for frame in frames {
        if cancelled.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        composing.time(|| blocks.make_and_drop(frame))?;
        decoding.time(|| blocks.advance(frame))?;
        let scene = timeline.scene(frame);
        // Encode has stopped where no slot comes back or none is taken; it knows why.
        let stopped = || RenderError::StageLost { stage: "encode" };
        let slot = ring.take().ok_or_else(stopped)?;
        let in_flight = composing.time(|| {
            blocks.paint_texts(&scene);
            let layers = blocks.layers(&scene);
            compositor.compose(blocks.textures.table_mut(), &layers, scene.background, slot)
        });
        if send_frame.send(in_flight).is_err() {
            return Err(stopped());
        }
    }
    Ok(Composed {
        warnings: blocks.maker.warnings,
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

    /// The scene's layers with what they are drawn from, bottom to top.
    fn layers<'s>(&self, scene: &'s Scene) -> Vec<FrameLayer<'s>> {
        let layer = |layer: &'s avs_template::SceneLayer| {
            let BlockState::Shown(source) = &self.states[layer.block] else { return None };
            let part = match layer.part {
                LayerPart::Picture | LayerPart::Backdrop => 0,
                LayerPart::TextUnit(unit) => unit,
            };
            Some(FrameLayer { texture: source.textures.get(part)?, scene: layer, opaque: source.opaque })
        };
        scene.layers.iter().filter_map(layer).collect()
    }
}
