//! `/api/v1/jobs/{jobId}/webhook`: what became of a delivery, and another try at it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::auth::ApiCaller;
use super::segment::JobSegment;
use super::{Api, ApiError};
use crate::domain::ids::{AccountId, JobId};
use crate::store::{DeliveryLog, StoreError};

/// The delivery of a job's end; null where there is none.
#[derive(Serialize)]
pub(super) struct DeliveryDocument {
    delivery: Option<DeliveryLog>,
}

/// Shows the delivery and every attempt at it.
pub(super) async fn deliveries(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    JobSegment(id): JobSegment,
) -> Result<Json<DeliveryDocument>, ApiError> {
    api.store.job_of_account(&id, &caller.account_id).await?;
    Ok(Json(DeliveryDocument { delivery: api.store.delivery_log(&id).await? }))
}

/// Delivers again: the same bytes under the same id.
pub(super) async fn redeliver(
    State(api): State<Arc<Api>>,
    ApiCaller(caller): ApiCaller,
    JobSegment(id): JobSegment,
) -> Result<(StatusCode, Json<DeliveryDocument>), ApiError> {
    let delivery = api.redelivered(&caller.account_id, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryDocument { delivery })))
}

impl Api {
    /// Makes the delivery due again.
    pub(crate) async fn redelivered(
        &self,
        account: &AccountId,
        id: &JobId,
    ) -> Result<Option<DeliveryLog>, ApiError> {
        let job = self.store.job_of_account(id, account).await?;
        if !job.state.status.is_terminal() {
            return Err(ApiError::JobNotEnded);
        }
        match self.store.redeliver(id, account, self.clock.now()).await {
            Err(StoreError::Missing { .. }) => Err(ApiError::NoWebhook),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(self.store.delivery_log(id).await?),
        }
    }
}
