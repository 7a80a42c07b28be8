//! Query strings, read as strictly as bodies: what is not known is an error, and so is what is given twice.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::ApiError;
use crate::domain::timestamp::Timestamp;

/// Parameters that have not been read yet.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    pub(super) fn parse(raw: Option<&str>) -> Result<Self, ApiError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(raw.unwrap_or_default().as_bytes()) {
            if parameters.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(malformed(format!("`{name}` is given twice")));
            }
        }
        Ok(Self(parameters))
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    pub(super) fn number(&mut self, name: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && range.contains(number));
        let (least, most) = range.into_inner();
        number
            .map(Some)
            .ok_or_else(|| malformed(format!("`{name}` must be a whole number from {least} to {most}")))
    }

    pub(super) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let refused = || malformed(format!("`{name}` must be a time such as 2026-04-07T18:00:00Z"));
        Timestamp::parse(&text).map(Some).ok_or_else(refused)
    }

    pub(super) fn named<T: Copy>(
        &mut self,
        name: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let found = all.iter().copied().find(|value| name_of(*value) == text);
        let known: Vec<_> = all.iter().map(|value| name_of(*value)).collect();
        found.map(Some).ok_or_else(|| malformed(format!("`{name}` must be one of {}", known.join(", "))))
    }

    /// Everything must have been asked for.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        match self.0.into_keys().next() {
            Some(name) => Err(malformed(format!("there is no parameter `{}`", name.escape_debug()))),
            None => Ok(()),
        }
    }
}

fn malformed(detail: String) -> ApiError {
    ApiError::MalformedQuery(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_strictly() {
        let mut query = Query::parse(Some("limit=20&createdAfter=2026-04-07T18:00:00Z")).unwrap();
        assert_eq!(query.number("limit", 1..=100).unwrap(), Some(20));
        assert_eq!(query.time("createdAfter").unwrap().unwrap().unix_secs(), 1_775_584_800);
        query.finish().unwrap();
        assert!(Query::parse(Some("a=1&a=2")).is_err());
        for text in ["+5", "101", "0", "", "5 "] {
            let raw = format!("limit={}", text.replace(' ', "%20").replace('+', "%2B"));
            assert!(Query::parse(Some(&raw)).unwrap().number("limit", 1..=100).is_err(), "{text}");
        }
        assert!(Query::parse(Some("unknown=1")).unwrap().finish().is_err());
    }
}
