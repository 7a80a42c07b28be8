//! How often a token may ask: a bucket each for reads and for writes, told in every answer (IETF draft "RateLimit header
//! fields for HTTP", 10).

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::ApiError;

/// Buckets that are looked through before full ones are forgotten.
const BUCKETS_MAX: usize = 10_000;

/// What a request draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RateClass {
    /// GET and HEAD.
    Reads,
    /// The rest.
    Writes,
}

impl RateClass {
    fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
        }
    }
}

/// What is left in a bucket, for the headers of the answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct RateState {
    class: RateClass,
    per_minute: u32,
    remaining: u32,
    reset_secs: u64,
}

/// Where the check of a token leaves the state for the envelope.
#[derive(Debug, Clone, Default)]
pub(super) struct RateSlot(Arc<OnceLock<RateState>>);

impl RateSlot {
    /// Adds the headers of the check, if there was one.
    pub(super) fn write_headers(&self, headers: &mut HeaderMap) {
        let Some(state) = self.0.get() else { return };
        let name = state.class.name();
        let fields = [
            ("ratelimit-policy", format!("\"{name}\";q={};w=60", state.per_minute)),
            ("ratelimit", format!("\"{name}\";r={};t={}", state.remaining, state.reset_secs)),
        ];
        for (field, text) in fields {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(field, value);
            }
        }
    }
}

type Buckets = RateLimiter<String, HashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The buckets of every token.
pub struct Rates {
    reads: Buckets,
    writes: Buckets,
    reads_per_minute: NonZeroU32,
    writes_per_minute: NonZeroU32,
}

impl Rates {
    /// A token may ask so often in a minute, and all at once.
    pub fn new(reads_per_minute: NonZeroU32, writes_per_minute: NonZeroU32) -> Self {
        let buckets = |per_minute| {
            RateLimiter::hashmap(Quota::per_minute(per_minute))
                .with_middleware::<StateInformationMiddleware>()
        };
        Self {
            reads: buckets(reads_per_minute),
            writes: buckets(writes_per_minute),
            reads_per_minute,
            writes_per_minute,
        }
    }

    /// Takes one from the bucket.
    pub(super) fn take(
        &self,
        class: RateClass,
        token_id: &str,
        slot: Option<&RateSlot>,
    ) -> Result<(), ApiError> {
        let (buckets, per_minute) = match class {
            RateClass::Reads => (&self.reads, self.reads_per_minute.get()),
            RateClass::Writes => (&self.writes, self.writes_per_minute.get()),
        };
        if buckets.len() > BUCKETS_MAX {
            buckets.retain_recent();
        }
        let (remaining, wait) = match buckets.check_key(&token_id.to_owned()) {
            Ok(state) => (state.remaining_burst_capacity(), Duration::ZERO),
            Err(not_until) => (0, not_until.wait_time_from(DefaultClock::default().now())),
        };
        let missing = per_minute.saturating_sub(remaining);
        let reset_secs = u64::from(missing * 60).div_ceil(u64::from(per_minute));
        if let Some(slot) = slot {
            // An error says that the request was checked before.
            slot.0.set(RateState { class, per_minute, remaining, reset_secs }).ok();
        }
        if wait.is_zero() {
            return Ok(());
        }
        Err(ApiError::RateLimited { retry_after_secs: wait.as_secs() + 1 })
    }
}

/// Tokens whose use is being noted: once at a time for each.
#[derive(Debug, Default)]
pub(super) struct Touches(Mutex<BTreeSet<String>>);

impl Touches {
    pub(super) fn begin(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned())
    }

    pub(super) fn end(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_has_used_up_its_minute_is_told_when_to_come_back() {
        let rates = Rates::new(NonZeroU32::new(60).unwrap(), NonZeroU32::new(2).unwrap());
        let take = |slot: &RateSlot| rates.take(RateClass::Writes, "api_1", Some(slot));
        let slots: Vec<RateSlot> = (0..3).map(|_| RateSlot::default()).collect();
        assert!(take(&slots[0]).is_ok() && take(&slots[1]).is_ok());
        let Err(ApiError::RateLimited { retry_after_secs }) = take(&slots[2]) else { panic!("not limited") };
        assert!((1..=31).contains(&retry_after_secs));
        assert!(rates.take(RateClass::Reads, "api_1", None).is_ok());
        assert!(rates.take(RateClass::Writes, "api_2", None).is_ok());
        let mut headers = HeaderMap::new();
        slots[2].write_headers(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"writes\";q=2;w=60");
        assert!(headers["ratelimit"].to_str().unwrap().starts_with("\"writes\";r=0;t="));
    }
}
