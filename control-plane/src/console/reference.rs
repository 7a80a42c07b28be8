//! `/docs/api`: the API reference as a page, made once from the OpenAPI document, which is the only source of it.

mod curl;
mod fields;
mod prose;

use std::sync::OnceLock;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use self::fields::{FieldRow, fields_of, type_of};
use self::prose::html_from_prose;
use super::error_page::PageError;
use super::page::{Section, Shell, page};
use super::viewer::Viewer;
use super::words::pretty;
use crate::api::openapi::{METHODS, document, problem_codes};

/// Everything of the page that is the same for everybody, as HTML where it says so.
struct Reference {
    intro_html: String,
    groups: Vec<Group>,
    schemas: Vec<SchemaEntry>,
    problems: Vec<(String, u64, String)>,
}

struct Group {
    name: String,
    about_html: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about_html: String,
    caller: &'static str,
    parameters: Vec<FieldRow>,
    bodies: Vec<Body>,
    curl: String,
    answers: Vec<Answer>,
}

struct Body {
    media_type: String,
    type_html: String,
}

struct Answer {
    status: String,
    media_type: String,
    about_html: String,
    type_html: String,
    example: Option<String>,
}

struct SchemaEntry {
    name: String,
    about_html: String,
    type_html: String,
    fields: Vec<FieldRow>,
}

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferencePage {
    shell: Shell,
    body: &'static str,
}

#[derive(Template)]
#[template(path = "reference_body.html")]
struct ReferenceBody {
    reference: Reference,
}

/// Shows the reference to anybody.
pub(super) async fn show(viewer: Result<Viewer, PageError>) -> Response {
    let mut shell = Shell::open("API reference");
    (shell.section, shell.viewer) = (Section::Docs, viewer.ok());
    page(StatusCode::OK, &ReferencePage { shell, body: body() })
}

fn body() -> &'static str {
    static BODY: OnceLock<String> = OnceLock::new();
    BODY.get_or_init(|| {
        let reference = Reference::from_document(&Document(document()));
        let html = ReferenceBody { reference }.render();
        html.inspect_err(|error| tracing::error!(%error, "the reference could not be written"))
            .unwrap_or_default()
    })
}

/// The OpenAPI document, with references followed.
struct Document(Value);

impl Document {
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value["$ref"].as_str().and_then(|target| self.0.pointer(target.strip_prefix('#')?));
        target.unwrap_or(value)
    }

    /// The first example of a media type.
    fn example<'a>(&'a self, content: &'a Value) -> Option<&'a Value> {
        let named = content["examples"].as_object().and_then(|examples| examples.values().next());
        let named = named.map(|example| &self.resolved(example)["value"]);
        named.or_else(|| content.get("example"))
    }
}

impl Reference {
    fn from_document(document: &Document) -> Self {
        let Document(whole) = document;
        let tags = whole["tags"].as_array().into_iter().flatten();
        let schemas = whole["components"]["schemas"].as_object().into_iter().flatten();
        Self {
            intro_html: html_from_prose(&whole["info"]["description"]),
            groups: tags.map(|tag| group(document, tag)).collect(),
            schemas: schemas.map(|(name, schema)| schema_entry(name, schema)).collect(),
            problems: problem_codes()
                .into_iter()
                .map(|(code, status, about)| (code, status, html_from_prose(&Value::from(about))))
                .collect(),
        }
    }
}

fn group(document: &Document, tag: &Value) -> Group {
    let paths = document.0["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        METHODS.into_iter().filter_map(move |method| Some((path, item, method, item.get(method)?)))
    });
    let ours = operations.filter(|(.., operation)| operation["tags"][0] == tag["name"]);
    Group {
        name: text(&tag["name"]),
        about_html: html_from_prose(&tag["description"]),
        operations: ours
            .map(|(path, item, method, it)| operation(document, (path, method), item, it))
            .collect(),
    }
}

fn operation(document: &Document, (path, method): (&str, &str), item: &Value, it: &Value) -> Operation {
    let parameters = [item, it].into_iter().flat_map(|of| of["parameters"].as_array().into_iter().flatten());
    let parameters: Vec<&Value> = parameters.map(|parameter| document.resolved(parameter)).collect();
    let bodies = it["requestBody"]["content"].as_object().into_iter().flatten();
    let answers = it["responses"].as_object().into_iter().flatten();
    let has_token = it["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
    Operation {
        id: text(&it["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&it["summary"]),
        about_html: html_from_prose(&it["description"]),
        caller: match it["security"][0]
            .as_object()
            .and_then(|scheme| scheme.keys().next())
            .map(String::as_str)
        {
            Some("cliToken") => "CLI token",
            Some(_) => "API token",
            None => "no token",
        },
        curl: curl::command((method, path, has_token), document, it),
        parameters: parameters.into_iter().map(fields::row_from_parameter).collect(),
        bodies: bodies.map(|(media_type, content)| body_of(media_type, content)).collect(),
        answers: answers
            .map(|(status, answer)| answer_of(document, status, document.resolved(answer)))
            .collect(),
    }
}

fn body_of(media_type: &str, content: &Value) -> Body {
    Body { media_type: media_type.to_owned(), type_html: type_of(&content["schema"]) }
}

fn answer_of(document: &Document, status: &str, answer: &Value) -> Answer {
    let content = answer["content"].as_object().and_then(|content| content.iter().next());
    let is_problem = content.is_some_and(|(media_type, _)| media_type == "application/problem+json");
    let type_html = match content {
        // Which codes it can have is told in words.
        Some(_) if is_problem => fields::link("Problem"),
        Some((_, content)) if !content["schema"].is_null() => type_of(&content["schema"]),
        _ => String::new(),
    };
    let example =
        content.filter(|_| !is_problem).and_then(|(_, content)| document.example(content)).map(pretty);
    Answer {
        status: status.to_owned(),
        media_type: content.map_or("no body", |(media_type, _)| media_type).to_owned(),
        about_html: html_from_prose(&answer["description"]),
        type_html,
        example,
    }
}

fn schema_entry(name: &str, schema: &Value) -> SchemaEntry {
    let fields = fields_of(schema);
    let type_html = if fields.is_empty() { type_of(schema) } else { String::new() };
    SchemaEntry {
        name: name.to_owned(),
        about_html: html_from_prose(&schema["description"]),
        type_html,
        fields,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_schema_and_problem_of_the_document_is_in_the_reference() {
        let (html, document) = (body(), document());
        for item in document["paths"].as_object().unwrap().values() {
            for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                assert!(html.contains(&format!("id=\"{}\"", text(&operation["operationId"]))), "{operation}");
            }
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(html.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
        for code in document["components"]["schemas"]["ProblemCode"]["enum"].as_array().unwrap() {
            assert!(html.contains(&format!("id=\"problem-{}\"", text(code))), "{code}");
        }
    }

    #[test]
    fn every_link_within_the_reference_leads_to_a_place_in_it_and_no_style_is_inline() {
        let html = body();
        let links: Vec<&str> =
            html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(links.len() > 150, "only {}", links.len());
        for link in links {
            assert!(html.contains(&format!("id=\"{link}\"")), "{link}");
        }
        assert!(!html.contains("style=") && !html.contains("<script"));
    }

    #[test]
    fn the_reference_is_small() {
        assert!(body().len() < 145_000, "{}", body().len());
    }
}
