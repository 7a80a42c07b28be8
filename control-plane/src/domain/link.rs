//! Signed download links: whoever holds one may fetch that file until it expires.
//!
//! ```text
//! /d/{jobId}/video.mp4?exp=<Unix seconds>&kid=<key id>&sig=<hex HMAC-SHA256 of "path \n exp \n kid">
//! ```

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::timestamp::Timestamp;

/// Clients whose clock is late still get their file.
const EXPIRY_SKEW_SECS: i64 = 60;

/// Makes and checks signatures of download links.
pub struct LinkSigner {
    base_url: String,
    key: [u8; 32],
    key_id: String,
}

/// The query of a download link, as received.
#[derive(Debug, Clone, Copy)]
pub struct LinkClaim<'a> {
    /// When the link expires, in Unix seconds.
    pub expires_at_secs: i64,
    /// Which key signed it.
    pub key_id: &'a str,
    /// The signature, in hexadecimal.
    pub signature: &'a str,
}

impl LinkSigner {
    /// Signs links below `base_url` (no trailing slash) with `key`.
    pub fn new(base_url: &str, key: [u8; 32]) -> Self {
        let key_id = hex::encode(&Sha256::digest(key)[..4]);
        Self { base_url: base_url.trim_end_matches('/').to_owned(), key, key_id }
    }

    /// Base of every link, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the link to `path` that works until `expires_at`.
    pub fn url(&self, path: &str, expires_at: Timestamp) -> String {
        let expires_at_secs = expires_at.unix_secs();
        let signature = self.signature(path, expires_at_secs, &self.key_id);
        format!("{}{path}?exp={expires_at_secs}&kid={}&sig={signature}", self.base_url, self.key_id)
    }

    /// True where `claim` was signed here for `path` and has not expired at `now`.
    pub fn accepts(&self, path: &str, claim: LinkClaim<'_>, now: Timestamp) -> bool {
        // The signature covers the key id as received, so another id cannot pass.
        let expected = self.signature(path, claim.expires_at_secs, claim.key_id);
        let genuine: bool = expected.as_bytes().ct_eq(claim.signature.as_bytes()).into();
        genuine && now.unix_secs() <= claim.expires_at_secs.saturating_add(EXPIRY_SKEW_SECS)
    }

    fn signature(&self, path: &str, expires_at_secs: i64, key_id: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        let signed = mac.chain_update(format!("{path}\n{expires_at_secs}\n{key_id}"));
        hex::encode(signed.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_775_584_800_000;

    fn claim_from_url(url: &str) -> (String, i64, String, String) {
        let (path, query) = url.strip_prefix("https://v.example").unwrap().split_once('?').unwrap();
        let values: Vec<&str> = query.split('&').map(|pair| pair.split_once('=').unwrap().1).collect();
        (path.to_owned(), values[0].parse().unwrap(), values[1].to_owned(), values[2].to_owned())
    }

    fn accepts_after(secs: u64) -> bool {
        let signer = LinkSigner::new("https://v.example/", [7; 32]);
        let now = Timestamp::from_unix_millis(NOW);
        let url = signer.url("/d/job_1/video.mp4", now.plus(Duration::from_secs(100)));
        let (path, expires_at_secs, key_id, signature) = claim_from_url(&url);
        let claim = LinkClaim { expires_at_secs, key_id: &key_id, signature: &signature };
        signer.accepts(&path, claim, now.plus(Duration::from_secs(secs)))
    }

    #[test]
    fn a_link_works_until_it_expires_and_a_minute_longer() {
        assert_eq!([0, 100, 160, 161].map(accepts_after), [true, true, true, false]);
    }

    proptest! {
        #[test]
        fn a_link_with_any_byte_changed_is_refused(position in 0_usize..130, to in 0x21_u8..0x7f) {
            let signer = LinkSigner::new("https://v.example", [7; 32]);
            let now = Timestamp::from_unix_millis(NOW);
            let (path, exp, kid, sig) = claim_from_url(&signer.url("/d/job_1/video.mp4", now));
            let mut flat = format!("{path}\n{exp}\n{kid}\n{sig}").into_bytes();
            prop_assume!(position < flat.len() && flat[position] != to && flat[position] != b'\n');
            flat[position] = to;
            let text = String::from_utf8(flat).unwrap();
            let parts: Vec<&str> = text.split('\n').collect();
            let Ok(expires_at_secs) = parts[1].parse() else { return Ok(()) };
            let claim = LinkClaim { expires_at_secs, key_id: parts[2], signature: parts[3] };
            prop_assert!(!signer.accepts(parts[0], claim, now));
        }
    }
}
