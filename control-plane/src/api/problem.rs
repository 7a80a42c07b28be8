//! Problem documents: RFC 9457, `application/problem+json`.

use axum::http::StatusCode;
use serde::Serialize;

use crate::domain::ids::RequestId;
use crate::domain::job::FieldError;

/// A problem on its way out, before it knows which request it answers.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
    /// For the log; never sent.
    pub(crate) fault: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: String,
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// The body that answers request `id`.
    pub(crate) fn body(&self, id: &RequestId) -> Vec<u8> {
        let document = Document {
            r#type: format!("urn:avs:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance: format!("urn:avs:request:{id}"),
            code: self.code,
            request_id: id.as_str(),
            errors: &self.errors,
        };
        serde_json::to_vec(&document).expect("strings and numbers are always JSON")
    }
}
