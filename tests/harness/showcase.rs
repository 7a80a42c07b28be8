//! One small scene for each thing that a template can say: drawn as contact sheets by the gallery, and held by the
//! golden tests.

use serde_json::{Value, json};

use crate::{Scratch, ffmpeg};

/// A feature in a scene of its own.
#[derive(Debug, Clone)]
pub struct Showcase {
    /// What it shows, as the field or value is called.
    pub name: String,
    /// The template.
    pub template: Value,
    /// When to look, in seconds; one tile each.
    pub at_secs: Vec<f64>,
}

/// The features that one contact sheet shows.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// File name without its ending.
    pub name: &'static str,
    /// What a person sees in it.
    pub description: &'static str,
    /// Left to right, top to bottom.
    pub showcases: Vec<Showcase>,
}

/// Writes the pictures that the scenes use.
pub fn write_showcase_media(scratch: &Scratch) {
    let picture = |name: &str, size: &str, source: &str| {
        let (file, source) = (scratch.file(name), format!("color=s={size}:d=1,format=rgba,geq={source}"));
        ffmpeg(&["-f", "lavfi", "-i", &source, "-frames:v", "1", file.to_str().unwrap()]);
    };
    // Warm, with a dark disc left of the middle: left and right, top and bottom can be told apart.
    let disc = "lt(hypot(X-0.35*W\\,Y-0.4*H)\\,0.2*H)";
    picture(
        "warm.png",
        "640x360",
        &format!(
            "r='if({disc}\\,60\\,230+20*X/W)':g='if({disc}\\,20\\,90+130*X/W)':b='if({disc}\\,70\\,60+40*Y/H)':a=255"
        ),
    );
    // Cool, with stripes.
    picture(
        "cool.png",
        "640x360",
        "r='20+60*Y/H':g='if(lt(mod(X+Y\\,80)\\,24)\\,190\\,90+60*X/W)':b='150+90*Y/H':a=255",
    );
    // A disc on nothing.
    picture("disc.png", "200x200", "r=230:g=57:b=70:a='255*clip(96-hypot(X-99.5\\,Y-99.5)\\,0\\,1)'");
    // What fails to load.
    std::fs::write(scratch.file("broken.png"), b"not a picture").unwrap();
    std::fs::write(scratch.file("broken.mp4"), b"not a video").unwrap();
    // A red ball in front of a green wall.
    picture(
        "green.png",
        "640x360",
        "r='if(lt(hypot(X-320\\,Y-180)\\,120)\\,220\\,20)':g='if(lt(hypot(X-320\\,Y-180)\\,120)\\,60\\,200)':b='if(lt(hypot(X-320\\,Y-180)\\,120)\\,50\\,30)':a=255",
    );
}

/// Every contact sheet.
#[must_use]
pub fn sheets() -> Vec<Sheet> {
    vec![
        Sheet {
            name: "geometry",
            description: "fits, crops, turns, flips, corners, keyframes over a cool striped ground",
            showcases: geometry(),
        },
        Sheet {
            name: "animations-in",
            description: "each entry at a quarter, half and three quarters of its way",
            showcases: animations("in"),
        },
        Sheet {
            name: "animations-out",
            description: "each exit at a quarter, half and three quarters of its way",
            showcases: animations("out"),
        },
        Sheet {
            name: "animations-loop",
            description: "each endless animation at three moments",
            showcases: animations("loop"),
        },
        Sheet {
            name: "text-animations",
            description: "texts that enter by letter, word and line",
            showcases: text_animations(),
        },
        Sheet {
            name: "transitions",
            description: "the warm picture gives way to the cool one: a quarter, half, three quarters",
            showcases: transitions(),
        },
        Sheet { name: "filters", description: "the warm picture through each filter", showcases: filters() },
        Sheet {
            name: "blend-modes",
            description: "the warm picture blended with the cool one below, in each mode",
            showcases: blend_modes(),
        },
        Sheet { name: "text", description: "each feature of a text", showcases: texts() },
        Sheet { name: "pictures", description: "Ken Burns, chroma key, placeholder", showcases: pictures() },
    ]
}

