//! The parameter structs of the shaders and their Rust twins have the same layout, field by field.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

use std::mem::offset_of;

use avs_engine::gpu::uniforms::{
    ColorOp, DRAW_PARAMS_STRIDE_BYTES, DrawParams, EffectParams, MaskParams, PASS_PARAMS_STRIDE_BYTES,
    SampledParams,
};
use avs_shaders::{
    EFFECT_BLUR, EFFECT_COLOR, EFFECT_PIXELATE, EFFECT_SHARPEN, LAYER_SAMPLED, LAYER_STILL, LAYER_VIDEO,
    PLANE_LAYER,
};

#[test]
fn draw_params_has_the_layout_that_every_shader_expects() {
    let rust = [
        ("dest_px", offset_of!(DrawParams, dest_px)),
        ("target_size_px", offset_of!(DrawParams, target_size_px)),
        ("opacity", offset_of!(DrawParams, opacity)),
        ("_pad", offset_of!(DrawParams, pad)),
        ("to_target", offset_of!(DrawParams, to_target)),
    ];
    for shader in [LAYER_STILL, LAYER_VIDEO, PLANE_LAYER] {
        assert_layout(shader, "DrawParams", (&rust, size_of::<DrawParams>()));
    }
    assert!(size_of::<DrawParams>() <= DRAW_PARAMS_STRIDE_BYTES as usize);
}

#[test]
fn sampled_params_has_the_layout_that_its_shader_expects() {
    macro_rules! fields {
        ($kind:ty: $($name:ident),*) => { [$((stringify!($name), offset_of!($kind, $name))),*] };
    }
    let rust = fields!(SampledParams: quad_px, canvas_px, opacity, blend_mode, to_target, to_rgb, rgb_from_target,
        target_from_rgb, unit_matrix, unit_offset, drawn_px, uv_matrix, uv_offset, corner_radius_px, tap_count,
        uv_bounds, chroma_shift, whole_pixels, mask_count, pad, masks);
    assert_layout(LAYER_SAMPLED, "SampledParams", (&rust, size_of::<SampledParams>()));
    let (fields, size) = wgsl_struct(&LAYER_SAMPLED.wgsl().unwrap(), "MaskParams");
    assert_eq!(fields[4], ("shape".to_owned(), offset_of!(MaskParams, shape)));
    assert_eq!(size, size_of::<MaskParams>());
    assert!(size_of::<SampledParams>() <= PASS_PARAMS_STRIDE_BYTES as usize);
}

#[test]
fn effect_params_has_the_layout_that_every_effect_expects() {
    for shader in [EFFECT_COLOR, EFFECT_BLUR, EFFECT_SHARPEN, EFFECT_PIXELATE] {
        let (fields, size) = wgsl_struct(&shader.wgsl().unwrap(), "EffectParams");
        let at = |name: &str| fields.iter().find(|(field, _)| field == name).unwrap().1;
        assert_eq!(at("size_px"), offset_of!(EffectParams, size_px));
        assert_eq!(at("origin_px"), offset_of!(EffectParams, origin_px));
        assert_eq!(at("step_uv"), offset_of!(EffectParams, step_uv));
        assert_eq!(at("amount"), offset_of!(EffectParams, amount));
        assert_eq!(at("op_count"), offset_of!(EffectParams, op_count));
        assert_eq!(at("ops"), offset_of!(EffectParams, ops));
        assert_eq!(size, size_of::<EffectParams>());
    }
    let (fields, size) = wgsl_struct(&EFFECT_COLOR.wgsl().unwrap(), "ColorOp");
    assert_eq!((fields[4].1, size), (offset_of!(ColorOp, color), size_of::<ColorOp>()));
    assert!(size_of::<EffectParams>() <= PASS_PARAMS_STRIDE_BYTES as usize);
}

#[track_caller]
fn assert_layout(shader: avs_shaders::Shader, name: &str, (rust, size): (&[(&str, usize)], usize)) {
    let (fields, span) = wgsl_struct(&shader.wgsl().unwrap(), name);
    let rust: Vec<_> = rust.iter().map(|(name, offset)| ((*name).to_owned(), *offset)).collect();
    assert_eq!(fields, rust, "{}", shader.name);
    assert_eq!(span, size, "{}", shader.name);
}

/// Field names with offsets, and the size, of a struct as naga lays it out.
fn wgsl_struct(wgsl: &str, name: &str) -> (Vec<(String, usize)>, usize) {
    let module = naga::front::wgsl::parse_str(wgsl).unwrap();
    let (_, found) = module.types.iter().find(|(_, kind)| kind.name.as_deref() == Some(name)).unwrap();
    let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
    let fields = members.iter().map(|member| (member.name.clone().unwrap(), member.offset as usize));
    (fields.collect(), *span as usize)
}
