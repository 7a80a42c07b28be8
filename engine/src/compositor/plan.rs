//! The passes of one frame, as data. Pure: what is drawn can be read and tested without a device.

use avs_template::EncodedSrgb;

use crate::color::{Affine3, ColorCoding, planes_from_rgb, target_from_source};
use crate::geometry::EvenRect;
use crate::gpu::PipelineKind;

/// What a layer is made of, as far as the plan needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LayerContent {
    /// A decoded picture, opaque, already at its destination size.
    Video {
        /// How it is coded.
        coding: ColorCoding,
    },
    /// A cached layer with alpha, already at its destination size.
    Still,
}

/// One layer of a scene, bottom to top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlannedLayer {
    /// Drawn texel by texel: it is upright, of its destination's size, and whole.
    Direct {
        /// Where it goes.
        dest: EvenRect,
        /// 0..=1.
        opacity: f64,
        /// What it is.
        content: LayerContent,
    },
    /// Scaled, turned, masked, rounded or changed by effects.
    Sampled,
    /// The same, and blended otherwise than by source-over.
    Blended,
}

/// One operation on the output planes. `layer` counts in the list that was planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pass {
    /// Fills the frame with one colour, code values / 255.
    Clear {
        /// Y', Cb, Cr.
        planes: [f64; 3],
    },
    /// The layer's bytes become the frame's there: it is opaque, coded like the output, and nothing is drawn below it.
    Copy {
        /// Which layer.
        layer: usize,
        /// Where.
        dest: EvenRect,
    },
    /// Source-over of one layer.
    Draw {
        /// Which layer.
        layer: usize,
        /// How.
        pipeline: PipelineKind,
        /// Where.
        dest: EvenRect,
        /// 0..=1.
        opacity: f64,
        /// Conversion to the output's coding, where it differs.
        to_target: Option<Affine3>,
    },
    /// Source-over of one layer that is sampled.
    Sample {
        /// Which layer.
        layer: usize,
    },
    /// Mixes one layer with a copy of what is there.
    Blend {
        /// Which layer.
        layer: usize,
    },
}

/// The passes of one frame: `Clear` unless copies cover the canvas, copies, and then what draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In order of execution.
    pub passes: Vec<Pass>,
}

/// Plans one frame: nothing hidden is drawn, nothing that can be copied is shaded.
#[must_use]
pub fn plan(layers: &[PlannedLayer], background: EncodedSrgb, canvas: (u32, u32)) -> Plan {
    let hidden = layers.iter().rposition(|layer| hides_everything_below(layer, canvas)).unwrap_or(0);
    let copies: Vec<_> = layers[hidden..].iter().map_while(copied_to).collect();
    let first_drawn = hidden + copies.len();
    let clear = Pass::Clear { planes: planes_from_srgb(background) };
    let copy = |(index, dest): (usize, &EvenRect)| Pass::Copy { layer: hidden + index, dest: *dest };
    let drawn = layers.iter().enumerate().skip(first_drawn);
    let passes = (!tiles(&copies, canvas)).then_some(clear).into_iter();
    let passes = passes.chain(copies.iter().enumerate().map(copy));
    Plan { passes: passes.chain(drawn.filter_map(|(index, layer)| draw(index, layer))).collect() }
}

/// True where the rectangles leave nothing of the canvas free: one covers it, or all of them side by side do.
fn tiles(rects: &[EvenRect], (width, height): (u32, u32)) -> bool {
    let area = |rect: &EvenRect| u64::from(rect.width) * u64::from(rect.height);
    let apart = |a: &EvenRect, b: &EvenRect| {
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
    };
    let all_apart = || rects.iter().enumerate().all(|(index, a)| rects[..index].iter().all(|b| apart(a, b)));
    let whole = u64::from(width) * u64::from(height);
    rects.iter().any(|rect| rect.covers((width, height)))
        || (all_apart() && rects.iter().map(area).sum::<u64>() == whole)
}

fn hides_everything_below(layer: &PlannedLayer, canvas: (u32, u32)) -> bool {
    match layer {
        PlannedLayer::Direct { dest, opacity, content: LayerContent::Video { .. } } => {
            *opacity >= 1.0 && dest.covers(canvas)
        }
        PlannedLayer::Direct { .. } | PlannedLayer::Sampled | PlannedLayer::Blended => false,
    }
}

/// Where the bytes of a layer may go as they are.
fn copied_to(layer: &PlannedLayer) -> Option<EvenRect> {
    let output = LayerContent::Video { coding: ColorCoding::OUTPUT };
    match *layer {
        PlannedLayer::Direct { dest, opacity, content } if opacity >= 1.0 && content == output => Some(dest),
        _ => None,
    }
}

fn draw(layer: usize, planned: &PlannedLayer) -> Option<Pass> {
    let (dest, opacity, content) = match *planned {
        PlannedLayer::Sampled => return Some(Pass::Sample { layer }),
        PlannedLayer::Blended => return Some(Pass::Blend { layer }),
        PlannedLayer::Direct { dest, opacity, content } => (dest, opacity, content),
    };
    let to_target = match content {
        LayerContent::Still => None,
        LayerContent::Video { coding } => target_from_source(coding),
    };
    let pipeline = match (content, to_target) {
        (LayerContent::Still, _) => PipelineKind::Still,
        (LayerContent::Video { .. }, None) => PipelineKind::Video,
        (LayerContent::Video { .. }, Some(_)) => PipelineKind::VideoConverted,
    };
    (opacity > 0.0).then_some(Pass::Draw { layer, pipeline, dest, opacity, to_target })
}

