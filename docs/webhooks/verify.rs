//! Verifies a webhook of AVS Render. Crates: `base64`, `hex`, `hmac` 0.13 and `sha2` 0.11.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const TOLERANCE_SECS: u64 = 300;

/// Returns the id of the event, or why the request is not genuine.
///
/// `headers` by lower-case names, `body` as the raw bytes that arrived, `secret` exactly as it was sent with the job.
/// Do nothing twice for the same id.
///
/// # Errors
/// A sentence for the log.
pub fn verify<'a>(
    headers: &'a BTreeMap<String, String>,
    body: &[u8],
    secret: &str,
    now_secs: u64,
) -> Result<&'a str, &'static str> {
    if secret.is_empty() {
        return Err("there is no secret");
    }
    let header = |name| headers.get(name).map_or("", String::as_str);
    let hmac = || Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    let given = header("x-avs-signature").strip_prefix("sha256=").and_then(|text| hex::decode(text).ok());
    // verify_slice compares in constant time.
    let fits = given.is_some_and(|given| hmac().chain_update(body).verify_slice(&given).is_ok());
    if !fits {
        return Err("X-AVS-Signature does not fit the body");
    }

    // Only this signature covers the id and the time: without it an old delivery could be replayed.
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    let signed = hmac().chain_update(format!("{id}.{timestamp}.")).chain_update(body);
    let mut given = header("webhook-signature")
        .split(' ')
        .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
    if !given.any(|given| signed.clone().verify_slice(&given).is_ok()) {
        return Err("webhook-signature does not fit id, time and body");
    }

    let near = timestamp.parse::<u64>().is_ok_and(|sent| now_secs.abs_diff(sent) <= TOLERANCE_SECS);
    if near { Ok(id) } else { Err("webhook-timestamp is too far from now") }
}

// AVS_WEBHOOK_SECRET=… verify 'webhook-id: evt_…' 'webhook-timestamp: …' … < body
fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let pairs = arguments.iter().filter_map(|argument| argument.split_once(':'));
    let headers = pairs.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect();
    let mut body = Vec::new();
    let read = std::io::stdin().read_to_end(&mut body).map_err(|_error| "there is no body");
    let secret = std::env::var("AVS_WEBHOOK_SECRET").unwrap_or_default();
    let now_secs = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    match read.and_then(|_size| verify(&headers, &body, &secret, now_secs)) {
        Ok(id) => {
            println!("{id}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("refused: {reason}");
            ExitCode::FAILURE
        }
    }
}
