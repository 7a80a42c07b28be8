//! The cases of `fields`: for each field of the schema, two templates that differ in it alone.

use serde_json::{Value, json};

/// One field: the base block of its type gets `before`, and then also `with`; the two must not look or sound alike.
pub(crate) struct Case {
    /// Block types, or `template` for a field beside `blocks`.
    pub(crate) kinds: &'static [&'static str],
    /// Path of the field as the schema names it.
    pub(crate) path: &'static str,
    /// Fields that both have.
    pub(crate) before: Value,
    /// Fields that only the second has; at the top level of the block.
    pub(crate) with: Value,
}

const VISUAL: &[&str] = &["video", "image", "text"];
const MEDIA: &[&str] = &["video", "image"];
const SOUND: &[&str] = &["video", "audio"];

fn case(kinds: &'static [&'static str], path: &'static str, before: Value, with: Value) -> Case {
    Case { kinds, path, before, with }
}

/// A value that moves: the field as keyframes over the block's second.
fn moving(from: &Value, to: &Value) -> Value {
    json!([{ "time": 0, "value": from }, { "time": 1, "value": to }])
}

/// A case for each field.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = visual_cases();
    cases.extend(look_cases());
    cases.extend(text_cases());
    cases.extend(time_and_sound_cases());
    cases.extend(template_cases());
    cases
}

