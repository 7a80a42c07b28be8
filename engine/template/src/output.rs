//! What video is asked for: the `output` object of a request, resolved to numbers.

use serde_json::Value;

use crate::{FrameRate, IssueCollector, Issues, ObjectReader, Pointer, limits};

/// How much care goes into a video; decides its size and how it is encoded, see [`OutputSpec`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// To look at once.
    Draft,
    /// To publish.
    Web,
    /// To keep.
    Studio,
}

/// A video to be made.
///
/// | quality | short side | x264 preset | CRF |
/// |---|---|---|---|
/// | `draft` | 480 | veryfast | 28 |
/// | `web` (default) | 720 | veryfast | 23 |
/// | `studio` | 1080 | medium | 18 |
///
/// `resolution` overrides the short side only. The long side follows from the aspect ratio. Both are even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputSpec {
    /// Even, at most 8192.
    pub width_px: u32,
    /// Even, at most 8192.
    pub height_px: u32,
    /// Frames per second.
    pub fps: FrameRate,
    /// What was asked for.
    pub quality: Quality,
    /// Preset of x264.
    pub preset: &'static str,
    /// Constant rate factor of x264; lower is better and larger.
    pub crf: u8,
}

struct QualityRow {
    short_side_px: u32,
    preset: &'static str,
    crf: u8,
}

impl Quality {
    fn row(self) -> QualityRow {
        match self {
            Self::Draft => QualityRow { short_side_px: 480, preset: "veryfast", crf: 28 },
            Self::Web => QualityRow { short_side_px: 720, preset: "veryfast", crf: 23 },
            Self::Studio => QualityRow { short_side_px: 1080, preset: "medium", crf: 18 },
        }
    }
}

const QUALITIES: [(&str, Quality); 3] =
    [("draft", Quality::Draft), ("web", Quality::Web), ("studio", Quality::Studio)];

const RESOLUTIONS: [(&str, u32); 5] =
    [("480p", 480), ("720p", 720), ("1080p", 1080), ("1440p", 1440), ("2160p", 2160)];

/// Width to height.
const ASPECT_RATIOS: [(&str, (u32, u32)); 8] = [
    ("16:9", (16, 9)),
    ("9:16", (9, 16)),
    ("1:1", (1, 1)),
    ("4:5", (4, 5)),
    ("5:4", (5, 4)),
    ("4:3", (4, 3)),
    ("3:4", (3, 4)),
    ("21:9", (21, 9)),
];

const FPS_DEFAULT: u32 = 30;

impl OutputSpec {
    /// Reads the `output` object that is at `base` of its document; `null` stands for every default.
    ///
    /// # Errors
    /// Every broken rule.
    pub fn from_value(value: &Value, base: &Pointer) -> Result<Self, Issues> {
        let empty = Value::Object(serde_json::Map::new());
        let value = if value.is_null() { &empty } else { value };
        let issues = IssueCollector::new();
        let spec = ObjectReader::new(value, base, &issues).and_then(read_output);
        issues.into_result(spec)
    }
}

fn read_output(mut output: ObjectReader<'_, '_>) -> Option<OutputSpec> {
    let aspect = output.optional("aspectRatio").choice(&ASPECT_RATIOS).unwrap_or((16, 9));
    let quality = output.optional("quality").choice(&QUALITIES).unwrap_or(Quality::Web);
    let resolution = output.optional("resolution").choice(&RESOLUTIONS);
    let fps = output.optional("fps").integer(1..=limits::FPS_MAX).unwrap_or(FPS_DEFAULT);
    output.finish();
    let row = quality.row();
    let (width_px, height_px) = size_from_short_side(resolution.unwrap_or(row.short_side_px), aspect);
    let fps = FrameRate::new(fps)?;
    Some(OutputSpec { width_px, height_px, fps, quality, preset: row.preset, crf: row.crf })
}

