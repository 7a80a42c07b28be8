//! The OpenAPI document, put together from its parts beside this file. What is served is `openapi.json`; a test compares the two.
//!
//! The parts are written by hand. Added here is what would only be repeated there: the template's schema, the problems that an
//! operation names by their codes in `x-problems`, and the headers that every answer has.

use std::collections::BTreeMap;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

/// The document as committed, byte for byte.
const OPENAPI_JSON: &str = include_str!("../../openapi.json");

const DOCUMENT: &str = include_str!("openapi/document.json");
const SCHEMAS: &str = include_str!("openapi/schemas.json");
const EXAMPLES: &str = include_str!("openapi/examples.json");
const PROBLEMS: &str = include_str!("openapi/problems.json");
const WEBHOOKS: &str = include_str!("openapi/webhooks.json");
const PATHS: [&str; 3] = [
    include_str!("openapi/videos.json"),
    include_str!("openapi/jobs.json"),
    include_str!("openapi/further_paths.json"),
];

/// Keys of a path item that are operations.
pub(crate) const METHODS: [&str; 3] = ["get", "head", "post"];
/// What any request with a token can be answered with.
const TOKEN_PROBLEMS: [&str; 3] = ["unauthorized", "token_kind_not_allowed", "rate_limited"];
/// The caller's allowance is not known, or may not be, when these are answered.
const STATUSES_WITHOUT_RATE: [u64; 3] = [401, 500, 503];

/// `GET /api/v1/openapi.json`: sends the document as committed.
pub(super) async fn show() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], OPENAPI_JSON)
}

/// Returns the whole document.
pub fn document() -> Value {
    let mut document = part(DOCUMENT);
    let problems = members(part(PROBLEMS));
    let mut responses = members(document["components"]["responses"].take());
    let mut paths: Map<String, Value> = PATHS.into_iter().flat_map(|text| members(part(text))).collect();
    for path in paths.values_mut() {
        for method in METHODS {
            if let Some(operation) = path.get_mut(method) {
                Completion { problems: &problems, responses: &mut responses }.complete(method, operation);
            }
        }
    }
    let ended = json!({ "$ref": "#/components/pathItems/JobEnded" });
    document["webhooks"] = json!({ "jobEnded": ended });
    document["paths"] = Value::Object(paths);
    let components = &mut document["components"];
    components["schemas"] = Value::Object(schemas(&problems));
    components["examples"] = part(EXAMPLES);
    components["pathItems"] = part(WEBHOOKS);
    components["responses"] = Value::Object(responses);
    document
}

/// Each code of a problem, with its status and when it is answered.
pub(crate) fn problem_codes() -> Vec<(String, u64, String)> {
    let entry = |(code, problem): (String, Value)| {
        let about = problem["description"].as_str().unwrap_or_default().to_owned();
        (code, problem["status"].as_u64().unwrap_or_default(), about)
    };
    members(part(PROBLEMS)).into_iter().map(entry).collect()
}

