//! Parts of files that are named by their times.

use super::fixture::{asset, clip};
use super::thirty::{clips, planned, understood};
use crate::prompt::{FilePart, Genre};
use crate::{NoteCode, Scene};

fn part(file: &str, from_secs: f64, to_secs: f64) -> FilePart {
    FilePart { file: file.to_owned(), from_secs, to_secs }
}

/// Says whether a scene shows nothing of its file but that.
fn is_within(scene: &Scene, from_secs: f64, to_secs: f64) -> bool {
    let start = scene.asset_start.unwrap();
    start >= from_secs - 1e-9 && start + scene.duration_seconds <= to_secs + 1e-6
}

#[test]
fn of_a_file_nothing_shows_but_the_parts_that_the_prompt_names() {
    let says = understood(Genre::Teaser, |says| says.parts = vec![part("CLIP_1.mp4", 12.0, 20.0)]);
    let plan = planned("x", &says, clips(2, 40.0));
    let of_it = |scene: &&Scene| {
        scene.asset_id.as_ref().is_some_and(|id| id.0 == "a2") && scene.asset_start.is_some()
    };
    let scenes: Vec<&Scene> = plan.storyboard.scenes.iter().filter(of_it).collect();
    assert!(!scenes.is_empty() && scenes.iter().all(|scene| is_within(scene, 12.0, 20.0)), "{scenes:?}");
    assert!(plan.notes.iter().all(|note| note.code != NoteCode::WishUnmet), "{:?}", plan.notes);
}

#[test]
fn a_name_with_spaces_is_known_by_its_last_word() {
    let named = asset("my hero.mp4", clip(0, 40.0).analysis);
    let says = understood(Genre::Teaser, |says| says.parts = vec![part("hero.mp4", 30.0, 36.0)]);
    let plan = planned("x", &says, vec![named]);
    let shown: Vec<&Scene> =
        plan.storyboard.scenes.iter().filter(|scene| scene.asset_start.is_some()).collect();
    assert!(!shown.is_empty() && shown.iter().all(|scene| is_within(scene, 30.0, 36.0)), "{shown:?}");
}

#[test]
fn a_part_that_no_file_has_is_noted_and_the_file_shows_as_it_would() {
    let parts = vec![part("clip_0.mp4", 50.0, 60.0), part("other.mp4", 1.0, 2.0)];
    let says = understood(Genre::Teaser, |says| says.parts = parts);
    let plan = planned("x", &says, clips(1, 40.0));
    let told: Vec<&str> = plan.notes.iter().map(|note| note.text.as_str()).collect();
    assert!(told.contains(&"it has no part from 50 to 60 s"), "{told:?}");
    assert!(told.contains(&"a part of other.mp4 is wanted, and no file has that name"), "{told:?}");
    assert!(plan.storyboard.scenes.iter().any(|scene| scene.asset_start.is_some()));
}
