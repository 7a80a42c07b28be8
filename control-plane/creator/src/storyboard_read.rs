//! A storyboard from JSON that nobody vouches for: every broken rule at once, each with a pointer. Whether it is a good
//! storyboard is not judged.

use std::ops::RangeInclusive;

use avs_protocol::AssetAnalysis;
use avs_template::{
    Field, IssueCollector, Issues, NumberRange, ObjectReader, Pointer, codes, limits as template, nearest,
};
use serde_json::Value;

use crate::words::shown_from_text;
use crate::{
    AssetId, Brief, ClipSound, Layout, Motion, PaletteBase, Scene, Storyboard, Tone, Transition, asset_id,
    limits,
};

pub(crate) const LAYOUTS: [(&str, Layout); 15] = [
    ("plain", Layout::Plain),
    ("title", Layout::Title),
    ("hook", Layout::Hook),
    ("statement", Layout::Statement),
    ("lowerThird", Layout::LowerThird),
    ("caption", Layout::Caption),
    ("listItem", Layout::ListItem),
    ("step", Layout::Step),
    ("quote", Layout::Quote),
    ("price", Layout::Price),
    ("split", Layout::Split),
    ("pictureInPicture", Layout::PictureInPicture),
    ("gallery", Layout::Gallery),
    ("number", Layout::Number),
    ("endCard", Layout::EndCard),
];
pub(crate) const MOTIONS: [(&str, Motion); 5] = [
    ("still", Motion::Still),
    ("pushIn", Motion::PushIn),
    ("pullOut", Motion::PullOut),
    ("panLeft", Motion::PanLeft),
    ("panRight", Motion::PanRight),
];
pub(crate) const TRANSITIONS: [(&str, Transition); 5] = [
    ("cut", Transition::Cut),
    ("dissolve", Transition::Dissolve),
    ("fadeBlack", Transition::FadeBlack),
    ("slide", Transition::Slide),
    ("zoom", Transition::Zoom),
];
pub(crate) const TONES: [(&str, Tone); 9] = [
    ("bold", Tone::Bold),
    ("clean", Tone::Clean),
    ("luxury", Tone::Luxury),
    ("warm", Tone::Warm),
    ("playful", Tone::Playful),
    ("editorial", Tone::Editorial),
    ("sport", Tone::Sport),
    ("retro", Tone::Retro),
    ("code", Tone::Code),
];
pub(crate) const PALETTES: [(&str, PaletteBase); 3] =
    [("auto", PaletteBase::Auto), ("dark", PaletteBase::Dark), ("light", PaletteBase::Light)];
pub(crate) const CLIP_SOUNDS: [(&str, ClipSound); 3] =
    [("off", ClipSound::Off), ("under", ClipSound::Under), ("full", ClipSound::Full)];

impl Storyboard {
    /// Reads a storyboard that may name the files of `brief`. `null` is as good as absent; control characters in words are
    /// taken out.
    ///
    /// # Errors
    /// Every broken rule, with pointers into `value`.
    pub fn from_value(value: &Value, brief: &Brief) -> Result<Self, Issues> {
        let issues = IssueCollector::new();
        let reader = StoryboardReader { brief, issues: &issues };
        let storyboard =
            ObjectReader::new(value, &Pointer::root(), &issues).and_then(|o| reader.storyboard(o));
        issues.into_result(storyboard)
    }
}

struct StoryboardReader<'a> {
    brief: &'a Brief,
    issues: &'a IssueCollector,
}

/// What a scene, or the whole, wants of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Picture,
    Sound,
}

