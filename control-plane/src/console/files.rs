//! The console's own style and scripts, under a path that changes with them, so that browsers may keep them for ever.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest, Sha256};

/// Name, media type, content.
const FILES: [(&str, &str, &str); 7] = [
    ("console.css", "text/css; charset=utf-8", include_str!("console.css")),
    ("console.js", "text/javascript; charset=utf-8", include_str!("console.js")),
    ("playground.css", "text/css; charset=utf-8", include_str!("playground.css")),
    ("playground.js", "text/javascript; charset=utf-8", include_str!("playground.js")),
    ("json_places.js", "text/javascript; charset=utf-8", include_str!("json_places.js")),
    ("reference.css", "text/css; charset=utf-8", include_str!("reference.css")),
    ("icon.svg", "image/svg+xml", include_str!("icon.svg")),
];

/// Names this very content.
pub(super) fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let digest = FILES.iter().fold(Sha256::new(), |digest, (_, _, text)| digest.chain_update(text));
        hex::encode(&digest.finalize()[..6])
    })
}

/// Sends one of the files. One of another version is another file: its page is older than this server.
pub(super) async fn send(path: Option<Path<(String, String)>>) -> Response {
    let found = path.and_then(|Path((asked, name))| {
        let file = FILES.iter().find(|(known, _, _)| *known == name)?;
        Some((asked == version(), file))
    });
    let Some((current, (_, media_type, text))) = found else { return StatusCode::NOT_FOUND.into_response() };
    let caching = if current { "public, max-age=31536000, immutable" } else { "no-store" };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CACHE_CONTROL, HeaderValue::from_static(caching)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, *text).into_response()
}
