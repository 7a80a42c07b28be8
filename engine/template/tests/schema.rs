//! The published schema and the validator: they take the same documents, but for rules that a schema cannot say.

use std::collections::BTreeSet;
use std::path::Path;

use avs_template::{Pointer, Template, codes, schema_fields, template_schema};
use serde_json::{Value, json};

/// Rules between fields, which only the validator knows.
const BEYOND_A_SCHEMA: [&str; 10] = [
    codes::MEANINGLESS,
    codes::CONTRADICTORY,
    codes::SPLITS_DIFFER,
    codes::INVALID_KEYFRAMES,
    codes::INVALID_TRIM,
    codes::AUTO_DURATION_WITHOUT_LENGTH,
    codes::AUTO_START_AFTER_END,
    codes::NO_DURATION,
    codes::AUTO_DURATION_OF_LOOP,
    codes::VIDEO_TOO_LONG,
];

/// A valid template with every field there is, in as many blocks as that takes.
fn everything() -> Value {
    json!({ "version": "1", "name": "n", "background": "#101828",
        "fonts": [{ "family": "Brand", "weight": 700, "source": { "uploadName": "brand.ttf" } }],
        "blocks": [visual("video", "bars.mp4"), visual("image", "photo.png"), text(), sound()] })
}

fn sound() -> Value {
    json!({ "type": "audio", "start": 1, "duration": 2, "source": { "url": "https://a.b/c.mp3" }, "pan": -0.5,
        "trim": { "start": 1, "end": 2.5 }, "speed": 2, "pitch": "follow", "loop": 3, "volume": 0.5,
        "fadeIn": 0.5, "fadeOut": 0.5 })
}

fn visual(kind: &str, file: &str) -> Value {
    let mut block = json!({ "x": "50%", "y": 100, "position": "center", "anchor": { "x": 0, "y": 1 }, "width": 100,
        "height": "20%", "fit": "contain", "scale": 2, "rotation": 20, "opacity": 0.5, "flip": "both",
        "cornerRadius": 3, "zIndex": 2, "crop": { "top": 0.1, "right": 0.1, "bottom": 0.1, "left": 0.1 },
        "onAssetError": "skip", "animations": [{ "type": "slide", "at": "in", "duration": 1, "easing": "linear",
        "direction": "left" }], "transition": { "type": "wipe", "duration": 1, "easing": "spring", "direction": "up" },
        "filters": [{ "type": "blur", "amount": 3 }, { "type": "invert", "amount": 1 }], "blendMode": "screen",
        "chromaKey": { "color": "#00ff00", "similarity": 0.2, "blend": 0.1 } });
    if kind == "video" {
        let mut own = sound();
        own.as_object_mut().expect("a block").remove("pan");
        own["muted"] = json!(true);
        merge(&mut block, own);
    } else if kind == "image" {
        let view = json!({ "x": 0.5, "y": 0.5, "scale": 2 });
        merge(
            &mut block,
            json!({ "start": 1, "duration": 2, "kenBurns": { "from": view, "to": view, "easing": "hold" } }),
        );
    }
    merge(&mut block, json!({ "type": kind, "source": { "uploadName": file } }));
    block
}

fn text() -> Value {
    let mut block = visual("text", "");
    for name in ["crop", "onAssetError", "chromaKey", "source"] {
        block.as_object_mut().expect("a block").remove(name);
    }
    block["animations"][0]["split"] = json!("word");
    merge(
        &mut block,
        json!({ "start": 1, "duration": 2, "fit": "none", "text": "words",
        "font": { "family": "Inter", "size": 30, "weight": 500, "style": "italic" }, "color": "#fff",
        "align": "left", "verticalAlign": "middle", "lineHeight": 1.5, "letterSpacing": 2,
        "textTransform": "uppercase", "direction": "ltr", "stroke": { "color": "#000", "width": 2 },
        "shadow": { "color": "#000", "blur": 2, "x": 1, "y": 1 },
        "background": { "color": "#123", "padding": { "x": 3, "y": 4 }, "radius": 3 }, "maxLines": 3,
        "overflow": "wrap", "autoFit": { "min": 10, "max": 20 } }),
    );
    block
}

