//! The JSON Schema (2020-12) of AVS Template v1, made of the very tables and limits that the readers judge by.
//!
//! What it cannot say is left to the validator: order of keyframes and stops, a trim that ends before it starts, crops
//! that leave nothing, durations that need other blocks, and what is within the brackets of an easing.

use serde_json::{Map, Value, json};

use crate::{
    Easing, FilterKind, NumberRange,
    block_read::{DURATIONS, PITCHES},
    limits,
    look_read::{
        ANIMATIONS, ANIMATIONS_OF_ANY, BLEND_MODES, DIRECTIONS as MOVES, FILTERS, KEN_BURNS, MOMENTS, SPLITS,
        TRANSITIONS, filter_range,
    },
    text_read::{
        ALIGNMENTS, DIRECTIONS, FONT_STYLES, OVERFLOWS, TRANSFORMS, VERTICAL_ALIGNMENTS, gradient_angles,
    },
    visual_read::{BlockShape, FLIPS, MEDIA_FITS, ON_ASSET_ERRORS, POSITIONS, TEXT_FITS},
};

/// Where the schema is published.
const ID: &str = "https://avsrender.dev/schema/avs-template-v1.json";

/// Keyword on a schema that takes a value or keyframes of it.
const ANIMATABLE: &str = "x-animatable";

/// Returns the schema of a template.
#[must_use]
pub fn template_schema() -> Value {
    let blocks = [("video", video()), ("image", image()), ("text", text()), ("audio", audio())];
    let variants: Vec<Value> = blocks.iter().map(|(kind, _)| def(kind)).collect();
    let template = object(vec![
        required("version", json!({ "const": "1" }), "Version of this format."),
        optional("name", string(0, limits::NAME_CHARS_MAX), "For people; not drawn."),
        optional(
            "background",
            animated(&def("opaqueColor")),
            "What shows where no block is; black by default.",
        ),
        optional("fonts", array(&font_file(), 0, limits::FONTS_MAX), "Fonts that come with the template."),
        required(
            "blocks",
            array(
                &json!({ "type": "object", "required": ["type"], "oneOf": variants }),
                1,
                limits::BLOCKS_MAX,
            ),
            "What is shown and heard; later ones lie on top.",
        ),
    ]);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "AVS Template v1",
    });
    let mut defs = Map::new();
    for (name, definition) in blocks.into_iter().chain(shared()) {
        defs.insert(name.to_owned(), definition);
    }
    if let (Value::Object(into), Value::Object(from)) = (&mut schema, template) {
        into.extend(from);
        into.insert("$defs".to_owned(), Value::Object(defs));
    }
    schema
}

/// A field of an object.
struct Property {
    name: &'static str,
    required: bool,
    schema: Value,
    description: &'static str,
}

fn required(name: &'static str, schema: Value, description: &'static str) -> Property {
    Property { name, required: true, schema, description }
}

fn optional(name: &'static str, schema: Value, description: &'static str) -> Property {
    Property { name, required: false, schema, description }
}

fn object(properties: Vec<Property>) -> Value {
    let needed: Vec<&str> =
        properties.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut fields = Map::new();
    for Property { name, mut schema, description, .. } in properties {
        if let Value::Object(keywords) = &mut schema
            && !description.is_empty()
        {
            keywords.insert("description".to_owned(), description.into());
        }
        fields.insert(name.to_owned(), schema);
    }
    json!({ "type": "object", "properties": fields, "required": needed, "additionalProperties": false })
}

