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

/// Every entry file.
pub const ENTRIES: [Shader; 3] = [LAYER_STILL, LAYER_VIDEO, PLANE_LAYER];

/// Every file that may be imported.
const SHARED: [Shader; 1] = [wgsl_file!("shared/draw")];
