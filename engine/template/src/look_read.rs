//! Reads how a block moves and looks: animations, transition, filters, blend mode, chroma key, Ken Burns.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::{
    Animation, AnimationAt, AnimationKind, BlendMode, ChromaKey, Direction, Easing, Field, Filter,
    FilterKind, KenBurns, Look, NumberRange, ObjectReader, TextSplit, Transition, TransitionKind, View,
    codes,
    keyframe_read::{read_animated_number, read_easing},
    limits,
    visual_read::read_color,
};

pub(crate) const MOMENTS: [(&str, AnimationAt); 3] =
    [("in", AnimationAt::In), ("out", AnimationAt::Out), ("loop", AnimationAt::Loop)];

pub(crate) const ANIMATIONS: [(&str, AnimationKind); 12] = [
    ("fade", AnimationKind::Fade),
    ("slide", AnimationKind::Slide),
    ("scale", AnimationKind::Scale),
    ("wipe", AnimationKind::Wipe),
    ("pan", AnimationKind::Pan),
    ("spin", AnimationKind::Spin),
    ("bounce", AnimationKind::Bounce),
    ("blur", AnimationKind::Blur),
    ("shake", AnimationKind::Shake),
    ("typewriter", AnimationKind::Typewriter),
    ("reveal", AnimationKind::Reveal),
    ("wave", AnimationKind::Wave),
];

/// The first kinds, which move any block; the others need a text.
pub(crate) const ANIMATIONS_OF_ANY: usize = 9;

pub(crate) const DIRECTIONS: [(&str, Direction); 4] = [
    ("up", Direction::Up),
    ("down", Direction::Down),
    ("left", Direction::Left),
    ("right", Direction::Right),
];

pub(crate) const SPLITS: [(&str, TextSplit); 3] =
    [("letter", TextSplit::Letter), ("word", TextSplit::Word), ("line", TextSplit::Line)];

pub(crate) const TRANSITIONS: [(&str, TransitionKind); 14] = [
    ("fade", TransitionKind::Fade),
    ("dissolve", TransitionKind::Dissolve),
    ("wipe", TransitionKind::Wipe),
    ("slide", TransitionKind::Slide),
    ("push", TransitionKind::Push),
    ("zoom", TransitionKind::Zoom),
    ("iris", TransitionKind::Iris),
    ("clockWipe", TransitionKind::ClockWipe),
    ("blur", TransitionKind::Blur),
    ("pixelate", TransitionKind::Pixelate),
    ("fadeBlack", TransitionKind::FadeBlack),
    ("fadeWhite", TransitionKind::FadeWhite),
    ("barnDoor", TransitionKind::BarnDoor),
    ("radial", TransitionKind::Radial),
];

pub(crate) const FILTERS: [(&str, FilterKind); 11] = [
    ("blur", FilterKind::Blur),
    ("brightness", FilterKind::Brightness),
    ("contrast", FilterKind::Contrast),
    ("saturate", FilterKind::Saturate),
    ("hueRotate", FilterKind::HueRotate),
    ("grayscale", FilterKind::Grayscale),
    ("sepia", FilterKind::Sepia),
    ("invert", FilterKind::Invert),
    ("sharpen", FilterKind::Sharpen),
    ("vignette", FilterKind::Vignette),
    ("grain", FilterKind::Grain),
];

pub(crate) const BLEND_MODES: [(&str, BlendMode); 17] = [
    ("normal", BlendMode::Normal),
    ("multiply", BlendMode::Multiply),
    ("screen", BlendMode::Screen),
    ("overlay", BlendMode::Overlay),
    ("darken", BlendMode::Darken),
    ("lighten", BlendMode::Lighten),
    ("color-dodge", BlendMode::ColorDodge),
    ("color-burn", BlendMode::ColorBurn),
    ("hard-light", BlendMode::HardLight),
    ("soft-light", BlendMode::SoftLight),
    ("difference", BlendMode::Difference),
    ("exclusion", BlendMode::Exclusion),
    ("hue", BlendMode::Hue),
    ("saturation", BlendMode::Saturation),
    ("color", BlendMode::Color),
    ("luminosity", BlendMode::Luminosity),
    ("plus-lighter", BlendMode::PlusLighter),
];

