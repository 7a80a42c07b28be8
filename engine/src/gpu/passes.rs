//! The pipelines of layers that are sampled and of effects, each compiled when it is first needed.

use std::sync::OnceLock;

use avs_shaders::{EFFECT_BLUR, EFFECT_COLOR, EFFECT_PIXELATE, EFFECT_SHARPEN, LAYER_SAMPLED, Shader};

use super::picture::PlanePair;
use super::render_pipeline::{RenderPipelineDesc, params_entry, render_pipeline, texture_entry};
use super::uniforms::PASS_PARAMS_STRIDE_BYTES;

/// Which of the sampling pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampledKind {
    /// From Y'CbCr planes; otherwise from R'G'B'A.
    pub video: bool,
    /// The planes are coded unlike the output.
    pub convert: bool,
    /// A blend mode other than normal.
    pub blend: bool,
    /// The layer fills its quad.
    pub plain: bool,
    /// One sample a pixel is enough.
    pub single: bool,
}

/// Which of the effect pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectKind {
    /// Colours of an R'G'B'A picture.
    Color,
    /// Colours of Y'CbCr planes.
    ColorOfVideo,
    /// One direction of a blur.
    Blur,
    /// Sharpening.
    Sharpen,
    /// Mosaic.
    Pixelate,
}

/// Layouts, the sampler and the pipelines made so far.
#[derive(Debug)]
pub struct PassPipelines {
    /// Binding 0: parameters at a dynamic offset.
    pub params_layout: wgpu::BindGroupLayout,
    /// Bindings 0 and 1: textures; 2: the sampler.
    pub picture_layout: wgpu::BindGroupLayout,
    /// Bindings 0 and 1: the output's planes as they were.
    pub backdrop_layout: wgpu::BindGroupLayout,
    /// Stands for a backdrop where nothing is blended: every pipeline of a shader wants all of its bindings.
    pub no_backdrop: wgpu::BindGroup,
    /// Linear, clamped to the edge.
    pub sampler: wgpu::Sampler,
    sampled: [OnceLock<wgpu::RenderPipeline>; 64],
    effects: [OnceLock<wgpu::RenderPipeline>; 5],
}

impl PassPipelines {
    /// Makes the layouts; compiles nothing yet.
    #[must_use]
    pub fn new(device: &wgpu::Device) -> Self {
        let sampler = wgpu::BindGroupLayoutEntry {
            binding: 2,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
            count: None,
        };
        let params = params_entry(u64::from(PASS_PARAMS_STRIDE_BYTES));
        let layout = |label, entries: &[wgpu::BindGroupLayoutEntry]| {
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(label), entries })
        };
        let backdrop_layout = layout("backdrop", &[texture_entry(0), texture_entry(1)]);
        let empty = PlanePair::new(device, "no backdrop", (2, 2), PlanePair::NV12);
        Self {
            no_backdrop: backdrop_group(device, &backdrop_layout, &empty),
            params_layout: layout("pass params", &[params]),
            picture_layout: layout("picture", &[texture_entry(0), texture_entry(1), sampler]),
            backdrop_layout,
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("linear clamp"),
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            sampled: std::array::from_fn(|_| OnceLock::new()),
            effects: Default::default(),
        }
    }

    /// The pipeline that samples a layer into the luma or the chroma plane.
    pub fn sampled(&self, device: &wgpu::Device, kind: SampledKind, chroma: bool) -> &wgpu::RenderPipeline {
        let flags = [kind.video, kind.convert, kind.blend, kind.plain, kind.single, chroma];
        let index = flags.iter().fold(0, |index, flag| index * 2 + usize::from(*flag));
        self.sampled[index].get_or_init(|| {
            let names = ["VIDEO", "CONVERT", "BLEND", "PLAIN", "SINGLE", "CHROMA"];
            let constants: Vec<_> =
                names.into_iter().zip(flags).map(|(name, flag)| (name, f64::from(u8::from(flag)))).collect();
            let format = if chroma { wgpu::TextureFormat::Rg8Unorm } else { wgpu::TextureFormat::R8Unorm };
            let blend = (!kind.blend).then_some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
            let groups = [&self.params_layout, &self.picture_layout, &self.backdrop_layout];
            let desc = PassDesc { shader: LAYER_SAMPLED, constants: &constants, format, blend };
            compiled(device, &groups, &desc)
        })
    }

    /// The pipeline of an effect, into R'G'B'A.
    pub fn effect(&self, device: &wgpu::Device, kind: EffectKind) -> &wgpu::RenderPipeline {
        let (index, shader, constants): (_, _, &[_]) = match kind {
            EffectKind::Color => (0, EFFECT_COLOR, &[("VIDEO", 0.0)]),
            EffectKind::ColorOfVideo => (1, EFFECT_COLOR, &[("VIDEO", 1.0)]),
            EffectKind::Blur => (2, EFFECT_BLUR, &[]),
            EffectKind::Sharpen => (3, EFFECT_SHARPEN, &[]),
            EffectKind::Pixelate => (4, EFFECT_PIXELATE, &[]),
        };
        self.effects[index].get_or_init(|| {
            let format = wgpu::TextureFormat::Rgba8Unorm;
            let desc = PassDesc { shader, constants, format, blend: None };
            compiled(device, &[&self.params_layout, &self.picture_layout], &desc)
        })
    }

    /// Binds a picture: its texture, or its two planes.
    #[must_use]
    pub fn picture_group(
        &self,
        device: &wgpu::Device,
        first: &wgpu::Texture,
        second: &wgpu::Texture,
    ) -> wgpu::BindGroup {
        let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("picture"),
            layout: &self.picture_layout,
            entries: &[
                entry(0, wgpu::BindingResource::TextureView(&view(first))),
                entry(1, wgpu::BindingResource::TextureView(&view(second))),
                entry(2, wgpu::BindingResource::Sampler(&self.sampler)),
            ],
        })
    }
}

/// Binds the planes that blended layers are mixed with.
pub(crate) fn backdrop_group(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    planes: &PlanePair,
) -> wgpu::BindGroup {
    let view = |texture: &wgpu::Texture| texture.create_view(&wgpu::TextureViewDescriptor::default());
    let (luma, chroma) = (view(&planes.luma), view(&planes.chroma));
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("backdrop"),
        layout,
        entries: &[
            wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&luma) },
            wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&chroma) },
        ],
    })
}

struct PassDesc<'a> {
    shader: Shader,
    constants: &'a [(&'a str, f64)],
    format: wgpu::TextureFormat,
    blend: Option<wgpu::BlendState>,
}

fn compiled(
    device: &wgpu::Device,
    groups: &[&wgpu::BindGroupLayout],
    desc: &PassDesc<'_>,
) -> wgpu::RenderPipeline {
    let groups: Vec<_> = groups.iter().map(|group| Some(*group)).collect();
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(desc.shader.name),
        bind_group_layouts: &groups,
        immediate_size: 0,
    });
    let wgsl = desc.shader.wgsl().expect("a test expands every shader of the catalogue");
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(desc.shader.name),
        source: wgpu::ShaderSource::Wgsl(wgsl.into()),
    });
    let PassDesc { constants, format, blend, .. } = *desc;
    let (label, layout, module) = (desc.shader.name, &layout, &module);
    render_pipeline(device, &RenderPipelineDesc { label, layout, module, constants, format, blend })
}
