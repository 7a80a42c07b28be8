//! Answers of the server against the OpenAPI document that it serves: nothing may be answered that is not documented.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::Validator;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};

/// Paths that the document speaks of.
const DOCUMENTED: [&str; 3] = ["/api/v1", "/d/", "/cli/"];

/// One answer to be judged.
struct Given<'a> {
    /// For messages.
    place: String,
    status: u16,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

/// Fails unless the document has this operation with this status, headers and body. Paths of pages and operators pass.
#[track_caller]
pub(crate) fn assert_conforms(method: &str, path: &str, status: u16, headers: &HeaderMap, body: &[u8]) {
    // Tests follow whole links too.
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    if DOCUMENTED.iter().any(|start| path.starts_with(start)) {
        let given = Given { place: format!("{method} {path}: {status}"), status, headers, body };
        if let Err(broken) = contract().judge(method, path, &given) {
            panic!("{} does not conform: {broken}\n{}", given.place, String::from_utf8_lossy(body));
        }
    }
}

fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let document: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
        let mut schemas = document["components"]["schemas"].as_object().unwrap().clone();
        // Requests are most of the document, and no answer has one in it.
        schemas.retain(|name, _| !name.starts_with("Template") && !name.starts_with("VideoFrom"));
        let schemas = json!({ "schemas": schemas });
        Contract { document, schemas, validators: Mutex::default() }
    })
}

struct Contract {
    document: Value,
    /// What references in schemas lead to.
    schemas: Value,
    /// Compiled when they are first needed, by their text: a test needs a few of some hundred.
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Contract {
    fn judge(&self, method: &str, path: &str, given: &Given<'_>) -> Result<(), String> {
        let path = path.split(['?', '#']).next().unwrap();
        let method = method.to_ascii_lowercase();
        let Some(item) = self.path_item(path) else {
            return self.judge_stray(given, 404, "not_found");
        };
        // Whoever may GET may ask for the headers alone.
        let operation = item.get(&method).or_else(|| item.get("get").filter(|_| method == "head"));
        let Some(operation) = operation.filter(|operation| operation.is_object()) else {
            self.judge_headers(&json!({ "Allow": { "$ref": "#/components/headers/Allow" } }), given)?;
            return self.judge_stray(given, 405, "method_not_allowed");
        };
        let answer = &operation["responses"][given.status.to_string()];
        if answer.is_null() {
            return Err(format!("the status is not documented for {}", operation["operationId"]));
        }
        let answer = self.resolved(answer);
        self.judge_headers(&answer["headers"], given)?;
        self.judge_body(&answer["content"], method == "head", given)
    }

    /// What matches literally goes before what matches a parameter.
    fn path_item(&self, path: &str) -> Option<&Value> {
        let paths = self.document["paths"].as_object().unwrap();
        let literal = paths.get(path).filter(|_| !path.contains('{'));
        literal
            .or_else(|| paths.iter().find(|(pattern, _)| path_matches(pattern, path)).map(|(_, item)| item))
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let target = value["$ref"].as_str().and_then(|target| self.document.pointer(&target[1..]));
        target.unwrap_or(value)
    }

    /// An answer that belongs to no operation.
    fn judge_stray(&self, given: &Given<'_>, status: u16, code: &str) -> Result<(), String> {
        if given.status != status {
            return Err(format!("there is no such operation, so the status must be {status}"));
        }
        let headers = json!({ "Request-Id": { "$ref": "#/components/headers/Request-Id" } });
        self.judge_headers(&headers, given)?;
        let exact = json!({ "properties": { "code": { "const": code }, "status": { "const": status } } });
        let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, exact] });
        let content = json!({ "application/problem+json": { "schema": schema } });
        self.judge_body(&content, given.place.starts_with("HEAD"), given)
    }

    fn judge_headers(&self, documented: &Value, given: &Given<'_>) -> Result<(), String> {
        for (name, header) in documented.as_object().into_iter().flatten() {
            let header = self.resolved(header);
            match given.headers.get(name).map(|value| value.to_str()) {
                None if header["required"] == true => return Err(format!("the header {name} is missing")),
                None => {}
                Some(Err(_)) => return Err(format!("the header {name} is not text")),
                Some(Ok(text)) => {
                    let value = match text.parse::<u64>() {
                        Ok(number) if header["schema"]["type"] == "integer" => json!(number),
                        _ => json!(text),
                    };
                    self.judge_value(&header["schema"], &value, &format!("the header {name}"))?;
                }
            }
        }
        Ok(())
    }

    fn judge_body(&self, content: &Value, only_headers: bool, given: &Given<'_>) -> Result<(), String> {
        if content.is_null() || only_headers {
            return if given.body.is_empty() { Ok(()) } else { Err("there must be no body".to_owned()) };
        }
        let media_type =
            given.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap().trim();
        let documented = &content[media_type];
        match media_type {
            _ if documented.is_null() => Err(format!("the media type {media_type:?} is not documented")),
            "text/event-stream" => self.judge_events(&documented["x-events"], given.body),
            _ if media_type.ends_with("json") => {
                let value = serde_json::from_slice(given.body)
                    .map_err(|error| format!("the body is no JSON: {error}"))?;
                self.judge_value(&documented["schema"], &value, "the body")
            }
            _ => Ok(()),
        }
    }

    /// The data of each event, and that all but `progress` can be resumed from. The last one may have been cut off.
    fn judge_events(&self, documented: &Value, body: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(body).replace("\r\n", "\n");
        let whole = text.rfind("\n\n").map_or("", |end| &text[..end]);
        for block in whole.split("\n\n").filter(|block| block.lines().any(|line| !line.starts_with(':'))) {
            let field = |name: &str| {
                let value = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                value.map(|value| value.strip_prefix(' ').unwrap_or(value))
            };
            let name = field("event").unwrap_or("message");
            let schema = &documented[name];
            if schema.is_null() {
                return Err(format!("the event {name:?} is not documented"));
            }
            if field("id").is_some() == (name == "progress") {
                return Err(format!("{name} has an id where it should not, or has none"));
            }
            let data = serde_json::from_str(field("data").unwrap_or_default());
            let data = data.map_err(|error| format!("the data of {name} is no JSON: {error}"))?;
            self.judge_value(schema, &data, &format!("the data of {name}"))?;
        }
        Ok(())
    }

    fn judge_value(&self, schema: &Value, value: &Value, what: &str) -> Result<(), String> {
        let validator = self.validator(schema);
        let broken: Vec<String> = validator.iter_errors(value).map(|error| explained(&error)).collect();
        if broken.is_empty() { Ok(()) } else { Err(format!("{what}: {}", broken.join("; "))) }
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let compiled = validators.entry(schema.to_string()).or_insert_with(|| {
            let whole = json!({ "allOf": [schema], "components": self.schemas });
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            Arc::new(options.build(&whole).unwrap())
        });
        Arc::clone(compiled)
    }
}

fn explained(error: &jsonschema::ValidationError<'_>) -> String {
    format!("{error} at {:?}", error.instance_path().to_string())
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let part_matches =
        |(wanted, given): (&&str, &&str)| wanted == given || wanted.starts_with('{') && !given.is_empty();
    wanted.len() == given.len() && wanted.iter().zip(&given).all(part_matches)
}
