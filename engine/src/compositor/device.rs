//! The device's side of the compositor: one command encoder and one submission a frame, its area on its way to the CPU.

use avs_template::{BlendMode, Scene};

use super::compose::FrameLayer;
use super::draws::{DrawTable, draw_params};
use super::effects::{ChainSource, EffectPool, RecordedEffect, chain};
use super::frames::DeviceSlot;
use super::layers::LayerTexture;
use super::params::ParamsTable;
use super::plan::Pass;
use super::sampled::{SampledSource, is_plain, is_single, sampled_params};
use crate::color::{CodedPicture, target_from_source};
use crate::geometry::EvenRect;
use crate::gpu::{GpuContext, PlanePair, Rows, SampledKind, backdrop_group, write_part};

/// Draws into one pair of planes. Frames in flight share it: the queue keeps their order.
#[derive(Debug)]
pub(super) struct DeviceCanvas {
    draws: DrawTable,
    params: ParamsTable,
    pool: EffectPool,
    canvas: (u32, u32),
    target: PlanePair,
    views: [wgpu::TextureView; 2],
    /// What blended layers are mixed with, made when first needed.
    backdrop: Option<Backdrop>,
}

/// What the device draws of one frame.
pub(super) struct DeviceFrame<'a> {
    pub(super) scene: &'a Scene,
    pub(super) layers: &'a [FrameLayer],
    pub(super) passes: &'a [Pass],
    /// Everything that the passes may change.
    pub(super) area: EvenRect,
    /// What lies below them; none where they begin from nothing.
    pub(super) below: Option<&'a CodedPicture>,
}

#[derive(Debug)]
struct Backdrop {
    planes: PlanePair,
    group: wgpu::BindGroup,
}

/// A draw that is ready to be recorded.
#[derive(Debug, Clone, Copy)]
enum Draw {
    Direct { layer: usize, pass: usize, index: u32 },
    Sampled { layer: usize, kind: SampledKind, params_offset: u32, effect: Option<usize> },
}

impl Draw {
    fn needs_backdrop(&self) -> bool {
        matches!(self, Self::Sampled { kind, .. } if kind.blend)
    }
}

impl DeviceCanvas {
    /// Prepares for frames of an even size with at most `direct_count_max` layers that are drawn texel by texel.
    pub(super) fn new(gpu: &GpuContext, canvas: (u32, u32), direct_count_max: usize) -> Self {
        let target = PlanePair::new(&gpu.device, "output", canvas, PlanePair::NV12);
        let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let views = [view(&target.luma), view(&target.chroma)];
        let (draws, params) = (DrawTable::new(gpu, direct_count_max), ParamsTable::new(gpu));
        Self { draws, params, pool: EffectPool::default(), canvas, target, views, backdrop: None }
    }

    /// Records and submits one frame, and asks for its area in `slot`. Does not wait.
    pub(super) fn draw<S: DeviceSlot>(
        &mut self,
        textures: &mut [LayerTexture],
        frame: &DeviceFrame<'_>,
        mut slot: S,
    ) -> S {
        let gpu = self.draws.gpu().clone();
        if let Some(below) = frame.below {
            self.upload(&gpu, below, frame.area);
        }
        self.params.clear();
        let mut effects = Vec::new();
        let draws = self.prepare(&gpu, textures, (frame, &mut effects));
        self.params.flush();
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.record_effects(&gpu, &mut encoder, textures, &effects);
        let recording = Recording { gpu: &gpu, textures, frame };
        self.record_draws(&recording, &mut encoder, &draws);
        slot.record_copy(&mut encoder, &self.target, frame.area);
        slot.submitted(gpu.queue.submit([encoder.finish()]));
        self.pool.end_frame();
        slot
    }

    /// Copies an area of a frame into the target.
    fn upload(&self, gpu: &GpuContext, from: &CodedPicture, area: EvenRect) {
        let stride_bytes = from.width_px as usize;
        let planes = [(&self.target.luma, &from.luma, 1), (&self.target.chroma, &from.chroma, 2)];
        for (texture, plane, divisor) in planes {
            // A row of chroma has half as many texels, of two bytes each.
            let first = (area.y / divisor) as usize * stride_bytes + area.x as usize;
            let (place, size) =
                ((area.x / divisor, area.y / divisor), (area.width / divisor, area.height / divisor));
            write_part(&gpu.queue, texture, place, size, Rows { bytes: &plane[first..], stride_bytes });
        }
    }

