// Purpose: draws a layer that is scaled, turned, masked, rounded or blended into one plane of the output.
// Input space: premultiplied gamma-coded R'G'B'A, or Y'CbCr 4:2:0 code values of the source (chroma sited left).
// Output space: premultiplied BT.709 limited code values, for source-over; final code values where BLEND.
// Bindings: group 0: 0 params. Group 1: 0 picture or its Y', 1 its CbCr, 2 sampler. Group 2 (BLEND): the output's
// planes as they were.
// Mirrors: engine/src/gpu/uniforms.rs, SampledParams.
//#import shared/mask
//#import shared/blend

// False: drawn into the Y' plane. True: drawn into the half-size CbCr plane.
override CHROMA: bool = false;
// True for Y'CbCr planes, false for R'G'B'A.
override VIDEO: bool = false;
// True where the video's matrix or range differs from the output's.
override CONVERT: bool = false;
// True for a blend mode other than normal.
override BLEND: bool = false;
// True where the layer fills its quad: no mask, no rounded corner, no edge inside of it.
override PLAIN: bool = false;
// True where one sample a pixel is enough: the picture is not made smaller.
override SINGLE: bool = false;

struct SampledParams {
    // x, y, width, height of the quad in canvas pixels, whole.
    quad_px: vec4f,
    // Of the canvas.
    canvas_px: vec2f,
    opacity: f32,
    blend_mode: u32,
    // Source to output planes: premultiplied R'G'B'A, the offset scaled by alpha; or Y'CbCr.
    to_target: array<vec4f, 3>,
    // A video's Y'CbCr to R'G'B'.
    to_rgb: array<vec4f, 3>,
    // The output's Y'CbCr to R'G'B'.
    rgb_from_target: array<vec4f, 3>,
    // R'G'B' to the output's Y'CbCr.
    target_from_rgb: array<vec4f, 3>,
    // Canvas pixels to the layer's unit square: (xx, xy, yx, yy), then the offset.
    unit_matrix: vec4f,
    unit_offset: vec2f,
    // Size of the layer as drawn, in canvas pixels, for edges and corners.
    drawn_px: vec2f,
    // Canvas pixels to texture coordinates, likewise.
    uv_matrix: vec4f,
    uv_offset: vec2f,
    corner_radius_px: f32,
    // Samples along each side of a canvas pixel: more than 1 where the picture is made smaller.
    tap_count: f32,
    // Least and greatest texture coordinates that belong to the layer.
    uv_bounds: vec4f,
    // Half a chroma texel's shift in texture coordinates: left siting.
    chroma_shift: f32,
    // 1 where the quad's edges are the layer's, and are drawn as they are.
    whole_pixels: f32,
    mask_count: u32,
    pad: u32,
    masks: array<MaskParams, 4>,
}

@group(0) @binding(0) var<uniform> params: SampledParams;
@group(1) @binding(0) var first_plane: texture_2d<f32>;
@group(1) @binding(1) var chroma_plane: texture_2d<f32>;
@group(1) @binding(2) var linear_clamp: sampler;
@group(2) @binding(0) var backdrop_luma: texture_2d<f32>;
@group(2) @binding(1) var backdrop_chroma: texture_2d<f32>;

@vertex
fn vs_main(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
    let unit = vec2f(f32(index & 1u), f32(index >> 1u));
    let at_px = params.quad_px.xy + unit * params.quad_px.zw;
    return vec4f(at_px / params.canvas_px * vec2f(2.0, -2.0) + vec2f(-1.0, 1.0), 0.0, 1.0);
}

fn mapped(matrix: vec4f, offset: vec2f, at: vec2f) -> vec2f {
    return vec2f(dot(matrix.xy, at), dot(matrix.zw, at)) + offset;
}

fn coverage_at(at_px: vec2f) -> f32 {
    if PLAIN {
        return 1.0;
    }
    let from_middle = (mapped(params.unit_matrix, params.unit_offset, at_px) - 0.5) * params.drawn_px;
    var shown = 1.0;
    if params.corner_radius_px > 0.0 {
        shown = coverage_from_distance(inside_rounded_box(from_middle, params.drawn_px, params.corner_radius_px));
    } else if params.whole_pixels < 0.5 {
        // Each pair of edges by itself: exact for upright layers, also for those thinner than a pixel.
        let sides = saturate(params.drawn_px * 0.5 - abs(from_middle) + 0.5);
        shown = sides.x * sides.y;
    }
    for (var i = 0u; i < params.mask_count; i++) {
        shown *= mask_coverage(params.masks[i], at_px);
    }
    return shown;
}

fn uv_at(at_px: vec2f) -> vec2f {
    return clamp(mapped(params.uv_matrix, params.uv_offset, at_px), params.uv_bounds.xy, params.uv_bounds.zw);
}

// The picture at a canvas point. Video: Y', Cb, Cr of the source. Otherwise premultiplied R'G'B'A.
fn sample_at(at_px: vec2f) -> vec4f {
    let uv = uv_at(at_px);
    if !VIDEO {
        return textureSampleLevel(first_plane, linear_clamp, uv, 0.0);
    }
    var y = 0.0;
    var cbcr = vec2f(0.0);
    if !CHROMA || CONVERT || BLEND {
        y = textureSampleLevel(first_plane, linear_clamp, uv, 0.0).r;
    }
    if CHROMA || CONVERT || BLEND {
        let shifted = uv + vec2f(params.chroma_shift, 0.0);
        cbcr = textureSampleLevel(chroma_plane, linear_clamp, shifted, 0.0).rg;
    }
    return vec4f(y, cbcr, 1.0);
}

