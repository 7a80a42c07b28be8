//! The JSON Schema of a storyboard in the strict dialect that model servers take: every field required, nothing else
//! allowed, `null` for what is left out. The files of the brief are the only ids it knows.

use serde_json::{Value, json};

use crate::storyboard_read::{CLIP_SOUNDS, LAYOUTS, MOTIONS, PALETTES, TONES, TRANSITIONS};
use crate::{Brief, asset_id};

/// Returns the schema of storyboards for `brief`.
pub fn storyboard_schema(brief: &Brief) -> Value {
    let ids = |wanted: fn(&crate::BriefAsset) -> bool| -> Vec<Value> {
        let assets = brief.assets.iter().enumerate().filter(|(_, asset)| wanted(asset));
        assets.map(|(index, _)| json!(asset_id(index).0)).collect()
    };
    let pictures = ids(|asset| asset.analysis.picture.is_some());
    let sounds = ids(|asset| asset.analysis.sound.is_some());
    let scene = object(&[
        ("durationSeconds", json!({ "type": "number" })),
        ("layout", choice(&LAYOUTS)),
        ("headline", words()),
        ("body", words()),
        ("label", words()),
        ("assetId", optional_id(&pictures)),
        ("assetStart", json!({ "type": ["number", "null"] })),
        ("moreAssetIds", id_list(&pictures)),
        ("motion", choice(&MOTIONS)),
        ("transition", choice(&TRANSITIONS)),
    ]);
    object(&[
        ("title", json!({ "type": "string" })),
        ("durationSeconds", json!({ "type": "number" })),
        ("tone", choice(&TONES)),
        ("palette", choice(&PALETTES)),
        ("accent", words()),
        ("scenes", json!({ "type": "array", "items": scene })),
        ("music", optional_id(&sounds)),
        ("voice", optional_id(&sounds)),
        ("clipSound", choice(&CLIP_SOUNDS)),
    ])
}

fn object(fields: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

fn choice<T>(table: &[(&str, T)]) -> Value {
    let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    json!({ "type": "string", "enum": names })
}

fn words() -> Value {
    json!({ "type": ["string", "null"] })
}

fn optional_id(ids: &[Value]) -> Value {
    if ids.is_empty() {
        return json!({ "type": "null" });
    }
    let choices: Vec<Value> = ids.iter().cloned().chain([Value::Null]).collect();
    json!({ "type": ["string", "null"], "enum": choices })
}

fn id_list(ids: &[Value]) -> Value {
    // An empty `enum` is no schema.
    let item =
        if ids.is_empty() { json!({ "type": "string" }) } else { json!({ "type": "string", "enum": ids }) };
    json!({ "type": "array", "items": item })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Storyboard;
    use crate::model::test_brief;

    fn for_each_object(schema: &Value, check: &mut impl FnMut(&Value)) {
        match schema {
            Value::Object(fields) => {
                if fields.get("type") == Some(&json!("object")) {
                    check(schema);
                }
                fields.values().for_each(|field| for_each_object(field, check));
            }
            Value::Array(items) => items.iter().for_each(|item| for_each_object(item, check)),
            _ => {}
        }
    }

    #[test]
    fn every_object_is_closed_and_requires_every_field() {
        let mut objects = 0;
        for_each_object(&storyboard_schema(&test_brief()), &mut |object| {
            objects += 1;
            let names: Vec<&String> = object["properties"].as_object().unwrap().keys().collect();
            let mut required: Vec<&str> =
                object["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            required.sort_unstable();
            assert_eq!(
                (names, &object["additionalProperties"]),
                (
                    required.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>().iter().collect(),
                    &json!(false)
                )
            );
        });
        assert_eq!(objects, 2);
    }

    #[test]
    fn the_schema_names_the_fields_that_a_storyboard_has() {
        let storyboard = json!({ "durationSeconds": 5, "tone": "bold",
            "scenes": [ { "durationSeconds": 5, "layout": "title", "assetId": "a1" } ] });
        let storyboard = Storyboard::from_value(&storyboard, &test_brief()).unwrap();
        let written = serde_json::to_value(storyboard).unwrap();
        let schema = storyboard_schema(&test_brief());
        let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&written), fields(&schema["properties"]));
        let scene = &schema["properties"]["scenes"]["items"]["properties"];
        assert_eq!(fields(&written["scenes"][0]), fields(scene));
        assert_eq!(scene["assetId"]["enum"], json!(["a1", "a2", null]), "a song has nothing to show");
        assert_eq!(schema["properties"]["music"]["enum"], json!(["a1", "a3", null]), "an image is not heard");
    }
}
