//! The compose stage: for each frame, scene → layers with their pictures → one submission. Never waits for the device.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use avs_protocol::RenderWarning;
use crossbeam_channel::Sender;

use super::RenderContext;
use super::prepare::Prepared;
use super::progress::Stopwatch;
use super::sources::{BlockState, SourceMaker, next_picture};
use crate::compositor::{Compositor, FrameLayer, InFlightFrame};
use crate::error::RenderError;
use crate::gpu::ReadbackRing;
use crate::text::TextRaster;

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
    let text = TextRaster::new(&context.gpu);
    let mut maker = SourceMaker { prepared, first_frame: frames.start, context, text, warnings: Vec::new() };
    let leads: Vec<_> = timeline.blocks.iter().map(|block| maker.lead_frames(block)).collect();
    let mut states: Vec<_> = timeline.blocks.iter().map(|_| BlockState::Waiting).collect();
    let (mut composing, mut decoding) = (Stopwatch::default(), Stopwatch::default());
    for frame in frames {
        if cancelled.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        for (index, state) in states.iter_mut().enumerate() {
            let shown = &timeline.blocks[index].frames;
            if frame >= shown.end {
                *state = BlockState::Over;
            } else if matches!(state, BlockState::Waiting) && frame + leads[index] >= shown.start {
                *state = composing.time(|| maker.make(compositor.draws(), &timeline.blocks[index]))?;
            }
        }
        let scene = timeline.scene(frame);
        let mut shown = Vec::with_capacity(scene.layers.len());
        for layer in &scene.layers {
            let block = &timeline.blocks[layer.block];
            let picture = decoding.time(|| next_picture(&mut states[layer.block], block))?;
            shown.push((layer, picture));
        }
        // Encode has stopped where no slot comes back or none is taken; it knows why.
        let stopped = || RenderError::StageLost { stage: "encode" };
        let slot = ring.take().ok_or_else(stopped)?;
        let in_flight = composing.time(|| {
            let mut layers = frame_layers(&mut states, shown);
            compositor.compose(&mut layers, timeline.background, slot)
        });
        if send_frame.send(in_flight).is_err() {
            return Err(stopped());
        }
    }
    Ok(Composed {
        warnings: maker.warnings,
        compose_millis: composing.millis(),
        decode_wait_millis: decoding.millis(),
    })
}

type Shown<'a> = (&'a avs_template::SceneLayer, Option<std::sync::Arc<crate::color::CodedPicture>>);

/// The scene's layers with what they are drawn from, bottom to top; blocks are bottom to top already.
fn frame_layers<'a>(states: &'a mut [BlockState], shown: Vec<Shown<'_>>) -> Vec<FrameLayer<'a>> {
    let mut shown = shown.into_iter().peekable();
    let mut layers = Vec::with_capacity(shown.len());
    for (index, state) in states.iter_mut().enumerate() {
        let Some((scene_layer, picture)) = shown.next_if(|(layer, _)| layer.block == index) else { continue };
        let source = match state {
            BlockState::Video { layer, .. } | BlockState::Still(layer) => layer,
            BlockState::Waiting | BlockState::OffCanvas | BlockState::Over => continue,
        };
        layers.push(FrameLayer { source, picture, opacity: scene_layer.opacity });
    }
    layers
}
