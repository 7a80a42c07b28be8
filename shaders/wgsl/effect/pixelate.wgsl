// Purpose: a mosaic: each cell has the mean of an even grid of samples of itself.
// Input and output space: premultiplied gamma-coded R'G'B'A.
// Bindings: group 0: 0 params. Group 1: 0 picture, 2 sampler.
// Mirrors: engine/src/gpu/uniforms.rs, EffectParams.
//#import shared/effect

const SAMPLES: i32 = 4;

@fragment
fn fs_main(@builtin(position) fragment: vec4f) -> @location(0) vec4f {
    // Cells are laid out from the middle, so that they grow evenly to all sides.
    let cell = floor((uv_from_fragment(fragment) - 0.5) / params.step_uv);
    var sum = vec4f(0.0);
    for (var y = 0; y < SAMPLES; y++) {
        for (var x = 0; x < SAMPLES; x++) {
            let within = (vec2f(f32(x), f32(y)) + 0.5) / f32(SAMPLES);
            let at = (cell + within) * params.step_uv + 0.5;
            sum += textureSampleLevel(picture, linear_clamp, saturate(at), 0.0);
        }
    }
    return sum / f32(SAMPLES * SAMPLES);
}
