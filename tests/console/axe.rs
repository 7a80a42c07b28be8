//! axe-core, from npm at run time, in the page under test: what keeps people from using it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::browser::Browser;
use crate::driver::is_installed;

const PACKAGE: &str = "axe-core@4.14.1";

/// The script, fetched once into `target/`; `None`, with a word on stderr, where this machine has no npm.
pub(crate) fn axe() -> Option<String> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let script = target.join("axe-core-4.14.1.min.js");
    if !script.exists() {
        if !is_installed("npm") {
            return None;
        }
        // Each test is a process: two may fetch it at once. The last one's takes the place of the other's, whole.
        std::fs::create_dir_all(&target).unwrap();
        let folder = tempfile::tempdir_in(&target).unwrap();
        let mut command = Command::new("npm");
        command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix"]);
        let output = command.arg(folder.path()).arg(PACKAGE).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::rename(folder.path().join("node_modules/axe-core/axe.min.js"), &script).unwrap();
    }
    Some(std::fs::read_to_string(script).unwrap())
}

/// Serious and critical violations of the page as it stands: rule, and the first element that breaks it.
pub(crate) async fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    browser.script(axe).await;
    let found = browser
        .script_async(
            "const done = arguments[0];
            axe.run().then(({ violations }) => done(violations
                .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                .map(({ id, nodes }) => `${id}: ${nodes[0].html} (${nodes.length}): ${nodes[0].failureSummary}`)),
                error => done([String(error)]));",
        )
        .await;
    let texts = found.as_array().expect("axe answers").iter().map(Value::as_str);
    texts.map(|text| text.unwrap_or_default().to_owned()).collect()
}
