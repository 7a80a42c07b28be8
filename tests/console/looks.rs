//! Every page as it looks: screenshots for people in `target/screens`, and what a machine can tell: nothing that keeps
//! people out (axe-core), nothing wider than a phone, nothing heavy.

use std::path::Path;

use avs_tests::Server;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::axe::{axe, violations};
use crate::browser::Browser;
use crate::jobs::{id_of, titles};
use crate::{PASSWORD, ada_at_the_console};

const WIDTHS_PX: [u32; 2] = [1440, 390];
/// Of document, styles and scripts, as sent.
const PAGE_BYTES_MAX: u64 = 150_000;
const PICTURES_ARE_THERE: &str = "return [...document.querySelectorAll('img, video')]
    .every(({ naturalWidth, readyState }) => naturalWidth > 0 || readyState >= 2)";
/// Longer pages are shown from their top: what is below looks the same.
const SCREEN_HEIGHT_PX_MAX: f64 = 4000.0;

/// Looks at a page in both widths and both themes; returns what is wrong with it.
async fn faults_of(browser: &Browser, axe: Option<&str>, page: (&str, &str)) -> Vec<String> {
    let (name, url) = page;
    let mut faults = Vec::new();
    for width_px in WIDTHS_PX {
        browser.resize(width_px).await;
        for theme in ["light", "dark"] {
            browser.prefer(theme).await;
            browser.go(url).await;
            browser.until_script(PICTURES_ARE_THERE).await;
            save_screen(browser, &format!("{name}-{width_px}-{theme}")).await;
            let wide = browser.script("return document.documentElement.scrollWidth - innerWidth").await;
            if wide.as_i64().unwrap() > 0 {
                faults.push(format!("{name} is {wide} px wider than {width_px} px"));
            }
            if let Some(axe) = axe {
                let found = violations(browser, axe).await;
                faults.extend(found.into_iter().map(|fault| format!("{name} {width_px} {theme}: {fault}")));
            }
        }
    }
    let bytes = bytes_of_page(browser).await;
    if bytes > PAGE_BYTES_MAX {
        faults.push(format!("{name} is {bytes} bytes"));
    }
    faults
}

async fn bytes_of_page(browser: &Browser) -> u64 {
    let sum = browser
        .script(
            "const parts = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
            return parts.filter(({ initiatorType }) => ['navigation', 'link', 'css', 'script'].includes(initiatorType))
                .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)",
        )
        .await;
    let bytes = sum.as_u64().expect("a number of bytes");
    assert!(bytes > 1000, "a page is more than {bytes} bytes");
    bytes
}

async fn save_screen(browser: &Browser, name: &str) {
    let metrics = browser.devtools("Page.getLayoutMetrics", json!({})).await;
    let size = &metrics["cssContentSize"];
    let height = size["height"].as_f64().unwrap().min(SCREEN_HEIGHT_PX_MAX);
    let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
    let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
    let shot = browser.devtools("Page.captureScreenshot", asked).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).unwrap();
    let png = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
}

/// A completed, a failed and a waiting job, of ada's.
fn make_jobs(server: &Server) -> [String; 3] {
    std::fs::write(server.scratch.file("hero.mp4"), "no video at all").unwrap();
    let broken = json!({ "template": { "version": "1", "blocks": [
        { "type": "video", "duration": 1, "source": { "uploadName": "hero.mp4" } } ] } });
    let completed = id_of(&server.post(&titles(1.0, "draft"), &[]));
    let failed = id_of(&server.post(&broken, &["hero.mp4"]));
    let ended: Vec<Value> = [&completed, &failed].iter().map(|id| server.ended(id)).collect();
    assert_eq!((&ended[0]["status"], &ended[1]["status"]), (&json!("completed"), &json!("failed")));
    [completed, failed, id_of(&server.post(&titles(600.0, "web"), &[]))]
}

#[tokio::test]
async fn every_page_fits_phones_is_light_and_keeps_nobody_out() {
    let Some((server, browser)) = ada_at_the_console().await else { return };
    let axe = axe();
    let url = |path: &str| format!("{}{path}", server.url);
    let mut faults = faults_of(&browser, axe.as_deref(), ("jobs-empty", &url("/jobs"))).await;
    server.avs(&["account", "password", "--operator", "ada@example.com"], PASSWORD);
    browser.lose_session().await;
    browser.sign_in(&server.url, "ada@example.com", PASSWORD).await;
    let [completed, failed, open] = make_jobs(&server);
    let paths = [
        ("jobs", "/jobs".to_owned()),
        ("job-completed", format!("/jobs/{completed}")),
        ("job-failed", format!("/jobs/{failed}")),
        ("job-open", format!("/jobs/{open}")),
        ("credits", "/credits".to_owned()),
        ("tokens", "/settings/api".to_owned()),
        ("command-line", "/settings/cli".to_owned()),
        ("playground", "/playground".to_owned()),
        ("reference", "/docs/api".to_owned()),
        ("fleet", "/operator/fleet".to_owned()),
        ("accounts", "/operator/accounts".to_owned()),
        ("project", format!("/operator/jobs/{completed}")),
        ("not-found", "/jobs/job_unknown".to_owned()),
    ];
    for (name, path) in &paths {
        faults.extend(faults_of(&browser, axe.as_deref(), (name, &url(path))).await);
    }
    browser.lose_session().await;
    faults.extend(faults_of(&browser, axe.as_deref(), ("sign-in", &url("/login"))).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn the_page_of_the_first_run_fits_phones_too() {
    let server = Server::without_accounts();
    let Some(browser) = Browser::open().await else { return };
    let axe = axe();
    let setup_url = server.setup_url.clone().expect("serve prints the link");
    let faults = faults_of(&browser, axe.as_deref(), ("first-run", &setup_url)).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