/// The same, where a field takes another form or excludes another one.
fn other_forms() -> Vec<Value> {
    let moving = |value: Value| json!([{ "time": 0, "value": value }, { "time": 1, "value": value, "easing": "easeInQuad" }]);
    let mut gradient = text();
    gradient.as_object_mut().expect("a block").remove("color");
    gradient["gradient"] = json!({ "angle": 90, "stops": [{ "offset": 0, "color": "#f00" }, "#00f"] });
    gradient["stroke"]["color"] = moving(json!("#f00"));
    gradient["background"] = json!({ "padding": 4,
        "gradient": { "angle": 90, "stops": [{ "offset": 0, "color": "#f00" }, "#00f"] } });
    gradient["anchor"] = json!("top-left");
    let mut video = visual("video", "bars.mp4");
    video["x"] = moving(json!("10%"));
    video["crop"] = moving(json!({ "left": 0.1 }));
    video["filters"][0]["amount"] = moving(json!(3));
    video["loop"] = json!(false);
    video["volume"] = json!([{ "time": "0%", "value": 1 }, { "time": "100%", "value": 0 }]);
    let mut image = visual("image", "photo.png");
    image["kenBurns"] = json!("zoomIn");
    vec![template(&gradient), template(&video), template(&image)]
}

fn template(block: &Value) -> Value {
    json!({ "version": "1", "background": [{ "time": 0, "value": "#fff" }], "blocks": [block] })
}

fn merge(into: &mut Value, from: Value) {
    let (Value::Object(into), Value::Object(from)) = (into, from) else { panic!("both are objects") };
    into.extend(from);
}

/// What is put in the place of every value.
fn replacements(schema: &Value) -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!([1]),
        json!(["#fff", "#000"]),
        json!(""),
        json!(3.0),
        json!(0.5),
        json!("zzz"),
        json!("50%"),
        json!("-5%"),
        json!("0%"),
        json!("0.0%"),
        json!("1000%"),
        json!("1000.1%"),
        json!("100.5%"),
        json!("12.%"),
        json!("+5%"),
        json!("5"),
        json!("#fff"),
        json!("#10182880"),
        json!("#ggg"),
        json!("steps(3)"),
        json!("easeInQuint"),
        json!("ease"),
        json!("a/b"),
        json!("..a"),
        json!("a.mp4"),
        json!("http://a"),
        json!("https:///a"),
        json!("https://a b"),
        json!({ "x": 0.5, "y": 0.5 }),
        json!({ "x": 2 }),
        json!({ "uploadName": "a", "url": "https://a" }),
        json!([{ "time": 0, "value": 0.5 }]),
        json!([{ "time": 0 }]),
        json!([{ "time": "50%", "value": "#fff", "easing": "hold" }]),
        json!([{ "time": "101%", "value": 1 }]),
        json!([{ "time": 0, "value": 1, "zzz": 1 }]),
        json!({ "top": 0.5 }),
        json!("x".repeat(201)),
        json!("x".repeat(101)),
        json!("x".repeat(256)),
        json!("x".repeat(10_001)),
    ];
    values.extend([17, 21, 201, 501].map(|count| Value::Array(vec![json!("#fff"); count])));
    let mut bounds = BTreeSet::new();
    collect_bounds(schema, &mut bounds);
    values.extend(bounds.iter().flat_map(|bound| {
        let bound = bound.parse::<f64>().expect("written by us");
        [json!(bound), json!(bound - 0.01), json!(bound + 0.01), json!(bound + 1.0)]
    }));
    let mut words = BTreeSet::new();
    collect_words(schema, &mut words);
    values.extend(words.into_iter().map(Value::from));
    values
}

fn collect_bounds(schema: &Value, into: &mut BTreeSet<String>) {
    for (name, value) in schema.as_object().into_iter().flatten() {
        if ["minimum", "maximum", "exclusiveMinimum"].contains(&name.as_str()) {
            into.insert(value.to_string());
        }
    }
    each_child(schema, |child| collect_bounds(child, into));
}

fn collect_words(schema: &Value, into: &mut BTreeSet<String>) {
    let words = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
    into.extend(words.filter_map(Value::as_str).map(str::to_owned));
    each_child(schema, |child| collect_words(child, into));
}

