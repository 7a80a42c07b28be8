//! Schemas in words: what a field is called, what it may be, whether it is needed.

use serde_json::Value;

use super::prose::{escaped, inline_from_prose};

/// Objects inside of objects are told of down to this depth.
const DEPTH_MAX: usize = 2;

/// One line of a table of fields.
pub(super) struct FieldRow {
    /// With the names of the objects around it.
    pub(super) name: String,
    /// Where a parameter is sent; empty for fields.
    pub(super) place: String,
    pub(super) type_html: String,
    pub(super) is_required: bool,
    pub(super) is_animatable: bool,
    pub(super) about_html: String,
}

/// A parameter as a field.
pub(super) fn row_from_parameter(parameter: &Value) -> FieldRow {
    FieldRow {
        name: parameter["name"].as_str().unwrap_or_default().to_owned(),
        place: parameter["in"].as_str().unwrap_or_default().to_owned(),
        type_html: type_of(&parameter["schema"]),
        is_required: parameter["required"] == true,
        is_animatable: false,
        about_html: inline_from_prose(&parameter["description"]),
    }
}

/// The fields of an object, those of objects within it too.
pub(super) fn fields_of(schema: &Value) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    add_fields(schema, "", 0, &mut rows);
    rows
}

fn add_fields(schema: &Value, before: &str, depth: usize, rows: &mut Vec<FieldRow>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
        let path = format!("{before}{name}");
        rows.push(FieldRow {
            name: path.clone(),
            place: String::new(),
            type_html: type_of(field),
            is_required: required,
            is_animatable: field["x-animatable"] == true,
            about_html: inline_from_prose(&field["description"]),
        });
        if depth < DEPTH_MAX {
            add_fields(field, &format!("{path}."), depth + 1, rows);
            add_fields(&field["items"], &format!("{path}[]."), depth + 1, rows);
        }
    }
}

/// A link to a schema of this name.
pub(super) fn link(name: &str) -> String {
    format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name))
}

/// What a value may be, in a few words.
pub(super) fn type_of(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        return link(target.rsplit('/').next().unwrap_or_default());
    }
    if let Some(value) = schema.get("const") {
        return format!("<code>{}</code>", escaped(&value.to_string()));
    }
    if let Some(values) = schema["enum"].as_array() {
        let names: Vec<String> =
            values.iter().map(|it| format!("<code>{}</code>", escaped(&it.to_string()))).collect();
        return names.join(" ");
    }
    if let Some(choices) = alternatives(schema) {
        let mut words: Vec<String> =
            choices.iter().filter(|it| !is_keyframes(schema, it)).map(type_of).collect();
        words.dedup();
        return words.join(" or ");
    }
    if schema["type"] == "array" {
        let (least, most) = (&schema["minItems"], &schema["maxItems"]);
        let count = if most.is_null() {
            String::new()
        } else {
            format!(" ({}–{most})", least.as_u64().unwrap_or(0))
        };
        return format!("list{count} of {}", type_of(&schema["items"]));
    }
    simple(schema)
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array())
}

/// That a value can change over time is told once, by a mark.
fn is_keyframes(schema: &Value, choice: &Value) -> bool {
    schema["x-animatable"] == true && choice["type"] == "array"
}

fn simple(schema: &Value) -> String {
    let names = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        _ => "any value".to_owned(),
    };
    let kind = schema["properties"]["type"]["const"].as_str();
    let kind = kind.map(|kind| format!(" <code>{}</code>", escaped(kind))).unwrap_or_default();
    format!("{}{kind}{}", escaped(&names), bounds(schema))
}

fn bounds(schema: &Value) -> String {
    let number = |key: &str| schema[key].as_f64();
    let least = number("minimum")
        .map(|it| format!("≥ {it}"))
        .or(number("exclusiveMinimum").map(|it| format!("> {it}")));
    let most = number("maximum")
        .map(|it| format!("≤ {it}"))
        .or(number("exclusiveMaximum").map(|it| format!("< {it}")));
    let chars = number("maxLength").map(|it| format!("up to {it} characters"));
    let parts: Vec<String> = [least, most, chars].into_iter().flatten().collect();
    let html = if parts.is_empty() { String::new() } else { format!(", {}", escaped(&parts.join(", "))) };
    match schema["format"].as_str() {
        Some(format) => format!(" ({}){html}", escaped(format)),
        None => html,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_told_in_words() {
        let told = |schema: Value| type_of(&schema);
        assert_eq!(told(json!({ "type": "integer", "minimum": 1, "maximum": 60 })), "integer, ≥ 1, ≤ 60");
        assert_eq!(told(json!({ "$ref": "#/components/schemas/Job" })), "<a href=\"#schema-Job\">Job</a>");
        assert_eq!(
            told(json!({ "type": "array", "maxItems": 5, "items": { "type": "string" } })),
            "list (0–5) of string"
        );
        let animated = json!({ "x-animatable": true, "anyOf": [{ "type": "number" }, { "type": "array" }] });
        assert_eq!(told(animated), "number");
    }

    #[test]
    fn fields_within_fields_are_told_with_their_path() {
        let schema = json!({ "required": ["a"], "properties": { "a": { "type": "object", "properties": { "b": {} } } } });
        let rows: Vec<(String, bool)> =
            fields_of(&schema).into_iter().map(|row| (row.name, row.is_required)).collect();
        assert_eq!(rows, [("a".to_owned(), true), ("a.b".to_owned(), false)]);
    }
}
