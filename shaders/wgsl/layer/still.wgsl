// Purpose: draws a cached layer (text, image) into one plane of the output, one texel to one pixel.
// Input space: premultiplied BT.709 limited code values with alpha: luma (Y'a, a), chroma (Cb a, Cr a, -, a).
// Output space: the same, for source-over blending (one, one minus source alpha).
// Bindings: group 0: binding 0 params, binding 1 luma planes, binding 2 chroma planes.
// Mirrors: engine/src/gpu/uniforms.rs, DrawParams.
//#import shared/draw

// False: drawn into the Y' plane. True: drawn into the half-size CbCr plane.
override CHROMA: bool = false;

@group(0) @binding(1) var luma_planes: texture_2d<f32>;
@group(0) @binding(2) var chroma_planes: texture_2d<f32>;

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let texel = texel_from_fragment(corner.clip);
    if CHROMA {
        return textureLoad(chroma_planes, texel, 0) * params.opacity;
    }
    let luma = textureLoad(luma_planes, texel, 0);
    return vec4f(luma.r, 0.0, 0.0, luma.g) * params.opacity;
}
