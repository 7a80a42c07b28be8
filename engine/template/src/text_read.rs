//! Reads a text block.

use serde_json::Value;

use crate::{
    Animated, EncodedSrgb, Field, Font, FontSize, FontStyle, Gradient, MovingPaint, NumberRange,
    ObjectReader, Overflow, Shadow, Stroke, TextAlign, TextBackground, TextBlock, TextDirection,
    TextTransform, VerticalAlign, codes,
    keyframe_read::read_animated,
    limits,
    visual_read::{BlockShape, read_color, read_percent, read_visual},
};

pub(crate) const FONT_STYLES: [(&str, FontStyle); 2] =
    [("normal", FontStyle::Normal), ("italic", FontStyle::Italic)];
pub(crate) const ALIGNMENTS: [(&str, TextAlign); 4] = [
    ("left", TextAlign::Left),
    ("center", TextAlign::Center),
    ("right", TextAlign::Right),
    ("justify", TextAlign::Justify),
];
pub(crate) const VERTICAL_ALIGNMENTS: [(&str, VerticalAlign); 3] =
    [("top", VerticalAlign::Top), ("middle", VerticalAlign::Middle), ("bottom", VerticalAlign::Bottom)];
pub(crate) const TRANSFORMS: [(&str, TextTransform); 4] = [
    ("none", TextTransform::None),
    ("uppercase", TextTransform::Uppercase),
    ("lowercase", TextTransform::Lowercase),
    ("capitalize", TextTransform::Capitalize),
];
pub(crate) const DIRECTIONS: [(&str, TextDirection); 3] =
    [("auto", TextDirection::Auto), ("ltr", TextDirection::Ltr), ("rtl", TextDirection::Rtl)];
pub(crate) const OVERFLOWS: [(&str, Overflow); 4] = [
    ("wrap", Overflow::Wrap),
    ("ellipsis", Overflow::Ellipsis),
    ("shrink", Overflow::Shrink),
    ("clip", Overflow::Clip),
];

/// A colour that may move; its value where the block begins is what a still text has.
type MovingColor = Animated<EncodedSrgb>;

/// Reads the fields of a text block.
pub(crate) fn read_text(block: &mut ObjectReader<'_, '_>) -> Option<TextBlock> {
    let text = block.required("text").string(1..=limits::TEXT_CHARS_MAX).map(str::to_owned);
    let font = read_font(&block.optional("font")).unwrap_or_default();
    let color_field = block.optional("color");
    let color = read_moving_color(&color_field).unwrap_or(Animated::Constant(EncodedSrgb::WHITE));
    let gradient = read_gradient(&block.optional("gradient"));
    if gradient.is_some() && color_field.raw().is_some() {
        color_field
            .reject(codes::MEANINGLESS, "a text with a gradient has no colour; leave one of the two out");
    }
    let align = block.optional("align").choice(&ALIGNMENTS).unwrap_or(TextAlign::Center);
    let vertical_align =
        block.optional("verticalAlign").choice(&VERTICAL_ALIGNMENTS).unwrap_or(VerticalAlign::Top);
    let line_height = block.optional("lineHeight").number(0.5..=4.0).unwrap_or(1.2);
    let spacing_max = limits::LETTER_SPACING_PX_MAX;
    let letter_spacing_px = block.optional("letterSpacing").number(-spacing_max..=spacing_max).unwrap_or(0.0);
    let transform = block.optional("textTransform").choice(&TRANSFORMS).unwrap_or(TextTransform::None);
    let direction = block.optional("direction").choice(&DIRECTIONS).unwrap_or(TextDirection::Auto);
    let (stroke, stroke_color) = read_stroke(&block.optional("stroke")).unzip();
    let (shadow, shadow_color) = read_shadow(&block.optional("shadow")).unzip();
    let (background, background_color) = read_background(&block.optional("background")).unzip();
    let max_lines = block.optional("maxLines").integer(1..=limits::TEXT_LINES_MAX);
    let overflow = block.optional("overflow").choice(&OVERFLOWS).unwrap_or(Overflow::Wrap);
    let auto_fit = read_auto_fit(&block.optional("autoFit"));
    let (visual, split) = read_visual(block, BlockShape::Text);
    let clear = || Animated::Constant(EncodedSrgb { r: 0, g: 0, b: 0, a: 0 });
    let paint = MovingPaint {
        color,
        stroke: stroke_color.unwrap_or_else(clear),
        shadow: shadow_color.unwrap_or_else(clear),
        background: background_color.unwrap_or_else(clear),
    };
    Some(TextBlock {
        text: text?,
        font,
        color: paint.color.first().unwrap_or(EncodedSrgb::WHITE),
        moving_paint: paint.moves().then_some(paint),
        gradient,
        align,
        vertical_align,
        line_height,
        letter_spacing_px,
        transform,
        direction,
        stroke,
        shadow,
        background,
        max_lines,
        overflow,
        auto_fit,
        split,
        visual,
    })
}

fn read_moving_color(field: &Field<'_, '_>) -> Option<MovingColor> {
    read_animated(field, read_color)
}

fn read_font(field: &Field<'_, '_>) -> Option<Font> {
    let mut font = field.object()?;
    let default = Font::default();
    let family = font.optional("family").string(1..=limits::FONT_FAMILY_CHARS_MAX).map(str::to_owned);
    let size = read_font_size(&font.optional("size"));
    let weight = font.optional("weight").integer(100..=900_u16);
    let style = font.optional("style").choice(&FONT_STYLES);
    font.finish();
    Some(Font {
        family: family.unwrap_or(default.family),
        size: size.unwrap_or(default.size),
        weight: weight.unwrap_or(default.weight),
        style: style.unwrap_or(default.style),
    })
}

