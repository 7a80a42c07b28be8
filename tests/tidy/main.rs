//! The tidiness of the workspace: what CONTRIBUTING.md promises about files, heads and arrows, checked as text.
#![expect(clippy::unwrap_used, reason = "a test may panic wherever it finds its rule broken")]

mod arrows;
mod files;

use std::path::{Path, PathBuf};

/// Every Rust file of the workspace, as a path from its root, with its text.
fn rust_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let mut found = Vec::new();
    for folder in ["engine", "shaders", "control-plane", "tests", "benches", "fuzz"] {
        collect(&root.join(folder), &root, &mut found);
    }
    assert!(found.len() > 50, "only {} files were found", found.len());
    found
}

fn collect(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}