fn part(text: &str) -> Value {
    serde_json::from_str(text).expect("the parts are JSON: a test reads them")
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Our own schemas, the template's with its definitions, and the list of codes.
fn schemas(problems: &Map<String, Value>) -> Map<String, Value> {
    let mut schemas = members(part(SCHEMAS));
    let mut template = members(avs_template::template_schema());
    // They would make it a document of its own, in which references to the components lead nowhere.
    template.remove("$id");
    template.remove("$schema");
    let definitions = template.remove("$defs").map(members).unwrap_or_default();
    for (name, definition) in definitions {
        schemas.insert(component_from_definition(&name), lifted(definition));
    }
    schemas.insert("Template".to_owned(), lifted(Value::Object(template)));
    let codes: Vec<&String> = problems.keys().collect();
    let description = "What is wrong, for programs; it never changes.";
    schemas.insert(
        "ProblemCode".to_owned(),
        json!({ "type": "string", "description": description, "enum": codes }),
    );
    schemas
}

/// Control characters (Unicode's Cc) for patterns of every dialect: Python knows no classes of Unicode.
const CONTROL_CHARACTERS: &str = r"\x00-\x1f\x7f-\x9f";

/// Points references to a definition at the component that it has become.
fn lifted(value: Value) -> Value {
    let member = |(key, value): (String, Value)| {
        let definition = value.as_str().and_then(|text| text.strip_prefix("#/$defs/"));
        let lifted = match (key.as_str(), definition, &value) {
            ("$ref", Some(name), _) => {
                format!("#/components/schemas/{}", component_from_definition(name)).into()
            }
            ("pattern", _, Value::String(text)) => text.replace(r"\p{Cc}", CONTROL_CHARACTERS).into(),
            _ => lifted(value),
        };
        (key, lifted)
    };
    match value {
        Value::Object(members) => Value::Object(members.into_iter().map(member).collect()),
        Value::Array(elements) => Value::Array(elements.into_iter().map(lifted).collect()),
        other => other,
    }
}

fn component_from_definition(name: &str) -> String {
    format!("Template{}", capitalised(name))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// Fills in what an operation leaves out.
struct Completion<'a> {
    problems: &'a Map<String, Value>,
    responses: &'a mut Map<String, Value>,
}

/// What the headers and the body of an answer depend on.
#[derive(Clone, Copy)]
struct Place {
    has_token: bool,
    has_body: bool,
    status: u64,
}

impl Completion<'_> {
    fn complete(&mut self, method: &str, operation: &mut Value) {
        let has_token = operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
        let has_body = method != "head";
        let by_status = self.codes_by_status(operation, has_token);
        let mut answers = members(operation["responses"].take());
        for (status, answer) in answers.iter_mut().filter(|(_, answer)| answer.get("$ref").is_none()) {
            let place = Place { has_token, has_body, status: status.parse().unwrap_or_default() };
            let mut headers = headers(place);
            headers.extend(members(answer["headers"].take()));
            answer["headers"] = Value::Object(headers);
        }
        for (status, codes) in by_status {
            answers.insert(status.to_string(), self.problem(Place { has_token, has_body, status }, &codes));
        }
        operation["responses"] = Value::Object(answers);
    }

    fn codes_by_status(&self, operation: &mut Value, has_token: bool) -> BTreeMap<u64, Vec<String>> {
        let named = operation.as_object_mut().and_then(|members| members.remove("x-problems"));
        let named = named.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let token = TOKEN_PROBLEMS.into_iter().filter(|_| has_token);
        let mut by_status: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for code in named.chain(token).chain(["internal_error"]) {
            let status =
                self.problems[code]["status"].as_u64().expect("every code has its status: a test reads them");
            by_status.entry(status).or_default().push(code.to_owned());
        }
        by_status
    }

    /// An answer with one of `codes`; what many operations have in common becomes a component.
    fn problem(&mut self, place: Place, codes: &[String]) -> Value {
        let sentence = |code: &String| {
            format!("`{code}`: {}", self.problems[code]["description"].as_str().unwrap_or_default())
        };
        let sentences: Vec<String> = codes.iter().map(sentence).collect();
        let mut answer = json!({ "description": sentences.join("\n\n"), "headers": headers(place) });
        if place.has_body {
            let exact =
                json!({ "properties": { "status": { "const": place.status }, "code": { "enum": codes } } });
            let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, exact] });
            let mut content = json!({ "schema": schema });
            if codes.iter().any(|code| code == "invalid_request") {
                content["examples"] =
                    json!({ "invalidRequest": { "$ref": "#/components/examples/InvalidRequest" } });
            }
            answer["content"] = json!({ "application/problem+json": content });
        }
        let [code] = codes else { return answer };
        let is_common = place.has_body && (place.has_token || STATUSES_WITHOUT_RATE.contains(&place.status));
        if !is_common {
            return answer;
        }
        let name: String = code.split('_').map(capitalised).collect();
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        self.responses.insert(name, answer);
        reference
    }
}

fn headers(place: Place) -> Map<String, Value> {
    let mut names = vec!["Request-Id"];
    if place.has_token && !STATUSES_WITHOUT_RATE.contains(&place.status) {
        names.extend(["RateLimit", "RateLimit-Policy"]);
    }
    match place.status {
        401 => names.push("WWW-Authenticate"),
        416 => names.push("Content-Range"),
        429 | 503 => names.push("Retry-After"),
        _ => {}
    }
    let reference = |name: &str| (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }));
    names.into_iter().map(reference).collect()
}

#[cfg(test)]
mod tests;
