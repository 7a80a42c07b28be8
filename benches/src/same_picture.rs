//! Whether two files show the same: nobody wins by drawing less.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

/// Seconds that are compared.
const SECS: &str = "15";

/// Mean PSNR over all planes of the frames of two files, in dB; at most 99.
pub(crate) fn psnr_db(ours: &Path, peer: &Path) -> anyhow::Result<f64> {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-t", SECS, "-i"])
        .arg(ours)
        .args(["-t", SECS, "-i"])
        .arg(peer)
        .args(["-lavfi", "[0:v][1:v]psnr", "-f", "null", "-"])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let (_, rest) = said.rsplit_once("average:").with_context(|| said.clone().into_owned())?;
    let value = rest.split_whitespace().next().unwrap_or_default();
    Ok(if value == "inf" { 99.0 } else { value.parse().with_context(|| value.to_owned())? })
}
