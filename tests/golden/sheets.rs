//! The contact sheets of the gallery: every feature that a template has, as small tiles.

use avs_tests::showcase::{sheets, write_showcase_media};
use avs_tests::{Scratch, contact_sheet, gpu_context};

use crate::compare::Golden;

#[track_caller]
fn assert_sheet(name: &'static str) {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_showcase_media(&scratch);
    let sheet = sheets().into_iter().find(|sheet| sheet.name == name).unwrap();
    let drawn = contact_sheet(&mut context, &sheet, scratch.path());
    // Half the size is enough to see any of it go wrong, and small enough to keep.
    let (width, height) = (drawn.width() / 2, drawn.height() / 2);
    let drawn = image::imageops::resize(&drawn, width, height, image::imageops::FilterType::Triangle);
    Golden { name, description: sheet.description, window_difference_max: 4.0 }.assert_image(&drawn);
}

macro_rules! sheet_tests {
    ($($test:ident: $name:literal),* $(,)?) => {
        const TESTED: &[&str] = &[$($name),*];
        $(#[test] fn $test() { assert_sheet($name); })*
    };
}

sheet_tests! {
    geometry_is_drawn: "geometry",
    entries_are_drawn: "animations-in",
    exits_are_drawn: "animations-out",
    endless_animations_are_drawn: "animations-loop",
    texts_enter_piece_by_piece: "text-animations",
    transitions_are_drawn: "transitions",
    filters_are_drawn: "filters",
    blend_modes_are_drawn: "blend-modes",
    features_of_text_are_drawn: "text",
    features_of_pictures_are_drawn: "pictures",
}

#[test]
fn every_sheet_of_the_gallery_is_held() {
    assert!(sheets().iter().all(|sheet| TESTED.contains(&sheet.name)));
}

/// Every word that a field of the schema may be.
fn words(schema: &serde_json::Value, into: &mut Vec<String>) {
    let words = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
    into.extend(words.filter_map(|word| word.as_str().map(str::to_owned)));
    for alternative in ["oneOf", "anyOf"].iter().filter_map(|keyword| schema[*keyword].as_array()).flatten() {
        words_of_type(alternative, into);
    }
}

/// The words of an object's `type`.
fn words_of_type(object: &serde_json::Value, into: &mut Vec<String>) {
    words(&object["properties"]["type"], into);
}

#[test]
fn every_animation_transition_filter_and_blend_mode_of_the_schema_is_on_a_sheet() {
    let schema = avs_template::template_schema();
    let text = &schema["$defs"]["text"]["properties"];
    let mut wanted = Vec::new();
    words_of_type(&text["animations"]["items"], &mut wanted);
    words_of_type(&text["transition"], &mut wanted);
    words(&text["filters"]["items"], &mut wanted);
    words(&text["blendMode"], &mut wanted);
    assert!(wanted.len() >= 12 + 14 + 11 + 17, "{wanted:?}");
    let drawn: String = sheets()
        .iter()
        .flat_map(|sheet| &sheet.showcases)
        .map(|showcase| showcase.template.to_string())
        .collect();
    // What does nothing is seen on every sheet.
    let missing: Vec<_> =
        wanted.iter().filter(|word| *word != "normal" && !drawn.contains(&format!("\"{word}\""))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
