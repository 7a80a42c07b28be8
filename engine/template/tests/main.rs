//! Tests of the public API of `avs-template`: one binary, one module per area.

mod blocks;
mod geometry;
mod issues;
mod media;
mod properties;
mod reader;
mod scenes;
mod schema;
mod times;

use avs_template::{Issue, Pointer, Template};
use serde_json::{Value, json};

/// Wraps blocks into a template that is otherwise sound.
fn template_json(blocks: &Value) -> Value {
    json!({ "version": "1", "blocks": blocks })
}

#[track_caller]
fn accepted(blocks: &Value) -> Template {
    Template::from_value(&template_json(blocks), &Pointer::root()).expect("the template is sound")
}

/// Returns the issues of a template with these blocks.
#[track_caller]
fn rejected(blocks: &Value) -> Vec<Issue> {
    issues_of(&template_json(blocks))
}

#[track_caller]
fn issues_of(template: &Value) -> Vec<Issue> {
    Template::from_value(template, &Pointer::root()).expect_err("the template is unsound").into_vec()
}

/// The pointer and code of each issue: what callers may rely on.
fn places(issues: &[Issue]) -> Vec<(&str, &str)> {
    issues.iter().map(|issue| (issue.pointer.as_str(), issue.code)).collect()
}
