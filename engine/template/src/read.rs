//! A strict reader of JSON objects that reports every broken rule at once. It knows nothing of templates.

use serde_json::{Map, Value};

use crate::{Field, Issue, IssueCollector, Pointer, codes, field::quoted, nearest};

/// Reads one JSON object strictly: fields are asked for by name, judged by the getters of [`Field`], and
/// whatever nobody asked for is an unknown field.
///
/// ```
/// use avs_template::{IssueCollector, ObjectReader, Pointer};
///
/// let body = serde_json::json!({ "webhook": { "url": "https://example.com/hook", "secrte": "s3cret" } });
/// let issues = IssueCollector::new();
/// let mut reader = ObjectReader::new(&body, &Pointer::root(), &issues).expect("it is an object");
/// if let Some(mut webhook) = reader.optional("webhook").object() {
///     let _url = webhook.required("url").string(1..=2048);
///     let _secret = webhook.optional("secret").string(1..=256);
///     webhook.finish();
/// }
/// let _metadata = reader.optional("metadata").raw();
/// reader.finish();
/// let found = issues.into_result(Some(())).expect_err("a field is misspelt").into_vec();
/// assert_eq!(found[0].pointer, "/webhook/secrte");
/// assert_eq!(found[0].suggestion.as_deref(), Some("secret"));
/// ```
#[derive(Debug)]
#[must_use = "call `finish`, or unknown fields go unnoticed"]
pub struct ObjectReader<'v, 'c> {
    object: &'v Map<String, Value>,
    pointer: Pointer,
    asked: Vec<&'static str>,
    issues: &'c IssueCollector,
}

impl<'v, 'c> ObjectReader<'v, 'c> {
    /// Returns a reader, or records that `value` is not an object.
    pub fn new(value: &'v Value, pointer: &Pointer, issues: &'c IssueCollector) -> Option<Self> {
        let Value::Object(object) = value else {
            return Field::new(Some(value), pointer.clone(), issues).wrong_type("an object");
        };
        Some(Self { object, pointer: pointer.clone(), asked: Vec::new(), issues })
    }

    /// Returns the place of the object.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Returns the field `name`, which may be absent.
    pub fn optional(&mut self, name: &'static str) -> Field<'v, 'c> {
        self.asked.push(name);
        Field::new(self.object.get(name), self.pointer.child(name), self.issues)
    }

    /// Returns the field `name`, and records an issue if it is absent.
    pub fn required(&mut self, name: &'static str) -> Field<'v, 'c> {
        let field = self.optional(name);
        if field.raw().is_none() {
            field.reject(codes::MISSING_FIELD, format!("{name:?} is missing; add it"));
        }
        field
    }

    /// Records that the object as a whole breaks a rule of the caller's own.
    pub fn reject(&self, code: &'static str, detail: impl Into<String>) {
        self.issues.add(Issue::new(&self.pointer, code, detail));
    }

    /// Records each field that was not asked for, with the nearest name that was.
    pub fn finish(self) {
        for name in self.object.keys().filter(|name| !self.asked.contains(&name.as_str())) {
            // Without this, a mebibyte of unknown names costs seconds of comparing.
            if self.issues.is_full() {
                return;
            }
            let absent = self.asked.iter().copied().filter(|asked| !self.object.contains_key(*asked));
            let suggestion = nearest(name, absent);
            let detail = match suggestion {
                Some(meant) => format!("{} is not a field here; did you mean {meant:?}?", quoted(name)),
                None => {
                    format!(
                        "{} is not a field here; remove it, or use: {}",
                        quoted(name),
                        self.asked.join(", ")
                    )
                }
            };
            let issue = Issue::new(&self.pointer.child(name), codes::UNKNOWN_FIELD, detail);
            self.issues.add(issue.with_suggestion(suggestion));
        }
    }
}
