//! Parts of a path. What cannot be one of ours is as good as not there.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use super::{Api, ApiError};
use crate::domain::ids::JobId;

/// The one variable part of a path, as text.
pub(crate) struct Segment(pub(crate) String);

/// The one variable part of a path, as the name of a job.
pub(crate) struct JobSegment(pub(crate) JobId);

impl FromRequestParts<Arc<Api>> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        // Bytes that are no text, for one.
        let path = Path::<String>::from_request_parts(parts, api).await;
        path.map(|Path(text)| Self(text)).ok().ok_or(ApiError::NotFound)
    }
}

impl FromRequestParts<Arc<Api>> for JobSegment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let Segment(text) = Segment::from_request_parts(parts, api).await?;
        JobId::parse(&text).map(Self).ok_or(ApiError::NotFound)
    }
}
