//! What the engine draws and writes, judged by ffmpeg and by the standards' numbers.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

mod analysis;
mod bad_input;
mod blending;
mod colors;
mod counting;
mod field_cases;
mod fields;
mod files;
mod formats;
mod hostile;
mod images;
mod masks;
mod mixes;
mod placement;
mod rates;
mod real_media;
mod reference;
mod reference_sound;
mod skip_pictures;
mod sound;
mod text;
mod timing;