    /// Uploads what the passes need and gathers their parameters.
    fn prepare(
        &mut self,
        gpu: &GpuContext,
        textures: &mut [LayerTexture],
        (frame, effects): (&DeviceFrame<'_>, &mut Vec<RecordedEffect>),
    ) -> Vec<Draw> {
        let mut draws = Vec::with_capacity(frame.passes.len());
        let mut direct_params = Vec::new();
        for (pass_index, pass) in frame.passes.iter().enumerate() {
            let Some(layer) = pass.layer() else { continue };
            let frame_layer = &frame.layers[layer];
            textures[frame_layer.texture].upload(gpu);
            match *pass {
                Pass::Clear { .. } | Pass::Copy { .. } => {}
                Pass::Draw { dest, opacity, to_target, .. } => {
                    textures[frame_layer.texture].prepare_direct(&self.draws);
                    let index = u32::try_from(direct_params.len()).unwrap_or(u32::MAX);
                    direct_params.push(draw_params(dest, self.canvas, opacity, to_target));
                    draws.push(Draw::Direct { layer, pass: pass_index, index });
                }
                Pass::Sample { .. } | Pass::Blend { .. } => {
                    let texture = &textures[frame_layer.texture];
                    draws.extend(self.sampled_draw(gpu, texture, (layer, frame), effects));
                }
            }
        }
        self.draws.write(&direct_params);
        draws
    }

    fn sampled_draw(
        &mut self,
        gpu: &GpuContext,
        texture: &LayerTexture,
        (layer, frame): (usize, &DeviceFrame<'_>),
        effects: &mut Vec<RecordedEffect>,
    ) -> Option<Draw> {
        let frame_layer = &frame.layers[layer];
        let scene = &frame.scene.layers[frame_layer.layer];
        let mut source = SampledSource::of_texture(texture);
        let mut effect = None;
        if !scene.effects.is_empty() {
            let texels_per_px = source.texels_per_px(scene);
            let SampledSource { size, coding, .. } = source;
            let from = ChainSource { size, coding, opaque: frame_layer.opaque, texels_per_px };
            let chain = chain(&scene.effects, &from);
            let key = (frame_layer.texture, scene.part, texture.version());
            let result = self.pool.run(gpu, &mut self.params, key, (chain, effects));
            source.size = result.chain.size;
            source.border = result.chain.border;
            source.coding = None;
            effect = Some(result.texture);
        }
        let params = sampled_params(scene, &source, self.canvas)?;
        let kind = SampledKind {
            video: source.coding.is_some(),
            convert: source.coding.is_some_and(|coding| target_from_source(coding).is_some()),
            blend: scene.blend_mode != BlendMode::Normal,
            plain: is_plain(&params, scene),
            single: is_single(&params),
        };
        let params_offset = self.params.push(&params);
        Some(Draw::Sampled { layer, kind, params_offset, effect })
    }

    fn record_effects(
        &self,
        gpu: &GpuContext,
        encoder: &mut wgpu::CommandEncoder,
        textures: &[LayerTexture],
        effects: &[RecordedEffect],
    ) {
        for effect in effects {
            let Some(output) = self.pool.get(effect.output) else { continue };
            let input = match effect.input {
                Some(index) => self.pool.get(index).map(|texture| &texture.group),
                None => textures[effect.layer_texture].sampled_group(),
            };
            let Some(input) = input else { continue };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("effect"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &output.view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            let (x, y, width, height) = effect.viewport;
            #[expect(clippy::cast_precision_loss, reason = "texture sides are below 2^24")]
            pass.set_viewport(x as f32, y as f32, width as f32, height as f32, 0.0, 1.0);
            pass.set_pipeline(gpu.pipelines.passes.effect(&gpu.device, effect.kind));
            pass.set_bind_group(0, self.params.group(), &[effect.params_offset]);
            pass.set_bind_group(1, input, &[]);
            pass.draw(0..4, 0..1);
        }
    }

    /// Records copies and draws, both planes of each stretch without a blended layer; a blended one begins a stretch,
    /// so that it finds both planes as the layers below have left them.
    fn record_draws(
        &mut self,
        recording: &Recording<'_>,
        encoder: &mut wgpu::CommandEncoder,
        draws: &[Draw],
    ) {
        let passes = recording.frame.passes;
        let mut clear = matches!(passes.first(), Some(Pass::Clear { .. }));
        if passes.iter().any(|pass| matches!(pass, Pass::Copy { .. })) {
            if std::mem::take(&mut clear) {
                self.record_stretch(recording, encoder, (&[], true));
            }
            self.record_copies(recording, encoder);
        }
        let mut from = 0;
        while clear || from < draws.len() {
            let rest = &draws[from..];
            let blends = !clear && rest.first().is_some_and(Draw::needs_backdrop);
            if blends {
                self.copy_backdrop(recording.gpu, encoder);
            }
            let next = rest.iter().skip(usize::from(blends)).position(Draw::needs_backdrop);
            let count = next.map_or(rest.len(), |next| next + usize::from(blends));
            self.record_stretch(recording, encoder, (&rest[..count], std::mem::take(&mut clear)));
            from += count;
        }
    }

    /// Records the copies of layers whose bytes become the frame's.
    fn record_copies(&self, recording: &Recording<'_>, encoder: &mut wgpu::CommandEncoder) {
        let frame = recording.frame;
        for pass in frame.passes {
            let Pass::Copy { layer, dest } = *pass else { continue };
            let Some(planes) = recording.textures[frame.layers[layer].texture].coded_planes() else {
                continue;
            };
            let pairs = [(&planes.luma, &self.target.luma, 1), (&planes.chroma, &self.target.chroma, 2)];
            for (from, to, divisor) in pairs {
                let origin = wgpu::Origin3d { x: dest.x / divisor, y: dest.y / divisor, z: 0 };
                let to = wgpu::TexelCopyTextureInfo { origin, ..to.as_image_copy() };
                encoder.copy_texture_to_texture(from.as_image_copy(), to, from.size());
            }
        }
    }

    /// Keeps a copy of both planes as they are.
    fn copy_backdrop(&mut self, gpu: &GpuContext, encoder: &mut wgpu::CommandEncoder) {
        let canvas = self.canvas;
        let backdrop = self.backdrop.get_or_insert_with(|| {
            let planes = PlanePair::new(&gpu.device, "backdrop", canvas, PlanePair::NV12);
            let layout = &gpu.pipelines.passes.backdrop_layout;
            let group = backdrop_group(&gpu.device, layout, &planes);
            Backdrop { planes, group }
        });
        let pairs =
            [(&self.target.luma, &backdrop.planes.luma), (&self.target.chroma, &backdrop.planes.chroma)];
        for (from, to) in pairs {
            encoder.copy_texture_to_texture(from.as_image_copy(), to.as_image_copy(), from.size());
        }
    }

    /// Records draws into both planes, after the clear where `clear` says so.
    fn record_stretch(
        &self,
        recording: &Recording<'_>,
        encoder: &mut wgpu::CommandEncoder,
        (draws, clear): (&[Draw], bool),
    ) {
        for chroma in [false, true] {
            let load = match recording.frame.passes.first().filter(|_| clear) {
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
            for draw in draws {
                self.record_draw(recording, &mut render_pass, (draw, chroma));
            }
        }
    }

    fn record_draw(
        &self,
        recording: &Recording<'_>,
        pass: &mut wgpu::RenderPass<'_>,
        (draw, chroma): (&Draw, bool),
    ) {
        let frame = recording.frame;
        let texture = |layer: usize| &recording.textures[frame.layers[layer].texture];
        let pipelines = &recording.gpu.pipelines;
        match *draw {
            Draw::Direct { layer, pass: index_of_pass, index } => {
                let (Some(group), Pass::Draw { pipeline, .. }) =
                    (texture(layer).direct_group(), &frame.passes[index_of_pass])
                else {
                    return;
                };
                pass.set_pipeline(pipelines.get(*pipeline, chroma));
                pass.set_bind_group(0, group, &[DrawTable::offset_bytes(index, chroma)]);
            }
            Draw::Sampled { layer, kind, params_offset, effect } => {
                let group = match effect {
                    Some(index) => self.pool.get(index).map(|texture| &texture.group),
                    None => texture(layer).sampled_group(),
                };
                let Some(group) = group else { return };
                pass.set_pipeline(pipelines.passes.sampled(&recording.gpu.device, kind, chroma));
                pass.set_bind_group(0, self.params.group(), &[params_offset]);
                pass.set_bind_group(1, group, &[]);
                let backdrop = self.backdrop.as_ref().filter(|_| kind.blend).map(|backdrop| &backdrop.group);
                pass.set_bind_group(2, backdrop.unwrap_or(&pipelines.passes.no_backdrop), &[]);
            }
        }
        pass.draw(0..4, 0..1);
    }
}

/// What recording one frame reads.
struct Recording<'a> {
    gpu: &'a GpuContext,
    textures: &'a [LayerTexture],
    frame: &'a DeviceFrame<'a>,
}

fn clear_to(r: f64, g: f64, b: f64) -> wgpu::LoadOp<wgpu::Color> {
    wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 })
}
