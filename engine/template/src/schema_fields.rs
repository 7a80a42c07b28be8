//! The fields of the schema as a list: what a complete test, an editor or a page of documentation goes through.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template_schema;

/// One field that a template may have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaField {
    /// The block type that has it, or `template`.
    pub owner: String,
    /// Names from there on, such as `animations[].type`.
    pub path: String,
    /// True where it takes keyframes.
    pub animatable: bool,
}

/// Returns every field of the schema; those of blocks under their types.
#[must_use]
pub fn schema_fields() -> Vec<SchemaField> {
    let schema = template_schema();
    let mut walk = Walk { schema: &schema, owner: "template", found: BTreeSet::new() };
    walk.visit(&schema, "");
    for owner in ["video", "image", "text", "audio"] {
        walk.owner = owner;
        walk.visit(&schema["$defs"][owner], "");
    }
    let is_own = |field: &SchemaField| field.owner != "template" || !field.path.starts_with("blocks[].");
    walk.found.into_iter().filter(is_own).collect()
}

struct Walk<'s> {
    schema: &'s Value,
    owner: &'s str,
    found: BTreeSet<SchemaField>,
}

impl Walk<'_> {
    fn visit(&mut self, at: &Value, path: &str) {
        if let Some(name) = at["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            let schema = self.schema;
            return self.visit(&schema["$defs"][name], path);
        }
        let alternatives = ["anyOf", "oneOf"].iter().find_map(|keyword| at[*keyword].as_array());
        // The second alternative of what moves are its keyframes.
        let count = if is_animatable(at) { 1 } else { usize::MAX };
        for alternative in alternatives.into_iter().flatten().take(count) {
            self.visit(alternative, path);
        }
        if at["type"] == "array" {
            self.visit(&at["items"], &format!("{path}[]"));
        }
        for (name, property) in at["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.found.insert(SchemaField {
                owner: self.owner.to_owned(),
                path: path.clone(),
                animatable: is_animatable(property),
            });
            self.visit(property, &path);
        }
    }
}

fn is_animatable(schema: &Value) -> bool {
    schema["x-animatable"] == true
}
