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

/// Bytes from one set of parameters to the next for the passes below: all fit, and it is a multiple of every alignment.
pub const PASS_PARAMS_STRIDE_BYTES: u32 = 1024;

/// One mask; twin of `MaskParams` in `shared/mask.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
pub struct MaskParams {
    /// x, y, width, height on the canvas.
    pub rect_px: [f32; 4],
    /// Of a straight edge; doors: 1, 0 for left and right.
    pub direction: [f32; 2],
    /// 0..=1.
    pub progress: f32,
    /// 1 shows what would be hidden.
    pub inverted: f32,
    /// Which form.
    pub shape: u32,
    /// Fills up to 16 bytes.
    pub pad: [u32; 3],
}

/// Parameters of a layer that is sampled; twin of `SampledParams` in `layer/sampled.wgsl`, where each is explained.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the shader explains each")]
pub struct SampledParams {
    pub quad_px: [f32; 4],
    pub canvas_px: [f32; 2],
    pub opacity: f32,
    pub blend_mode: u32,
    pub to_target: [[f32; 4]; 3],
    pub to_rgb: [[f32; 4]; 3],
    pub rgb_from_target: [[f32; 4]; 3],
    pub target_from_rgb: [[f32; 4]; 3],
    pub unit_matrix: [f32; 4],
    pub unit_offset: [f32; 2],
    pub drawn_px: [f32; 2],
    pub uv_matrix: [f32; 4],
    pub uv_offset: [f32; 2],
    pub corner_radius_px: f32,
    pub tap_count: f32,
    pub uv_bounds: [f32; 4],
    pub chroma_shift: f32,
    pub whole_pixels: f32,
    pub mask_count: u32,
    pub pad: u32,
    pub masks: [MaskParams; 4],
}

/// One change of colours; twin of `ColorOp` in `shared/effect.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the shader explains each")]
pub struct ColorOp {
    pub kind: u32,
    pub amount: f32,
    pub more: f32,
    pub seed: u32,
    pub color: [f32; 4],
}

/// Changes of colours that one pass makes, at most.
pub const COLOR_OPS_MAX: usize = 16;

/// Parameters of a pass over a picture; twin of `EffectParams` in `shared/effect.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[expect(missing_docs, reason = "the shader explains each")]
pub struct EffectParams {
    pub to_rgb: [[f32; 4]; 3],
    pub size_px: [f32; 2],
    pub origin_px: [f32; 2],
    pub step_uv: [f32; 2],
    pub amount: f32,
    pub chroma_shift: f32,
    pub op_count: u32,
    pub pad: [u32; 3],
    pub ops: [ColorOp; COLOR_OPS_MAX],
}