impl<'a> StoryboardReader<'a> {
    fn storyboard(&self, mut object: ObjectReader<'_, 'a>) -> Option<Storyboard> {
        let title = self.words(&object.optional("title"), template::NAME_CHARS_MAX);
        let duration_seconds = object.required("durationSeconds").number(limits::DURATION_SECS);
        let tone = object.required("tone").choice(&TONES);
        let palette = self.given(&object.optional("palette")).choice(&PALETTES);
        let accent = self.accent(&object.optional("accent"));
        let scenes = object.required("scenes").array(1..=limits::SCENES_MAX);
        let scenes = scenes.map(|scenes| scenes.iter().map(|scene| self.scene(scene.object()?)).collect());
        let music = self.asset(&object.optional("music"), Wanted::Sound);
        let voice = self.asset(&object.optional("voice"), Wanted::Sound);
        let clip_sound = self.given(&object.optional("clipSound")).choice(&CLIP_SOUNDS);
        object.finish();
        Some(Storyboard {
            title: title.unwrap_or_default(),
            duration_seconds: duration_seconds?,
            tone: tone?,
            palette: palette.unwrap_or(PaletteBase::Auto),
            accent,
            scenes: scenes.flatten()?,
            music: music.map(|(id, _)| id),
            voice: voice.map(|(id, _)| id),
            clip_sound: clip_sound.unwrap_or(ClipSound::Off),
        })
    }

    fn scene(&self, mut object: ObjectReader<'_, 'a>) -> Option<Scene> {
        let longest = *limits::DURATION_SECS.end();
        let duration_seconds = object.required("durationSeconds").number(NumberRange::above(0.0, longest));
        let layout = object.required("layout").choice(&LAYOUTS);
        let headline = self.words(&object.optional("headline"), limits::HEADLINE_CHARS_MAX);
        let body = self.words(&object.optional("body"), limits::BODY_CHARS_MAX);
        let label = self.words(&object.optional("label"), limits::LABEL_CHARS_MAX);
        let asset = self.asset(&object.optional("assetId"), Wanted::Picture);
        let asset_start = self.given(&object.optional("assetStart"));
        let more_field = self.given(&object.optional("moreAssetIds"));
        let more = more_field.array(0..=limits::MORE_ASSETS_MAX).unwrap_or_default();
        match layout {
            Some(Layout::Split | Layout::PictureInPicture) if more.len() > 1 => {
                more_field
                    .reject(codes::TOO_LONG, "has more than one file; this layout shows one beside assetId");
            }
            Some(Layout::Split | Layout::PictureInPicture | Layout::Gallery) | None => {}
            Some(_) if more.is_empty() => {}
            Some(_) => more_field.reject(
                codes::MEANINGLESS,
                "is for the layouts split, pictureInPicture and gallery; leave it out, or choose one of them",
            ),
        }
        let more = more.iter().filter_map(|id| self.asset(id, Wanted::Picture)).map(|(id, _)| id).collect();
        let motion = self.given(&object.optional("motion")).choice(&MOTIONS);
        let transition = self.given(&object.optional("transition")).choice(&TRANSITIONS);
        object.finish();
        Some(Scene {
            duration_seconds: duration_seconds?,
            layout: layout?,
            headline,
            body,
            label,
            asset_start: asset_start.number(start_range(asset.as_ref().map(|(_, analysis)| *analysis))),
            asset_id: asset.map(|(id, _)| id),
            more_asset_ids: more,
            motion: motion.unwrap_or(Motion::Still),
            transition: transition.unwrap_or(Transition::Cut),
        })
    }

