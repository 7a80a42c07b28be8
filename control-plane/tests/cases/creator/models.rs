//! Model servers that do what such servers do: whatever it is, there is a video, and the key stays where it belongs.

use serde_json::{Value, json};

use super::{FROM_PROMPT, project};
use crate::harness::{
    Database, Models, Question, Reply, Server, Upload, chat_reply, json_reply, status_reply, storyboard,
    storyboard_reply,
};

const KEY: &str = "sk-unspeakable-0123456789";

/// Far more than any answer here takes: a busy machine must not make a model late.
const PATIENT: &str = "30000";

fn server_with(models: &Models, wait_millis: &str) -> Server {
    let settings = [
        ("AVS_CREATOR_MODEL_URL", models.url.as_str()),
        ("AVS_CREATOR_MODEL", "test-model"),
        ("AVS_CREATOR_API_KEY", KEY),
        ("AVS_CREATOR_WAIT_MILLIS", wait_millis),
    ];
    let server = Server::start_with(Database::Sqlite, &settings);
    server.cli(&["credits", "grant", "ada@example.com", "1000"]);
    server
}

async fn ended(server: &Server, prompt: &str) -> Value {
    let answer = server.post_to(FROM_PROMPT, &json!({ "prompt": prompt })).await;
    server.ended(&Server::accepted(&answer)).await
}

/// Codes of the warnings that a creator has left.
fn fell_back(job: &Value) -> bool {
    let warnings = job["result"]["warnings"].as_array().unwrap();
    warnings.iter().any(|warning| warning["code"] == "creator_fell_back" && warning["pointer"] == "/prompt")
}

/// Fails if the key is anywhere but in the questions.
async fn assert_key_is_kept(server: &Server, jobs: &[Value]) {
    assert!(!server.log().contains("unspeakable"), "the log holds the key");
    for job in jobs {
        let project = project(server, job).await;
        let trace = project.trace.unwrap().to_string();
        assert!(
            !format!("{job} {trace} {} {}", project.template, project.output).contains("unspeakable"),
            "{job}"
        );
    }
}

