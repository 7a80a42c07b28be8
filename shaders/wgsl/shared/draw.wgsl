// Purpose: the parameters of one drawn layer, and the quad that covers its destination.
// Bindings: group 0, binding 0 (uniform, dynamic offset).
// Mirrors: engine/src/gpu/uniforms.rs, DrawParams.

struct DrawParams {
    // x, y, width, height in pixels of the plane that is drawn into.
    dest_px: vec4f,
    // Width and height of that plane in pixels.
    target_size_px: vec2f,
    // 0 to 1, applied to colour and alpha alike.
    opacity: f32,
    _pad: f32,
    // Y'CbCr of the source to Y'CbCr of the output: rows of (Y', Cb, Cr, offset), code values / 255.
    // In plane/layer.wgsl: premultiplied R'G'B' to premultiplied Y'CbCr, the offset scaled by alpha.
    to_target: array<vec4f, 3>,
}

@group(0) @binding(0) var<uniform> params: DrawParams;

struct Corner {
    @builtin(position) clip: vec4f,
}

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> Corner {
    // A triangle strip of four corners: (0,0) (1,0) (0,1) (1,1).
    let unit = vec2f(f32(index & 1u), f32(index >> 1u));
    let at_px = params.dest_px.xy + unit * params.dest_px.zw;
    let ndc = at_px / params.target_size_px * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0);
    return Corner(vec4f(ndc, 0.0, 1.0));
}

// The texel of a layer that lies under this fragment: layers are drawn one texel to one pixel.
fn texel_from_fragment(fragment: vec4f) -> vec2i {
    return vec2i(fragment.xy - params.dest_px.xy);
}
