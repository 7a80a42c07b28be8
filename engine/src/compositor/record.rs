//! Executes a plan: one command encoder and one submission per frame, the result on its way to the CPU.

use std::sync::Arc;

use avs_template::EncodedSrgb;

use super::layers::LayerSource;
use super::plan::{LayerContent, Pass, Plan, PlannedLayer, plan};
use crate::color::{Affine3, CodedPicture};
use crate::geometry::EvenRect;
use crate::gpu::uniforms::{DRAW_PARAMS_STRIDE_BYTES, DrawParams};
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
    gpu: GpuContext,
    canvas: (u32, u32),
    target: PlanePair,
    views: [wgpu::TextureView; 2],
    uniforms: wgpu::Buffer,
    uniform_bytes: Vec<u8>,
}

impl Compositor {
    /// Prepares for frames of an even size with at most `layer_count_max` layers each.
    #[must_use]
    pub fn new(gpu: &GpuContext, canvas: (u32, u32), layer_count_max: usize) -> Self {
        let target = PlanePair::new(&gpu.device, "output", canvas, PlanePair::NV12);
        let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let views = [view(&target.luma), view(&target.chroma)];
        // Two sets of parameters a layer, luma and chroma; at least one layer, for conversions.
        let size_bytes = 2 * layer_count_max.max(1) * DRAW_PARAMS_STRIDE_BYTES as usize;
        let uniforms = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("draw params"),
            size: size_bytes as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            gpu: gpu.clone(),
            canvas,
            target,
            views,
            uniforms,
            uniform_bytes: Vec::with_capacity(size_bytes),
        }
    }

    /// The device it draws on.
    #[must_use]
    pub fn gpu(&self) -> &GpuContext {
        &self.gpu
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
        let mut encoder = self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        if !matches!(passes[..], [Pass::PassThrough { .. }]) {
            self.record_plane(&mut encoder, &passes, layers, false);
            self.record_plane(&mut encoder, &passes, layers, true);
        }
        slot.record_copy(&mut encoder, &self.target);
        let submission = self.gpu.queue.submit([encoder.finish()]);
        slot.request(submission);
        InFlightFrame { slot }
    }

    /// Writes what the passes need: passed-through planes, new pictures, draw parameters.
    fn upload(&mut self, passes: &[Pass], layers: &mut [FrameLayer<'_>]) {
        self.uniform_bytes.clear();
        for pass in passes {
            match *pass {
                Pass::Clear { .. } => {}
                Pass::PassThrough { layer } => {
                    if let Some(picture) = &layers[layer].picture {
                        write_plane(&self.gpu.queue, &self.target.luma, &picture.luma);
                        write_plane(&self.gpu.queue, &self.target.chroma, &picture.chroma);
                    }
                }
                Pass::Draw { layer, dest, opacity, to_target, .. } => {
                    let FrameLayer { source, picture, .. } = &mut layers[layer];
                    if let (LayerSource::Video(video), Some(picture)) = (source, picture) {
                        video.upload(self, picture);
                    }
                    for params in draw_params(dest, self.canvas, opacity, to_target) {
                        let used = self.uniform_bytes.len();
                        self.uniform_bytes.extend_from_slice(bytemuck::bytes_of(&params));
                        self.uniform_bytes.resize(used + DRAW_PARAMS_STRIDE_BYTES as usize, 0);
                    }
                }
            }
        }
        if !self.uniform_bytes.is_empty() {
            self.gpu.queue.write_buffer(&self.uniforms, 0, &self.uniform_bytes);
        }
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
            render_pass.set_pipeline(self.gpu.pipelines.get(pipeline, chroma));
            let offset = (2 * index + u32::from(chroma)) * DRAW_PARAMS_STRIDE_BYTES;
            render_pass.set_bind_group(0, bind_group, &[offset]);
            render_pass.draw(0..4, 0..1);
        }
    }

    /// Binds the parameters and two textures, for any of the pipelines.
    pub(super) fn bind_group(&self, luma: &wgpu::Texture, chroma: &wgpu::Texture) -> wgpu::BindGroup {
        let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let params = wgpu::BufferBinding {
            buffer: &self.uniforms,
            offset: 0,
            size: std::num::NonZeroU64::new(size_of::<DrawParams>() as u64),
        };
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        self.gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.gpu.pipelines.bind_group_layout,
            entries: &[
                entry(0, wgpu::BindingResource::Buffer(params)),
                entry(1, wgpu::BindingResource::TextureView(&view(luma))),
                entry(2, wgpu::BindingResource::TextureView(&view(chroma))),
            ],
        })
    }

    /// Writes the parameters of draw number `index` for the next submission.
    pub(super) fn write_params(&self, index: u64, params: &[DrawParams; 2]) {
        let stride = u64::from(DRAW_PARAMS_STRIDE_BYTES);
        for (plane, params) in (0..).zip(params) {
            let offset = (2 * index + plane) * stride;
            self.gpu.queue.write_buffer(&self.uniforms, offset, bytemuck::bytes_of(params));
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

/// Parameters for luma and for chroma of a draw onto `dest` of a canvas.
pub(super) fn draw_params(
    dest: EvenRect,
    canvas: (u32, u32),
    opacity: f64,
    to_target: Option<Affine3>,
) -> [DrawParams; 2] {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "shaders compute in 32-bit floats; sizes are below 2^24"
    )]
    let params = |divisor: u32| {
        let px = |value: u32| (value / divisor) as f32;
        DrawParams {
            dest_px: [px(dest.x), px(dest.y), px(dest.width), px(dest.height)],
            target_size_px: [px(canvas.0), px(canvas.1)],
            opacity: opacity as f32,
            pad: 0.0,
            to_target: to_target.map_or([[0.0; 4]; 3], |map| map.rows_f32()),
        }
    };
    [params(1), params(2)]
}
