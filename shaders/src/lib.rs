//! The catalogue of the compositor's shaders. WGSL only: pipelines and bindings are the engine's.

mod imports;

pub use imports::{ImportError, expanded_source};

/// One WGSL entry file, with `vs_main` and `fs_main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shader {
    /// Path below `wgsl/` without its ending; also the name of the pass and of the pipeline.
    pub name: &'static str,
    source: &'static str,
}

impl Shader {
    /// Returns the complete WGSL, imports in place.
    ///
    /// # Errors
    /// [`ImportError`] where the file imports something that is not in the catalogue; a test rules that out.
    pub fn wgsl(&self) -> Result<String, ImportError> {
        expanded_source(self.source, &SHARED)
    }
}

macro_rules! wgsl_file {
    ($name:literal) => {
        Shader { name: $name, source: include_str!(concat!("../wgsl/", $name, ".wgsl")) }
    };
}

/// Draws a cached layer into a plane of the output.
pub const LAYER_STILL: Shader = wgsl_file!("layer/still");
/// Draws a decoded picture into a plane of the output.
pub const LAYER_VIDEO: Shader = wgsl_file!("layer/video");
/// Makes the planes of a cached layer from a rasterised picture.
pub const PLANE_LAYER: Shader = wgsl_file!("plane/layer");

/// Draws a layer that is scaled, turned, masked or blended into a plane of the output.
pub const LAYER_SAMPLED: Shader = wgsl_file!("layer/sampled");
/// Changes the colours of a picture.
pub const EFFECT_COLOR: Shader = wgsl_file!("effect/color");
/// Blurs a picture in one direction.
pub const EFFECT_BLUR: Shader = wgsl_file!("effect/blur");
/// Sharpens a picture.
pub const EFFECT_SHARPEN: Shader = wgsl_file!("effect/sharpen");
/// Makes a mosaic of a picture.
pub const EFFECT_PIXELATE: Shader = wgsl_file!("effect/pixelate");

/// Every entry file.
pub const ENTRIES: [Shader; 8] = [
    LAYER_STILL,
    LAYER_VIDEO,
    PLANE_LAYER,
    LAYER_SAMPLED,
    EFFECT_COLOR,
    EFFECT_BLUR,
    EFFECT_SHARPEN,
    EFFECT_PIXELATE,
];

/// Every file that may be imported.
const SHARED: [Shader; 4] = [
    wgsl_file!("shared/draw"),
    wgsl_file!("shared/mask"),
    wgsl_file!("shared/blend"),
    wgsl_file!("shared/effect"),
];
