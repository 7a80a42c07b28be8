//! `avs-engine doctor`: what this machine has, and which parts of the sandbox hold when a child process tries them.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Serialize;

use super::{CommandError, print_json};
use crate::encode::{EncoderStatus, encoders};
use crate::gpu::{AdapterDesc, adapters};
use crate::sandbox::Trial;
use crate::text::Fonts;

/// Everything that is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Findings {
    adapters: Vec<AdapterDesc>,
    encoders: Vec<EncoderStatus>,
    font_families: Vec<String>,
    sandbox: Trial,
}

/// Looks, tries and prints.
///
/// # Errors
/// [`CommandError::Trial`] where it cannot be tried, [`CommandError::NotHeld`] where something forbidden is possible.
pub(super) fn run(json: bool) -> Result<(), CommandError> {
    let findings = Findings {
        adapters: adapters(),
        encoders: encoders(),
        font_families: Fonts::load().family_names().map(str::to_owned).collect(),
        sandbox: try_in_child()?,
    };
    if json {
        print_json(&findings);
    } else {
        print_table(&findings);
    }
    let open = findings.sandbox.attempts.iter().filter(|attempt| !attempt.held).count();
    let nothing_tried = findings.sandbox.attempts.is_empty();
    if open > 0 || nothing_tried { Err(CommandError::NotHeld { open }) } else { Ok(()) }
}

/// Runs `try-sandbox` of this executable in a folder of its own: what a process gives up, it does not get back.
fn try_in_child() -> Result<Trial, CommandError> {
    let folder = TrialFolder::new().map_err(|error| CommandError::Trial("no temporary folder", error))?;
    let unstarted = |error| CommandError::Trial("its process did not start", error);
    let program = std::env::current_exe().map_err(unstarted)?;
    let mut child = Command::new(program);
    child.arg("try-sandbox").arg(&folder.0).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = child.output().map_err(unstarted)?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| CommandError::Trial("its process did not finish", error.into()))
}

/// Removed when dropped.
struct TrialFolder(PathBuf);

impl TrialFolder {
    fn new() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("avs-doctor-{}", std::process::id()));
        // Fails where it is there already: somebody else's folder is not for us.
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for TrialFolder {
    fn drop(&mut self) {
        // Nobody can act on what is left in the temporary folder.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn print_table(findings: &Findings) {
    let row = |title: &str, words: &str| println!("{title:<10} {words}");
    for adapter in &findings.adapters {
        let kind = if adapter.software { "software" } else { "hardware" };
        row("adapter", &format!("{} ({kind}, {}, {})", adapter.name, adapter.backend, adapter.driver));
    }
    if findings.adapters.is_empty() {
        row("adapter", "none found; install a Vulkan driver (on Debian without a GPU: mesa-vulkan-drivers)");
    }
    for encoder in &findings.encoders {
        let state = encoder.reason.as_ref().map_or_else(|| "works".to_owned(), |why| format!("no: {why}"));
        row("encoder", &format!("{:<13}{state}", encoder.name));
    }
    row("fonts", &format!("{} families", findings.font_families.len()));
    row("sandbox", &findings.sandbox.report.to_string());
    for attempt in &findings.sandbox.attempts {
        let state = if attempt.held { "held" } else { "not held" };
        row(state, &format!("{:<50}{}", attempt.name, attempt.outcome));
    }
}
