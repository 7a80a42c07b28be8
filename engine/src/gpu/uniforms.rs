//! The Rust twins of the shaders' parameter structs; `tests/uniform_layout.rs` compares the layouts.

use bytemuck::{Pod, Zeroable};

/// Parameters of one drawn layer; twin of `DrawParams` in `shared/draw.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub struct DrawParams {
    /// x, y, width, height in pixels of the plane that is drawn into.
    pub dest_px: [f32; 4],
    /// Width and height of that plane.
    pub target_size_px: [f32; 2],
    /// 0..=1, applied to colour and alpha alike.
    pub opacity: f32,
    /// Keeps the rows at a multiple of 16 bytes.
    pub pad: f32,
    /// Rows of the affine map to output code values.
    pub to_target: [[f32; 4]; 3],
}

/// Bytes from one draw's parameters to the next: the largest `min_uniform_buffer_offset_alignment` WebGPU allows.
pub const DRAW_PARAMS_STRIDE_BYTES: u32 = 256;
