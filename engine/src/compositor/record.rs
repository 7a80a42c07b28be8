//! Executes a plan: one command encoder and one submission per frame, the result on its way to the CPU.

use std::sync::Arc;

use avs_template::EncodedSrgb;

use super::draws::{DrawTable, draw_params};
use super::layers::LayerSource;
use super::plan::{LayerContent, Pass, Plan, PlannedLayer, plan};
use crate::color::CodedPicture;
use crate::gpu::{GpuContext, PlanePair, ReadbackSlot, write_plane};

/// One layer of the frame to compose, bottom to top.
#[derive(Debug)]
pub struct FrameLayer<'a> {
    /// What it is drawn from.
    pub source: &'a mut LayerSource,
    /// The picture to show, for a video.
    pub picture: Option<Arc<CodedPicture>>,
    /// 0..=1.
    pub opacity: f64,
}

/// A frame that is being drawn and copied; the slot's reader waits for it.
#[derive(Debug)]
pub struct InFlightFrame {
    /// Holds the frame once it is done.
    pub slot: ReadbackSlot,
}

/// Draws frames of one size into one pair of planes. Frames in flight share it: the queue keeps their order.
#[derive(Debug)]
pub struct Compositor {
    draws: DrawTable,
    canvas: (u32, u32),
    target: PlanePair,
    views: [wgpu::TextureView; 2],
}

impl Compositor {
    /// Prepares for frames of an even size with at most `layer_count_max` layers each.
    #[must_use]
    pub fn new(gpu: &GpuContext, canvas: (u32, u32), layer_count_max: usize) -> Self {
        let target = PlanePair::new(&gpu.device, "output", canvas, PlanePair::NV12);
        let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let views = [view(&target.luma), view(&target.chroma)];
        Self { draws: DrawTable::new(gpu, layer_count_max), canvas, target, views }
    }

    /// What layers are bound to.
    #[must_use]
    pub fn draws(&self) -> &DrawTable {
        &self.draws
    }

    /// Plans, records and submits one frame, and asks for its bytes in `slot`. Does not wait.
    pub fn compose(
        &mut self,
        layers: &mut [FrameLayer<'_>],
        background: EncodedSrgb,
        mut slot: ReadbackSlot,
    ) -> InFlightFrame {
        let planned: Vec<_> = layers.iter().map(planned_layer).collect();
        let Plan { passes } = plan(&planned, background, self.canvas);
        self.upload(&passes, layers);
        let mut encoder =
            self.draws.gpu().device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        if !matches!(passes[..], [Pass::PassThrough { .. }]) {
            self.record_plane(&mut encoder, &passes, layers, false);
            self.record_plane(&mut encoder, &passes, layers, true);
        }
        slot.record_copy(&mut encoder, &self.target);
        let submission = self.draws.gpu().queue.submit([encoder.finish()]);
        slot.request(submission);
        InFlightFrame { slot }
    }

    /// Writes what the passes need: passed-through planes, new pictures, draw parameters.
    fn upload(&mut self, passes: &[Pass], layers: &mut [FrameLayer<'_>]) {
        let queue = &self.draws.gpu().queue;
        let mut params = Vec::with_capacity(passes.len());
        for pass in passes {
            match *pass {
                Pass::Clear { .. } => {}
                Pass::PassThrough { layer } => {
                    if let Some(picture) = &layers[layer].picture {
                        write_plane(queue, &self.target.luma, &picture.luma);
                        write_plane(queue, &self.target.chroma, &picture.chroma);
                    }
                }
                Pass::Draw { layer, dest, opacity, to_target, .. } => {
                    let FrameLayer { source, picture, .. } = &mut layers[layer];
                    if let (LayerSource::Video(video), Some(picture)) = (source, picture) {
                        video.upload(&self.draws, picture);
                    }
                    params.push(draw_params(dest, self.canvas, opacity, to_target));
                }
            }
        }
        self.draws.write(&params);
    }

    /// Records the clear and the draws of one plane.
    fn record_plane(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        passes: &[Pass],
        layers: &[FrameLayer<'_>],
        chroma: bool,
    ) {
        let load = match passes.first() {
            Some(Pass::Clear { planes: [y, cb, cr] }) if chroma => clear_to(*cb, *cr, *y),
            Some(Pass::Clear { planes: [y, cb, cr] }) => clear_to(*y, *cb, *cr),
            _ => wgpu::LoadOp::Load,
        };
        let mut render_pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some(if chroma { "chroma" } else { "luma" }),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.views[usize::from(chroma)],
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
            })],
            ..Default::default()
        });
        let draws = passes.iter().filter_map(|pass| match *pass {
            Pass::Draw { layer, pipeline, .. } => Some((layer, pipeline)),
            Pass::Clear { .. } | Pass::PassThrough { .. } => None,
        });
        for (index, (layer, pipeline)) in (0_u32..).zip(draws) {
            let bind_group = match &*layers[layer].source {
                LayerSource::Still(still) => Some(&still.bind_group),
                LayerSource::Video(video) => video.bind_group(),
            };
            let Some(bind_group) = bind_group else { continue };
            render_pass.set_pipeline(self.draws.gpu().pipelines.get(pipeline, chroma));
            render_pass.set_bind_group(0, bind_group, &[DrawTable::offset_bytes(index, chroma)]);
            render_pass.draw(0..4, 0..1);
        }
    }
}

fn planned_layer(layer: &FrameLayer<'_>) -> PlannedLayer {
    let (dest, content) = match (&*layer.source, &layer.picture) {
        (LayerSource::Video(video), Some(picture)) => {
            (video.dest, LayerContent::Video { coding: picture.coding })
        }
        (LayerSource::Video(video), None) => (video.dest, LayerContent::Still),
        (LayerSource::Still(still), _) => (still.dest, LayerContent::Still),
    };
    PlannedLayer { dest, opacity: layer.opacity, content }
}

fn clear_to(r: f64, g: f64, b: f64) -> wgpu::LoadOp<wgpu::Color> {
    wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 })
}
