// Purpose: turns a rasterised picture (text, image) into the planes of a cached layer; runs once per picture.
// Input space: premultiplied gamma-coded R'G'B'A.
// Output space: premultiplied BT.709 limited code values: luma (Y'a, a), chroma (Cb a, Cr a, 0, a).
// Bindings: group 0: binding 0 params, binding 1 the picture; its size is even in both directions.
// Mirrors: engine/src/gpu/uniforms.rs, DrawParams.
//#import shared/draw

// False: full-size luma. True: half-size chroma, the box average of 2x2 (exact for 4:2:0 blending).
override CHROMA: bool = false;

@group(0) @binding(1) var picture: texture_2d<f32>;

fn plane_from_rgb(premul: vec4f, row: u32) -> f32 {
    return dot(params.to_target[row], premul);
}

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let texel = texel_from_fragment(corner.clip);
    if CHROMA {
        let first = texel * 2;
        let average = 0.25 * (textureLoad(picture, first, 0) + textureLoad(picture, first + vec2i(1, 0), 0)
            + textureLoad(picture, first + vec2i(0, 1), 0) + textureLoad(picture, first + vec2i(1, 1), 0));
        return vec4f(plane_from_rgb(average, 1u), plane_from_rgb(average, 2u), 0.0, average.a);
    }
    let premul = textureLoad(picture, texel, 0);
    return vec4f(plane_from_rgb(premul, 0u), premul.a, 0.0, 0.0);
}
