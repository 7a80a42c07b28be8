//! The pictures of a text block: rasterised when they first show, and again where its colours change.

use std::sync::Arc;

use avs_template::{SourceUse, TextPaint, UnitRect};

use super::placement::{framed, whole_pixels};
use crate::color::Picture;
use crate::compositor::Cover;
use crate::geometry::EvenRect;
use crate::limits;
use crate::text::{Fonts, TextSetting};

/// Which pictures of a text are up to date.
#[derive(Debug)]
pub(super) struct TextSource {
    /// What each unit was last painted with.
    painted: Vec<Option<TextPaint>>,
    /// Where the only unit of a text that stays in its place lies in its texture, and the texture's size.
    frame: Option<((i64, i64), (u32, u32))>,
    /// Pixels rasterised for each pixel of the text's own size.
    scale: f64,
}

impl TextSource {
    /// Plans the textures of a text. One that stays in its place is drawn pixel by pixel.
    pub(super) fn new(
        setting: &TextSetting,
        source_use: &SourceUse,
        canvas: (u32, u32),
    ) -> (Self, Vec<Cover>) {
        let units = setting.facts().units.len();
        let fixed = source_use.fixed.filter(|_| units == 1).and_then(|place| {
            let whole = whole_pixels(place.dest);
            let even = EvenRect::covering(whole, canvas)?;
            Some((whole, even))
        });
        let painted = vec![None; units];
        let own_width = setting.facts().units.iter().map(|unit| unit.rect.width).fold(1.0, f64::max);
        let Some((whole, even)) = fixed else {
            let scale = largest_scale(setting, source_use.picture_px.width / own_width);
            return (Self { painted, frame: None, scale }, vec![Cover::Source(UnitRect::WHOLE); units]);
        };
        let offset = |at: f64, origin: u32| {
            #[expect(clippy::cast_possible_truncation, reason = "canvas coordinates are far below 2^53")]
            let px = at as i64 - i64::from(origin);
            px
        };
        let frame = Some(((offset(whole.x, even.x), offset(whole.y, even.y)), even.size()));
        (Self { painted, frame, scale: whole.width / own_width }, vec![Cover::Canvas(even)])
    }

    /// Rasterises a unit, unless it is there in these colours.
    pub(super) fn paint(
        &mut self,
        fonts: &mut Fonts,
        setting: &TextSetting,
        unit: usize,
        paint: TextPaint,
    ) -> Option<Picture> {
        let painted = self.painted.get_mut(unit)?;
        if *painted == Some(paint) {
            return None;
        }
        *painted = Some(paint);
        let picture = setting.rasterise(fonts, unit, &paint, self.scale);
        let picture = match self.frame {
            Some((offset, size)) => framed(&picture, offset, size),
            None => picture,
        };
        Some(Picture::Rgba(Arc::new(picture)))
    }
}

/// A text that never grows beyond this is rasterised at its own size: what overshoots on its way in comes to rest there,
/// and is sharpest texel by texel.
const SCALE_KEPT: f64 = 1.2;

/// The scale at which a text that moves is rasterised: as large as it ever shows, as far as textures go. What is shown
/// smaller is sampled down.
fn largest_scale(setting: &TextSetting, shown: f64) -> f64 {
    if shown <= SCALE_KEPT {
        return 1.0;
    }
    let sides = setting.facts().units.iter().flat_map(|unit| [unit.rect.width, unit.rect.height]);
    let side_px = sides.fold(1.0, f64::max);
    shown.min((f64::from(limits::LAYER_SIDE_PX_MAX) / side_px).max(1.0))
}
