// Purpose: one direction of a Gaussian blur, edges extended.
// Input and output space: premultiplied gamma-coded R'G'B'A.
// Bindings: group 0: 0 params. Group 1: 0 picture, 2 sampler.
// Mirrors: engine/src/gpu/uniforms.rs, EffectParams.
//#import shared/effect

@fragment
fn fs_main(@builtin(position) fragment: vec4f) -> @location(0) vec4f {
    let uv = uv_from_fragment(fragment);
    let sigma = params.amount;
    // Three standard deviations hold 99.7% of the weight.
    let reach = i32(ceil(sigma * 3.0));
    var sum = textureSampleLevel(picture, linear_clamp, uv, 0.0);
    var total = 1.0;
    for (var i = 1; i <= reach; i++) {
        let weight = exp(-0.5 * f32(i * i) / (sigma * sigma));
        let offset = params.step_uv * f32(i);
        sum += weight * (textureSampleLevel(picture, linear_clamp, uv + offset, 0.0)
            + textureSampleLevel(picture, linear_clamp, uv - offset, 0.0));
        total += 2.0 * weight;
    }
    return sum / total;
}