/// A template of these blocks over the striped picture.
fn over_stripes(blocks: Vec<Value>) -> Value {
    let ground = json!({ "type": "image", "source": { "uploadName": "cool.png" }, "filters": [{ "type": "brightness", "amount": 0.5 }] });
    let blocks: Vec<_> = std::iter::once(ground).chain(blocks).collect();
    json!({ "version": "1", "blocks": blocks })
}

/// `fields` on a block of two seconds that shows the warm picture at half size.
fn card(fields: Value) -> Value {
    let base = json!({ "type": "image", "duration": 2, "width": "50%", "height": "50%", "source": { "uploadName": "warm.png" } });
    merged(base, fields)
}

fn merged(mut base: Value, fields: Value) -> Value {
    if let (Value::Object(base), Value::Object(fields)) = (&mut base, fields) {
        base.extend(fields);
    }
    base
}

fn geometry() -> Vec<Showcase> {
    let cases = [
        ("fit cover", json!({ "width": "30%", "height": "80%", "fit": "cover" })),
        ("fit contain", json!({ "width": "30%", "height": "80%", "fit": "contain" })),
        ("fit fill", json!({ "width": "30%", "height": "80%", "fit": "fill" })),
        ("fit none", json!({ "width": "30%", "height": "80%", "fit": "none" })),
        ("fit contain-blur", json!({ "width": "40%", "height": "90%", "fit": "contain-blur" })),
        ("crop", json!({ "crop": { "top": 0.1, "right": 0.4, "bottom": 0.2, "left": 0.1 } })),
        ("rotation", json!({ "rotation": 30 })),
        ("rotation 90", json!({ "rotation": 90 })),
        ("scale", json!({ "scale": 1.5 })),
        ("flip horizontal", json!({ "flip": "horizontal" })),
        ("flip vertical", json!({ "flip": "vertical" })),
        ("flip both", json!({ "flip": "both" })),
        ("cornerRadius", json!({ "cornerRadius": 120 })),
        ("opacity", json!({ "opacity": 0.4 })),
        ("position", json!({ "position": "bottom-right" })),
        ("anchor", json!({ "x": "50%", "y": "50%", "anchor": "top-left" })),
    ];
    let fixed = cases.into_iter().map(|(name, fields)| Showcase {
        name: name.to_owned(),
        template: over_stripes(vec![card(fields)]),
        at_secs: vec![1.0],
    });
    let moving = [
        (
            "x, y keyframes",
            json!({ "x": [{ "time": 0, "value": "20%" }, { "time": 2, "value": "80%" }], "y": [{ "time": 0, "value": "20%" }, { "time": 2, "value": "80%", "easing": "easeInQuad" }] }),
        ),
        (
            "size keyframes",
            json!({ "width": [{ "time": 0, "value": "10%" }, { "time": 2, "value": "90%" }] }),
        ),
        (
            "turn, scale and corner keyframes",
            json!({ "rotation": [{ "time": 0, "value": 0 }, { "time": 2, "value": 180 }], "scale": [{ "time": 0, "value": 0.2 }, { "time": 2, "value": 1.2 }], "cornerRadius": [{ "time": 0, "value": 0 }, { "time": "100%", "value": 200 }] }),
        ),
        (
            "crop and opacity keyframes",
            json!({ "crop": [{ "time": 0, "value": { "right": 0.8 } }, { "time": 2, "value": { "right": 0 } }], "opacity": [{ "time": 0, "value": 0.2 }, { "time": 2, "value": 1 }] }),
        ),
    ];
    let moving = moving.into_iter().map(|(name, fields)| Showcase {
        name: name.to_owned(),
        template: over_stripes(vec![card(fields)]),
        at_secs: vec![0.5, 1.0, 1.5],
    });
    fixed.chain(moving).collect()
}

