//! The pure half of a planner that asks a language model: what it is told, what it may answer, and what its answer is made
//! of. Prompt and answer are data: nothing in them decides anything but words and choices. No connection is here.

mod answer;
mod messages;
mod schema;

pub use answer::{ANSWER_BYTES_MAX, AnswerError, storyboard_from_answer};
pub use messages::{Message, Role, messages_from_brief, repair_from_error};
pub use schema::storyboard_schema;

/// Name of the schema, and of the tool that takes it.
pub const SCHEMA_NAME: &str = "storyboard";

/// A video of 10 s with sound, an image, and a song.
#[cfg(test)]
pub(crate) fn test_brief() -> crate::Brief {
    use avs_protocol::{AssetAnalysis, Beat, MediaKind, PictureAnalysis, SoundAnalysis};
    use avs_template::Source;

    let picture = || PictureAnalysis {
        colors: Vec::new(),
        transparent_ratio: 0.0,
        is_screen: false,
        cuts_secs: vec![4.0],
        samples: Vec::new(),
    };
    let sound = |beat| SoundAnalysis {
        loudness_lufs: -18.0,
        true_peak_db: -1.0,
        block_loudness_tenths: Vec::new(),
        block_peak_tenths: Vec::new(),
        silences: Vec::new(),
        speech: Vec::new(),
        beat,
        onsets_secs: Vec::new(),
    };
    let beat = Beat { tempo_bpm: 120.0, confidence: 2.0, beats_secs: Vec::new(), first_downbeat: 0 };
    let asset = |name: &str, kind, secs: Option<f64>, picture: Option<PictureAnalysis>, sound| {
        let side_px = picture.as_ref().map(|_| 64);
        let analysis = AssetAnalysis {
            name: name.to_owned(),
            kind,
            duration_secs: secs,
            width_px: side_px,
            height_px: side_px,
            picture,
            sound,
        };
        crate::BriefAsset { source: Source::Upload(name.to_owned()), analysis, recording: None }
    };
    let assets = vec![
        asset("secret-plans.mp4", MediaKind::Video, Some(10.0), Some(picture()), Some(sound(None))),
        asset("b.png", MediaKind::Image, None, Some(picture()), None),
        asset("c.mp3", MediaKind::Audio, Some(60.0), None, Some(sound(Some(beat)))),
    ];
    let prompt = "A teaser \"Now shipping\" of 10 seconds".to_owned();
    crate::Brief { prompt, output: serde_json::Value::Null, assets, font_families: Vec::new() }
}
