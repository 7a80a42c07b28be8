//! The parameters of one frame's passes, gathered first and written to the device at once.

use crate::gpu::GpuContext;
use crate::gpu::uniforms::PASS_PARAMS_STRIDE_BYTES;

/// A uniform buffer that grows to the largest frame so far.
#[derive(Debug)]
pub(super) struct ParamsTable {
    gpu: GpuContext,
    bytes: Vec<u8>,
    buffer: wgpu::Buffer,
    group: wgpu::BindGroup,
}

/// Passes that there is room for at first.
const PASSES_AT_FIRST: u64 = 64;

impl ParamsTable {
    pub(super) fn new(gpu: &GpuContext) -> Self {
        let (buffer, group) = buffer_and_group(gpu, PASSES_AT_FIRST * u64::from(PASS_PARAMS_STRIDE_BYTES));
        Self { gpu: gpu.clone(), bytes: Vec::new(), buffer, group }
    }

    /// Forgets the last frame's.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Keeps parameters; returns their dynamic offset.
    pub(super) fn push<T: bytemuck::Pod>(&mut self, params: &T) -> u32 {
        let offset = self.bytes.len();
        self.bytes.resize(offset + PASS_PARAMS_STRIDE_BYTES as usize, 0);
        self.bytes[offset..offset + size_of::<T>()].copy_from_slice(bytemuck::bytes_of(params));
        u32::try_from(offset).expect("a frame has far fewer than four million passes")
    }

    /// What binds them, after [`Self::flush`].
    pub(super) fn group(&self) -> &wgpu::BindGroup {
        &self.group
    }

    /// Writes all of them, for the next submission.
    pub(super) fn flush(&mut self) {
        let needed = self.bytes.len() as u64;
        if needed > self.buffer.size() {
            (self.buffer, self.group) = buffer_and_group(&self.gpu, needed.next_power_of_two());
        }
        self.gpu.queue.write_buffer(&self.buffer, 0, &self.bytes);
    }
}

fn buffer_and_group(gpu: &GpuContext, size: u64) -> (wgpu::Buffer, wgpu::BindGroup) {
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("pass params"),
        size,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("pass params"),
        layout: &gpu.pipelines.passes.params_layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &buffer,
                offset: 0,
                size: std::num::NonZeroU64::new(u64::from(PASS_PARAMS_STRIDE_BYTES)),
            }),
        }],
    });
    (buffer, group)
}
