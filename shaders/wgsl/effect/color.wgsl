// Purpose: brings a picture to R'G'B'A and changes its colours, pixel by pixel.
// Input space: premultiplied gamma-coded R'G'B'A, or Y'CbCr 4:2:0 of the source.
// Output space: premultiplied gamma-coded R'G'B'A. Formulas: Filter Effects Module Level 1, section 8, on gamma-coded
// values as browsers apply the shorthand filters. Compared with the formulas by tests/render/blending.rs.
// Bindings: group 0: 0 params. Group 1: 0 picture or its Y', 1 its CbCr, 2 sampler.
// Mirrors: engine/src/gpu/uniforms.rs, EffectParams.
//#import shared/effect

// True for Y'CbCr planes, false for R'G'B'A.
override VIDEO: bool = false;

fn luma_of(c: vec3f) -> f32 {
    return dot(c, vec3f(0.2126, 0.7152, 0.0722));
}

// The standard's matrix about its own luminance weights.
fn saturated(c: vec3f, s: f32) -> vec3f {
    return mix(vec3f(dot(c, vec3f(0.213, 0.715, 0.072))), c, s);
}

fn hue_rotated(c: vec3f, radians: f32) -> vec3f {
    let turn = vec3f(1.0, cos(radians), sin(radians));
    return vec3f(
        c.r * dot(turn, vec3f(0.213, 0.787, -0.213)) + c.g * dot(turn, vec3f(0.715, -0.715, -0.715))
            + c.b * dot(turn, vec3f(0.072, -0.072, 0.928)),
        c.r * dot(turn, vec3f(0.213, -0.213, 0.143)) + c.g * dot(turn, vec3f(0.715, 0.285, 0.140))
            + c.b * dot(turn, vec3f(0.072, -0.072, -0.283)),
        c.r * dot(turn, vec3f(0.213, -0.213, -0.787)) + c.g * dot(turn, vec3f(0.715, -0.715, 0.715))
            + c.b * dot(turn, vec3f(0.072, 0.928, 0.072)),
    );
}

fn sepia(c: vec3f) -> vec3f {
    return vec3f(
        dot(c, vec3f(0.393, 0.769, 0.189)),
        dot(c, vec3f(0.349, 0.686, 0.168)),
        dot(c, vec3f(0.272, 0.534, 0.131)),
    );
}

// Cb and Cr of BT.709, each -0.5 to 0.5.
fn cbcr_of(c: vec3f) -> vec2f {
    let y = luma_of(c);
    return vec2f((c.b - y) / 1.8556, (c.r - y) / 1.5748);
}

// How much of a colour the key leaves: ffmpeg's chromakey, distance over its greatest length.
fn kept_by_key(c: vec3f, color: vec3f, similarity: f32, blend: f32) -> f32 {
    let distance = length(cbcr_of(c) - cbcr_of(color)) / 0.70710678;
    if blend > 0.0001 {
        return saturate((distance - similarity) / blend);
    }
    return select(0.0, 1.0, distance > similarity);
}

fn noise(px: vec2f, seed: u32) -> f32 {
    var h = u32(px.x) + u32(px.y) * 65536u + seed * 0x9e3779b9u;
    h ^= h >> 16u;
    h *= 0x7feb352du;
    h ^= h >> 15u;
    h *= 0x846ca68bu;
    h ^= h >> 16u;
    return f32(h >> 8u) / 16777216.0 - 0.5;
}

fn applied(straight: vec4f, index: u32, fragment: vec2f) -> vec4f {
    let op = params.ops[index];
    let c = straight.rgb;
    var out = c;
    switch op.kind {
        case 0u: { return vec4f(c, straight.a * kept_by_key(c, op.color.rgb, op.amount, op.more)); }
        case 1u: { out = c * op.amount; }
        case 2u: { out = (c - 0.5) * op.amount + 0.5; }
        case 3u: { out = saturated(c, op.amount); }
        case 4u: { out = hue_rotated(c, op.amount); }
        case 5u: { out = mix(c, vec3f(luma_of(c)), op.amount); }
        case 6u: { out = mix(c, sepia(c), op.amount); }
        case 7u: { out = mix(c, 1.0 - c, op.amount); }
        case 8u: {
            let away = length((fragment / params.size_px - 0.5) * 2.0) * 0.70710678;
            out = c * (1.0 - op.amount * smoothstep(0.3, 1.0, away));
        }
        case 9u: { out = c + op.amount * noise(fragment, op.seed); }
        default: { out = mix(c, op.color.rgb, op.amount); }
    }
    return vec4f(saturate(out), straight.a);
}

@fragment
fn fs_main(@builtin(position) fragment: vec4f) -> @location(0) vec4f {
    let uv = uv_from_fragment(fragment);
    var straight = vec4f(0.0);
    if VIDEO {
        let y = textureSampleLevel(picture, linear_clamp, uv, 0.0).r;
        let cbcr = textureSampleLevel(chroma_plane, linear_clamp, uv + vec2f(params.chroma_shift, 0.0), 0.0).rg;
        let coded = vec4f(y, cbcr, 1.0);
        let rgb = vec3f(dot(params.to_rgb[0], coded), dot(params.to_rgb[1], coded), dot(params.to_rgb[2], coded));
        straight = vec4f(saturate(rgb), 1.0);
    } else {
        let premul = textureSampleLevel(picture, linear_clamp, uv, 0.0);
        straight = vec4f(saturate(premul.rgb / max(premul.a, 1e-4)), premul.a);
    }
    for (var i = 0u; i < params.op_count; i++) {
        straight = applied(straight, i, fragment.xy);
    }
    return vec4f(straight.rgb * straight.a, straight.a);
}
