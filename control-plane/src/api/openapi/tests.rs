//! The document against itself, against the file that is served, and against the rules that it repeats.

use std::collections::BTreeSet;
use std::path::Path;

use avs_template::{OutputSpec, Pointer, Template};
use serde_json::{Value, json};

use super::{METHODS, document};
use crate::domain::lifecycle::{JobStatus, Phase};
use crate::limits;

/// Visits every value with the key that leads to it and its pointer.
fn visit<'a>(value: &'a Value, at: &str, seen: &mut impl FnMut(&str, &'a Value)) {
    seen(at, value);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                visit(member, &format!("{at}/{name}"), seen);
            }
        }
        Value::Array(elements) => {
            elements
                .iter()
                .enumerate()
                .for_each(|(index, element)| visit(element, &format!("{at}/{index}"), seen));
        }
        _ => {}
    }
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operation =
        |(path, item): (&String, &'static str)| (format!("{item} {path}"), &document["paths"][path][item]);
    let pairs = paths.keys().flat_map(|path| METHODS.map(|method| (path, method)));
    pairs.map(operation).filter(|(_, operation)| operation.is_object()).collect()
}

#[test]
fn the_served_document_is_the_one_that_the_parts_make() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let served = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(served == made, "out of date; run UPDATE_OPENAPI=1 cargo nextest run -p avs openapi");
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = document();
    let (mut targets, mut dangling) = (BTreeSet::new(), Vec::new());
    visit(&document, "", &mut |at, value| {
        let Some(target) = value.as_str().filter(|_| at.ends_with("/$ref")) else { return };
        let pointer = target.strip_prefix('#').unwrap_or_default();
        if document.pointer(pointer).is_none() {
            dangling.push((at.to_owned(), target));
        }
        targets.insert(pointer.to_owned());
    });
    assert_eq!(dangling, []);
    let kinds = ["schemas", "parameters", "headers", "responses", "examples", "pathItems"];
    let components = kinds.iter().flat_map(|kind| {
        let names = document["components"][kind].as_object().unwrap().keys();
        names.map(move |name| format!("/components/{kind}/{name}"))
    });
    // What an address answers to a method that it does not take belongs to no operation.
    let unused: Vec<_> =
        components.filter(|at| !targets.contains(at) && at != "/components/headers/Allow").collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_operation_has_a_name_of_its_own_a_caller_and_its_path_parameters() {
    let document = document();
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{place}: {name} is taken");
        assert!(operation["security"].is_array(), "{place} does not say who may call");
        let path = place.split_once(' ').unwrap().1;
        let declared = document["paths"][path]["parameters"].as_array().into_iter().flatten();
        let declared: Vec<&Value> = declared
            .map(|parameter| document.pointer(&parameter["$ref"].as_str().unwrap()[1..]).unwrap())
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| &parameter["name"])
            .collect();
        let wanted: Vec<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(declared, wanted, "{place}");
    }
}

#[test]
fn only_those_that_say_so_may_be_called_without_a_token() {
    let document = document();
    let is_open = |operation: &Value| operation["security"].as_array().unwrap().is_empty();
    let open: Vec<String> = operations(&document)
        .into_iter()
        .filter(|(_, operation)| is_open(operation))
        .map(|(place, _)| place)
        .collect();
    let expected = [
        "get /api/v1/openapi.json",
        "post /cli/auth/device",
        "post /cli/auth/token",
        "get /d/{jobId}/{file}",
        "head /d/{jobId}/{file}",
    ];
    assert_eq!(open, expected);
    for (place, operation) in operations(&document) {
        let scheme = if place.contains("/cli/v1/") { "cliToken" } else { "apiToken" };
        assert!(is_open(operation) || operation["security"] == json!([{ scheme: [] }]), "{place}");
    }
}

