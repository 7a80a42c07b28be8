// Purpose: CSS blend modes on gamma-coded R'G'B' (Compositing and Blending Level 1, section 10).
// Bindings: none.
// Mirrors: engine/src/compositor/sampled.rs, the numbers. CPU twins: engine/src/color/blend.rs.

fn luminosity_of(c: vec3f) -> f32 {
    return dot(c, vec3f(0.3, 0.59, 0.11));
}

fn clip_color(c: vec3f) -> vec3f {
    let l = luminosity_of(c);
    let low = min(c.r, min(c.g, c.b));
    let high = max(c.r, max(c.g, c.b));
    var out = c;
    if low < 0.0 {
        out = l + (out - l) * l / max(l - low, 1e-6);
    }
    if high > 1.0 {
        out = l + (out - l) * (1.0 - l) / max(high - l, 1e-6);
    }
    return out;
}

fn set_luminosity(c: vec3f, l: f32) -> vec3f {
    return clip_color(c + (l - luminosity_of(c)));
}

fn saturation_of(c: vec3f) -> f32 {
    return max(c.r, max(c.g, c.b)) - min(c.r, min(c.g, c.b));
}

fn set_saturation(c: vec3f, s: f32) -> vec3f {
    let low = min(c.r, min(c.g, c.b));
    return (c - low) * s / max(saturation_of(c), 1e-6);
}

fn hard_light(b: f32, s: f32) -> f32 {
    return select(b + (2.0 * s - 1.0) - b * (2.0 * s - 1.0), 2.0 * s * b, s <= 0.5);
}

fn soft_light(b: f32, s: f32) -> f32 {
    let d = select(sqrt(b), ((16.0 * b - 12.0) * b + 4.0) * b, b <= 0.25);
    return select(b + (2.0 * s - 1.0) * (d - b), b - (1.0 - 2.0 * s) * b * (1.0 - b), s <= 0.5);
}

fn color_dodge(b: f32, s: f32) -> f32 {
    if b <= 0.0 { return 0.0; }
    if s >= 1.0 { return 1.0; }
    return min(1.0, b / (1.0 - s));
}

fn color_burn(b: f32, s: f32) -> f32 {
    if b >= 1.0 { return 1.0; }
    if s <= 0.0 { return 0.0; }
    return 1.0 - min(1.0, (1.0 - b) / s);
}

// The numbers are those of BlendMode in engine/src/compositor/sampled.rs.
fn blended(mode: u32, b: vec3f, s: vec3f) -> vec3f {
    switch mode {
        case 1u: { return b * s; }
        case 2u: { return b + s - b * s; }
        case 3u: { return vec3f(hard_light(s.r, b.r), hard_light(s.g, b.g), hard_light(s.b, b.b)); }
        case 4u: { return min(b, s); }
        case 5u: { return max(b, s); }
        case 6u: { return vec3f(color_dodge(b.r, s.r), color_dodge(b.g, s.g), color_dodge(b.b, s.b)); }
        case 7u: { return vec3f(color_burn(b.r, s.r), color_burn(b.g, s.g), color_burn(b.b, s.b)); }
        case 8u: { return vec3f(hard_light(b.r, s.r), hard_light(b.g, s.g), hard_light(b.b, s.b)); }
        case 9u: { return vec3f(soft_light(b.r, s.r), soft_light(b.g, s.g), soft_light(b.b, s.b)); }
        case 10u: { return abs(b - s); }
        case 11u: { return b + s - 2.0 * b * s; }
        case 12u: { return set_luminosity(set_saturation(s, saturation_of(b)), luminosity_of(b)); }
        case 13u: { return set_luminosity(set_saturation(b, saturation_of(s)), luminosity_of(b)); }
        case 14u: { return set_luminosity(s, luminosity_of(b)); }
        case 15u: { return set_luminosity(b, luminosity_of(s)); }
        default: { return s; }
    }
}
