//! The passes of one frame, as data. Pure: what is drawn can be read and tested without a device.

use avs_template::{EncodedSrgb, RectPx};

use super::costs::Costs;
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
    Sampled {
        /// What of the canvas it may change.
        area: EvenRect,
        /// 0..=1.
        opacity: f64,
        /// There where it is scaled and nothing else.
        scaled: Option<ScaledPart>,
    },
    /// The same, and blended otherwise than by source-over.
    Blended {
        /// What of the canvas it may change.
        area: EvenRect,
    },
}

/// An opaque picture, coded like the output, that is scaled upright onto whole pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaledPart {
    /// Where it goes.
    pub dest: EvenRect,
    /// What of it goes there, in texels of its luma.
    pub source: RectPx,
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
        /// What it may change.
        area: EvenRect,
        /// 0..=1.
        opacity: f64,
        /// There where it is scaled and nothing else.
        scaled: Option<ScaledPart>,
    },
    /// Mixes one layer with a copy of what is there.
    Blend {
        /// Which layer.
        layer: usize,
        /// What it may change.
        area: EvenRect,
    },
}

impl Pass {
    /// The layer that it draws; none where it draws none.
    #[must_use]
    pub fn layer(&self) -> Option<usize> {
        match *self {
            Self::Clear { .. } => None,
            Self::Copy { layer, .. }
            | Self::Draw { layer, .. }
            | Self::Sample { layer, .. }
            | Self::Blend { layer, .. } => Some(layer),
        }
    }

    /// The part of a canvas that it changes.
    #[must_use]
    pub fn area(&self, canvas: (u32, u32)) -> EvenRect {
        match *self {
            Self::Clear { .. } => EvenRect::whole(canvas),
            Self::Copy { dest, .. } | Self::Draw { dest, .. } => dest,
            Self::Sample { area, .. } | Self::Blend { area, .. } => area,
        }
    }
}

/// The passes of one frame: `Clear` unless what follows covers the canvas, copies, and then what draws.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// In order of execution.
    pub passes: Vec<Pass>,
    /// How many of them, from the first on, the CPU does in the frame's memory. The device does the others.
    pub host_count: usize,
    /// Where the device draws: of what the CPU has drawn there it gets a copy, and its own comes back.
    pub device_area: Option<EvenRect>,
}

impl Plan {
    /// Plans one frame: nothing hidden is drawn, nothing that can be copied is shaded, and each pass is done where
    /// `costs` says that it costs least. The memory of the plan before is used again.
    pub fn make(
        &mut self,
        layers: &[PlannedLayer],
        background: EncodedSrgb,
        canvas: (u32, u32),
        costs: &Costs,
    ) {
        self.passes.clear();
        let hiding = layers.iter().rposition(|layer| hides_everything_below(layer, canvas));
        let shown = &layers[hiding.unwrap_or(0)..];
        let hidden_count = layers.len() - shown.len();
        let copies = || shown.iter().map_while(copied_to);
        let copy_count = copies().count();
        let covered = (hiding.is_some() && copy_count == 0) || tiles(copies, canvas);
        if !covered {
            self.passes.push(Pass::Clear { planes: planes_from_srgb(background) });
        }
        let copy = |(index, dest): (usize, EvenRect)| Pass::Copy { layer: hidden_count + index, dest };
        self.passes.extend(copies().enumerate().map(copy));
        let drawn = layers.iter().enumerate().skip(hidden_count + copy_count);
        self.passes.extend(drawn.filter_map(|(index, layer)| draw(index, layer)));
        self.host_count = self.passes.iter().take_while(|pass| costs.host_is_cheaper(pass)).count();
        let device_areas = self.passes[self.host_count..].iter().map(|pass| pass.area(canvas));
        self.device_area = device_areas.reduce(EvenRect::union);
    }

    /// The layer whose picture is the frame, as it is.
    #[must_use]
    pub fn passes_through(&self, canvas: (u32, u32)) -> Option<usize> {
        match self.passes[..] {
            [Pass::Copy { layer, dest }] if self.host_count == 1 && dest.covers(canvas) => Some(layer),
            _ => None,
        }
    }
}

