//! Any bytes as an SVG: refused, or drawn at the size that was asked for.
#![no_main]

use avs_engine::media::image_from_file;
use avs_fuzz::Draft;
use avs_template::RectPx;
use libfuzzer_sys::fuzz_target;

// The engine turns a panic of the rasteriser into a refusal; only one that escapes it counts.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let draft = Draft::new(&[b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>", bytes, b"</svg>"].concat());
    let crop = RectPx { x: 0.0, y: 0.0, width: 40.0, height: 30.0 };
    if let Ok(picture) = image_from_file(draft.path(), crop, (16, 12)) {
        assert!(picture.bytes.len() == 16 * 12 * 4);
        let (texels, _) = picture.bytes.as_chunks::<4>();
        assert!(texels.iter().all(|[r, g, b, a]| r.max(g).max(b) <= a), "not premultiplied");
    }
    // As it is, too: its own root element.
    drop(avs_engine::media::image_header(Draft::new(bytes).path()));
});
