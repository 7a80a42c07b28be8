//! Contact sheets: many stills in one picture.

use std::path::Path;

use avs_engine::color::reference::rgb_from_picture;
use avs_engine::job::RenderContext;
use image::RgbImage;
use serde_json::json;

use crate::showcase::Sheet;
use crate::still_of;

/// Tiles side by side; three, so that the moments of a movement share a row.
const COLUMNS: u32 = 6;
/// Space around tiles.
const GAP_PX: u32 = 4;
/// Tiles are an eighth of a 16:9 frame's area at 480p.
const TILE: (u32, u32) = (212, 120);

/// Draws every scene of a sheet, each a tile, with the files of `assets`.
#[track_caller]
#[must_use]
pub fn contact_sheet(context: &mut RenderContext, sheet: &Sheet, assets: &Path) -> RgbImage {
    let output = json!({ "quality": "draft", "aspectRatio": "16:9" });
    let mut tiles = Vec::new();
    for showcase in &sheet.showcases {
        for at_secs in &showcase.at_secs {
            let drawn = still_of(context, showcase.template.clone(), output.clone(), assets, *at_secs);
            let full = RgbImage::from_raw(drawn.width_px, drawn.height_px, rgb_from_picture(&drawn)).unwrap();
            tiles.push(image::imageops::resize(&full, TILE.0, TILE.1, image::imageops::FilterType::Triangle));
        }
    }
    let rows = u32::try_from(tiles.len()).unwrap().div_ceil(COLUMNS);
    let side = |count: u32, px: u32| GAP_PX + count * (px + GAP_PX);
    let mut sheet = RgbImage::new(side(COLUMNS, TILE.0), side(rows, TILE.1));
    for (index, tile) in (0..).zip(&tiles) {
        let (column, row) = (index % COLUMNS, index / COLUMNS);
        image::imageops::replace(&mut sheet, tile, side(column, TILE.0).into(), side(row, TILE.1).into());
    }
    sheet
}