fn animations(at: &str) -> Vec<Showcase> {
    let kinds: &[&str] = match at {
        "loop" => &["fade", "scale", "pan", "spin", "bounce", "blur", "shake"],
        _ => &["fade", "slide", "scale", "wipe", "pan", "spin", "bounce", "blur", "shake"],
    };
    let at_secs = match at {
        "out" => vec![1.25, 1.5, 1.75],
        _ => vec![0.25, 0.5, 0.75],
    };
    let showcase = |kind: &&str| Showcase {
        name: format!("{kind} {at}"),
        template: over_stripes(vec![card(
            json!({ "animations": [{ "type": kind, "at": at, "duration": 1 }] }),
        )]),
        at_secs: at_secs.clone(),
    };
    kinds.iter().map(showcase).collect()
}

fn text_animations() -> Vec<Showcase> {
    let cases = [
        ("typewriter", "letter"),
        ("reveal", "line"),
        ("wave", "letter"),
        ("fade", "word"),
        ("slide", "letter"),
        ("scale", "word"),
        ("blur", "letter"),
    ];
    let showcase = |(kind, split): (&str, &str)| Showcase {
        name: format!("{kind} by {split}"),
        template: over_stripes(vec![
            json!({ "type": "text", "duration": 2, "text": "Every letter\ncounts here", "font": { "size": 150, "weight": 800 },
            "animations": [{ "type": kind, "at": if kind == "wave" { "loop" } else { "in" }, "duration": 1, "split": split }] }),
        ]),
        at_secs: vec![0.25, 0.5, 0.75],
    };
    cases.into_iter().map(showcase).collect()
}

fn transitions() -> Vec<Showcase> {
    let kinds = [
        ("fade", None),
        ("dissolve", None),
        ("wipe", Some("left")),
        ("wipe", Some("down")),
        ("slide", Some("left")),
        ("slide", Some("up")),
        ("push", Some("right")),
        ("push", Some("down")),
        ("zoom", None),
        ("iris", None),
        ("clockWipe", None),
        ("blur", None),
        ("pixelate", None),
        ("fadeBlack", None),
        ("fadeWhite", None),
        ("barnDoor", Some("left")),
        ("barnDoor", Some("up")),
        ("radial", None),
    ];
    let showcase = |(kind, direction): (&str, Option<&str>)| {
        let mut transition = json!({ "type": kind, "duration": 1 });
        if let Some(direction) = direction {
            transition["direction"] = json!(direction);
        }
        Showcase {
            name: format!("{kind} {}", direction.unwrap_or_default()).trim_end().to_owned(),
            template: json!({ "version": "1", "blocks": [
                { "type": "image", "duration": 1, "source": { "uploadName": "warm.png" } },
                { "type": "image", "start": 1, "duration": 2, "source": { "uploadName": "cool.png" }, "transition": transition } ] }),
            at_secs: vec![1.25, 1.5, 1.75],
        }
    };
    kinds.into_iter().map(showcase).collect()
}

fn filters() -> Vec<Showcase> {
    let kinds = [
        ("blur", 20.0),
        ("brightness", 1.5),
        ("contrast", 1.8),
        ("saturate", 2.5),
        ("hueRotate", 120.0),
        ("grayscale", 1.0),
        ("sepia", 1.0),
        ("invert", 1.0),
        ("sharpen", 3.0),
        ("vignette", 0.9),
        ("grain", 0.5),
    ];
    let showcase = |(kind, amount): (&str, f64)| Showcase {
        name: kind.to_owned(),
        template: over_stripes(vec![card(
            json!({ "width": "80%", "height": "80%", "filters": [{ "type": kind, "amount": amount }] }),
        )]),
        at_secs: vec![1.0],
    };
    kinds.into_iter().map(showcase).collect()
}

/// Every blend mode but normal, in the order of their numbers in the shader, from 1 on.
pub const BLEND_MODES: [&str; 16] = [
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "color-dodge",
    "color-burn",
    "hard-light",
    "soft-light",
    "difference",
    "exclusion",
    "hue",
    "saturation",
    "color",
    "luminosity",
    "plus-lighter",
];

fn blend_modes() -> Vec<Showcase> {
    let showcase = |mode: &str| Showcase {
        name: mode.to_owned(),
        template: json!({ "version": "1", "blocks": [
            { "type": "image", "duration": 1, "source": { "uploadName": "cool.png" } },
            { "type": "image", "width": "75%", "height": "75%", "source": { "uploadName": "warm.png" }, "blendMode": mode } ] }),
        at_secs: vec![0.5],
    };
    BLEND_MODES.into_iter().map(showcase).collect()
}

