//! Rules about who may use whom, as drawn in ARCHITECTURE.md.

use crate::rust_files;

/// Modules of a folder that may not be named in another one: (files below, forbidden, why).
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "engine/template/src/",
        &["std::fs", "std::net", "std::time::", "std::thread"],
        "the template crate is pure",
    ),
    (
        "engine/protocol/src/",
        &["std::fs", "std::net", "avs_template"],
        "the protocol is serde and bytes only",
    ),
    ("shaders/src/", &["wgpu", "naga", "std::fs"], "the catalogue is text only"),
    ("engine/src/color/", &["crate::", "wgpu", "ffmpeg"], "colour is arithmetic"),
    (
        "engine/src/gpu/",
        &[
            "crate::job",
            "crate::compositor",
            "crate::media",
            "crate::text",
            "crate::encode",
            "avs_template",
            "ffmpeg",
            "cudarc",
        ],
        "gpu knows no templates and no encoders",
    ),
    (
        "engine/src/compositor/",
        &["crate::job", "crate::media", "crate::encode", "crate::audio", "ffmpeg"],
        "compositor -> color, gpu",
    ),
    ("engine/src/compositor/plan.rs", &["wgpu", "std::fs"], "a plan is data"),
    (
        "engine/src/media/",
        &["crate::job", "crate::compositor", "crate::gpu", "crate::encode", "wgpu"],
        "media reads files only",
    ),
    ("engine/src/text/", &["crate::job", "crate::compositor", "crate::media"], "text -> gpu"),
    (
        "engine/src/encode/",
        &["crate::job", "crate::compositor", "crate::gpu", "wgpu", "ash::"],
        "encode takes bytes, and memory by its descriptor",
    ),
    (
        "engine/src/audio/",
        &["crate::job", "crate::compositor", "crate::gpu", "crate::encode"],
        "audio -> media",
    ),
    (
        "engine/src/analysis/",
        &[
            "crate::job",
            "crate::compositor",
            "crate::gpu",
            "crate::encode",
            "crate::text",
            "wgpu",
            "std::net",
        ],
        "analysis -> media, audio, color",
    ),
    (
        "engine/src/job/",
        &["crate::worker", "crate::cli", "crate::sandbox"],
        "job is called, it does not call up",
    ),
    (
        "engine/src/sandbox/",
        &[
            "crate::job",
            "crate::worker",
            "crate::cli",
            "crate::gpu",
            "crate::media",
            "crate::encode",
            "crate::compositor",
            "crate::text",
            "crate::audio",
            "avs_template",
            "wgpu",
            "ffmpeg",
        ],
        "sandbox -> the protocol's types",
    ),
    ("control-plane/src/", &["wgpu", "ffmpeg", "avs_engine"], "the control plane never links the engine"),
    (
        "control-plane/src/domain/",
        &["crate::api", "crate::store", "crate::engines", "crate::workers", "sqlx", "axum", "tokio"],
        "domain -> nothing",
    ),
    (
        "control-plane/src/store/",
        &["crate::api", "crate::engines", "crate::workers", "axum"],
        "store -> domain",
    ),
    (
        "control-plane/src/engines/",
        &["crate::api", "crate::store", "crate::workers", "sqlx", "axum"],
        "engines -> domain, protocol",
    ),
    ("control-plane/src/api/", &["crate::console"], "console -> api"),
    (
        "control-plane/src/console/",
        &["sqlx", "crate::engines", "crate::fetch", "crate::creator"],
        "console -> api, store, domain",
    ),
    (
        "control-plane/src/workers/",
        &["crate::api", "crate::console", "axum"],
        "workers -> domain, store, engines, fetch",
    ),
    (
        "control-plane/src/objects/",
        &["crate::api", "crate::engines", "crate::workers", "crate::fetch", "axum"],
        "objects -> domain, store",
    ),
    (
        "control-plane/src/fetch/",
        &["crate::api", "crate::store", "crate::engines", "crate::workers", "sqlx", "axum"],
        "fetch -> domain",
    ),
    (
        "control-plane/src/creator/",
        &["crate::api", "crate::engines", "crate::workers", "crate::fetch", "std::fs", "tokio::fs"],
        "a creator gets facts, never files",
    ),
];

#[test]
fn arrows_between_modules_point_one_way() {
    let files = rust_files();
    for (below, forbidden, why) in FORBIDDEN {
        let mut seen = 0;
        for (name, text) in files.iter().filter(|(name, _)| name.starts_with(below)) {
            seen += 1;
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for (number, line) in code.enumerate() {
                let broken = forbidden.iter().find(|module| line.contains(*module));
                assert!(broken.is_none(), "{name}, code line {}: {broken:?}; {why}", number + 1);
            }
        }
        assert!(seen > 0, "no file is below {below}: the rule has lost its subject");
    }
}

#[test]
fn crates_depend_along_the_arrows_only() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let rules: [(&str, &[&str]); 5] = [
        ("engine/template", &["avs-", "serde.workspace", "tokio", "wgpu", "ffmpeg"]),
        ("engine/protocol", &["avs-template", "avs-engine", "tokio", "wgpu", "ffmpeg"]),
        ("shaders", &["avs-engine", "wgpu"]),
        (
            "control-plane/creator",
            &["avs.workspace", "avs-engine", "tokio", "reqwest", "getrandom", "wgpu", "ffmpeg"],
        ),
        ("control-plane", &["avs-engine", "avs-shaders", "wgpu", "ffmpeg", "tiny-skia"]),
    ];
    for (package, forbidden) in rules {
        let manifest = std::fs::read_to_string(root.join(package).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
        let dependencies = dependencies.split("[dev-dependencies]").next().unwrap();
        for name in forbidden {
            assert!(!dependencies.lines().any(|line| line.starts_with(name)), "{package} depends on {name}");
        }
    }
}