    /// As the field itself, but `null` is absent: models that must name every field have no other way to leave one out.
    fn given<'v>(&self, field: &Field<'v, 'a>) -> Field<'v, 'a> {
        Field::new(field.raw().filter(|value| !value.is_null()), field.pointer().clone(), self.issues)
    }

    fn words(&self, field: &Field<'_, 'a>, chars_max: usize) -> Option<String> {
        // Bounded before it is looked at: what is taken out may be long, but not endless.
        let field = self.given(field);
        let words = shown_from_text(field.string(0..=template::TEXT_CHARS_MAX)?);
        let chars = words.chars().count();
        if chars > chars_max {
            field.reject(codes::TOO_LONG, format!("has {chars} characters; it may have {chars_max}"));
        }
        (1..=chars_max).contains(&chars).then_some(words)
    }

    fn accent(&self, field: &Field<'_, 'a>) -> Option<String> {
        let field = self.given(field);
        let color = field.string(0..=template::TEXT_CHARS_MAX)?;
        let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6);
        if digits.is_none_or(|digits| !digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            field.reject(codes::INVALID_COLOR, "is not a colour here; write it as #rrggbb");
            return None;
        }
        Some(color.to_ascii_lowercase())
    }

    fn asset(&self, field: &Field<'_, 'a>, wanted: Wanted) -> Option<(AssetId, &'a AssetAnalysis)> {
        let field = self.given(field);
        let id = AssetId(field.string(0..=template::TEXT_CHARS_MAX)?.to_owned());
        let Some(asset) = self.brief.asset(&id) else {
            let ids: Vec<String> = (0..self.brief.assets.len()).map(|index| asset_id(index).0).collect();
            let meant = nearest(&id.0, ids.iter().map(String::as_str));
            let detail = match ids.as_slice() {
                [] => "names an asset, and there are none; leave it out".to_owned(),
                ids => format!("is not the id of an asset; these are: {}", ids.join(", ")),
            };
            field.reject_as(codes::MISSING_ASSET, detail, meant);
            return None;
        };
        match wanted {
            Wanted::Picture if asset.analysis.picture.is_none() => {
                field.reject(codes::NO_VIDEO_STREAM, format!("{} has no picture to show", id.0));
                None
            }
            Wanted::Sound if asset.analysis.sound.is_none() => {
                field.reject(codes::NO_AUDIO_STREAM, format!("{} has no sound to hear", id.0));
                None
            }
            Wanted::Picture | Wanted::Sound => Some((id, &asset.analysis)),
        }
    }
}