fn def(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn string(chars_min: usize, chars_max: usize) -> Value {
    json!({ "type": "string", "minLength": chars_min, "maxLength": chars_max })
}

fn array(items: &Value, length_min: usize, length_max: usize) -> Value {
    json!({ "type": "array", "items": items, "minItems": length_min, "maxItems": length_max })
}

fn number(range: impl Into<NumberRange>) -> Value {
    range.into().schema()
}

fn integer(min: i64, max: i64) -> Value {
    json!({ "type": "integer", "minimum": min, "maximum": max })
}

fn words<T>(table: &[(&'static str, T)]) -> Value {
    json!({ "enum": table.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
}

fn any_of(alternatives: &[Value]) -> Value {
    json!({ "anyOf": alternatives })
}

/// A value, or keyframes of it.
fn animated(value: &Value) -> Value {
    let keyframe = object(vec![
        required(
            "time",
            any_of(&[number(0.0..=limits::VIDEO_SECS_MAX), def("timePercent")]),
            "Seconds after the block's start, or percent of its length.",
        ),
        required("value", value.clone(), "The value at that time."),
        optional("easing", def("easing"), "How it is reached from the keyframe before."),
    ]);
    let mut schema = any_of(&[value.clone(), array(&keyframe, 1, limits::KEYFRAMES_MAX)]);
    schema[ANIMATABLE] = true.into();
    schema
}

fn animated_number(range: impl Into<NumberRange>) -> Value {
    animated(&number(range))
}

/// Definitions that several fields use. A percentage below `n` is up to three digits, or `n` itself.
fn shared() -> Vec<(&'static str, Value)> {
    let pattern = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let plain: Vec<String> = Easing::names().collect();
    let easing = format!(
        "^({}|cubicBezier\\([^,()]+,[^,()]+,[^,()]+,[^,()]+\\)|steps\\([^,()]+\\))$",
        plain.join("|")
    );
    vec![
        ("color", pattern("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")),
        ("opaqueColor", pattern("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")),
        ("easing", pattern(&easing)),
        ("timePercent", pattern("^0*(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$")),
        ("positionPercent", pattern("^-?0*(1000(\\.0+)?|[0-9]{1,3}(\\.[0-9]+)?)%$")),
        ("sizePercent", pattern("^(?!0*(\\.0+)?%$)0*(1000(\\.0+)?|[0-9]{1,3}(\\.[0-9]+)?)%$")),
        ("fontPercent", pattern("^(?!0*(\\.0+)?%$)0*(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$")),
        ("source", source()),
    ]
}

/// Exactly one of the two.
fn source() -> Value {
    let mut url = string(1, limits::URL_CHARS_MAX);
    url["pattern"] = "^https?://[^/\\s\\p{Cc}][^\\s\\p{Cc}]*$".into();
    let mut upload_name = string(1, limits::UPLOAD_NAME_BYTES_MAX);
    upload_name["pattern"] = "^(?!.*\\.\\.)[^/\\\\\\p{Cc}]+$".into();
    let mut schema = object(vec![
        optional("url", url, "A file on the web."),
        optional("uploadName", upload_name, "A file of the same request, by its name."),
    ]);
    schema["minProperties"] = 1.into();
    schema["maxProperties"] = 1.into();
    schema
}

fn font_file() -> Value {
    object(vec![
        required("family", string(1, limits::FONT_FAMILY_CHARS_MAX), "The name by which blocks use it."),
        optional(
            "weight",
            integer(100, 900),
            "The weight that it stands for; what the file says by default.",
        ),
        required("source", def("source"), "TrueType or OpenType."),
    ])
}

fn timing(kind: &'static str) -> Vec<Property> {
    let any_start = any_of(&[number(0.0..=limits::VIDEO_SECS_MAX), json!({ "const": "auto" })]);
    let secs = number(NumberRange::above(0.0, limits::VIDEO_SECS_MAX));
    vec![
        required("type", json!({ "const": kind }), ""),
        optional("start", any_start, "Seconds, or \"auto\": when the block before it ends."),
        optional(
            "duration",
            any_of(&[secs, words(&DURATIONS)]),
            "Seconds, \"auto\": as long as its media, or \"end\": to the end of the video.",
        ),
    ]
}

fn playback() -> Vec<Property> {
    let trim = object(vec![
        optional("start", number(0.0..=limits::SOURCE_SECS_MAX), "First second that plays."),
        optional("end", number(0.0..=limits::SOURCE_SECS_MAX), "Second at which it ends."),
    ]);
    let plays = any_of(&[json!({ "type": "boolean" }), integer(1, limits::PLAYS_MAX.into())]);
    vec![
        required("source", def("source"), "The file."),
        optional("trim", trim, "The part that plays, in seconds of the source."),
        optional("speed", number(limits::SPEED_MIN..=limits::SPEED_MAX), "2 is twice as fast."),
        optional("pitch", words(&PITCHES), "Whether the pitch of the sound follows the speed."),
        optional("loop", plays, "true for again and again, or how many times in all."),
        optional("volume", animated_number(0.0..=limits::VOLUME_MAX), "1 is as recorded."),
        optional("fadeIn", number(0.0..=limits::VIDEO_SECS_MAX), "Seconds in which the sound comes up."),
        optional("fadeOut", number(0.0..=limits::VIDEO_SECS_MAX), "Seconds in which the sound dies away."),
    ]
}

fn video() -> Value {
    let mut fields = timing("video");
    fields.extend(playback());
    fields.push(optional("muted", json!({ "type": "boolean" }), "Leaves its sound out."));
    fields.extend(visual(BlockShape::Media));
    object(fields)
}

fn audio() -> Value {
    let mut fields = timing("audio");
    fields.extend(playback());
    fields.push(optional("pan", number(-1.0..=1.0), "-1 is left, 1 is right."));
    object(fields)
}

fn image() -> Value {
    let view = object(vec![
        optional("x", number(0.0..=1.0), "What is in the middle, as a part of the width."),
        optional("y", number(0.0..=1.0), "The same of the height."),
        optional("scale", number(1.0..=limits::KEN_BURNS_SCALE_MAX), "How near it is."),
    ]);
    let journey = object(vec![
        required("from", view.clone(), "The first view."),
        required("to", view, "The last view."),
        optional("easing", def("easing"), "How it goes from one to the other."),
    ]);
    let mut fields = timing("image");
    fields.push(required("source", def("source"), "The file."));
    fields.push(optional(
        "kenBurns",
        any_of(&[words(&KEN_BURNS), journey]),
        "A slow journey over the picture.",
    ));
    fields.extend(visual(BlockShape::Media));
    object(fields)
}

fn visual(shape: BlockShape) -> Vec<Property> {
    let is_text = shape == BlockShape::Text;
    let reach = -limits::POSITION_PX_MAX..=limits::POSITION_PX_MAX;
    let coordinate = animated(&any_of(&[number(reach), def("positionPercent")]));
    let side = any_of(&[number(NumberRange::above(0.0, limits::BLOCK_SIDE_PX_MAX)), def("sizePercent")]);
    let side = if is_text { side } else { animated(&side) };
    let anchor = object(vec![
        required("x", number(0.0..=1.0), "0 is left, 1 is right."),
        required("y", number(0.0..=1.0), "0 is the top, 1 the bottom."),
    ]);
    let degrees = -limits::ROTATION_DEGREES_MAX..=limits::ROTATION_DEGREES_MAX;
    let fits = if is_text { words(&TEXT_FITS) } else { words(&MEDIA_FITS) };
    let layers = i64::from(limits::Z_INDEX_MAX);
    let mut fields = vec![
        optional("x", coordinate.clone(), "Of the anchor: pixels, or percent of the frame's width."),
        optional("y", coordinate, "Of the anchor: pixels, or percent of the frame's height; grows down."),
        optional("position", words(&POSITIONS), "A place in the frame; x, y and anchor at once."),
        optional(
            "anchor",
            any_of(&[words(&POSITIONS), anchor]),
            "The point of the block that x and y place.",
        ),
        optional("width", side.clone(), "Of its box: pixels, or percent of the frame's width."),
        optional("height", side, "Of its box: pixels, or percent of the frame's height."),
        optional("fit", fits, "How the content fills its box."),
        optional("scale", animated_number(0.0..=limits::SCALE_MAX), "Factor, about its anchor."),
        optional("rotation", animated_number(degrees), "Degrees, clockwise."),
        optional("opacity", animated_number(0.0..=1.0), "0 is invisible."),
        optional("flip", words(&FLIPS), "Mirrors it."),
        optional("cornerRadius", animated_number(0.0..=limits::CORNER_RADIUS_PX_MAX), "Pixels."),
        optional("zIndex", integer(-layers, layers), "Higher lies on top, whatever the order."),
    ];
    if !is_text {
        let part = || number(0.0..=limits::CROP_MAX);
        let crop = object(vec![
            optional("top", part(), "Fraction of the height."),
            optional("right", part(), "Fraction of the width."),
            optional("bottom", part(), "Fraction of the height."),
            optional("left", part(), "Fraction of the width."),
        ]);
        fields.push(optional("crop", animated(&crop), "What is cut off of the source before it is fitted."));
        fields.push(optional("onAssetError", words(&ON_ASSET_ERRORS), "What happens where its file fails."));
    }
    fields.extend(look(is_text));
    fields
}

fn look(is_text: bool) -> Vec<Property> {
    let secs = || number(NumberRange::above(0.0, limits::VIDEO_SECS_MAX));
    let kinds = if is_text { words(&ANIMATIONS) } else { words(&ANIMATIONS[..ANIMATIONS_OF_ANY]) };
    let mut animation = vec![
        required("type", kinds, "How it moves."),
        optional("at", words(&MOMENTS), "When it moves."),
        optional("duration", secs(), "Seconds; of a loop, of one round."),
        optional("easing", def("easing"), "How the movement goes."),
        optional("direction", words(&MOVES), "Where it goes; only where the type has one."),
    ];
    if is_text {
        animation.push(optional("split", words(&SPLITS), "What moves one after the other."));
    }
    let transition = object(vec![
        required("type", words(&TRANSITIONS), "How it takes over."),
        optional("duration", secs(), "Seconds."),
        optional("easing", def("easing"), "How the passage goes."),
        optional("direction", words(&MOVES), "Where it goes; only where the type has one."),
    ]);
    let filter_of = |(name, kind): &(&'static str, FilterKind)| {
        object(vec![
            required("type", json!({ "const": name }), ""),
            required("amount", animated_number(filter_range(*kind).0), "How much."),
        ])
    };
    let filters: Vec<Value> = FILTERS.iter().map(filter_of).collect();
    let filter = json!({ "type": "object", "required": ["type"], "oneOf": filters });
    let mut fields = vec![
        optional("animations", array(&object(animation), 0, limits::ANIMATIONS_MAX), "Ready-made movements."),
        optional("transition", transition, "From the block that it touches or overlaps."),
        optional(
            "filters",
            array(&filter, 0, limits::FILTERS_MAX),
            "In the order in which they are applied.",
        ),
        optional("blendMode", words(&BLEND_MODES), "How it mixes with what lies below, as CSS calls it."),
    ];
    if !is_text {
        let chroma_key = object(vec![
            required("color", def("color"), "The colour that becomes transparent."),
            optional("similarity", number(0.0..=1.0), "How far from it a colour may be."),
            optional("blend", number(0.0..=1.0), "How wide the passage to opaque is."),
        ]);
        fields.push(optional("chromaKey", chroma_key, "Makes one colour transparent."));
    }
    fields
}

fn text() -> Value {
    let mut fields = timing("text");
    fields.push(required("text", string(1, limits::TEXT_CHARS_MAX), "What it says; line breaks are kept."));
    fields.push(optional("font", font(), "Inter, 64 pixels, weight 600 by default."));
    fields.push(optional("color", animated(&def("color")), "White by default."));
    fields.push(optional("gradient", gradient(), "Instead of a colour."));
    fields.extend(text_box());
    fields.extend(text_effects());
    fields.extend(visual(BlockShape::Text));
    object(fields)
}

fn font() -> Value {
    let size = number(NumberRange::above(0.0, limits::FONT_SIZE_PX_MAX));
    object(vec![
        optional("family", string(1, limits::FONT_FAMILY_CHARS_MAX), "Installed, or one of the template's."),
        optional("size", any_of(&[size, def("fontPercent")]), "Pixels, or percent of the frame's height."),
        optional("weight", integer(100, 900), "400 is regular, 700 bold."),
        optional("style", words(&FONT_STYLES), "Upright or slanted."),
    ])
}

fn gradient() -> Value {
    let stop = object(vec![
        required("offset", number(0.0..=1.0), "Where along the gradient."),
        required("color", def("color"), "The colour there."),
    ]);
    let stops = array(&any_of(&[def("color"), stop]), 2, limits::GRADIENT_STOPS_MAX);
    object(vec![
        optional("angle", number(gradient_angles()), "Degrees, as CSS counts them; 180 goes down."),
        required("stops", stops, "Colours, evenly spread or each at its offset."),
    ])
}

fn text_box() -> Vec<Property> {
    let sizes = || number(NumberRange::above(0.0, limits::FONT_SIZE_PX_MAX));
    let auto_fit = object(vec![
        required("min", sizes(), "Smallest size in pixels."),
        required("max", sizes(), "Largest size in pixels."),
    ]);
    let spacing = -limits::LETTER_SPACING_PX_MAX..=limits::LETTER_SPACING_PX_MAX;
    vec![
        optional("align", words(&ALIGNMENTS), "Of its lines."),
        optional("verticalAlign", words(&VERTICAL_ALIGNMENTS), "Of its lines in a box that is higher."),
        optional("lineHeight", number(0.5..=4.0), "Of the font's size; 1.2 by default."),
        optional("letterSpacing", number(spacing), "Pixels between letters."),
        optional("textTransform", words(&TRANSFORMS), "Changes its case."),
        optional("direction", words(&DIRECTIONS), "Of its paragraphs."),
        optional(
            "maxLines",
            integer(1, limits::TEXT_LINES_MAX.into()),
            "More are left out, as overflow says.",
        ),
        optional("overflow", words(&OVERFLOWS), "What happens where it does not fit its box."),
        optional("autoFit", auto_fit, "The largest size within these that fits its box."),
    ]
}

fn text_effects() -> Vec<Property> {
    let width = || number(0.0..=limits::TEXT_EFFECT_PX_MAX);
    let reach = || number(-limits::TEXT_EFFECT_PX_MAX..=limits::TEXT_EFFECT_PX_MAX);
    let stroke = object(vec![
        required("color", animated(&def("color")), ""),
        required("width", width(), "Pixels outside of the letters."),
    ]);
    let shadow = object(vec![
        optional("color", animated(&def("color")), "Black of half strength by default."),
        optional("blur", width(), "Pixels."),
        optional("x", reach(), "Pixels to the right."),
        optional("y", reach(), "Pixels down."),
    ]);
    let sides = object(vec![
        optional("x", width(), "Left and right, in pixels."),
        optional("y", width(), "Above and below, in pixels."),
    ]);
    let background = |paint| {
        object(vec![
            paint,
            optional("padding", any_of(&[width(), sides.clone()]), "Pixels around the text."),
            optional("radius", number(0.0..=limits::CORNER_RADIUS_PX_MAX), "Of its corners, in pixels."),
        ])
    };
    let background = any_of(&[
        background(required("color", animated(&def("color")), "")),
        background(required("gradient", gradient(), "Over the whole box, instead of a colour.")),
    ]);
    vec![
        optional("stroke", stroke, "An outline."),
        optional("shadow", shadow, "A shadow below it."),
        optional("background", background, "A box behind it."),
    ]
}