// The same over one pixel: an even grid of samples where several texels fall into it.
fn picture_at(at_px: vec2f) -> vec4f {
    if SINGLE {
        return sample_at(at_px);
    }
    let taps = i32(params.tap_count);
    var sum = vec4f(0.0);
    for (var row = 0; row < taps; row++) {
        for (var column = 0; column < taps; column++) {
            let within = (vec2f(f32(column), f32(row)) + 0.5) / params.tap_count - 0.5;
            sum += sample_at(at_px + within);
        }
    }
    return sum / (params.tap_count * params.tap_count);
}

fn transformed(first: vec4f, second: vec4f, third: vec4f, value: vec4f) -> vec3f {
    return vec3f(dot(first, value), dot(second, value), dot(third, value));
}

// Premultiplied output planes and alpha of a sampled picture.
fn planes_from_picture(picture: vec4f) -> vec4f {
    if VIDEO && !CONVERT {
        return vec4f(saturate(picture.xyz), 1.0);
    }
    let value = transformed(params.to_target[0], params.to_target[1], params.to_target[2], picture);
    if VIDEO {
        return vec4f(saturate(value), 1.0);
    }
    return vec4f(value, picture.a);
}

fn straight_rgb_from_picture(picture: vec4f) -> vec4f {
    if VIDEO {
        return vec4f(saturate(transformed(params.to_rgb[0], params.to_rgb[1], params.to_rgb[2], vec4f(picture.xyz, 1.0))), 1.0);
    }
    return vec4f(saturate(picture.rgb / max(picture.a, 1e-4)), picture.a);
}

// Output planes after blending one canvas pixel with what was there.
fn blended_planes(at_px: vec2f) -> vec3f {
    let source = straight_rgb_from_picture(picture_at(at_px));
    let y = textureLoad(backdrop_luma, vec2i(at_px), 0).r;
    // Chroma at this pixel, between its left-sited neighbours.
    let chroma_size = vec2f(textureDimensions(backdrop_chroma));
    let chroma_uv = (at_px + vec2f(0.5, 0.0)) * 0.5 / chroma_size;
    let cbcr = textureSampleLevel(backdrop_chroma, linear_clamp, chroma_uv, 0.0).rg;
    let below = saturate(transformed(params.rgb_from_target[0], params.rgb_from_target[1], params.rgb_from_target[2], vec4f(y, cbcr, 1.0)));
    let alpha = source.a * params.opacity * coverage_at(at_px);
    var mixed = mix(below, blended(params.blend_mode, below, source.rgb), alpha);
    if params.blend_mode == 16u {
        mixed = min(below + source.rgb * alpha, vec3f(1.0));
    }
    let difference = transformed(params.target_from_rgb[0], params.target_from_rgb[1], params.target_from_rgb[2], vec4f(mixed - below, 0.0));
    // What the layer does not change keeps its code values.
    return vec3f(y, cbcr) + difference;
}

@fragment
fn fs_main(@builtin(position) fragment: vec4f) -> @location(0) vec4f {
    if !CHROMA {
        if BLEND {
            return vec4f(blended_planes(fragment.xy).x, 0.0, 0.0, 1.0);
        }
        let shown = coverage_at(fragment.xy) * params.opacity;
        if shown <= 0.0 {
            discard;
        }
        let planes = planes_from_picture(picture_at(fragment.xy));
        return vec4f(planes.x, 0.0, 0.0, planes.a) * shown;
    }
    let first_px = floor(fragment.xy) * 2.0;
    if PLAIN && SINGLE && !BLEND {
        // R'G'B': between the four pixels, one linear sample is their mean. Video: as below.
        let planes = planes_from_picture(picture_at(first_px + select(vec2f(1.0), vec2f(0.5, 1.0), VIDEO && !CONVERT)));
        return vec4f(planes.yz, 0.0, planes.a) * params.opacity;
    }
    var sum = vec4f(0.0);
    var touched = 0.0;
    for (var i = 0u; i < 4u; i++) {
        let at_px = first_px + vec2f(f32(i & 1u), f32(i >> 1u)) + 0.5;
        if BLEND {
            let planes = blended_planes(at_px);
            sum += vec4f(planes.yz, 0.0, 1.0);
        } else if VIDEO && !CONVERT {
            sum.a += coverage_at(at_px);
        } else {
            let shown = coverage_at(at_px);
            touched += shown;
            if shown > 0.0 {
                let planes = planes_from_picture(picture_at(at_px));
                sum += vec4f(planes.yz, 0.0, planes.a) * shown;
            }
        }
    }
    if BLEND {
        return sum / 4.0;
    }
    if VIDEO && !CONVERT {
        // Chroma of the source at the place of the output's chroma sample, left in the pair of columns.
        let planes = planes_from_picture(picture_at(first_px + vec2f(0.5, 1.0)));
        return vec4f(planes.yz, 0.0, 1.0) * sum.a * 0.25 * params.opacity;
    }
    return sum * 0.25 * params.opacity;
}