/// Where in a file a scene may begin, in seconds.
fn start_range(analysis: Option<&AssetAnalysis>) -> RangeInclusive<f64> {
    0.0..=analysis.and_then(|found| found.duration_secs).unwrap_or(template::SOURCE_SECS_MAX).max(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::test_brief as brief;

    fn minimal() -> Value {
        json!({ "durationSeconds": 5, "tone": "bold", "scenes": [ { "durationSeconds": 5, "layout": "title" } ] })
    }

    #[track_caller]
    fn found(pointer: &str, value: Value) -> Vec<(String, &'static str)> {
        let mut storyboard = minimal();
        let (object, name) = pointer.rsplit_once('/').unwrap();
        storyboard.pointer_mut(object).unwrap()[name] = value;
        match Storyboard::from_value(&storyboard, &brief()) {
            Ok(_) => Vec::new(),
            Err(issues) => issues.into_vec().into_iter().map(|issue| (issue.pointer, issue.code)).collect(),
        }
    }

    #[test]
    fn a_storyboard_comes_back_from_its_own_json() {
        let storyboard = Storyboard::from_value(&minimal(), &brief()).unwrap();
        let json = serde_json::to_value(&storyboard).unwrap();
        assert_eq!(Storyboard::from_value(&json, &brief()).unwrap(), storyboard);
        assert_eq!((storyboard.palette, storyboard.scenes[0].motion), (PaletteBase::Auto, Motion::Still));
    }

    #[test]
    fn the_names_of_choices_are_those_of_the_types() {
        fn check<T: serde::Serialize + Copy>(table: &[(&str, T)]) {
            for (name, value) in table {
                assert_eq!(serde_json::to_value(value).unwrap(), *name);
            }
        }
        check(&LAYOUTS);
        check(&MOTIONS);
        check(&TRANSITIONS);
        check(&TONES);
        check(&PALETTES);
        check(&CLIP_SOUNDS);
    }

    #[test]
    fn each_broken_rule_is_told_in_its_place() {
        for (pointer, value, code) in [
            ("/durationSeconds", json!(181), codes::OUT_OF_RANGE),
            ("/durationSeconds", json!(1e300), codes::OUT_OF_RANGE),
            ("/durationSeconds", json!("5"), codes::WRONG_TYPE),
            ("/durationSeconds", json!(null), codes::WRONG_TYPE),
            ("/tone", json!("angry"), codes::UNKNOWN_VALUE),
            ("/accent", json!("url(http://evil.example)"), codes::INVALID_COLOR),
            ("/scenes", json!([]), codes::TOO_SHORT),
            ("/scenes", json!(vec![minimal()["scenes"][0].clone(); 10_000]), codes::TOO_LONG),
            ("/scenes/0/durationSeconds", json!(0), codes::OUT_OF_RANGE),
            ("/scenes/0/durationSeconds", json!(-1), codes::OUT_OF_RANGE),
            ("/scenes/0/layout", json!("ffmpeg"), codes::UNKNOWN_VALUE),
            ("/scenes/0/headline", json!("x".repeat(141)), codes::TOO_LONG),
            ("/scenes/0/headline", json!(["x"]), codes::WRONG_TYPE),
            ("/scenes/0/assetId", json!("a9"), codes::MISSING_ASSET),
            ("/scenes/0/assetId", json!("a01"), codes::MISSING_ASSET),
            ("/scenes/0/assetId", json!("../../etc/passwd"), codes::MISSING_ASSET),
            ("/scenes/0/assetId", json!("https://evil.example/x.mp4"), codes::MISSING_ASSET),
            ("/scenes/0/assetId", json!("a3"), codes::NO_VIDEO_STREAM),
            ("/scenes/0/moreAssetIds", json!(["a1", "a1", "a1", "a1", "a1", "a1"]), codes::TOO_LONG),
            ("/scenes/0/moreAssetIds", json!(["a2"]), codes::MEANINGLESS),
            ("/scenes/0/filter", json!("hue=s=0"), codes::UNKNOWN_FIELD),
            ("/scenes/0/sourceUrl", json!("https://evil.example"), codes::UNKNOWN_FIELD),
            ("/music", json!("a2"), codes::NO_AUDIO_STREAM),
            ("/music", json!(3), codes::WRONG_TYPE),
        ] {
            assert_eq!(found(pointer, value.clone()), [(pointer.to_owned(), code)], "{value}");
        }
        let late = json!({ "durationSeconds": 5, "layout": "plain", "assetId": "a1", "assetStart": 11 });
        assert_eq!(
            found("/scenes", json!([late])),
            [("/scenes/0/assetStart".to_owned(), codes::OUT_OF_RANGE)]
        );
    }

    #[test]
    fn a_slip_is_told_what_was_probably_meant() {
        let mut storyboard = minimal();
        storyboard["scenes"][0]["layout"] = json!("lower_third");
        let issues = Storyboard::from_value(&storyboard, &brief()).unwrap_err().into_vec();
        assert_eq!(issues[0].suggestion.as_deref(), Some("lowerThird"));
    }

    #[test]
    fn words_stay_words_and_lose_what_controls() {
        let mut storyboard = minimal();
        storyboard["scenes"][0]["headline"] = json!("a\u{0}\u{1b}[0m  <b>\nhttps://evil.example/../x");
        let read = Storyboard::from_value(&storyboard, &brief()).unwrap();
        assert_eq!(read.scenes[0].headline.as_deref(), Some("a[0m <b> https://evil.example/../x"));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_there_is_a_storyboard_or_a_reason(key in "[a-zA-Z]{1,12}", text in ".{0,40}", number in any::<f64>()) {
            for value in [json!(text), json!(number), json!({ &key: text }), json!([number])] {
                for pointer in ["/scenes/0", "/scenes/0/assetId", "/scenes/0/assetStart", "/scenes", "/tone", "/accent"] {
                    let mut storyboard = minimal();
                    let (object, name) = pointer.rsplit_once('/').unwrap();
                    match storyboard.pointer_mut(object).unwrap() {
                        Value::Array(scenes) => scenes[0] = value.clone(),
                        object => object[name] = value.clone(),
                    }
                    if let Ok(read) = Storyboard::from_value(&storyboard, &brief()) {
                        prop_assert!(read.scenes.iter().all(|scene| scene.duration_seconds.is_finite()));
                    }
                }
            }
        }
    }
}
