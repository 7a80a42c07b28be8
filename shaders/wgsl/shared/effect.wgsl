// Purpose: the parameters of one pass over a layer's picture, and the triangle strip that covers its target.
// Bindings: group 0: 0 params. Group 1: 0 picture, 1 chroma plane of a video, 2 sampler.
// Mirrors: engine/src/gpu/uniforms.rs, EffectParams.

struct ColorOp {
    // ColorOpKind of engine/src/compositor/effects.rs.
    kind: u32,
    amount: f32,
    more: f32,
    seed: u32,
    color: vec4f,
}

struct EffectParams {
    // A video's Y'CbCr to R'G'B'.
    to_rgb: array<vec4f, 3>,
    // Size of the picture in texels of the target, and where its corner is there.
    size_px: vec2f,
    origin_px: vec2f,
    // Blur: one texel of the source along the pass. Pixelate: the cell in texture coordinates.
    step_uv: vec2f,
    // Blur: standard deviation in texels. Sharpen: multiple of the detail.
    amount: f32,
    // Half a chroma texel's shift in texture coordinates.
    chroma_shift: f32,
    op_count: u32,
    pad0: u32,
    pad1: u32,
    pad2: u32,
    ops: array<ColorOp, 16>,
}

@group(0) @binding(0) var<uniform> params: EffectParams;
@group(1) @binding(0) var picture: texture_2d<f32>;
@group(1) @binding(1) var chroma_plane: texture_2d<f32>;
@group(1) @binding(2) var linear_clamp: sampler;

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let unit = vec2f(f32(index & 1u), f32(index >> 1u));
    return vec4f(unit * 2.0 - 1.0, 0.0, 1.0);
}

fn uv_from_fragment(fragment: vec4f) -> vec2f {
    return (fragment.xy - params.origin_px) / params.size_px;
}
