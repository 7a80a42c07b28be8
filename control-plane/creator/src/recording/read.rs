//! Reads an events track. It comes from a stranger's file: everything is bounded, and what makes no sense is refused.

use serde::Deserialize;

use super::{PointerEvent, RecordingError, RecordingEvents};

/// Longest events track that is read, in bytes: 100 000 events with names and all digits of their numbers.
pub const EVENTS_BYTES_MAX: usize = 16 << 20;
/// Most events of all kinds together: the pointer seen at 30 Hz for 55 minutes.
pub const EVENTS_MAX: usize = 100_000;
/// Latest second of an event: where a source may end.
const AT_SECS_MAX: f64 = avs_template::limits::SOURCE_SECS_MAX;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Track {
    version: u32,
    #[serde(default)]
    clicks: Vec<Pointer>,
    #[serde(default)]
    cursor: Vec<Pointer>,
    #[serde(default)]
    keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pointer {
    t: f64,
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    t: f64,
}

impl RecordingEvents {
    /// Reads an events track.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence for who sent it.
    pub fn from_json(json: &[u8]) -> Result<Self, RecordingError> {
        if json.len() > EVENTS_BYTES_MAX {
            return Err(RecordingError::TooLarge { what: "events track", bytes_max: EVENTS_BYTES_MAX });
        }
        let track: Track = serde_json::from_slice(json)
            .map_err(|source| RecordingError::Malformed { what: "events track", source })?;
        if track.version != super::VERSION {
            return Err(RecordingError::Version { what: "events track", version: track.version });
        }
        let count = track.clicks.len() + track.cursor.len() + track.keys.len();
        if count > EVENTS_MAX {
            return Err(RecordingError::TooMany { count });
        }
        let keys_secs: Vec<f64> = track.keys.iter().map(|key| key.t).collect();
        rising("keys", keys_secs.iter().copied())?;
        Ok(Self {
            clicks: pointers("clicks", &track.clicks)?,
            cursor: pointers("cursor", &track.cursor)?,
            keys_secs,
        })
    }
}

fn pointers(list: &'static str, events: &[Pointer]) -> Result<Vec<PointerEvent>, RecordingError> {
    rising(list, events.iter().map(|event| event.t))?;
    let inside = |value: f64| (0.0..=1.0).contains(&value);
    if let Some(index) = events.iter().position(|event| !inside(event.x) || !inside(event.y)) {
        return Err(RecordingError::Position { list, index });
    }
    Ok(events.iter().map(|event| PointerEvent { at_secs: event.t, x: event.x, y: event.y }).collect())
}

/// Two events of one moment are in order.
fn rising(list: &'static str, times: impl Iterator<Item = f64>) -> Result<(), RecordingError> {
    let mut before = 0.0;
    for (index, at) in times.enumerate() {
        // Written so that what is no number fails too.
        if !(before..=AT_SECS_MAX).contains(&at) {
            return Err(RecordingError::Time { list, index });
        }
        before = at;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Result<RecordingEvents, String> {
        RecordingEvents::from_json(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_track_gives_clicks_the_pointers_path_and_when_keys_were_pressed() {
        let events = read(
            r#"{"version":1,"clicks":[{"t":1.5,"x":0.25,"y":1}],"cursor":[{"t":0,"x":0,"y":0}],"keys":[{"t":2},{"t":2}]}"#,
        )
        .unwrap();
        assert_eq!(events.clicks, [PointerEvent { at_secs: 1.5, x: 0.25, y: 1.0 }]);
        assert_eq!(events.cursor.len(), 1);
        assert_eq!(events.keys_secs, [2.0, 2.0]);
        assert_eq!(read(r#"{"version":1}"#).unwrap(), RecordingEvents::default());
    }

    #[test]
    fn which_key_was_pressed_is_refused_and_not_kept() {
        assert!(read(r#"{"version":1,"keys":[{"t":1,"key":"a"}]}"#).unwrap_err().contains("key"));
    }

    #[test]
    fn times_that_fall_and_places_outside_the_picture_are_refused_by_index() {
        for (json, words) in [
            (r#"{"version":1,"keys":[{"t":2},{"t":1}]}"#, "keys[1]"),
            (r#"{"version":1,"keys":[{"t":-1}]}"#, "keys[0]"),
            (r#"{"version":1,"keys":[{"t":86401}]}"#, "keys[0]"),
            (r#"{"version":1,"clicks":[{"t":2,"x":0,"y":0},{"t":1,"x":0,"y":0}]}"#, "clicks[1]"),
            (r#"{"version":1,"cursor":[{"t":2,"x":1.01,"y":0}]}"#, "cursor[0]"),
            (r#"{"version":1,"cursor":[{"t":2,"x":0,"y":-0.1}]}"#, "cursor[0]"),
            (r#"{"version":2}"#, "version 2"),
            (r#"{"clicks":[]}"#, "version"),
            (r#"{"version":1,"keys":[{"t":1e999}]}"#, "out of range"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(words), "{json}: {error}");
        }
    }

    #[test]
    fn more_events_than_an_hour_of_a_pointer_are_refused() {
        let keys = vec![r#"{"t":1}"#; EVENTS_MAX + 1].join(",");
        assert!(read(&format!(r#"{{"version":1,"keys":[{keys}]}}"#)).unwrap_err().contains("100001"));
        let padded = vec![b' '; EVENTS_BYTES_MAX + 1];
        assert!(RecordingEvents::from_json(&padded).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _read = RecordingEvents::from_json(&bytes);
        }

        #[test]
        fn what_is_read_rises_and_lies_inside(times in proptest::collection::vec(-1.0..90_000.0_f64, 0..6), x in -0.2..1.2_f64) {
            let clicks: Vec<_> = times.iter().map(|t| serde_json::json!({"t": t, "x": x, "y": 0.5})).collect();
            let json = serde_json::json!({"version": 1, "clicks": clicks}).to_string();
            if let Ok(events) = read(&json) {
                prop_assert!(events.clicks.is_sorted_by(|a, b| a.at_secs <= b.at_secs));
                prop_assert!(events.clicks.iter().all(|click| (0.0..=1.0).contains(&click.x) && click.at_secs <= AT_SECS_MAX));
            }
        }
    }
}