fn each_child(value: &Value, mut visit: impl FnMut(&Value)) {
    match value {
        Value::Object(fields) => fields.values().for_each(visit),
        Value::Array(elements) => elements.iter().for_each(&mut visit),
        _ => {}
    }
}

/// Pointers to every value of a document.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    into.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), into));
        }
        Value::Array(elements) => {
            elements
                .iter()
                .enumerate()
                .for_each(|(index, value)| pointers(value, &format!("{at}/{index}"), into));
        }
        _ => {}
    }
}

#[track_caller]
fn assert_agree(schema: &jsonschema::Validator, document: &Value, changed: &str) {
    let by_schema = schema.is_valid(document);
    let issues = Template::from_value(document, &Pointer::root()).err().map(avs_template::Issues::into_vec);
    let judged: Vec<_> =
        issues.iter().flatten().filter(|issue| !BEYOND_A_SCHEMA.contains(&issue.code)).collect();
    assert!(
        by_schema == judged.is_empty(),
        "{changed}: the schema says {by_schema}, the validator {judged:?}"
    );
}

#[test]
fn the_published_schema_is_the_one_that_the_readers_tables_make() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/avs-template-v1.json");
    let made = serde_json::to_string_pretty(&template_schema()).expect("it is JSON") + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &made).expect("the folder takes files");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == made, "out of date; run UPDATE_SCHEMA=1 cargo test -p avs-template schema");
}

#[test]
fn the_sample_of_the_agreement_test_has_every_field_of_the_schema() {
    let mut found = Vec::new();
    for document in std::iter::once(everything()).chain(other_forms()) {
        for block in document["blocks"].as_array().expect("blocks") {
            let mut places = Vec::new();
            pointers(block, "", &mut places);
            let kind = block["type"].as_str().expect("a type").to_owned();
            let path = |place: &String| {
                let parts = place.split('/').skip(1);
                let joined = parts.fold(String::new(), |path, part| match part.parse::<usize>() {
                    Ok(_) => path + "[]",
                    Err(_) if path.is_empty() => part.to_owned(),
                    Err(_) => format!("{path}.{part}"),
                });
                (kind.clone(), joined)
            };
            found.extend(places.iter().map(path));
        }
    }
    let missing: Vec<_> = schema_fields()
        .into_iter()
        .filter(|field| field.owner != "template" && !field.path.ends_with("source.url"))
        .filter(|field| !(field.owner == "audio" && field.path == "source.uploadName"))
        .filter(|field| !found.contains(&(field.owner.clone(), field.path.clone())))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_schema_and_the_validator_take_and_refuse_the_same_documents() {
    let written = template_schema();
    let schema = jsonschema::draft202012::new(&written).expect("a valid schema");
    let replacements = replacements(&written);
    for document in std::iter::once(everything()).chain(other_forms()) {
        assert!(schema.is_valid(&document), "{:?}", schema.iter_errors(&document).next());
        assert_eq!(Template::from_value(&document, &Pointer::root()).err(), None);
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        let mut changed = document.clone();
        for place in places.iter().filter(|place| !place.is_empty()) {
            let kept = changed.pointer(place).expect("it is there").clone();
            for value in &replacements {
                *changed.pointer_mut(place).expect("it is there") = value.clone();
                assert_agree(&schema, &changed, &format!("{place} = {}", shortened(value)));
            }
            *changed.pointer_mut(place).expect("it is there") = kept;
            let (parent, name) = place.rsplit_once('/').expect("not the root");
            if let Some(Value::Object(fields)) = changed.pointer_mut(parent) {
                let removed = fields.remove(name).expect("it is there");
                assert_agree(&schema, &changed, &format!("{place} removed"));
                let Some(Value::Object(fields)) = changed.pointer_mut(parent) else { continue };
                fields.insert(name.to_owned(), removed);
                fields.insert("zzz".to_owned(), json!(1));
                assert_agree(&schema, &changed, &format!("{parent}/zzz added"));
                let Some(Value::Object(fields)) = changed.pointer_mut(parent) else { continue };
                fields.remove("zzz");
            }
        }
        assert!(changed == document, "the test restores what it changes");
    }
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}
