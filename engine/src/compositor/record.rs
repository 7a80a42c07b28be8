//! Executes a plan: one command encoder and one submission per frame, the result on its way to the CPU.

use avs_template::{BlendMode, EncodedSrgb, SceneLayer};

use super::draws::{DrawTable, draw_params};
use super::effects::{ChainSource, EffectPool, RecordedEffect, chain};
use super::layers::{Cover, LayerTexture};
use super::params::ParamsTable;
use super::plan::{LayerContent, Pass, Plan, PlannedLayer, plan};
use super::sampled::{SampledSource, is_plain, is_single, sampled_params};
use crate::color::{ColorCoding, Picture, target_from_source};
use crate::gpu::{GpuContext, PlanePair, ReadbackSlot, SampledKind, backdrop_group, write_part};

/// One layer of the frame to compose.
#[derive(Debug, Clone, Copy)]
pub struct FrameLayer<'a> {
    /// Index of the texture that it is drawn from.
    pub texture: usize,
    /// Where and how.
    pub scene: &'a SceneLayer,
    /// True where its picture has no alpha.
    pub opaque: bool,
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
    params: ParamsTable,
    pool: EffectPool,
    canvas: (u32, u32),
    target: PlanePair,
    views: [wgpu::TextureView; 2],
    /// What blended layers are mixed with, made when first needed.
    backdrop: Option<Backdrop>,
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

impl Compositor {
    /// Prepares for frames of an even size with at most `direct_count_max` layers that are drawn texel by texel.
    #[must_use]
    pub fn new(gpu: &GpuContext, canvas: (u32, u32), direct_count_max: usize) -> Self {
        let target = PlanePair::new(&gpu.device, "output", canvas, PlanePair::NV12);
        let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let views = [view(&target.luma), view(&target.chroma)];
        let (draws, params) = (DrawTable::new(gpu, direct_count_max), ParamsTable::new(gpu));
        Self { draws, params, pool: EffectPool::default(), canvas, target, views, backdrop: None }
    }

