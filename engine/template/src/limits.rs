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
/// Most keyframes of one property; a movement sampled at ten a second for twenty seconds.
pub const KEYFRAMES_MAX: usize = 200;
/// Most animations of one block.
pub const ANIMATIONS_MAX: usize = 16;
/// Most filters of one block; each may cost a pass over its picture.
pub const FILTERS_MAX: usize = 16;
/// Largest blur in reference pixels; a fifth of the frame's short side.
pub const BLUR_PX_MAX: f64 = 200.0;
/// Largest scale as a factor.
pub const SCALE_MAX: f64 = 20.0;
/// Farthest rotation in degrees: ten turns.
pub const ROTATION_DEGREES_MAX: f64 = 3600.0;
/// Largest corner radius in reference pixels; beyond half a frame's side nothing changes.
pub const CORNER_RADIUS_PX_MAX: f64 = 4096.0;
/// Most of a side that may be cropped; what is left must be visible.
pub const CROP_MAX: f64 = 0.99;
/// Nearest view of a Ken Burns journey as a factor.
pub const KEN_BURNS_SCALE_MAX: f64 = 10.0;
/// Slowest and fastest playback as factors (template.md, "video").
pub const SPEED_MIN: f64 = 0.1;
/// See [`SPEED_MIN`].
pub const SPEED_MAX: f64 = 10.0;
/// Most times that media plays, if counted.
pub const PLAYS_MAX: u32 = 1000;
/// Widest letter spacing in reference pixels, to either side.
pub const LETTER_SPACING_PX_MAX: f64 = 500.0;
/// Widest stroke, padding, shadow offset or blur in reference pixels.
pub const TEXT_EFFECT_PX_MAX: f64 = 500.0;
/// Most lines that `maxLines` may ask for.
pub const TEXT_LINES_MAX: u16 = 1000;
/// Most stops of a gradient.
pub const GRADIENT_STOPS_MAX: usize = 16;
/// Most fonts of a template's own.
pub const FONTS_MAX: usize = 20;