fn read_font_size(field: &Field<'_, '_>) -> Option<FontSize> {
    match field.raw()? {
        Value::String(text) => {
            read_percent(field, text, NumberRange::above(0.0, 100.0)).map(FontSize::FramePercent)
        }
        Value::Number(_) => field.number(NumberRange::above(0.0, limits::FONT_SIZE_PX_MAX)).map(FontSize::Px),
        _ => field.wrong_type("a number of pixels or a percentage of the frame's height such as \"8%\""),
    }
}

fn read_gradient(field: &Field<'_, '_>) -> Option<Gradient> {
    let mut fields = field.object()?;
    let angle_degrees = fields.optional("angle").number(gradient_angles()).unwrap_or(180.0);
    let stops_field = fields.required("stops");
    let elements = stops_field.array(2..=limits::GRADIENT_STOPS_MAX);
    fields.finish();
    let elements = elements?;
    let last = elements.len() - 1;
    let mut stops: Vec<(f64, EncodedSrgb)> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let (offset, color) = match element.raw() {
            Some(Value::Object(_)) => {
                let mut stop = element.object()?;
                let offset = stop.required("offset").number(0.0..=1.0);
                let color = read_color(&stop.required("color"));
                stop.finish();
                (offset, color)
            }
            _ => (Some(index as f64 / last as f64), read_color(element)),
        };
        let (Some(offset), Some(color)) = (offset, color) else { continue };
        if stops.last().is_some_and(|(before, _)| offset < *before) {
            element
                .reject(codes::CONTRADICTORY, "lies before the stop above it; put stops in order of offset");
        }
        stops.push((offset, color));
    }
    Some(Gradient { angle_degrees, stops })
}

/// The angles that a gradient takes, in degrees: ten turns.
pub(crate) fn gradient_angles() -> NumberRange {
    (-limits::ROTATION_DEGREES_MAX..=limits::ROTATION_DEGREES_MAX).into()
}

fn read_stroke(field: &Field<'_, '_>) -> Option<(Stroke, MovingColor)> {
    let mut fields = field.object()?;
    let moving = read_moving_color(&fields.required("color"));
    let width_px = fields.required("width").number(0.0..=limits::TEXT_EFFECT_PX_MAX);
    fields.finish();
    let moving = moving?;
    Some((Stroke { color: moving.first()?, width_px: width_px? }, moving))
}

fn read_shadow(field: &Field<'_, '_>) -> Option<(Shadow, MovingColor)> {
    let mut fields = field.object()?;
    let color = read_moving_color(&fields.optional("color"));
    let blur_px = fields.optional("blur").number(0.0..=limits::TEXT_EFFECT_PX_MAX).unwrap_or(8.0);
    let reach = -limits::TEXT_EFFECT_PX_MAX..=limits::TEXT_EFFECT_PX_MAX;
    let x_px = fields.optional("x").number(reach.clone()).unwrap_or(0.0);
    let y_px = fields.optional("y").number(reach).unwrap_or(4.0);
    fields.finish();
    // Black at half strength: darkens what is behind without hiding it.
    let moving = color.unwrap_or(Animated::Constant(EncodedSrgb { a: 128, ..EncodedSrgb::BLACK }));
    Some((Shadow { color: moving.first()?, blur_px, x_px, y_px }, moving))
}

fn read_background(field: &Field<'_, '_>) -> Option<(TextBackground, MovingColor)> {
    let mut fields = field.object()?;
    let gradient_field = fields.optional("gradient");
    let gradient = read_gradient(&gradient_field);
    let moving = if gradient_field.raw().is_some() {
        let color_field = fields.optional("color");
        if color_field.raw().is_some() {
            color_field
                .reject(codes::MEANINGLESS, "a box with a gradient has no colour; leave one of the two out");
        }
        // What a gradient hides.
        Some(Animated::Constant(EncodedSrgb::BLACK))
    } else {
        read_moving_color(&fields.required("color"))
    };
    let padding_px = read_padding(&fields.optional("padding")).unwrap_or((0.0, 0.0));
    let radius_px = fields.optional("radius").number(0.0..=limits::CORNER_RADIUS_PX_MAX).unwrap_or(0.0);
    fields.finish();
    let moving = moving?;
    Some((TextBackground { color: moving.first()?, gradient, padding_px, radius_px }, moving))
}

fn read_padding(field: &Field<'_, '_>) -> Option<(f64, f64)> {
    let range = 0.0..=limits::TEXT_EFFECT_PX_MAX;
    match field.raw()? {
        Value::Object(_) => {
            let mut sides = field.object()?;
            let mut side = |name| sides.optional(name).number(range.clone()).unwrap_or(0.0);
            let padding = (side("x"), side("y"));
            sides.finish();
            Some(padding)
        }
        Value::Number(_) => field.number(range).map(|padding| (padding, padding)),
        _ => field.wrong_type("a number of pixels, or {\"x\": 24, \"y\": 12}"),
    }
}

fn read_auto_fit(field: &Field<'_, '_>) -> Option<(f64, f64)> {
    let mut fields = field.object()?;
    let range = NumberRange::above(0.0, limits::FONT_SIZE_PX_MAX);
    let min_field = fields.required("min");
    let (min, max) = (min_field.number(range), fields.required("max").number(range));
    fields.finish();
    let (min, max) = (min?, max?);
    if min > max {
        min_field
            .reject(codes::CONTRADICTORY, format!("{min} is more than max, {max}; let it be at most that"));
    }
    Some((min, max))
}
