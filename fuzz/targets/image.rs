//! Any bytes as an image: refused, or its header tells its size and it is drawn at the size that was asked for.
#![no_main]

use avs_engine::media::{AnimatedImage, image_from_file, image_header, is_animation};
use avs_fuzz::Draft;
use avs_template::{RectPx, Ticks};
use libfuzzer_sys::fuzz_target;

/// Larger ones are only looked at: decoding them would leave no time for others.
const PIXELS_MAX: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let draft = Draft::new(bytes);
    let Ok(Some(header)) = image_header(draft.path()) else { return };
    let (width, height) = header.size;
    assert!(width <= 16_384 && height <= 16_384, "over the limits: {width} by {height}");
    let pixels = u64::from(width) * u64::from(height);
    // The pictures inside HEIC and AVIF are for the fuzzers of libde265 and dav1d.
    if pixels == 0 || pixels > PIXELS_MAX || ["heic", "avif"].contains(&header.format.as_str()) {
        return;
    }
    let crop = RectPx { x: 0.0, y: 0.0, width: f64::from(width), height: f64::from(height) };
    let length = match is_animation(draft.path()) {
        Ok(true) => {
            let Ok(mut image) = AnimatedImage::open(draft.path(), "fuzzed", crop, (16, 12)) else { return };
            let Ok(picture) = image.at(Ticks::from_secs(0.3)) else { return };
            picture.bytes.len()
        }
        Ok(false) => {
            let Ok(picture) = image_from_file(draft.path(), crop, (16, 12)) else { return };
            picture.bytes.len()
        }
        Err(_) => return,
    };
    assert!(length == 16 * 12 * 4);
});
