//! "Overview" and "Notes".

use avs::domain::ids::JobId;
use serde_json::{Value, json};

use crate::harness::{Server, Upload, template};

#[tokio::test]
async fn the_api_is_async_a_job_is_answered_before_its_video_is_made() {
    let server = Server::start();
    let answer = server.post_json(&json!({ "template": template("slow once", &[]) })).await;
    assert_eq!((answer.status, &answer.json()["status"]), (202, &json!("queued")));
    assert!(answer.header("location").starts_with("/api/v1/jobs/job_"));
}

#[tokio::test]
async fn v1_output_format_is_mp4_only() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    let job = server.ended(&id).await;
    let url = job["result"]["downloadUrl"].as_str().unwrap();
    assert!(url.contains(".mp4?"), "{url}");
    assert_eq!(server.get(url).await.header("content-type"), "video/mp4");
    let other = json!({ "template": template("x", &[]), "output": { "format": "webm" } });
    let refused = server.post_json(&other).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (422, &json!("/output/format")));
}

#[tokio::test]
async fn assets_are_job_scoped() {
    let server = Server::start();
    let request = json!({ "template": template("x", &["hero.mp4"]) });
    let first = server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await;
    server.ended(&Server::accepted(&first)).await;
    let second = server.post_json(&request).await;
    assert_eq!((second.status, &second.json()["errors"][0]["code"]), (422, &json!("missing_asset")));
    assert_eq!(server.get("/api/v1/assets").await.status, 404, "there is no asset library");
}

#[tokio::test]
async fn hidden_internal_projects_are_created_behind_each_job_and_no_public_route_shows_them() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("hidden name", &[]) })).await);
    let job = server.ended(&id).await;
    assert!(!job.to_string().contains("hidden name"), "{job}");
    let project = server.store().await.project(&JobId::parse(&id).unwrap()).await.unwrap();
    assert_eq!(project.template["name"], "hidden name");
    assert_eq!(project.engine_report.unwrap()["frameCount"], 150);
}

#[tokio::test]
async fn v1_does_not_expose_editor_projects_branches_or_timeline_mutation_apis_directly() {
    let server = Server::start();
    let document = server.get("/api/v1/openapi.json").await.json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    for word in ["project", "branch", "timeline", "editor"] {
        assert!(paths.iter().all(|path| !path.contains(word)), "{word}: {paths:?}");
    }
    for path in ["/api/v1/projects", "/api/v1/branches", "/api/v1/timelines"] {
        assert_eq!(server.get(path).await.status, 404);
    }
}

#[tokio::test]
async fn v1_supports_prompts_templates_polling_webhooks_and_bearer_tokens() {
    let server = Server::start();
    let document: Value = server.get("/api/v1/openapi.json").await.json();
    for path in ["/api/v1/videos/from-prompt", "/api/v1/videos/from-json", "/api/v1/jobs/{jobId}"] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    assert!(document["webhooks"].as_object().is_some_and(|webhooks| !webhooks.is_empty()));
    assert_eq!(document["components"]["securitySchemes"]["apiToken"]["scheme"], "bearer");
}