pub(crate) const KEN_BURNS: [(&str, (View, View)); 6] = [
    ("zoomIn", (view(0.5, 0.5, 1.0), view(0.5, 0.5, 1.3))),
    ("zoomOut", (view(0.5, 0.5, 1.3), view(0.5, 0.5, 1.0))),
    ("panLeft", (view(0.6, 0.5, 1.25), view(0.4, 0.5, 1.25))),
    ("panRight", (view(0.4, 0.5, 1.25), view(0.6, 0.5, 1.25))),
    ("panUp", (view(0.5, 0.6, 1.25), view(0.5, 0.4, 1.25))),
    ("panDown", (view(0.5, 0.4, 1.25), view(0.5, 0.6, 1.25))),
];

const fn view(x: f64, y: f64, scale: f64) -> View {
    View { x, y, scale }
}

/// Reads the look of a block and, for a text, the pieces that its animations move.
pub(crate) fn read_look(block: &mut ObjectReader<'_, '_>, is_text: bool) -> (Look, TextSplit) {
    let (animations, split) = read_animations(&block.optional("animations"), is_text);
    let transition = read_transition(&block.optional("transition"));
    let filters = block.optional("filters").array(0..=limits::FILTERS_MAX).unwrap_or_default();
    let filters = filters.iter().filter_map(read_filter).collect();
    let blend_mode = block.optional("blendMode").choice(&BLEND_MODES).unwrap_or(BlendMode::Normal);
    let chroma_key = if is_text { None } else { read_chroma_key(&block.optional("chromaKey")) };
    (Look { animations, transition, filters, blend_mode, chroma_key }, split)
}

fn read_animations(field: &Field<'_, '_>, is_text: bool) -> (Vec<Animation>, TextSplit) {
    let elements = field.array(0..=limits::ANIMATIONS_MAX).unwrap_or_default();
    let mut split = TextSplit::Whole;
    let mut animations = Vec::with_capacity(elements.len());
    for element in &elements {
        let Some((animation, wanted)) = read_animation(element, is_text) else { continue };
        if wanted != TextSplit::Whole {
            if split != TextSplit::Whole && split != wanted {
                let detail =
                    "splits the text otherwise than an animation before it; one text is split one way";
                element.reject(codes::SPLITS_DIFFER, detail);
            }
            split = wanted;
        }
        animations.push(animation);
    }
    (animations, split)
}

fn read_animation(element: &Field<'_, '_>, is_text: bool) -> Option<(Animation, TextSplit)> {
    let mut fields = element.object()?;
    let kinds = if is_text { &ANIMATIONS[..] } else { &ANIMATIONS[..ANIMATIONS_OF_ANY] };
    let kind = fields.required("type").choice(kinds);
    let at_field = fields.optional("at");
    let at = at_field.choice(&MOMENTS).unwrap_or(AnimationAt::In);
    let secs = fields.optional("duration").number(NumberRange::above(0.0, limits::VIDEO_SECS_MAX));
    let easing = read_easing(&fields.optional("easing"));
    let direction_field = fields.optional("direction");
    let direction = direction_field.choice(&DIRECTIONS);
    let split = if is_text { fields.optional("split").choice(&SPLITS) } else { None };
    fields.finish();
    let kind = kind?;
    let has_direction = matches!(
        kind,
        AnimationKind::Slide
            | AnimationKind::Wipe
            | AnimationKind::Pan
            | AnimationKind::Spin
            | AnimationKind::Reveal
    );
    if direction.is_some() && !has_direction {
        direction_field.reject(codes::MEANINGLESS, "this animation has no direction; leave it out");
    }
    let loops = !matches!(
        kind,
        AnimationKind::Slide | AnimationKind::Wipe | AnimationKind::Typewriter | AnimationKind::Reveal
    );
    if at == AnimationAt::Loop && !loops {
        at_field.reject(codes::MEANINGLESS, "this animation cannot loop; use \"in\" or \"out\"");
    }
    let own_split = match kind {
        AnimationKind::Typewriter | AnimationKind::Wave => TextSplit::Letter,
        AnimationKind::Reveal => TextSplit::Line,
        _ => TextSplit::Whole,
    };
    let split = split.unwrap_or(own_split);
    let animation = Animation {
        kind,
        at,
        secs: secs.unwrap_or(if at == AnimationAt::Loop { 2.0 } else { 0.5 }),
        easing: easing.unwrap_or(default_easing(kind, at)),
        direction: direction.unwrap_or(default_direction(kind)),
        split: split != TextSplit::Whole,
    };
    Some((animation, split))
}