/// Output code values / 255 of an opaque colour.
fn planes_from_srgb(color: EncodedSrgb) -> [f64; 3] {
    let rgb = [color.r, color.g, color.b].map(|value| f64::from(value) / 255.0);
    planes_from_rgb(ColorCoding::OUTPUT).apply(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::{ColorRange, LumaCoefficients};

    const CANVAS: (u32, u32) = (64, 36);
    const BLACK: EncodedSrgb = EncodedSrgb { r: 0, g: 0, b: 0, a: 255 };
    const FULL: EvenRect = EvenRect { x: 0, y: 0, width: 64, height: 36 };
    const CORNER: EvenRect = EvenRect { x: 0, y: 0, width: 16, height: 16 };
    const BT601: ColorCoding = ColorCoding { luma: LumaCoefficients::BT601, range: ColorRange::Limited };

    fn video(dest: EvenRect, opacity: f64, coding: ColorCoding) -> PlannedLayer {
        PlannedLayer::Direct { dest, opacity, content: LayerContent::Video { coding } }
    }

    fn still(dest: EvenRect) -> PlannedLayer {
        PlannedLayer::Direct { dest, opacity: 1.0, content: LayerContent::Still }
    }

    #[test]
    fn an_empty_scene_is_the_background() {
        let Plan { passes } = plan(&[], BLACK, CANVAS);
        assert!(matches!(passes[..], [Pass::Clear { planes }] if (planes[0] * 255.0 - 16.0).abs() < 1e-9));
    }

    #[test]
    fn an_opaque_full_frame_video_of_the_output_coding_is_copied_not_drawn() {
        let Plan { passes } = plan(&[video(FULL, 1.0, ColorCoding::OUTPUT), still(CORNER)], BLACK, CANVAS);
        assert_eq!(passes[0], Pass::Copy { layer: 0, dest: FULL });
        assert!(matches!(passes[1..], [Pass::Draw { layer: 1, pipeline: PipelineKind::Still, .. }]));
    }

    #[test]
    fn what_lies_under_an_opaque_full_frame_video_is_not_drawn() {
        let layers = [still(FULL), video(CORNER, 1.0, ColorCoding::OUTPUT), video(FULL, 1.0, BT601)];
        let Plan { passes } = plan(&layers, BLACK, CANVAS);
        assert!(matches!(
            passes[..],
            [Pass::Clear { .. }, Pass::Draw { layer: 2, pipeline: PipelineKind::VideoConverted, .. }]
        ));
    }

    #[test]
    fn a_translucent_full_frame_video_hides_nothing() {
        let layers = [still(CORNER), video(FULL, 0.5, ColorCoding::OUTPUT)];
        let Plan { passes } = plan(&layers, BLACK, CANVAS);
        assert_eq!(passes.len(), 3);
        assert!(!passes.iter().any(|pass| matches!(pass, Pass::Copy { .. })));
    }

    #[test]
    fn layers_that_are_sampled_or_blended_keep_their_place_in_the_stack() {
        let layers = [
            video(FULL, 1.0, ColorCoding::OUTPUT),
            PlannedLayer::Sampled,
            PlannedLayer::Blended,
            still(CORNER),
        ];
        let Plan { passes } = plan(&layers, BLACK, CANVAS);
        assert!(matches!(
            passes[..],
            [
                Pass::Copy { layer: 0, .. },
                Pass::Sample { layer: 1 },
                Pass::Blend { layer: 2 },
                Pass::Draw { layer: 3, .. }
            ]
        ));
    }

    #[test]
    fn opaque_videos_side_by_side_are_copied_and_nothing_is_cleared_under_them() {
        let half = |x| video(EvenRect { x, y: 0, width: 32, height: 36 }, 1.0, ColorCoding::OUTPUT);
        let Plan { passes } = plan(&[half(0), half(32), still(CORNER)], BLACK, CANVAS);
        assert!(matches!(
            passes[..],
            [Pass::Copy { layer: 0, .. }, Pass::Copy { layer: 1, .. }, Pass::Draw { layer: 2, .. }]
        ));
        let Plan { passes } = plan(&[half(0), half(30)], BLACK, CANVAS);
        assert!(matches!(passes[..], [Pass::Clear { .. }, Pass::Copy { .. }, Pass::Copy { .. }]));
    }

    #[test]
    fn a_video_above_what_is_drawn_is_drawn_too() {
        let layers = [still(FULL), video(CORNER, 1.0, ColorCoding::OUTPUT)];
        let Plan { passes } = plan(&layers, BLACK, CANVAS);
        assert!(matches!(passes[..], [Pass::Clear { .. }, Pass::Draw { .. }, Pass::Draw { .. }]));
    }

    #[test]
    fn an_invisible_layer_is_not_drawn() {
        let Plan { passes } = plan(&[video(CORNER, 0.0, ColorCoding::OUTPUT)], BLACK, CANVAS);
        assert_eq!(passes.len(), 1);
    }
}