fn visual_cases() -> Vec<Case> {
    vec![
        case(VISUAL, "x", json!({}), json!({ "x": "30%" })),
        case(VISUAL, "y", json!({}), json!({ "y": "30%" })),
        case(VISUAL, "position", json!({}), json!({ "position": "top-left" })),
        case(VISUAL, "anchor", json!({ "x": "50%" }), json!({ "anchor": "top-left" })),
        case(VISUAL, "anchor.x", json!({ "x": "50%" }), json!({ "anchor": { "x": 1, "y": 0.5 } })),
        case(VISUAL, "anchor.y", json!({ "y": "50%" }), json!({ "anchor": { "x": 0.5, "y": 1 } })),
        case(MEDIA, "width", json!({}), json!({ "width": "20%" })),
        case(&["text"], "width", json!({ "text": "several words wrap" }), json!({ "width": "20%" })),
        case(MEDIA, "height", json!({}), json!({ "height": "20%" })),
        case(&["text"], "height", json!({ "verticalAlign": "bottom" }), json!({ "height": "80%" })),
        case(MEDIA, "fit", json!({ "width": "20%", "height": "80%" }), json!({ "fit": "contain" })),
        case(&["text"], "fit", json!({}), json!({ "fit": "none", "x": "40%" })),
        case(MEDIA, "crop.top", json!({ "fit": "fill" }), json!({ "crop": { "top": 0.5 } })),
        case(MEDIA, "crop.right", json!({ "fit": "fill" }), json!({ "crop": { "right": 0.5 } })),
        case(MEDIA, "crop.bottom", json!({ "fit": "fill" }), json!({ "crop": { "bottom": 0.5 } })),
        case(MEDIA, "crop.left", json!({ "fit": "fill" }), json!({ "crop": { "left": 0.5 } })),
        case(VISUAL, "scale", json!({}), json!({ "scale": 0.5 })),
        case(VISUAL, "rotation", json!({}), json!({ "rotation": 40 })),
        case(VISUAL, "opacity", json!({}), json!({ "opacity": 0.3 })),
        case(VISUAL, "flip", json!({}), json!({ "flip": "horizontal" })),
        case(MEDIA, "cornerRadius", json!({}), json!({ "cornerRadius": 200 })),
        case(
            &["text"],
            "cornerRadius",
            json!({ "background": { "color": "#c00000", "padding": 60 } }),
            json!({ "cornerRadius": 120 }),
        ),
        case(VISUAL, "zIndex", json!({}), json!({ "zIndex": -1 })),
        case(
            MEDIA,
            "onAssetError",
            json!({ "source": { "uploadName": "broken.mp4" }, "onAssetError": "skip" }),
            json!({ "onAssetError": "placeholder" }),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table, a line or a few for each field")]
fn look_cases() -> Vec<Case> {
    let animation = |fields: Value| {
        let mut animation = json!({ "type": "slide", "duration": 1 });
        animation.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "animations": [animation] })
    };
    let transition = |fields: Value| {
        let mut transition = json!({ "type": "wipe", "duration": 1 });
        transition.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "transition": transition })
    };
    vec![
        case(VISUAL, "animations[].type", json!({}), animation(json!({}))),
        case(
            VISUAL,
            "animations[].at",
            animation(json!({ "easing": "easeInCubic" })),
            animation(json!({ "at": "out" })),
        ),
        case(VISUAL, "animations[].duration", animation(json!({})), animation(json!({ "duration": 0.6 }))),
        case(VISUAL, "animations[].easing", animation(json!({})), animation(json!({ "easing": "linear" }))),
        case(
            VISUAL,
            "animations[].direction",
            animation(json!({ "direction": "up" })),
            animation(json!({ "direction": "left" })),
        ),
        case(&["text"], "animations[].split", animation(json!({})), animation(json!({ "split": "letter" }))),
        case(VISUAL, "transition.type", json!({}), transition(json!({}))),
        case(VISUAL, "transition.duration", transition(json!({})), transition(json!({ "duration": 0.6 }))),
        case(
            VISUAL,
            "transition.direction",
            transition(json!({ "direction": "left" })),
            transition(json!({ "direction": "up" })),
        ),
        case(
            VISUAL,
            "transition.easing",
            transition(json!({})),
            transition(json!({ "easing": "easeInQuint" })),
        ),
        case(VISUAL, "filters[].type", json!({}), json!({ "filters": [{ "type": "invert", "amount": 1 }] })),
        case(
            VISUAL,
            "filters[].amount",
            json!({ "filters": [{ "type": "invert", "amount": 1 }] }),
            json!({ "filters": [{ "type": "invert", "amount": 0.6 }] }),
        ),
        case(VISUAL, "blendMode", json!({}), json!({ "blendMode": "difference" })),
        case(
            MEDIA,
            "chromaKey.color",
            json!({}),
            json!({ "chromaKey": { "color": "#e68040", "similarity": 0.3 } }),
        ),
        case(
            MEDIA,
            "chromaKey.similarity",
            json!({ "chromaKey": { "color": "#e68040", "similarity": 0.01 } }),
            json!({ "chromaKey": { "color": "#e68040", "similarity": 0.4 } }),
        ),
        case(
            MEDIA,
            "chromaKey.blend",
            json!({ "chromaKey": { "color": "#e68040", "similarity": 0.01, "blend": 0 } }),
            json!({ "chromaKey": { "color": "#e68040", "similarity": 0.01, "blend": 0.6 } }),
        ),
        case(&["image"], "kenBurns", json!({}), json!({ "kenBurns": "zoomIn" })),
        case(
            &["image"],
            "kenBurns.from.x",
            ken_burns(&json!({ "x": 0.3, "y": 0.5, "scale": 2 })),
            ken_burns(&json!({ "x": 0.7, "y": 0.5, "scale": 2 })),
        ),
        case(
            &["image"],
            "kenBurns.from.y",
            ken_burns(&json!({ "x": 0.5, "y": 0.3, "scale": 2 })),
            ken_burns(&json!({ "x": 0.5, "y": 0.7, "scale": 2 })),
        ),
        case(
            &["image"],
            "kenBurns.from.scale",
            ken_burns(&json!({ "x": 0.5, "y": 0.5, "scale": 1 })),
            ken_burns(&json!({ "x": 0.5, "y": 0.5, "scale": 3 })),
        ),
        case(
            &["image"],
            "kenBurns.to.x",
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 2 }, "to": { "x": 0.3, "y": 0.5, "scale": 2 } } }),
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 2 }, "to": { "x": 0.7, "y": 0.5, "scale": 2 } } }),
        ),
        case(
            &["image"],
            "kenBurns.to.y",
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 2 }, "to": { "x": 0.5, "y": 0.3, "scale": 2 } } }),
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 2 }, "to": { "x": 0.5, "y": 0.7, "scale": 2 } } }),
        ),
        case(
            &["image"],
            "kenBurns.to.scale",
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.5, "y": 0.5, "scale": 2 } } }),
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.5, "y": 0.5, "scale": 6 } } }),
        ),
        case(
            &["image"],
            "kenBurns.easing",
            ken_burns(&json!({ "x": 0.5, "y": 0.5, "scale": 1 })),
            json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.5, "y": 0.5, "scale": 4 }, "easing": "easeInQuint" } }),
        ),
    ]
}