fn default_easing(kind: AnimationKind, at: AnimationAt) -> Easing {
    let even = matches!(kind, AnimationKind::Typewriter | AnimationKind::Bounce | AnimationKind::Shake);
    match at {
        _ if even => Easing::Linear,
        AnimationAt::In => Easing::OUT_CUBIC,
        AnimationAt::Out => Easing::IN_CUBIC,
        AnimationAt::Loop => Easing::Linear,
    }
}

fn default_direction(kind: AnimationKind) -> Direction {
    match kind {
        AnimationKind::Wipe | AnimationKind::Spin => Direction::Right,
        _ => Direction::Up,
    }
}

fn read_transition(field: &Field<'_, '_>) -> Option<Transition> {
    let mut fields = field.object()?;
    let kind = fields.required("type").choice(&TRANSITIONS);
    let secs = fields.optional("duration").number(NumberRange::above(0.0, limits::VIDEO_SECS_MAX));
    let easing = read_easing(&fields.optional("easing"));
    let direction_field = fields.optional("direction");
    let direction = direction_field.choice(&DIRECTIONS);
    fields.finish();
    let kind = kind?;
    let has_direction = matches!(
        kind,
        TransitionKind::Wipe | TransitionKind::Slide | TransitionKind::Push | TransitionKind::BarnDoor
    );
    if direction.is_some() && !has_direction {
        direction_field.reject(codes::MEANINGLESS, "this transition has no direction; leave it out");
    }
    Some(Transition {
        kind,
        secs: secs.unwrap_or(0.5),
        easing: easing.unwrap_or(Easing::Linear),
        direction: direction.unwrap_or(Direction::Left),
    })
}

fn read_filter(element: &Field<'_, '_>) -> Option<Filter> {
    let mut fields = element.object()?;
    let kind = fields.required("type").choice(&FILTERS);
    let amount_field = fields.required("amount");
    fields.finish();
    let kind = kind?;
    let (range, neutral) = filter_range(kind);
    Some(Filter { kind, amount: read_animated_number(&amount_field, range, neutral) })
}

/// The amounts that a filter takes, and the one that changes nothing.
pub(crate) fn filter_range(kind: FilterKind) -> (RangeInclusive<f64>, f64) {
    match kind {
        FilterKind::Blur => (0.0..=limits::BLUR_PX_MAX, 0.0),
        FilterKind::Brightness | FilterKind::Contrast | FilterKind::Saturate => (0.0..=4.0, 1.0),
        FilterKind::HueRotate => (-3600.0..=3600.0, 0.0),
        FilterKind::Grayscale
        | FilterKind::Sepia
        | FilterKind::Invert
        | FilterKind::Vignette
        | FilterKind::Grain => (0.0..=1.0, 0.0),
        FilterKind::Sharpen => (0.0..=4.0, 0.0),
    }
}

fn read_chroma_key(field: &Field<'_, '_>) -> Option<ChromaKey> {
    let mut fields = field.object()?;
    let color = read_color(&fields.required("color"));
    let similarity = fields.optional("similarity").number(0.0..=1.0).unwrap_or(0.1);
    let blend = fields.optional("blend").number(0.0..=1.0).unwrap_or(0.05);
    fields.finish();
    Some(ChromaKey { color: color?, similarity, blend })
}

/// Reads the journey over an image: the name of one, or two views.
pub(crate) fn read_ken_burns(field: &Field<'_, '_>) -> Option<KenBurns> {
    if let Value::String(_) = field.raw()? {
        let (from, to) = field.choice(&KEN_BURNS)?;
        return Some(KenBurns { from, to, easing: Easing::Linear });
    }
    let mut fields = field.object()?;
    let from = read_view(&fields.required("from"));
    let to = read_view(&fields.required("to"));
    let easing = read_easing(&fields.optional("easing")).unwrap_or(Easing::Linear);
    fields.finish();
    Some(KenBurns { from: from?, to: to?, easing })
}

fn read_view(field: &Field<'_, '_>) -> Option<View> {
    let mut fields = field.object()?;
    let mut number = |name, range, default| fields.optional(name).number(range).unwrap_or(default);
    let (x, y) = (number("x", 0.0..=1.0, 0.5), number("y", 0.0..=1.0, 0.5));
    let scale = number("scale", 1.0..=limits::KEN_BURNS_SCALE_MAX, 1.0);
    fields.finish();
    Some(View { x, y, scale })
}
