// Purpose: draws a decoded 4:2:0 picture into one plane of the output, one texel to one pixel.
// Input space: Y'CbCr code values of the source, 8 bit, chroma sited left (H.264's default).
// Output space: premultiplied BT.709 limited code values, for source-over blending.
// Bindings: group 0: binding 0 params, binding 1 Y', binding 2 CbCr (half size).
// Mirrors: engine/src/gpu/uniforms.rs, DrawParams.
//#import shared/draw

// False: drawn into the Y' plane. True: drawn into the half-size CbCr plane.
override CHROMA: bool = false;
// True where the source's matrix or range differs from the output's.
override CONVERT: bool = false;

@group(0) @binding(1) var luma_plane: texture_2d<f32>;
@group(0) @binding(2) var chroma_plane: texture_2d<f32>;

fn chroma_at(texel: vec2i) -> vec2f {
    let last = vec2i(textureDimensions(chroma_plane)) - 1;
    return textureLoad(chroma_plane, clamp(texel, vec2i(0), last), 0).rg;
}

// Chroma at a luma texel: co-sited with even columns, midway between rows (H.264 E.2.1, chroma_sample_loc_type 0).
fn chroma_from_luma_texel(texel: vec2i) -> vec2f {
    let column = texel.x >> 1u;
    let odd_column = texel.x & 1;
    let row = texel.y >> 1u;
    let near_row = row + select(1, -1, (texel.y & 1) == 0);
    let here = mix(chroma_at(vec2i(column, row)), chroma_at(vec2i(column + odd_column, row)), 0.5);
    let near = mix(chroma_at(vec2i(column, near_row)), chroma_at(vec2i(column + odd_column, near_row)), 0.5);
    return mix(here, near, 0.25);
}

// Luma at a left-sited chroma texel: the column pair's left column, between its two rows.
fn luma_from_chroma_texel(texel: vec2i) -> f32 {
    let above = textureLoad(luma_plane, texel * 2, 0).r;
    let below = textureLoad(luma_plane, texel * 2 + vec2i(0, 1), 0).r;
    return mix(above, below, 0.5);
}

fn converted(ycbcr: vec3f, row: u32) -> f32 {
    return dot(params.to_target[row], vec4f(ycbcr, 1.0));
}

@fragment
fn fs_main(corner: Corner) -> @location(0) vec4f {
    let texel = texel_from_fragment(corner.clip);
    if CHROMA {
        var cbcr = chroma_at(texel);
        if CONVERT {
            let ycbcr = vec3f(luma_from_chroma_texel(texel), cbcr);
            cbcr = vec2f(converted(ycbcr, 1u), converted(ycbcr, 2u));
        }
        return vec4f(saturate(cbcr), 0.0, 1.0) * params.opacity;
    }
    var y = textureLoad(luma_plane, texel, 0).r;
    if CONVERT {
        y = converted(vec3f(y, chroma_from_luma_texel(texel)), 0u);
    }
    return vec4f(saturate(y), 0.0, 0.0, 1.0) * params.opacity;
}
