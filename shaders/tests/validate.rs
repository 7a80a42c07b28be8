//! Every shader parses, validates, follows the header rule and is listed in the catalogue.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

use naga::valid::{Capabilities, ValidationFlags, Validator};

#[test]
fn every_shader_validates_with_no_optional_capability() {
    for shader in avs_shaders::ENTRIES {
        let wgsl = shader.wgsl().unwrap();
        let module = naga::front::wgsl::parse_str(&wgsl)
            .unwrap_or_else(|error| panic!("{}: {}", shader.name, error.emit_to_string(&wgsl)));
        Validator::new(ValidationFlags::all(), Capabilities::empty())
            .validate(&module)
            .unwrap_or_else(|error| panic!("{}: {error:?}", shader.name));
        let names: Vec<_> = module.entry_points.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["vs_main", "fs_main"], "{}", shader.name);
    }
}

#[test]
fn every_file_opens_with_its_purpose_and_names_its_spaces() {
    for file in wgsl_files() {
        let source = std::fs::read_to_string(&file).unwrap();
        assert!(source.starts_with("// Purpose: "), "{}", file.display());
        assert!(source.contains("// Bindings: "), "{}", file.display());
        assert!(source.contains("// Mirrors: "), "{}", file.display());
    }
}

#[test]
fn no_entry_file_is_missing_from_the_catalogue() {
    let entries = wgsl_files().into_iter().filter(|file| !file.parent().unwrap().ends_with("shared"));
    assert_eq!(entries.count(), avs_shaders::ENTRIES.len());
}

fn wgsl_files() -> Vec<std::path::PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/wgsl");
    let folders = std::fs::read_dir(root).unwrap().map(|folder| folder.unwrap().path());
    folders
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "wgsl"))
        .collect()
}

#[test]
fn every_entry_compiles_to_spirv_in_every_variant() {
    for shader in avs_shaders::ENTRIES {
        let module = naga::front::wgsl::parse_str(&shader.wgsl().unwrap()).unwrap();
        let names: Vec<_> = module.overrides.iter().map(|(_, found)| found.name.clone().unwrap()).collect();
        for variant in 0..1_u32 << names.len() {
            let flag = |(bit, name): (usize, &String)| (name.clone(), f64::from(variant >> bit & 1));
            let constants = names.iter().enumerate().map(flag).collect();
            compile(&module, &constants)
                .unwrap_or_else(|error| panic!("{} {constants:?}: {error}", shader.name));
        }
    }
}

fn compile(module: &naga::Module, constants: &naga::back::PipelineConstants) -> Result<(), String> {
    use naga::valid::{Capabilities, ValidationFlags, Validator};
    let validate = |module: &naga::Module| {
        Validator::new(ValidationFlags::all(), Capabilities::empty())
            .validate(module)
            .map_err(|error| error.to_string())
    };
    let info = validate(module)?;
    let (module, info) = naga::back::pipeline_constants::process_overrides(module, &info, None, constants)
        .map_err(|error| error.to_string())?;
    naga::back::spv::write_vec(&module, &info, &naga::back::spv::Options::default(), None)
        .map_err(|error| error.to_string())?;
    Ok(())
}
