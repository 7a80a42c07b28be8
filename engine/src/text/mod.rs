//! Text: fonts, shaping and line breaking by cosmic-text, outlines filled by tiny-skia. Where it goes is not decided
//! here.

mod fonts;
mod glyphs;
mod layout;
mod raster;
mod setting;

pub use fonts::{FontError, Fonts, UnknownFamily, check_font_file};
pub use setting::{MissingGlyph, TextSetting};
