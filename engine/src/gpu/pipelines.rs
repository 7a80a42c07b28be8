//! The specialised pipelines, compiled once per process; all share one bind group layout.

use avs_shaders::{LAYER_STILL, LAYER_VIDEO, PLANE_LAYER, Shader};

use super::GpuError;
use super::passes::PassPipelines;
use super::render_pipeline::{RenderPipelineDesc, params_entry, render_pipeline, texture_entry};
use super::uniforms::DrawParams;

/// Format of luma targets and luma sources.
const LUMA: wgpu::TextureFormat = wgpu::TextureFormat::R8Unorm;
/// Format of chroma targets and chroma sources.
const CHROMA: wgpu::TextureFormat = wgpu::TextureFormat::Rg8Unorm;
/// Luma planes of a cached layer: Y'a, a.
pub(crate) const LAYER_LUMA: wgpu::TextureFormat = wgpu::TextureFormat::Rg8Unorm;
/// Chroma planes of a cached layer: Cb a, Cr a, unused, a.
pub(crate) const LAYER_CHROMA: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// What a pipeline draws; each exists for luma and for chroma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipelineKind {
    /// A cached layer into the output.
    Still,
    /// A decoded picture, coded like the output, into the output.
    Video,
    /// A decoded picture of another coding into the output.
    VideoConverted,
    /// A rasterised picture into the planes of a cached layer.
    Layer,
}

/// The pipelines and their one bind group layout.
#[derive(Debug)]
pub struct Pipelines {
    /// Binding 0: [`DrawParams`] at a dynamic offset; 1 and 2: textures read texel by texel.
    pub bind_group_layout: wgpu::BindGroupLayout,
    /// Of layers that are sampled, and of effects.
    pub passes: PassPipelines,
    still: PlanePipelines,
    video: PlanePipelines,
    video_converted: PlanePipelines,
    layer: PlanePipelines,
}

#[derive(Debug)]
struct PlanePipelines {
    luma: wgpu::RenderPipeline,
    chroma: wgpu::RenderPipeline,
}

impl Pipelines {
    /// Compiles every pipeline.
    ///
    /// # Errors
    /// [`GpuError::Shader`] where a shader's imports are broken.
    pub fn new(device: &wgpu::Device) -> Result<Self, GpuError> {
        let bind_group_layout = bind_group_layout(device);
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("draw"),
            bind_group_layouts: &[Some(&bind_group_layout)],
            immediate_size: 0,
        });
        let compiler = Compiler { device, layout: &layout };
        let over = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let output = (LUMA, CHROMA);
        Ok(Self {
            still: compiler.pair(LAYER_STILL, output, &[], over)?,
            video: compiler.pair(LAYER_VIDEO, output, &[], over)?,
            video_converted: compiler.pair(LAYER_VIDEO, output, &[("CONVERT", 1.0)], over)?,
            layer: compiler.pair(PLANE_LAYER, (LAYER_LUMA, LAYER_CHROMA), &[], None)?,
            passes: PassPipelines::new(device),
            bind_group_layout,
        })
    }

    /// The pipeline of `kind` for the luma or the chroma plane.
    #[must_use]
    pub fn get(&self, kind: PipelineKind, chroma: bool) -> &wgpu::RenderPipeline {
        let pair = match kind {
            PipelineKind::Still => &self.still,
            PipelineKind::Video => &self.video,
            PipelineKind::VideoConverted => &self.video_converted,
            PipelineKind::Layer => &self.layer,
        };
        if chroma { &pair.chroma } else { &pair.luma }
    }
}

fn bind_group_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("draw"),
        entries: &[params_entry(size_of::<DrawParams>() as u64), texture_entry(1), texture_entry(2)],
    })
}

struct Compiler<'a> {
    device: &'a wgpu::Device,
    layout: &'a wgpu::PipelineLayout,
}

impl Compiler<'_> {
    fn pair(
        &self,
        shader: Shader,
        (luma, chroma): (wgpu::TextureFormat, wgpu::TextureFormat),
        overrides: &[(&str, f64)],
        blend: Option<wgpu::BlendState>,
    ) -> Result<PlanePipelines, GpuError> {
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(shader.name),
            source: wgpu::ShaderSource::Wgsl(shader.wgsl()?.into()),
        });
        let pipeline = |format, chroma: f64| {
            let constants: Vec<_> = overrides.iter().copied().chain([("CHROMA", chroma)]).collect();
            let (label, layout, constants) = (shader.name, self.layout, &constants[..]);
            let desc = RenderPipelineDesc { label, layout, module: &module, constants, format, blend };
            render_pipeline(self.device, &desc)
        };
        Ok(PlanePipelines { luma: pipeline(luma, 0.0), chroma: pipeline(chroma, 1.0) })
    }
}
