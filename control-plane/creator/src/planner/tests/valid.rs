//! What makes a plan a valid one.

use std::collections::BTreeSet;

use avs_protocol::MediaKind;

use crate::footage::{Footage, Role, name_words};
use crate::planner::Plan;
use crate::prompt::{Phrase, Understanding, phrase};
use crate::{AssetId, Brief, Layout, Scene, Storyboard, asset_id, limits};

/// Rounding of starts and lengths to the millisecond, in seconds.
const ROUNDING_SECS: f64 = 0.005;

/// Panics where a plan breaks a rule that every plan keeps.
#[track_caller]
pub(super) fn assert_valid(brief: &Brief, understanding: &Understanding, plan: &Plan) {
    let storyboard = &plan.storyboard;
    assert_lengths(storyboard);
    assert_files(brief, plan);
    for scene in &storyboard.scenes {
        assert_texts_within_limits(scene);
        assert_part_is_inside_its_file(brief, scene);
    }
    assert_no_part_shows_twice(brief, plan);
    assert_words_are_given(brief, understanding, storyboard);
    assert!(plan.output["aspectRatio"].is_string(), "{}", plan.output);
    let json = serde_json::to_value(storyboard).unwrap();
    assert_eq!(serde_json::from_value::<Storyboard>(json).unwrap().scenes.len(), storyboard.scenes.len());
}

#[track_caller]
fn assert_lengths(storyboard: &Storyboard) {
    let scenes = &storyboard.scenes;
    assert!((1..=limits::SCENES_MAX).contains(&scenes.len()), "{} scenes", scenes.len());
    assert!(limits::DURATION_SECS.contains(&storyboard.duration_seconds), "{}", storyboard.duration_seconds);
    assert!(scenes.iter().all(|scene| scene.duration_seconds.is_finite() && scene.duration_seconds > 0.0));
    let sum: f64 = scenes.iter().map(|scene| scene.duration_seconds).sum();
    assert!((sum - storyboard.duration_seconds).abs() < 1e-6, "{sum} of {}", storyboard.duration_seconds);
}

fn files(scene: &Scene) -> impl Iterator<Item = &AssetId> {
    scene.asset_id.iter().chain(&scene.more_asset_ids)
}

#[track_caller]
fn assert_files(brief: &Brief, plan: &Plan) {
    let storyboard = &plan.storyboard;
    let roles: Vec<Role> = Footage::of_brief(brief).files.iter().map(|file| file.role).collect();
    let used: BTreeSet<&AssetId> =
        storyboard.scenes.iter().flat_map(files).chain(&storyboard.music).chain(&storyboard.voice).collect();
    for id in &used {
        assert!(brief.asset(id).is_some(), "{id:?} is not in the brief");
    }
    for (index, role) in roles.iter().enumerate() {
        let id = asset_id(index);
        let noted =
            plan.notes.iter().any(|note| note.asset_id.as_ref() == Some(&id) && !note.text.is_empty());
        assert!(
            used.contains(&id) || noted,
            "{id:?} ({role:?}) is neither used nor noted: {:#?}",
            plan.notes
        );
    }
    for scene in &storyboard.scenes {
        assert!(scene.more_asset_ids.len() <= limits::MORE_ASSETS_MAX);
        for id in files(scene) {
            let index = (0..brief.assets.len()).find(|index| asset_id(*index) == *id).unwrap();
            let is_end = scene.layout == Layout::EndCard;
            let opened = storyboard.scenes.iter().find(|scene| scene.asset_id.as_ref() == Some(id));
            let is_backdrop = matches!(roles[index], Role::Clip | Role::Picture)
                && opened.is_some_and(|opened| opened.layout != Layout::EndCard);
            let may_end = roles[index] == Role::Logo || is_backdrop;
            assert!(if is_end { may_end } else { roles[index].is_shown() }, "{scene:?}");
        }
    }
}

#[track_caller]
fn assert_texts_within_limits(scene: &Scene) {
    let length = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count());
    assert!(length(&scene.headline) <= limits::HEADLINE_CHARS_MAX, "{scene:?}");
    assert!(length(&scene.body) <= limits::BODY_CHARS_MAX, "{scene:?}");
    assert!(length(&scene.label) <= limits::LABEL_CHARS_MAX, "{scene:?}");
    let has_words = scene.headline.is_some() || scene.body.is_some() || scene.label.is_some();
    assert!(has_words || scene.asset_id.is_some(), "an empty card: {scene:?}");
}

fn duration_of(brief: &Brief, id: &AssetId) -> Option<f64> {
    let analysis = &brief.asset(id)?.analysis;
    (analysis.kind == MediaKind::Video).then_some(analysis.duration_secs?)
}

#[track_caller]
fn assert_part_is_inside_its_file(brief: &Brief, scene: &Scene) {
    let Some(start) = scene.asset_start else { return };
    let duration = scene.asset_id.as_ref().and_then(|id| duration_of(brief, id)).unwrap();
    assert!(start.is_finite() && start >= 0.0, "{scene:?}");
    // A file that is shorter than its scene stands on its last picture.
    let end = start + scene.duration_seconds;
    assert!(end <= duration + ROUNDING_SECS || start == 0.0, "{scene:?} of a file of {duration} s");
}

#[track_caller]
fn assert_no_part_shows_twice(brief: &Brief, plan: &Plan) {
    let says_so = plan.notes.iter().any(|note| {
        note.text.contains("show twice")
            || note.text.contains("show again")
            || note.text.contains("stand longer")
    });
    if says_so {
        return;
    }
    let scenes = &plan.storyboard.scenes;
    for (at, scene) in scenes.iter().enumerate() {
        for other in &scenes[at + 1..] {
            let (Some(start), Some(other_start)) = (scene.asset_start, other.asset_start) else { continue };
            let overlap = (start + scene.duration_seconds).min(other_start + other.duration_seconds)
                - start.max(other_start);
            let is_fixed =
                |scene: &Scene| scene.layout == Layout::Split || scene.layout == Layout::LowerThird;
            if scene.asset_id == other.asset_id && !is_fixed(scene) && !is_fixed(other) {
                assert!(overlap <= ROUNDING_SECS, "shown twice: {scene:?} {other:?} {:?}", brief.prompt);
            }
        }
    }
}

/// Every word is of the prompt (here: of what was understood), of a file's name, or a fixed phrase; numbers of lists too.
#[track_caller]
fn assert_words_are_given(brief: &Brief, understanding: &Understanding, storyboard: &Storyboard) {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let mut given = brief.prompt.clone();
    given.push_str(&serde_json::to_string(understanding).unwrap());
    given.extend(brief.assets.iter().map(|asset| name_words(asset.source.key())));
    let phrases = [
        Phrase::LearnMore,
        Phrase::ThankYou,
        Phrase::Step,
        Phrase::Tip,
        Phrase::Before,
        Phrase::After,
        Phrase::Code,
        Phrase::SaveTheDate,
        Phrase::TheEnd,
    ];
    given.extend(phrases.map(|which| phrase(&understanding.language, which)));
    let given = bare(&given);
    for scene in &storyboard.scenes {
        for text in [&scene.headline, &scene.body, &scene.label].into_iter().flatten() {
            for word in text.split_whitespace().map(bare) {
                let is_number = word.parse::<u32>().is_ok_and(|number| number <= 60);
                assert!(is_number || given.contains(&word), "{word:?} of {text:?} is from nowhere");
            }
        }
    }
}