/// A storyboard with one thing changed.
fn with(pointer: &str, value: Value) -> Reply {
    let mut plan = storyboard("Hi");
    let (object, name) = pointer.rsplit_once('/').unwrap();
    plan.pointer_mut(object).unwrap()[name] = value;
    chat_reply(&plan.to_string())
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

/// What a server does for ever, named by the prompt.
fn misbehave(question: &Question, _before: &[Question]) -> Reply {
    let choice = |choice: Value| json_reply(&json!({ "choices": [choice] }).to_string());
    let plan = || storyboard("Hi").to_string();
    match question.prompt().split(" is ").next().unwrap() {
        "unauthorized" => status_reply("401 Unauthorized", ""),
        "forbidden" => status_reply("403 Forbidden", ""),
        "not found" => status_reply("404 Not Found", ""),
        "bad request" => status_reply("400 Bad Request", ""),
        "broken" => status_reply("500 Internal Server Error", ""),
        "busy for long" => status_reply("429 Too Many Requests", "Retry-After: 3600\r\n"),
        "busy for ever" => status_reply("429 Too Many Requests", "Retry-After: 0\r\n"),
        "elsewhere" => status_reply("302 Found", "Location: http://127.0.0.1:9/\r\n"),
        "silent" => Reply::Silence,
        "hung up" => Reply::Raw(String::new()),
        "no http" => Reply::Raw("SSH-2.0-OpenSSH\r\n".into()),
        "a page" => Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>".into()),
        "a stream" => {
            Reply::Endless("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\n\n".into())
        }
        "endless" => Reply::Endless(HEAD.into()),
        "dripping" => Reply::Dripping(HEAD.into()),
        "huge" => json_reply(&format!("{{\"choices\":[],\"x\":\"{}\"}}", "x".repeat(300 << 10))),
        "cut off" => Reply::Raw(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{".into(),
        ),
        "no json" => json_reply("choices: none"),
        "without choices" => json_reply("{\"choices\":[]}"),
        "without message" => choice(json!({})),
        "null" => choice(json!({ "message": { "content": null } })),
        "declined" => {
            choice(json!({ "message": { "content": null, "refusal": "I cannot help with that." } }))
        }
        "filtered" => choice(json!({ "finish_reason": "content_filter", "message": { "content": plan() } })),
        "cut short" => choice(json!({ "finish_reason": "length", "message": { "content": &plan()[..80] } })),
        "prose" => chat_reply("Sure! I would begin with the product and end with the logo."),
        "an array" => chat_reply("[1, 2, 3]"),
        "deep" => chat_reply(&"{\"a\":".repeat(10_000)),
        "nan" => chat_reply(&plan().replace("\"durationSeconds\":4", "\"durationSeconds\":NaN")),
        "infinite" => chat_reply(&plan().replace("\"durationSeconds\":4", "\"durationSeconds\":1e999")),
        "long" => with("/durationSeconds", json!(1e300)),
        "negative" => with("/scenes/0/durationSeconds", json!(-4)),
        "ten thousand scenes" => with("/scenes", json!(vec![storyboard("Hi")["scenes"][0].clone(); 10_000])),
        "without scenes" => with("/scenes", json!([])),
        "a foreign asset" => with("/scenes/0/assetId", json!("a7")),
        "a path" => with("/scenes/0/assetId", json!("../../etc/passwd")),
        "a url" => with("/scenes/0/sourceUrl", json!("http://127.0.0.1:9/x.mp4")),
        "wordy" => with("/scenes/0/headline", json!("word ".repeat(1000))),
        "unknown layout" => with("/scenes/0/layout", json!("hologram")),
        other => panic!("no such misbehaviour: {other}"),
    }
}

/// What never comes to an end by itself.
const ENDLESS: [&str; 3] = ["busy for ever", "silent", "dripping"];

const MISBEHAVIOURS: [&str; 35] = [
    "unauthorized",
    "forbidden",
    "not found",
    "bad request",
    "broken",
    "busy for long",
    "elsewhere",
    "hung up",
    "no http",
    "a page",
    "a stream",
    "endless",
    "huge",
    "cut off",
    "no json",
    "without choices",
    "without message",
    "null",
    "declined",
    "filtered",
    "cut short",
    "prose",
    "an array",
    "deep",
    "nan",
    "infinite",
    "long",
    "negative",
    "ten thousand scenes",
    "without scenes",
    "a foreign asset",
    "a path",
    "a url",
    "wordy",
    "unknown layout",
];

/// Fails unless each of these misbehaviours leads to a video of the built-in planner, with a warning, at the usual price.
async fn assert_falls_back(server: &Server, misbehaviours: &[&str]) -> Vec<Value> {
    let mut ids = Vec::new();
    for name in misbehaviours {
        let prompt = format!("{name} is what this server is. Say \"Now shipping\".");
        let answer = server.post_to(FROM_PROMPT, &json!({ "prompt": prompt })).await;
        ids.push((name, Server::accepted(&answer)));
    }
    let mut jobs = Vec::new();
    for (name, id) in ids {
        let job = server.ended(&id).await;
        assert_eq!(
            (&job["status"], &job["credits"]["charged"]),
            (&json!("completed"), &json!(8)),
            "{name}: {job}"
        );
        assert!(fell_back(&job), "{name}: {job}");
        let project = project(server, &job).await;
        assert_eq!(project.trace.unwrap()["planner"], "built-in", "{name}");
        jobs.push(job);
    }
    jobs
}

#[tokio::test]
async fn whatever_a_model_server_does_there_is_a_video_and_a_warning_and_the_price_is_the_same() {
    let models = Models::answering(misbehave).await;
    let server = server_with(&models, PATIENT);
    let jobs = assert_falls_back(&server, &MISBEHAVIOURS).await;
    let asked = models.asked();
    assert!(asked.iter().all(|question| question.head.contains(KEY)), "the server itself gets the key");
    let to = |name: &str| asked.iter().filter(|question| question.prompt().starts_with(name)).count();
    assert_eq!((to("broken is"), to("unauthorized is"), to("busy for long is")), (2, 1, 1));
    assert_eq!(to("negative is"), 3, "two repairs and no more");
    assert_key_is_kept(&server, &jobs).await;
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_model_server_that_comes_to_no_end_is_given_up_and_there_is_a_video() {
    let models = Models::answering(misbehave).await;
    let server = server_with(&models, "1500");
    let jobs = assert_falls_back(&server, &ENDLESS).await;
    let asked = models.asked();
    assert!(asked.iter().all(|question| question.head.contains(KEY)), "the server itself gets the key");
    assert_key_is_kept(&server, &jobs).await;
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_job_of_which_neither_model_nor_built_in_planner_makes_anything_costs_nothing() {
    let models = Models::answering(|_, _| chat_reply("no")).await;
    let server = server_with(&models, PATIENT);
    let job = ended(&server, "\u{200b}").await;
    super::assert_failed(&job, "generation_failed", ("/prompt", "generation_failed"));
    assert_eq!(server.credits().await, (1100, 0));
}

/// What a server does before it answers well, named by the prompt.
fn recover(question: &Question, before: &[Question]) -> Reply {
    let good = || storyboard_reply("By the model");
    match question.prompt().as_str() {
        "busy" if before.is_empty() => status_reply("429 Too Many Requests", "Retry-After: 1\r\n"),
        "broken" if before.is_empty() => status_reply("503 Service Unavailable", ""),
        "hung up" if before.is_empty() => Reply::Raw(String::new()),
        "thinking" => {
            chat_reply(&format!("<think>{{\"scenes\": 0}} hm</think>\n{}", storyboard("By the model")))
        }
        "fenced" => chat_reply(&format!("Here:\n```json\n{:#}\n```\nEnjoy!", storyboard("By the model"))),
        "mended" if question.repairs() == 0 => with("/scenes/0/assetId", json!("a7")),
        "mended late" if question.repairs() < 2 => chat_reply("Let me think about that."),
        "echo" => storyboard_reply(&format!("By the model {KEY}")),
        _ => good(),
    }
}

#[tokio::test]
async fn a_model_server_that_recovers_plans_the_video() {
    let models = Models::answering(recover).await;
    let server = server_with(&models, PATIENT);
    let mut jobs = Vec::new();
    for prompt in
        ["plain", "busy", "broken", "hung up", "thinking", "fenced", "mended", "mended late", "echo"]
    {
        let job = ended(&server, prompt).await;
        assert_eq!(job["status"], "completed", "{prompt}: {job}");
        assert!(!fell_back(&job), "{prompt}: {job}");
        let project = project(&server, &job).await;
        // The compiler breaks lines where it likes.
        let shown = project.template.to_string().replace("\\n", " ");
        assert!(shown.contains("By the model"), "{prompt}: {shown}");
        let trace = project.trace.unwrap();
        assert_eq!((&trace["planner"], &trace["model"]), (&json!("model"), &json!("test-model")), "{prompt}");
        jobs.push(job);
    }
    let asked = models.asked();
    let mended = asked.iter().rfind(|question| question.prompt() == "mended").unwrap();
    let repair = mended.body["messages"][3]["content"].as_str().unwrap();
    assert!(repair.contains("/scenes/0/assetId: missing_asset"), "{repair}");
    assert_key_is_kept(&server, &jobs).await;
}

#[tokio::test]
async fn the_form_that_a_server_obeys_is_found_once_and_remembered() {
    for (obeyed, forms) in [
        ("json_schema", &["json_schema", "json_schema"][..]),
        ("json_object", &["json_schema", "json_object", "json_object"]),
        ("tool", &["json_schema", "json_object", "tool", "tool"]),
    ] {
        let models = Models::answering(move |question, _| match question.form() {
            "tool" if obeyed == "tool" => {
                let call =
                    json!({ "name": "storyboard", "arguments": storyboard("By the model").to_string() });
                let message =
                    json!({ "content": null, "tool_calls": [ { "type": "function", "function": call } ] });
                json_reply(
                    &json!({ "choices": [ { "finish_reason": "tool_calls", "message": message } ] })
                        .to_string(),
                )
            }
            form if form == obeyed => storyboard_reply("By the model"),
            // One kind of server refuses, the other ignores what it does not know.
            "json_schema" => status_reply("400 Bad Request", ""),
            _ => chat_reply("I would begin with the product."),
        })
        .await;
        let server = server_with(&models, PATIENT);
        for prompt in ["one", "two"] {
            assert!(!fell_back(&ended(&server, prompt).await), "{obeyed}");
        }
        let asked: Vec<String> = models.asked().iter().map(|question| question.form().to_owned()).collect();
        assert_eq!(asked, forms);
    }
}

#[tokio::test]
async fn a_render_that_is_tried_again_asks_no_model_again_and_keeps_its_warning() {
    let models = Models::answering(|_, _| status_reply("401 Unauthorized", "")).await;
    let server = server_with(&models, PATIENT);
    let files = [Upload("hero.mp4", b"crash in render")];
    let job = super::ended(&server, "A teaser", &files).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(13)), "{job}");
    assert!(fell_back(&job), "{job}");
    let video = server.get(job["result"]["downloadUrl"].as_str().unwrap()).await;
    assert!(String::from_utf8(video.bytes).unwrap().ends_with("attempt 2"));
    assert_eq!(models.asked().len(), 1);
}