fn texts() -> Vec<Showcase> {
    let long = "The quick brown fox jumps over the lazy dog and runs away into the deep dark forest";
    let cases = [
        ("stroke", json!({ "stroke": { "color": "#d62828", "width": 16 } })),
        ("shadow", json!({ "shadow": { "color": "#000000", "blur": 20, "x": 16, "y": 16 } })),
        ("gradient", json!({ "gradient": { "angle": 90, "stops": ["#ffd166", "#ef476f"] } })),
        ("background", json!({ "background": { "color": "#1d3557", "padding": 40, "radius": 40 } })),
        ("letterSpacing", json!({ "letterSpacing": 30 })),
        ("textTransform", json!({ "textTransform": "uppercase" })),
        ("lineHeight", json!({ "text": "Two\nlines", "lineHeight": 2 })),
        ("align left", json!({ "text": "A longer\nline", "width": "80%", "align": "left" })),
        (
            "align justify",
            json!({ "text": long, "width": "60%", "align": "justify", "font": { "size": 70 } }),
        ),
        ("verticalAlign bottom", json!({ "height": "80%", "verticalAlign": "bottom" })),
        (
            "direction rtl",
            json!({ "text": "שלום abc", "direction": "rtl", "width": "80%", "align": "right" }),
        ),
        (
            "maxLines with ellipsis",
            json!({ "text": long, "width": "60%", "maxLines": 2, "overflow": "ellipsis", "font": { "size": 80 } }),
        ),
        ("overflow shrink", json!({ "text": long, "width": "60%", "height": "30%", "overflow": "shrink" })),
        ("overflow clip", json!({ "text": long, "width": "50%", "height": "30%", "overflow": "clip" })),
        (
            "autoFit",
            json!({ "text": "Fit", "width": "80%", "height": "80%", "autoFit": { "min": 20, "max": 600 } }),
        ),
        ("weight and style", json!({ "font": { "size": 160, "weight": 200, "style": "italic" } })),
        ("turned", json!({ "rotation": -20, "opacity": 0.7 })),
        ("scripts", json!({ "text": "日本語 中文 한국어\nمرحبا שלום नमस्ते 🎉", "font": { "size": 110 } })),
    ];
    let showcase = |(name, fields): (&str, Value)| {
        let base = json!({ "type": "text", "duration": 2, "text": "Bright text", "font": { "size": 160, "weight": 800 } });
        Showcase {
            name: name.to_owned(),
            template: over_stripes(vec![merged(base, fields)]),
            at_secs: vec![1.0],
        }
    };
    cases.into_iter().map(showcase).collect()
}

fn pictures() -> Vec<Showcase> {
    let presets = ["zoomIn", "zoomOut", "panLeft", "panRight", "panUp", "panDown"];
    let preset = |name: &str| Showcase {
        name: format!("kenBurns {name}"),
        template: json!({ "version": "1", "blocks": [
            { "type": "image", "duration": 2, "source": { "uploadName": "warm.png" }, "kenBurns": name } ] }),
        at_secs: vec![0.0, 1.0, 1.9],
    };
    let key = Showcase {
        name: "chromaKey".to_owned(),
        template: over_stripes(vec![
            json!({ "type": "image", "duration": 2, "source": { "uploadName": "green.png" },
            "chromaKey": { "color": "#14c81e", "similarity": 0.15, "blend": 0.1 } }),
        ]),
        at_secs: vec![1.0],
    };
    let placeholder = Showcase {
        name: "onAssetError placeholder".to_owned(),
        template: over_stripes(vec![
            json!({ "type": "image", "duration": 2, "width": "50%", "height": "50%", "source": { "uploadName": "broken.png" },
            "onAssetError": "placeholder" }),
        ]),
        at_secs: vec![1.0],
    };
    presets.into_iter().map(preset).chain([key, placeholder]).collect()
}
