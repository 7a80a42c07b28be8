//! What shows where a file fails: `onAssetError` of a block.

use std::collections::{BTreeMap, BTreeSet};

use avs_protocol::RenderWarning;
use avs_template::{
    BlockDuration, Content, ImageBlock, MediaFacts, OnAssetError, SizePx, Source, Template, Ticks,
};

use crate::color::RgbaPicture;
use crate::error::RenderError;
use crate::media::MediaError;

/// Largest side of a placeholder: it is a plain figure, and scaling it costs nothing.
const SIDE_PX_MAX: f64 = 1024.0;
/// Grey of the plane and of the cross.
const PLANE_AND_CROSS: [u8; 2] = [0x2a, 0x55];
/// Half the width of the cross's bars, as a fraction of the longer side.
const BAR_FRACTION: f64 = 0.006;

/// Seconds that a placeholder shows where the block would have lasted as long as its file.
const SECS: i64 = 5;
/// Its own size in pixels; any will do, as it fits every box.
const SIZE: (u32, u32) = (1920, 1080);

/// A template without what failed.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    /// Indices in the template of the blocks that a placeholder stands for.
    pub(super) placeholders: BTreeSet<usize>,
    /// What the timeline shall know of their sources.
    pub(super) facts: BTreeMap<String, MediaFacts>,
    pub(super) warnings: Vec<RenderWarning>,
}

/// Takes blocks out of `template` whose files failed, or turns them into placeholders, as each wants.
pub(super) fn replace_failed(
    template: &mut Template,
    mut failed: BTreeMap<String, MediaError>,
) -> Result<Replaced, RenderError> {
    let mut replaced = Replaced::default();
    let mut kept = Vec::with_capacity(template.blocks.len());
    for mut block in std::mem::take(&mut template.blocks) {
        let key = block.content.source().map(|source| source.key().to_owned()).unwrap_or_default();
        let Some(error) = failed.get(&key) else {
            kept.push(block);
            continue;
        };
        let pointer = block.source_pointer();
        let Some(visual) =
            block.content.visual().filter(|visual| visual.on_asset_error != OnAssetError::Fail)
        else {
            // The map is not used again.
            return Err(failed.remove(&key).map_or(RenderError::StageLost { stage: "prepare" }, |source| {
                RenderError::Media { pointer, source }
            }));
        };
        replaced.warnings.push(warning_of(pointer, visual.on_asset_error, error));
        if visual.on_asset_error == OnAssetError::Placeholder {
            let source = Source::Upload(format!("placeholder/{key}"));
            let facts = MediaFacts { size: Some(SIZE), ..MediaFacts::default() };
            replaced.facts.insert(source.key().to_owned(), facts);
            replaced.placeholders.insert(kept.len());
            block.content = Content::Image(ImageBlock { source, ken_burns: None, visual: visual.clone() });
            if block.duration == BlockDuration::Auto {
                block.duration = BlockDuration::For(Ticks::new(SECS * Ticks::PER_SECOND));
            }
            kept.push(block);
        }
    }
    template.blocks = kept;
    Ok(replaced)
}

/// Says that a file failed and what is done instead.
pub(super) fn warning_of(pointer: String, wanted: OnAssetError, error: &MediaError) -> RenderWarning {
    let instead = if wanted == OnAssetError::Skip { "the block is left out" } else { "a placeholder shows" };
    RenderWarning { pointer, code: "asset_failed".to_owned(), detail: format!("{error}; {instead}") }
}

/// A dark plane with a lighter cross from corner to corner, of the proportions of `size`.
pub(super) fn placeholder_picture(size: SizePx) -> RgbaPicture {
    let shrink = (SIDE_PX_MAX / size.width.max(size.height)).min(1.0);
    let side = |px: f64| super::placement::whole_px((px * shrink).max(2.0));
    let (width_px, height_px) = (side(size.width), side(size.height));
    let mut bytes = Vec::with_capacity(width_px as usize * height_px as usize * 4);
    let (width, height) = (f64::from(width_px), f64::from(height_px));
    // Distance to a diagonal: |x h - y w| over its length.
    let (diagonal, bar) = (width.hypot(height), BAR_FRACTION * width.max(height));
    for y in 0..height_px {
        for x in 0..width_px {
            let (at_x, at_y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
            let falling = (at_x * height - at_y * width).abs() / diagonal;
            let rising = (at_x * height + at_y * width - width * height).abs() / diagonal;
            let grey = PLANE_AND_CROSS[usize::from(falling.min(rising) < bar)];
            bytes.extend_from_slice(&[grey, grey, grey, u8::MAX]);
        }
    }
    RgbaPicture { width_px, height_px, bytes }
}