/// Short and long side, even because 4:2:0 halves both.
fn size_from_short_side(short_px: u32, (width, height): (u32, u32)) -> (u32, u32) {
    let long_side = |long: u32, short: u32| {
        // The nearest even number to short_px * long / short.
        let half = (short_px * long + short) / (2 * short);
        half * 2
    };
    if width >= height { (long_side(width, height), short_px) } else { (short_px, long_side(height, width)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codes;

    #[track_caller]
    fn size_of(output: &Value) -> (u32, u32) {
        let spec = OutputSpec::from_value(output, &Pointer::root()).unwrap();
        (spec.width_px, spec.height_px)
    }

    #[test]
    fn null_and_an_empty_object_are_every_default() {
        let spec = OutputSpec::from_value(&Value::Null, &Pointer::root()).unwrap();
        assert_eq!((spec.width_px, spec.height_px, spec.fps.get()), (1280, 720, 30));
        assert_eq!((spec.quality, spec.preset, spec.crf), (Quality::Web, "veryfast", 23));
        assert_eq!(OutputSpec::from_value(&json!({}), &Pointer::root()), Ok(spec));
    }

    #[test]
    fn each_quality_has_its_size_and_encoder_settings() {
        for (name, size, preset, crf) in [
            ("draft", (854, 480), "veryfast", 28),
            ("web", (1280, 720), "veryfast", 23),
            ("studio", (1920, 1080), "medium", 18),
        ] {
            let spec = OutputSpec::from_value(&json!({ "quality": name }), &Pointer::root()).unwrap();
            assert_eq!(
                ((spec.width_px, spec.height_px), spec.preset, spec.crf),
                (size, preset, crf),
                "{name}"
            );
        }
    }

    #[test]
    fn a_resolution_is_the_short_side_and_leaves_the_encoder_alone() {
        let output = json!({ "quality": "draft", "resolution": "2160p", "aspectRatio": "9:16", "fps": 60 });
        let spec = OutputSpec::from_value(&output, &Pointer::root()).unwrap();
        assert_eq!((spec.width_px, spec.height_px, spec.fps.get()), (2160, 3840, 60));
        assert_eq!((spec.preset, spec.crf), ("veryfast", 28));
    }

    #[test]
    fn sides_round_to_the_nearest_even_number() {
        // 480 * 16 / 9 is 853.3, whose nearest even number is above it.
        assert_eq!(size_of(&json!({ "quality": "draft" })), (854, 480));
        assert_eq!(size_of(&json!({ "quality": "draft", "aspectRatio": "9:16" })), (480, 854));
        assert_eq!(size_of(&json!({ "aspectRatio": "4:5" })), (720, 900));
    }

    #[test]
    fn every_combination_is_even_within_the_limit_and_near_its_ratio() {
        for (ratio, (width, height)) in ASPECT_RATIOS {
            for (resolution, short_px) in RESOLUTIONS {
                let size = size_of(&json!({ "aspectRatio": ratio, "resolution": resolution }));
                assert_eq!((size.0 % 2, size.1 % 2), (0, 0), "{ratio} {resolution}");
                assert!(size.0.max(size.1) <= limits::SIDE_PX_MAX, "{ratio} {resolution}");
                assert_eq!(size.0.min(size.1), short_px, "{ratio} {resolution}");
                let error_px = f64::from(size.0) * f64::from(height) - f64::from(size.1) * f64::from(width);
                assert!(error_px.abs() <= f64::from(width.min(height)), "{ratio} {resolution}");
            }
        }
    }

    #[test]
    fn every_wrong_field_is_reported_at_once_below_the_base() {
        let output = json!({ "aspectRatio": "16x9", "quality": "studoi", "resolution": 720, "fps": 120, "codec": "av1" });
        let issues = OutputSpec::from_value(&output, &Pointer::root().child("output")).unwrap_err();
        let found: Vec<_> = issues.iter().map(|i| (i.pointer.as_str(), i.code)).collect();
        assert_eq!(
            found,
            [
                ("/output/aspectRatio", codes::UNKNOWN_VALUE),
                ("/output/quality", codes::UNKNOWN_VALUE),
                ("/output/resolution", codes::WRONG_TYPE),
                ("/output/fps", codes::OUT_OF_RANGE),
                ("/output/codec", codes::UNKNOWN_FIELD),
            ]
        );
        assert_eq!(issues.into_vec()[1].suggestion.as_deref(), Some("studio"));
    }

    #[test]
    fn something_that_is_no_object_is_refused() {
        for output in [json!([]), json!("web"), json!(30)] {
            assert_eq!(
                OutputSpec::from_value(&output, &Pointer::root()).unwrap_err().into_vec()[0].code,
                codes::WRONG_TYPE
            );
        }
    }
}