fn ken_burns(from: &Value) -> Value {
    json!({ "kenBurns": { "from": from, "to": { "x": 0.5, "y": 0.5, "scale": 4 } } })
}

#[expect(clippy::too_many_lines, reason = "a table, a line or a few for each field")]
fn text_cases() -> Vec<Case> {
    const TEXT: &[&str] = &["text"];
    let long = "a text of several words that takes several lines in a narrow box";
    let narrow = || json!({ "text": long, "width": "30%", "height": "30%" });
    let box_gradient = |fields: Value| json!({ "background": { "gradient": fields } });
    let stroke = |fields: Value| json!({ "stroke": fields });
    let shadow =
        |x: f64, y: f64, blur: f64| json!({ "shadow": { "color": "#d00000", "x": x, "y": y, "blur": blur } });
    vec![
        case(TEXT, "text", json!({}), json!({ "text": "other words" })),
        case(TEXT, "font.family", json!({}), json!({ "font": { "family": "DejaVu Sans", "size": 200 } })),
        case(TEXT, "font.size", json!({}), json!({ "font": { "size": 120 } })),
        case(TEXT, "font.weight", json!({}), json!({ "font": { "size": 200, "weight": 200 } })),
        case(TEXT, "font.style", json!({}), json!({ "font": { "size": 200, "style": "italic" } })),
        case(TEXT, "color", json!({}), json!({ "color": "#ff0000" })),
        case(
            TEXT,
            "gradient.angle",
            json!({ "gradient": { "stops": ["#ff0000", "#0000ff"] } }),
            json!({ "gradient": { "angle": 90, "stops": ["#ff0000", "#0000ff"] } }),
        ),
        case(TEXT, "gradient.stops", json!({}), json!({ "gradient": { "stops": ["#ff0000", "#0000ff"] } })),
        case(
            TEXT,
            "gradient.stops[].color",
            json!({ "gradient": { "stops": ["#ff0000", "#0000ff"] } }),
            json!({ "gradient": { "stops": [{ "offset": 0, "color": "#00ff00" }, { "offset": 1, "color": "#0000ff" }] } }),
        ),
        case(
            TEXT,
            "gradient.stops[].offset",
            json!({ "gradient": { "stops": ["#ff0000", "#0000ff"] } }),
            json!({ "gradient": { "stops": [{ "offset": 0.45, "color": "#ff0000" }, { "offset": 0.55, "color": "#0000ff" }] } }),
        ),
        case(TEXT, "align", narrow(), json!({ "align": "right" })),
        case(TEXT, "verticalAlign", json!({ "height": "80%" }), json!({ "verticalAlign": "bottom" })),
        case(TEXT, "lineHeight", narrow(), json!({ "lineHeight": 2 })),
        case(TEXT, "letterSpacing", json!({}), json!({ "letterSpacing": 40 })),
        case(TEXT, "textTransform", json!({}), json!({ "textTransform": "uppercase" })),
        case(TEXT, "direction", json!({ "text": "abc שלום" }), json!({ "direction": "rtl" })),
        case(
            TEXT,
            "stroke.color",
            stroke(json!({ "color": "#ff0000", "width": 20 })),
            stroke(json!({ "color": "#00ff00", "width": 20 })),
        ),
        case(
            TEXT,
            "stroke.width",
            stroke(json!({ "color": "#ff0000", "width": 4 })),
            stroke(json!({ "color": "#ff0000", "width": 40 })),
        ),
        case(
            TEXT,
            "shadow.color",
            shadow(30.0, 30.0, 0.0),
            json!({ "shadow": { "color": "#00d000", "x": 30, "y": 30, "blur": 0 } }),
        ),
        case(TEXT, "shadow.x", shadow(0.0, 30.0, 0.0), shadow(60.0, 30.0, 0.0)),
        case(TEXT, "shadow.y", shadow(30.0, 0.0, 0.0), shadow(30.0, 60.0, 0.0)),
        case(TEXT, "shadow.blur", shadow(30.0, 30.0, 0.0), shadow(30.0, 30.0, 60.0)),
        case(TEXT, "background.color", json!({}), json!({ "background": { "color": "#c00000" } })),
        case(
            TEXT,
            "background.gradient",
            json!({ "background": { "color": "#c00000" } }),
            json!({ "background": { "gradient": { "stops": ["#c00000", "#0000c0"] } } }),
        ),
        case(
            TEXT,
            "background.gradient.angle",
            box_gradient(json!({ "stops": ["#ff0000", "#0000ff"] })),
            box_gradient(json!({ "angle": 90, "stops": ["#ff0000", "#0000ff"] })),
        ),
        case(
            TEXT,
            "background.gradient.stops",
            json!({}),
            box_gradient(json!({ "stops": ["#ff0000", "#0000ff"] })),
        ),
        case(
            TEXT,
            "background.gradient.stops[].color",
            box_gradient(json!({ "stops": ["#ff0000", "#0000ff"] })),
            box_gradient(
                json!({ "stops": [{ "offset": 0, "color": "#00ff00" }, { "offset": 1, "color": "#0000ff" }] }),
            ),
        ),
        case(
            TEXT,
            "background.gradient.stops[].offset",
            box_gradient(json!({ "stops": ["#ff0000", "#0000ff"] })),
            box_gradient(
                json!({ "stops": [{ "offset": 0.45, "color": "#ff0000" }, { "offset": 0.55, "color": "#0000ff" }] }),
            ),
        ),
        case(
            TEXT,
            "background.padding",
            json!({ "background": { "color": "#c00000", "padding": 0 } }),
            json!({ "background": { "color": "#c00000", "padding": 80 } }),
        ),
        case(
            TEXT,
            "background.padding.x",
            json!({ "background": { "color": "#c00000", "padding": 0 } }),
            json!({ "background": { "color": "#c00000", "padding": { "x": 80, "y": 0 } } }),
        ),
        case(
            TEXT,
            "background.padding.y",
            json!({ "background": { "color": "#c00000", "padding": 0 } }),
            json!({ "background": { "color": "#c00000", "padding": { "x": 0, "y": 80 } } }),
        ),
        case(
            TEXT,
            "background.radius",
            json!({ "background": { "color": "#c00000", "padding": 80 } }),
            json!({ "background": { "color": "#c00000", "padding": 80, "radius": 120 } }),
        ),
        case(TEXT, "maxLines", narrow(), json!({ "maxLines": 1 })),
        case(TEXT, "overflow", narrow(), json!({ "overflow": "shrink" })),
        case(
            TEXT,
            "autoFit.min",
            json!({ "text": long, "width": "30%", "height": "10%", "autoFit": { "min": 10, "max": 400 } }),
            json!({ "autoFit": { "min": 80, "max": 400 } }),
        ),
        case(
            TEXT,
            "autoFit.max",
            json!({ "width": "90%", "height": "90%", "autoFit": { "min": 10, "max": 100 } }),
            json!({ "autoFit": { "min": 10, "max": 400 } }),
        ),
    ]
}

