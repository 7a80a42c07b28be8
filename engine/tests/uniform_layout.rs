//! The parameter structs of the shaders and their Rust twins have the same layout, field by field.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

use std::mem::offset_of;

use avs_engine::gpu::uniforms::{DRAW_PARAMS_STRIDE_BYTES, DrawParams};

#[test]
fn draw_params_has_the_layout_that_every_shader_expects() {
    let rust = [
        ("dest_px", offset_of!(DrawParams, dest_px)),
        ("target_size_px", offset_of!(DrawParams, target_size_px)),
        ("opacity", offset_of!(DrawParams, opacity)),
        ("_pad", offset_of!(DrawParams, pad)),
        ("to_target", offset_of!(DrawParams, to_target)),
    ];
    for shader in avs_shaders::ENTRIES {
        let (fields, span) = wgsl_struct(&shader.wgsl().unwrap(), "DrawParams");
        assert_eq!(fields, rust.map(|(name, offset)| (name.to_owned(), offset)), "{}", shader.name);
        assert_eq!(span, size_of::<DrawParams>(), "{}", shader.name);
    }
}

#[test]
fn draw_params_fits_between_two_dynamic_offsets() {
    assert!(size_of::<DrawParams>() <= DRAW_PARAMS_STRIDE_BYTES as usize);
}

/// Field names with offsets, and the size, of a struct as naga lays it out.
fn wgsl_struct(wgsl: &str, name: &str) -> (Vec<(String, usize)>, usize) {
    let module = naga::front::wgsl::parse_str(wgsl).unwrap();
    let (_, found) = module.types.iter().find(|(_, kind)| kind.name.as_deref() == Some(name)).unwrap();
    let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
    let fields = members.iter().map(|member| (member.name.clone().unwrap(), member.offset as usize));
    (fields.collect(), *span as usize)
}