#[test]
fn examples_are_what_their_schemas_say() {
    let document = document();
    let mut checked = 0;
    visit(&document, "", &mut |at, holder| {
        let Some(schema) = holder.get("schema").filter(|_| !at.contains("/examples/")) else { return };
        let named = holder["examples"].as_object().into_iter().flat_map(|examples| examples.values());
        let named =
            named.map(|example| &document.pointer(&example["$ref"].as_str().unwrap()[1..]).unwrap()["value"]);
        let whole = json!({ "allOf": [schema], "components": document["components"] });
        let validator =
            jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap();
        for example in named.chain(holder.get("example")) {
            checked += 1;
            let broken: Vec<String> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert_eq!(broken, [""; 0], "{at}");
        }
    });
    assert!(checked > 30, "only {checked} examples were found");
}

#[test]
fn the_example_of_a_request_is_one_that_the_server_takes() {
    let request = &document()["components"]["examples"]["FromJsonWithUrl"]["value"];
    assert!(Template::from_value(&request["template"], &Pointer::root()).is_ok());
    assert!(OutputSpec::from_value(&request["output"], &Pointer::root()).is_ok());
}

#[test]
fn the_words_of_the_document_are_those_of_the_code() {
    let schemas = &document()["components"]["schemas"];
    assert_eq!(schemas["JobStatus"]["enum"], json!(JobStatus::ALL.map(JobStatus::name)));
    assert_eq!(schemas["JobPhase"]["enum"], json!(Phase::ALL.map(Phase::name)));
}

#[test]
fn the_limits_of_the_document_are_those_of_the_code() {
    let schemas = &document()["components"]["schemas"];
    let webhook = &schemas["Webhook"]["properties"];
    assert_eq!(webhook["url"]["maxLength"], limits::WEBHOOK_URL_BYTES_MAX);
    assert_eq!(webhook["secret"]["maxLength"], limits::WEBHOOK_SECRET_BYTES_MAX);
    assert_eq!(schemas["Files"]["maxItems"], limits::ASSETS_MAX);
    assert_eq!(schemas["Problem"]["properties"]["errors"]["maxItems"], limits::ERRORS_MAX);
    let wait = &document()["paths"]["/api/v1/jobs/{jobId}"]["get"]["parameters"][0]["schema"];
    assert_eq!(wait["maximum"], limits::POLL_WAIT_MAX_SECS);
}

#[test]
fn answers_that_ask_to_come_back_say_when() {
    let document = document();
    let mut checked = 0;
    for (place, operation) in operations(&document) {
        for status in ["429", "503"] {
            let Some(answer) = operation["responses"].get(status) else { continue };
            let target = answer["$ref"].as_str().map(|target| &target[1..]);
            let answer = target.map_or(answer, |target| document.pointer(target).unwrap());
            assert!(answer["headers"]["Retry-After"].is_object(), "{place} {status}");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} answers were found");
}

#[test]
fn every_code_that_an_answer_can_have_is_documented_and_no_other() {
    // As the one place that chooses them says: `StatusCode::…, "code"`.
    let source = include_str!("../error.rs");
    let chosen: BTreeSet<&str> =
        source.lines().filter_map(|line| line.split_once("(StatusCode::")?.1.split('"').nth(1)).collect();
    let problems: Value = serde_json::from_str(include_str!("problems.json")).unwrap();
    let documented: BTreeSet<&str> = problems.as_object().unwrap().keys().map(String::as_str).collect();
    // The console's own, and an answer that is none.
    let inner = ["session_needed", "sign_in_refused", "csrf_refused", "reauthentication_needed", "replayed"];
    let device = ["authorization_pending", "slow_down", "access_denied", "expired_token"];
    for code in chosen.iter().filter(|code| !inner.contains(code)) {
        assert!(documented.contains(code), "{code} is not documented");
    }
    for code in documented.iter().filter(|code| !device.contains(code)) {
        assert!(chosen.contains(code), "{code} is documented and never answered");
    }
}
