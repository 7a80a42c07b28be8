// Purpose: adds a multiple of what a 3x3 binomial blur takes away.
// Input and output space: premultiplied gamma-coded R'G'B'A.
// Bindings: group 0: 0 params. Group 1: 0 picture, 2 sampler.
// Mirrors: engine/src/gpu/uniforms.rs, EffectParams.
//#import shared/effect

@fragment
fn fs_main(@builtin(position) fragment: vec4f) -> @location(0) vec4f {
    let uv = uv_from_fragment(fragment);
    let here = textureSampleLevel(picture, linear_clamp, uv, 0.0);
    var sum = here * 4.0;
    for (var y = -1; y <= 1; y++) {
        for (var x = -1; x <= 1; x++) {
            let weight = f32((2 - abs(x)) * (2 - abs(y)));
            let at = uv + vec2f(f32(x), f32(y)) / params.size_px;
            sum += select(weight, 0.0, x == 0 && y == 0) * textureSampleLevel(picture, linear_clamp, at, 0.0);
        }
    }
    let sharp = here.rgb + params.amount * (here.rgb - sum.rgb / 16.0);
    return vec4f(clamp(sharp, vec3f(0.0), vec3f(here.a)), here.a);
}
