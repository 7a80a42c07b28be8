//! The `Idempotency-Key` header.

use axum::http::HeaderMap;

use super::ApiError;
use crate::limits;

/// Name of the header.
const HEADER: &str = "idempotency-key";

/// Returns the key of a request, if it has one. Quoted as a structured-field string it is the same key (IETF draft
/// "The Idempotency-Key HTTP Header Field", 2.1).
pub(super) fn key_from_headers(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    if values.next().is_some() || key.is_empty() || key.len() > limits::IDEMPOTENCY_KEY_BYTES_MAX || !visible
    {
        return Err(ApiError::MalformedIdempotencyKey);
    }
    Ok(Some(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[&str]) -> Result<Option<String>, ApiError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, value.parse().unwrap());
        }
        key_from_headers(&headers)
    }

    #[test]
    fn a_key_is_the_same_with_and_without_quotes() {
        assert_eq!(key(&[]).unwrap(), None);
        assert_eq!(key(&["order-7"]).unwrap().as_deref(), Some("order-7"));
        assert_eq!(key(&["\"order-7\""]).unwrap().as_deref(), Some("order-7"));
    }

    #[test]
    fn a_key_that_cannot_be_kept_is_refused() {
        for values in [&[""][..], &["a b"], &["a", "b"], &["\"\""], &[&"x".repeat(256)]] {
            assert!(matches!(key(values), Err(ApiError::MalformedIdempotencyKey)), "{values:?}");
        }
    }
}
