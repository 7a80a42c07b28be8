//! The parameters of a frame's draws, in one uniform buffer, and what binds them to a layer's textures.

use crate::color::Affine3;
use crate::geometry::EvenRect;
use crate::gpu::GpuContext;
use crate::gpu::uniforms::{DRAW_PARAMS_STRIDE_BYTES, DrawParams};

/// Room for every draw of a frame: two sets of parameters each, for luma and for chroma.
#[derive(Debug)]
pub(super) struct DrawTable {
    gpu: GpuContext,
    uniforms: wgpu::Buffer,
}

impl DrawTable {
    /// Makes room for `draw_count_max` draws, at least one: conversions use the first.
    pub(super) fn new(gpu: &GpuContext, draw_count_max: usize) -> Self {
        let uniforms = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("draw params"),
            size: 2 * draw_count_max.max(1) as u64 * u64::from(DRAW_PARAMS_STRIDE_BYTES),
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self { gpu: gpu.clone(), uniforms }
    }

    /// The device it is on.
    pub(super) fn gpu(&self) -> &GpuContext {
        &self.gpu
    }

    /// Writes the parameters of the first draws, for the next submission.
    pub(super) fn write(&self, params: &[[DrawParams; 2]]) {
        let size_bytes = u64::from(DRAW_PARAMS_STRIDE_BYTES) * 2 * params.len() as u64;
        let Some(size) = std::num::NonZeroU64::new(size_bytes) else { return };
        // Only a buffer smaller than what is written refuses; it was made for every block.
        let Some(mut view) = self.gpu.queue.write_buffer_with(&self.uniforms, 0, size) else { return };
        for (index, params) in params.as_flattened().iter().enumerate() {
            let at = index * DRAW_PARAMS_STRIDE_BYTES as usize;
            view.slice(at..at + size_of::<DrawParams>()).copy_from_slice(bytemuck::bytes_of(params));
        }
    }

    /// Dynamic offset of draw number `index` in one plane.
    pub(super) fn offset_bytes(index: u32, chroma: bool) -> u32 {
        (2 * index + u32::from(chroma)) * DRAW_PARAMS_STRIDE_BYTES
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
