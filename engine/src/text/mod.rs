//! Text: fonts, shaping and line breaking by cosmic-text, glyphs drawn by glyphon. Where it goes is the layout's.

mod fonts;
mod layout;
mod raster;

pub use fonts::{Fonts, UnknownFamily};
pub use layout::{MissingGlyph, TextLayout};
pub use raster::{TextRaster, TextRasterError};
