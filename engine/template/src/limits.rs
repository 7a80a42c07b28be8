//! Every limit of a template and of an output, each with its reason.

/// Largest accepted template in bytes; one request body of JSON (api.md, "Limits").
pub const JSON_BYTES_MAX: usize = 1 << 20;
/// Most blocks in a template (api.md, "Limits").
pub const BLOCKS_MAX: usize = 500;
/// Longest video in seconds (api.md, "Limits").
pub const VIDEO_SECS_MAX: f64 = 3600.0;
/// Latest second of a source that can be trimmed to: a day, far over any file within the size limit.
pub const SOURCE_SECS_MAX: f64 = 86_400.0;
/// Longest side of a video in output pixels (api.md, "Limits"); the encoder and the GPU both take it.
pub const SIDE_PX_MAX: u32 = 8192;
/// Longest template name in characters; it is shown on one line.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest text of one block in characters; bounds the work of shaping.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// Longest font family name in characters.
pub const FONT_FAMILY_CHARS_MAX: usize = 100;
/// Largest font size in reference pixels; a letter then nearly fills the frame, and its glyph still fits an atlas.
pub const FONT_SIZE_PX_MAX: f64 = 1000.0;
/// Longest URL in characters; what browsers and proxies agree to pass.
pub const URL_CHARS_MAX: usize = 2048;
/// Longest upload name in bytes; the longest file name of common file systems.
pub const UPLOAD_NAME_BYTES_MAX: usize = 255;
/// Farthest `x` or `y` from the frame's corner in reference pixels; keeps positions exact in `f32` on the GPU.
pub const POSITION_PX_MAX: f64 = 16_384.0;
/// Largest width or height of a block in reference pixels.
pub const BLOCK_SIDE_PX_MAX: f64 = 8192.0;
/// Largest percentage in a position or a size: ten frames.
pub const PERCENT_MAX: f64 = 1000.0;
/// Loudest gain as a factor (12 dB); the limiter could not save more (template.md, "video").
pub const VOLUME_MAX: f64 = 4.0;
/// Farthest `zIndex` from zero; more layers than there can be blocks.
pub const Z_INDEX_MAX: i32 = 1_000_000;
/// Most frames per second (api.md, "Request").
pub const FPS_MAX: u32 = 60;
/// Most issues in one answer (api.md, "Request"); more help nobody.
pub const ISSUES_MAX: usize = 50;
