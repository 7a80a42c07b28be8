//! A floor under the speed of request bodies: the pause between two pieces alone would let one byte now and then hold
//! a connection for ever.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use crate::fetch::pace::Pace;
use crate::limits;

/// The body came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body trickles")]
pub(super) struct Trickle;

/// Breaks a body off that brings less than [`limits::BODY_BYTES_PER_SEC_MIN`] over `window`.
pub(super) fn paced(body: Body, window: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let chunks = body.into_data_stream();
    let paced = Paced { chunks, pace: Pace::new(window, limits::BODY_BYTES_PER_SEC_MIN) };
    Body::from_stream(futures_util::stream::unfold(paced, |mut paced| async move {
        let chunk = paced.next().await?;
        Some((chunk, paced))
    }))
}

struct Paced {
    chunks: BodyDataStream,
    pace: Pace,
}

impl Paced {
    async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        loop {
            let begun = Instant::now();
            let arrived = timeout(self.pace.window_left(), self.chunks.next()).await;
            let size_bytes = match &arrived {
                Ok(Some(Ok(chunk))) => chunk.len(),
                // Its end, or another fault, is news enough.
                Ok(None | Some(Err(_))) => return arrived.ok().flatten(),
                Err(_elapsed) => 0,
            };
            if !self.pace.keeps_up(begun.elapsed(), size_bytes) {
                return Some(Err(axum::Error::new(Trickle)));
            }
            if let Ok(chunk) = arrived {
                return chunk;
            }
        }
    }
}