    /// Plans, records and submits one frame of `layers`, bottom to top, and asks for its bytes in `slot`. Does not
    /// wait.
    pub fn compose(
        &mut self,
        textures: &mut [LayerTexture],
        layers: &[FrameLayer<'_>],
        background: EncodedSrgb,
        mut slot: ReadbackSlot,
    ) -> InFlightFrame {
        let gpu = self.draws.gpu().clone();
        let drawable: Vec<_> =
            layers.iter().copied().filter(|layer| textures[layer.texture].picture().is_some()).collect();
        let planned: Vec<_> = drawable.iter().map(|layer| planned_layer(textures, layer)).collect();
        let Plan { passes } = plan(&planned, background, self.canvas);
        // Copies come before all that is recorded, but must find a cleared frame.
        let clear_first = matches!(passes[..], [Pass::Clear { .. }, Pass::Copy { .. }, ..]);
        let clears = matches!(passes.first(), Some(Pass::Clear { .. })) && !clear_first;
        if clear_first {
            self.submit_clear(&gpu, textures, &passes);
        }
        self.params.clear();
        let mut effects = Vec::new();
        let draws = self.prepare(&gpu, textures, &drawable, (&passes, &mut effects));
        self.params.flush();
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.record_effects(&gpu, &mut encoder, textures, &effects);
        let frame = Frame { gpu: &gpu, textures, layers: &drawable, passes: &passes, clears };
        self.record_draws(&frame, &mut encoder, &draws);
        slot.record_copy(&mut encoder, &self.target);
        let submission = gpu.queue.submit([encoder.finish()]);
        slot.request(submission);
        self.pool.end_frame();
        InFlightFrame { slot }
    }

    /// Uploads what the passes need and gathers their parameters.
    fn prepare(
        &mut self,
        gpu: &GpuContext,
        textures: &mut [LayerTexture],
        layers: &[FrameLayer<'_>],
        (passes, effects): (&[Pass], &mut Vec<RecordedEffect>),
    ) -> Vec<Draw> {
        let mut draws = Vec::with_capacity(passes.len());
        let mut direct_params = Vec::new();
        for (pass_index, pass) in passes.iter().enumerate() {
            match *pass {
                Pass::Clear { .. } => {}
                Pass::Copy { layer, dest } => {
                    if let Some(Picture::Coded(picture)) = textures[layers[layer].texture].picture() {
                        let (x, y) = (dest.x, dest.y);
                        write_part(&gpu.queue, &self.target.luma, (x, y), dest.size(), &picture.luma);
                        let size = (dest.width / 2, dest.height / 2);
                        write_part(&gpu.queue, &self.target.chroma, (x / 2, y / 2), size, &picture.chroma);
                    }
                }
                Pass::Draw { layer, dest, opacity, to_target, .. } => {
                    let texture = &mut textures[layers[layer].texture];
                    texture.upload(gpu);
                    texture.prepare_direct(&self.draws);
                    let index = u32::try_from(direct_params.len()).unwrap_or(u32::MAX);
                    direct_params.push(draw_params(dest, self.canvas, opacity, to_target));
                    draws.push(Draw::Direct { layer, pass: pass_index, index });
                }
                Pass::Sample { layer } | Pass::Blend { layer } => {
                    let frame_layer = &layers[layer];
                    textures[frame_layer.texture].upload(gpu);
                    let texture = &textures[frame_layer.texture];
                    draws.extend(self.sampled_draw(gpu, texture, (layer, frame_layer), effects));
                }
            }
        }
        self.draws.write(&direct_params);
        draws
    }

    fn submit_clear(&self, gpu: &GpuContext, textures: &[LayerTexture], passes: &[Pass]) {
        let frame = Frame { gpu, textures, layers: &[], passes, clears: true };
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for chroma in [false, true] {
            self.record_plane(&frame, &mut encoder, (&[], chroma, true));
        }
        gpu.queue.submit([encoder.finish()]);
    }

    fn sampled_draw(
        &mut self,
        gpu: &GpuContext,
        texture: &LayerTexture,
        (layer, frame_layer): (usize, &FrameLayer<'_>),
        effects: &mut Vec<RecordedEffect>,
    ) -> Option<Draw> {
        let scene = frame_layer.scene;
        let picture = texture.picture()?;
        let coding = coding_of(picture);
        let mut source = SampledSource { cover: texture.cover(), size: picture.size(), border: 0, coding };
        let mut effect = None;
        if !scene.effects.is_empty() {
            let texels_per_px = source.texels_per_px(scene);
            let from = ChainSource { size: source.size, coding, opaque: frame_layer.opaque, texels_per_px };
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

    /// Records the draws, both planes of each stretch without a blended layer; a blended one begins a stretch, so
    /// that it finds both planes as the layers below have left them.
    fn record_draws(&mut self, frame: &Frame<'_>, encoder: &mut wgpu::CommandEncoder, draws: &[Draw]) {
        let mut from = 0;
        let mut first = frame.clears;
        while first || from < draws.len() {
            let rest = &draws[from..];
            let blends = !first && rest.first().is_some_and(Draw::needs_backdrop);
            if blends {
                self.copy_backdrop(frame.gpu, encoder);
            }
            let next = rest.iter().skip(usize::from(blends)).position(Draw::needs_backdrop);
            let count = next.map_or(rest.len(), |next| next + usize::from(blends));
            for chroma in [false, true] {
                self.record_plane(frame, encoder, (&rest[..count], chroma, first));
            }
            first = false;
            from += count;
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

    /// Records draws into one plane, after the clear where `first` says so.
    fn record_plane(
        &self,
        frame: &Frame<'_>,
        encoder: &mut wgpu::CommandEncoder,
        (draws, chroma, first): (&[Draw], bool, bool),
    ) {
        let load = match frame.passes.first().filter(|_| first) {
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
            self.record_draw(frame, &mut render_pass, (draw, chroma));
        }
    }

    fn record_draw(&self, frame: &Frame<'_>, pass: &mut wgpu::RenderPass<'_>, (draw, chroma): (&Draw, bool)) {
        let texture = |layer: usize| &frame.textures[frame.layers[layer].texture];
        let pipelines = &frame.gpu.pipelines;
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
                pass.set_pipeline(pipelines.passes.sampled(&frame.gpu.device, kind, chroma));
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
struct Frame<'a> {
    gpu: &'a GpuContext,
    textures: &'a [LayerTexture],
    layers: &'a [FrameLayer<'a>],
    passes: &'a [Pass],
    /// The first pass is a clear, and is still to be recorded.
    clears: bool,
}

fn coding_of(picture: &Picture) -> Option<ColorCoding> {
    match picture {
        Picture::Coded(picture) => Some(picture.coding),
        Picture::Rgba(_) => None,
    }
}

fn planned_layer(textures: &[LayerTexture], layer: &FrameLayer<'_>) -> PlannedLayer {
    let (texture, scene) = (&textures[layer.texture], layer.scene);
    let content = match texture.picture() {
        Some(Picture::Coded(picture)) => Some(LayerContent::Video { coding: picture.coding }),
        // Planes of a picture with alpha are worth making if it stays.
        Some(Picture::Rgba(_)) if texture.is_still() => Some(LayerContent::Still),
        Some(Picture::Rgba(_)) | None => None,
    };
    let plain = scene.masks.is_empty() && scene.effects.is_empty() && scene.corner_radius_px <= 0.0;
    match (texture.cover(), content) {
        _ if scene.blend_mode != BlendMode::Normal => PlannedLayer::Blended,
        (Cover::Canvas(dest), Some(content)) if plain => {
            PlannedLayer::Direct { dest, opacity: scene.opacity, content }
        }
        _ => PlannedLayer::Sampled,
    }
}

fn clear_to(r: f64, g: f64, b: f64) -> wgpu::LoadOp<wgpu::Color> {
    wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 })
}