/// True where the rectangles leave nothing of the canvas free: one covers it, or all of them side by side do.
fn tiles<I: Iterator<Item = EvenRect>>(rects: impl Fn() -> I, (width, height): (u32, u32)) -> bool {
    let area = |rect: EvenRect| u64::from(rect.width) * u64::from(rect.height);
    let apart = |a: &EvenRect, b: &EvenRect| {
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
    };
    let all_apart =
        || rects().enumerate().all(|(index, a)| rects().take(index).all(|earlier| apart(&a, &earlier)));
    let whole = u64::from(width) * u64::from(height);
    rects().any(|rect| rect.covers((width, height)))
        || (rects().map(area).sum::<u64>() == whole && all_apart())
}

fn hides_everything_below(layer: &PlannedLayer, canvas: (u32, u32)) -> bool {
    let (dest, opacity) = match *layer {
        PlannedLayer::Direct { dest, opacity, content: LayerContent::Video { .. } } => (dest, opacity),
        PlannedLayer::Sampled { opacity, scaled: Some(ScaledPart { dest, .. }), .. } => (dest, opacity),
        PlannedLayer::Direct { .. } | PlannedLayer::Sampled { .. } | PlannedLayer::Blended { .. } => {
            return false;
        }
    };
    opacity >= 1.0 && dest.covers(canvas)
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
        PlannedLayer::Sampled { area, opacity, scaled } => {
            return Some(Pass::Sample { layer, area, opacity, scaled });
        }
        PlannedLayer::Blended { area } => return Some(Pass::Blend { layer, area }),
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
    const MASKED: PlannedLayer = PlannedLayer::Sampled { area: CORNER, opacity: 1.0, scaled: None };
    const BLENDED: PlannedLayer = PlannedLayer::Blended { area: CORNER };

    fn plan_for(costs: &Costs, layers: &[PlannedLayer]) -> Plan {
        let mut plan = Plan::default();
        plan.make(layers, BLACK, CANVAS, costs);
        plan
    }

    fn plan(layers: &[PlannedLayer]) -> Plan {
        plan_for(&Costs::GPU, layers)
    }

    fn video(dest: EvenRect, opacity: f64, coding: ColorCoding) -> PlannedLayer {
        PlannedLayer::Direct { dest, opacity, content: LayerContent::Video { coding } }
    }

    fn still(dest: EvenRect) -> PlannedLayer {
        PlannedLayer::Direct { dest, opacity: 1.0, content: LayerContent::Still }
    }

    fn scaled(dest: EvenRect, opacity: f64) -> PlannedLayer {
        let source = RectPx { x: 1.5, y: 1.0, width: 50.0, height: 30.0 };
        PlannedLayer::Sampled { area: dest, opacity, scaled: Some(ScaledPart { dest, source }) }
    }

    #[test]
    fn an_empty_scene_is_the_background() {
        let Plan { passes, .. } = plan(&[]);
        assert!(matches!(passes[..], [Pass::Clear { planes }] if (planes[0] * 255.0 - 16.0).abs() < 1e-9));
    }

    #[test]
    fn an_opaque_full_frame_video_of_the_output_coding_is_copied_not_drawn() {
        let Plan { passes, .. } = plan(&[video(FULL, 1.0, ColorCoding::OUTPUT), still(CORNER)]);
        assert_eq!(passes[0], Pass::Copy { layer: 0, dest: FULL });
        assert!(matches!(passes[1..], [Pass::Draw { layer: 1, pipeline: PipelineKind::Still, .. }]));
    }

    #[test]
    fn what_lies_under_an_opaque_full_frame_video_is_not_drawn() {
        let layers = [still(FULL), video(CORNER, 1.0, ColorCoding::OUTPUT), video(FULL, 1.0, BT601)];
        let Plan { passes, .. } = plan(&layers);
        assert!(matches!(passes[..], [Pass::Draw { layer: 2, pipeline: PipelineKind::VideoConverted, .. }]));
        let Plan { passes, .. } = plan(&[still(FULL), scaled(FULL, 1.0)]);
        assert!(matches!(passes[..], [Pass::Sample { layer: 1, .. }]));
    }

    #[test]
    fn a_translucent_full_frame_video_hides_nothing() {
        for above in [video(FULL, 0.5, ColorCoding::OUTPUT), scaled(FULL, 0.5)] {
            let Plan { passes, .. } = plan(&[still(CORNER), above]);
            assert_eq!(passes.len(), 3);
            assert!(!passes.iter().any(|pass| matches!(pass, Pass::Copy { .. })));
        }
    }

    #[test]
    fn layers_that_are_sampled_or_blended_keep_their_place_in_the_stack() {
        let layers = [video(FULL, 1.0, ColorCoding::OUTPUT), MASKED, BLENDED, still(CORNER)];
        let Plan { passes, .. } = plan(&layers);
        assert!(matches!(
            passes[..],
            [
                Pass::Copy { layer: 0, .. },
                Pass::Sample { layer: 1, .. },
                Pass::Blend { layer: 2, .. },
                Pass::Draw { layer: 3, .. }
            ]
        ));
    }

    #[test]
    fn opaque_videos_side_by_side_are_copied_and_nothing_is_cleared_under_them() {
        let half = |x| video(EvenRect { x, y: 0, width: 32, height: 36 }, 1.0, ColorCoding::OUTPUT);
        let Plan { passes, .. } = plan(&[half(0), half(32), still(CORNER)]);
        assert!(matches!(
            passes[..],
            [Pass::Copy { layer: 0, .. }, Pass::Copy { layer: 1, .. }, Pass::Draw { layer: 2, .. }]
        ));
        let Plan { passes, .. } = plan(&[half(0), half(30)]);
        assert!(matches!(passes[..], [Pass::Clear { .. }, Pass::Copy { .. }, Pass::Copy { .. }]));
    }

    #[test]
    fn a_video_above_what_is_drawn_is_drawn_too() {
        let Plan { passes, .. } = plan(&[still(FULL), video(CORNER, 1.0, ColorCoding::OUTPUT)]);
        assert!(matches!(passes[..], [Pass::Clear { .. }, Pass::Draw { .. }, Pass::Draw { .. }]));
    }

    #[test]
    fn an_invisible_layer_is_not_drawn() {
        let Plan { passes, .. } = plan(&[video(CORNER, 0.0, ColorCoding::OUTPUT)]);
        assert_eq!(passes.len(), 1);
    }

    #[test]
    fn on_a_software_adapter_the_cpu_draws_what_it_can_and_the_device_the_rest_in_its_own_area() {
        let hero = video(FULL, 1.0, ColorCoding::OUTPUT);
        let simple = plan_for(&Costs::SOFTWARE, &[hero, still(CORNER), scaled(CORNER, 0.5)]);
        assert_eq!((simple.host_count, simple.device_area), (3, None));
        let low = EvenRect { x: 32, y: 20, width: 8, height: 8 };
        let mixed = plan_for(&Costs::SOFTWARE, &[hero, still(FULL), BLENDED, still(low)]);
        assert_eq!(mixed.host_count, 2);
        assert_eq!(mixed.device_area, Some(EvenRect { x: 0, y: 0, width: 40, height: 28 }));
    }

    #[test]
    fn on_a_gpu_the_device_draws_everything() {
        let layers = [video(FULL, 1.0, ColorCoding::OUTPUT), still(CORNER), scaled(CORNER, 0.5)];
        let plan = plan(&layers);
        assert_eq!((plan.host_count, plan.device_area), (0, Some(FULL)));
    }

    #[test]
    fn a_video_alone_passes_through_where_the_cpu_copies() {
        let hero = video(FULL, 1.0, ColorCoding::OUTPUT);
        assert_eq!(plan_for(&Costs::SOFTWARE, &[MASKED, hero]).passes_through(CANVAS), Some(1));
        assert_eq!(plan_for(&Costs::SOFTWARE, &[hero, MASKED]).passes_through(CANVAS), None);
        assert_eq!(plan(&[hero]).passes_through(CANVAS), None);
    }
}