fn time_and_sound_cases() -> Vec<Case> {
    const ALL: &[&str] = &["video", "image", "text", "audio"];
    const VIDEO: &[&str] = &["video"];
    const AUDIO: &[&str] = &["audio"];
    vec![
        case(ALL, "start", json!({}), json!({ "start": 0.7 })),
        case(ALL, "duration", json!({ "duration": 1 }), json!({ "duration": 0.3 })),
        case(SOUND, "trim.start", json!({}), json!({ "trim": { "start": 1.5 } })),
        case(AUDIO, "trim.end", json!({}), json!({ "trim": { "end": 0.3 } })),
        case(VIDEO, "trim.end", json!({}), json!({ "trim": { "end": 0.1 } })),
        case(SOUND, "speed", json!({}), json!({ "speed": 2 })),
        case(SOUND, "pitch", json!({ "speed": 2 }), json!({ "pitch": "follow" })),
        case(SOUND, "loop", json!({ "trim": { "end": 0.2 } }), json!({ "loop": true })),
        case(SOUND, "volume", json!({}), json!({ "volume": 0.2 })),
        case(SOUND, "fadeIn", json!({}), json!({ "fadeIn": 1 })),
        case(SOUND, "fadeOut", json!({}), json!({ "fadeOut": 1 })),
        case(VIDEO, "muted", json!({}), json!({ "muted": true })),
        case(AUDIO, "pan", json!({}), json!({ "pan": -1 })),
        case(MEDIA, "source.uploadName", json!({}), json!({ "source": { "uploadName": "other" } })),
        case(AUDIO, "source.uploadName", json!({}), json!({ "source": { "uploadName": "other" } })),
    ]
}

