//! `avs doctor`: does everything that a server needs work here? Each finding is a line; a failure ends with status 1.

use std::io::Write as _;
use std::process::Command;

use super::CommandError;
use crate::config::ServeConfig;
use crate::keys::Keys;
use crate::objects::Bucket;
use crate::system::{SystemEntropy, free_bytes};
use crate::{limits, telemetry};

/// Looks into everything that `avs serve` with the same settings would use.
pub(super) async fn run(config: &ServeConfig) -> Result<(), CommandError> {
    let mut failures = 0;
    let mut line = |subject: &str, found: Result<String, String>| {
        failures += u32::from(found.is_err());
        let (mark, words) = match found {
            Ok(words) => ("ok", words),
            Err(words) => ("FAILS", words),
        };
        writeln!(std::io::stdout(), "{mark:<6} {subject:<10} {words}")
    };
    line("database", database(config).await)?;
    line("keys", keys(config))?;
    line("disk", disk(config))?;
    line("bucket", bucket(config).await)?;
    let engine = config.engine_path()?;
    let output = Command::new(&engine).arg("doctor").output();
    let (found, report) = match output {
        Err(error) => (Err(format!("{} cannot be run: {error}", engine.display())), String::new()),
        Ok(output) => {
            let report = String::from_utf8_lossy(&output.stdout).into_owned();
            let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let held = output.status.success();
            (if held { Ok("fully confined".to_owned()) } else { Err(complaint) }, report)
        }
    };
    line("engine", found)?;
    for detail in report.lines() {
        writeln!(std::io::stdout(), "         {detail}")?;
    }
    if failures == 0 { Ok(()) } else { Err(CommandError::Unhealthy { failures }) }
}

async fn database(config: &ServeConfig) -> Result<String, String> {
    let store = config.state.open_store().await.map_err(|error| telemetry::chain(&error))?;
    store.check().await.map_err(|error| telemetry::chain(&error))?;
    let audit = store.audit().await.map_err(|error| telemetry::chain(&error))?;
    let kind = if store.is_shared() { "PostgreSQL" } else { "SQLite" };
    if audit.is_clean() {
        return Ok(format!("{kind} takes writes, and the ledger adds up"));
    }
    Err(format!("{kind} takes writes, but the ledger does not add up; see `avs credits audit`"))
}

fn keys(config: &ServeConfig) -> Result<String, String> {
    Keys::open(&config.keys_dir(), &SystemEntropy).map_err(|error| telemetry::chain(&error))?;
    Ok(format!("in {}, for their owner only", config.keys_dir().display()))
}

fn disk(config: &ServeConfig) -> Result<String, String> {
    let path = &config.state.data_dir.path;
    let bytes = free_bytes(path).map_err(|error| error.to_string())?;
    let words = format!("{} MiB free in {}", bytes >> 20, path.display());
    if bytes >= limits::FREE_DISK_BYTES_MIN { Ok(words) } else { Err(words) }
}

async fn bucket(config: &ServeConfig) -> Result<String, String> {
    let bucket = Bucket::open(&config.bucket).map_err(|error| telemetry::chain(&error))?;
    let Some(bucket) = bucket else { return Ok("none; inputs and videos stay on this disk".to_owned()) };
    bucket.check().await.map_err(|error| telemetry::chain(&error))?;
    Ok("answers".to_owned())
}
