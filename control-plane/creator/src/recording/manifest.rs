//! The manifest of a `.vidova` file: which of its files is what. Whoever unpacks the file looks for these names alone.

use serde::Deserialize;

use super::RecordingError;

/// Longest manifest that is read, in bytes.
pub const MANIFEST_BYTES_MAX: usize = 64 << 10;
/// Longest name of a file in bytes: that of an upload.
const NAME_BYTES_MAX: usize = avs_template::limits::UPLOAD_NAME_BYTES_MAX;

/// Which file of a `.vidova` is what. Names are plain: no folder, no way out of one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// The recording.
    pub video: String,
    /// Sound that is not in the recording: what was spoken.
    pub audio: Option<String>,
    /// The events track.
    pub events: Option<String>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence for who sent it.
    pub fn from_json(json: &[u8]) -> Result<Self, RecordingError> {
        if json.len() > MANIFEST_BYTES_MAX {
            return Err(RecordingError::TooLarge { what: "manifest", bytes_max: MANIFEST_BYTES_MAX });
        }
        let manifest: Self = serde_json::from_slice(json)
            .map_err(|source| RecordingError::Malformed { what: "manifest", source })?;
        if manifest.version != super::VERSION {
            return Err(RecordingError::Version { what: "manifest", version: manifest.version });
        }
        let names = [Some(&manifest.video), manifest.audio.as_ref(), manifest.events.as_ref()];
        let mut seen: Vec<&str> = Vec::new();
        for name in names.into_iter().flatten() {
            if !is_plain(name) {
                return Err(RecordingError::Name { name: name.clone() });
            }
            if seen.contains(&name.as_str()) {
                return Err(RecordingError::NameTwice { name: name.clone() });
            }
            seen.push(name);
        }
        Ok(manifest)
    }
}

/// True for the name of a file, and of nothing else: as for uploads, and none that is hidden.
fn is_plain(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.starts_with('.')
        && !name.contains("..")
        && !name.contains(|c: char| matches!(c, '/' | '\\' | ':') || c.is_control())
        && name != "manifest.json"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Manifest, String> {
        Manifest::from_json(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_manifest_names_its_video_and_what_else_there_is() {
        let manifest = read(r#"{"version":1,"video":"screen.mp4","events":"events.json"}"#).unwrap();
        assert_eq!(manifest.video, "screen.mp4");
        assert_eq!((manifest.audio.as_deref(), manifest.events.as_deref()), (None, Some("events.json")));
    }

    #[test]
    fn a_name_that_is_not_plain_is_refused() {
        for name in [
            "../a.mp4",
            "a/b.mp4",
            "/a.mp4",
            "a\\\\b.mp4",
            "",
            ".a.mp4",
            "C:a.mp4",
            "a\\n.mp4",
            "manifest.json",
        ] {
            let json = format!(r#"{{"version":1,"video":"{name}"}}"#);
            assert!(read(&json).unwrap_err().contains("plain file name"), "{name}");
        }
        let long = "a".repeat(256);
        assert!(read(&format!(r#"{{"version":1,"video":"{long}"}}"#)).is_err());
    }

    #[test]
    fn another_version_an_unknown_field_and_a_name_twice_are_refused() {
        assert!(read(r#"{"version":2,"video":"a.mp4"}"#).unwrap_err().contains("version 2"));
        assert!(read(r#"{"version":1,"video":"a.mp4","script":"x"}"#).unwrap_err().contains("script"));
        assert!(read(r#"{"version":1,"video":"a.mp4","audio":"a.mp4"}"#).unwrap_err().contains("twice"));
        assert!(read(r#"{"version":1}"#).unwrap_err().contains("video"));
        let padded = format!("{}{{}}", " ".repeat(MANIFEST_BYTES_MAX));
        assert!(read(&padded).unwrap_err().contains("at most"));
    }
}