/// Fields beside `blocks`; below them stands a text.
fn template_cases() -> Vec<Case> {
    const TEMPLATE: &[&str] = &["template"];
    let fonts = |family: &str, weight: u16, file: &str| json!({ "fonts": [{ "family": family, "weight": weight, "source": { "uploadName": file } }] });
    vec![
        case(TEMPLATE, "background", json!({}), json!({ "background": "#c04000" })),
        case(
            TEMPLATE,
            "fonts[].source.uploadName",
            fonts("Brand", 400, "serif.ttf"),
            fonts("Brand", 400, "mono.ttf"),
        ),
        case(TEMPLATE, "fonts[].family", brand_and("Other", 400), brand_and("Brand", 400)),
        case(TEMPLATE, "fonts[].weight", brand_and("Brand", 900), brand_and("Brand", 400)),
    ]
}

/// A serif face called Brand, of weight 500, beside a monospaced one; the text asks for Brand of weight 400.
fn brand_and(family: &str, weight: u16) -> Value {
    json!({ "fonts": [
        { "family": "Brand", "weight": 500, "source": { "uploadName": "serif.ttf" } },
        { "family": family, "weight": weight, "source": { "uploadName": "mono.ttf" } } ] })
}

/// Fields that move: each as keyframes against its middle value held.
pub(crate) fn keyframe_cases() -> Vec<Case> {
    let at = |path: &'static str, kinds, held: Value, from: Value, to: Value| Case {
        kinds,
        path,
        before: json!({ path: held }),
        with: json!({ path: moving(&from, &to) }),
    };
    vec![
        at("x", VISUAL, json!("50%"), json!("10%"), json!("60%")),
        at("y", VISUAL, json!("50%"), json!("10%"), json!("60%")),
        at("width", MEDIA, json!("50%"), json!("10%"), json!("60%")),
        at("height", MEDIA, json!("50%"), json!("10%"), json!("60%")),
        at("scale", VISUAL, json!(1), json!(0.1), json!(0.8)),
        at("rotation", VISUAL, json!(0), json!(10), json!(80)),
        at("opacity", VISUAL, json!(1), json!(0.1), json!(0.8)),
        at("crop", MEDIA, json!({ "left": 0 }), json!({ "left": 0.2 }), json!({ "left": 0.7 })),
        at("cornerRadius", MEDIA, json!(0), json!(100), json!(300)),
        Case {
            kinds: &["text"],
            path: "cornerRadius",
            before: json!({ "background": { "color": "#c00000", "padding": 60 } }),
            with: json!({ "cornerRadius": moving(&json!(100), &json!(300)) }),
        },
        at("volume", SOUND, json!(1), json!(0), json!(0.5)),
        at("color", &["text"], json!("#ffffff"), json!("#ff0000"), json!("#0000ff")),
        at("background", &["template"], json!("#ffffff"), json!("#ff0000"), json!("#0000ff")),
        Case {
            kinds: VISUAL,
            path: "filters[].amount",
            before: json!({ "filters": [{ "type": "invert", "amount": 1 }] }),
            with: json!({ "filters": [{ "type": "invert", "amount": moving(&json!(0), &json!(0.6)) }] }),
        },
        moving_color("stroke.color", "stroke", &json!({ "width": 20 })),
        moving_color("shadow.color", "shadow", &json!({ "x": 30, "y": 30, "blur": 0 })),
        moving_color("background.color", "background", &json!({ "padding": 40 })),
    ]
}

/// A colour within an object of a text.
fn moving_color(path: &'static str, object: &'static str, fields: &Value) -> Case {
    let with_color = |color: Value| {
        let mut fields = fields.clone();
        fields["color"] = color;
        json!({ object: fields })
    };
    Case {
        kinds: &["text"],
        path,
        before: with_color(json!("#ffffff")),
        with: with_color(moving(&json!("#ff0000"), &json!("#0000ff"))),
    }
}
