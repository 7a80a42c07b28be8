//! What holds of every compiled storyboard, whatever is in it.

use std::collections::BTreeMap;

use avs_protocol::{
    AssetAnalysis, ColorShare, GRID_COLUMNS, GRID_ROWS, MediaKind, PictureAnalysis, PictureGrid,
    PictureSample,
};
use avs_template::{MediaFacts, OutputSpec, Pointer, Source, Template, Ticks, Timeline};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{CompileError, Compiled, compile};
use crate::layout::Frame;
use crate::palette::Rgb;
use crate::{
    Brief, BriefAsset, ClipSound, Layout, Motion, PaletteBase, Scene, Storyboard, Tone, Transition, asset_id,
};

const LAYOUTS: [Layout; 15] = [
    Layout::Plain,
    Layout::Title,
    Layout::Hook,
    Layout::Statement,
    Layout::LowerThird,
    Layout::Caption,
    Layout::ListItem,
    Layout::Step,
    Layout::Quote,
    Layout::Price,
    Layout::Split,
    Layout::PictureInPicture,
    Layout::Gallery,
    Layout::Number,
    Layout::EndCard,
];
const ASPECTS: [&str; 8] = ["16:9", "9:16", "1:1", "4:5", "5:4", "4:3", "3:4", "21:9"];
const TONES: [Tone; 9] = [
    Tone::Bold,
    Tone::Clean,
    Tone::Luxury,
    Tone::Warm,
    Tone::Playful,
    Tone::Editorial,
    Tone::Sport,
    Tone::Retro,
    Tone::Code,
];

/// A sample whose every cell is of this luma, but for a patch of 4 × 4 cells at that cell that stands out.
fn sample(at_secs: f64, (low, high): (u8, u8), patch: (usize, usize)) -> PictureSample {
    let cells = GRID_COLUMNS * GRID_ROWS;
    let saliency = (0..cells).map(|cell| {
        let (column, row) = (cell % GRID_COLUMNS, cell / GRID_COLUMNS);
        let inside = (patch.0..patch.0 + 4).contains(&column) && (patch.1..patch.1 + 4).contains(&row);
        if inside { 250 } else { 10 }
    });
    PictureSample {
        at_secs,
        sharpness: 0.5,
        motion: 0.1,
        shake: 0.0,
        brightness: 0.5,
        clipped_ratio: 0.0,
        colorfulness: 0.1,
        is_blank: false,
        is_frozen: false,
        hash: 0,
        grid: PictureGrid {
            luma_low: vec![low; cells],
            luma_high: vec![high; cells],
            edges: vec![20; cells],
            saliency: saliency.collect(),
        },
    }
}

fn picture(name: &str, size: (u32, u32), luma: (u8, u8), patch: (usize, usize)) -> BriefAsset {
    let is_video = name.ends_with(".mp4");
    let count = if is_video { 12 } else { 1 };
    let analysis = AssetAnalysis {
        name: name.to_owned(),
        kind: if is_video { MediaKind::Video } else { MediaKind::Image },
        duration_secs: is_video.then_some(6.0),
        width_px: Some(size.0),
        height_px: Some(size.1),
        picture: Some(PictureAnalysis {
            colors: vec![ColorShare { rgb: [30, 90, 160], ratio: 0.6 }],
            transparent_ratio: if name.starts_with("logo") { 0.4 } else { 0.0 },
            is_screen: name.starts_with("screen"),
            cuts_secs: Vec::new(),
            samples: (0..count).map(|at| sample(f64::from(at) * 0.5, luma, patch)).collect(),
        }),
        sound: None,
    };
    BriefAsset { source: Source::Upload(name.to_owned()), analysis, recording: None }
}

fn brief(aspect: &str) -> Brief {
    Brief {
        prompt: String::new(),
        output: json!({ "aspectRatio": aspect }),
        assets: vec![
            picture("wide.mp4", (1920, 1080), (20, 250), (10, 10)),
            picture("tall.mp4", (1080, 1920), (90, 180), (6, 6)),
            picture("photo.jpg", (3000, 2000), (150, 250), (2, 2)),
            picture("screen.png", (1080, 2340), (230, 255), (6, 6)),
            picture("logo.png", (800, 400), (0, 255), (6, 6)),
            picture("small.jpg", (320, 240), (0, 60), (0, 12)),
        ],
        font_families: vec!["Inter".to_owned(), "Noto Sans".to_owned()],
    }
}

fn scene(layout: Layout, asset: Option<usize>) -> Scene {
    Scene {
        duration_seconds: 4.0,
        layout,
        headline: Some("Bread, baked before you wake up".to_owned()),
        body: Some("Every day from six".to_owned()),
        label: Some("Step 2".to_owned()),
        asset_id: asset.map(asset_id),
        asset_start: None,
        more_asset_ids: asset.map(|asset| vec![asset_id((asset + 1) % 3), asset_id(2)]).unwrap_or_default(),
        motion: Motion::PushIn,
        transition: Transition::Cut,
    }
}

fn storyboard(scenes: Vec<Scene>) -> Storyboard {
    Storyboard {
        title: "A video".to_owned(),
        duration_seconds: scenes.iter().map(|scene| scene.duration_seconds).sum::<f64>().max(1.0),
        tone: Tone::Bold,
        palette: PaletteBase::Auto,
        accent: None,
        scenes,
        music: None,
        voice: None,
        clip_sound: ClipSound::Under,
    }
}

/// The template as the engine takes it.
#[track_caller]
fn timeline(compiled: &Compiled, brief: &Brief) -> Timeline {
    let root = Pointer::root();
    let template = Template::from_value(&compiled.template, &root).unwrap();
    let output = OutputSpec::from_value(&brief.output, &root).unwrap();
    let facts = |asset: &BriefAsset| MediaFacts {
        duration: asset.analysis.duration_secs.map(Ticks::from_secs),
        size: asset.analysis.width_px.zip(asset.analysis.height_px),
        has_audio: asset.analysis.sound.is_some(),
        audio_duration: None,
        has_alpha: false,
    };
    let facts: BTreeMap<String, MediaFacts> =
        brief.assets.iter().map(|asset| (asset.source.key().to_owned(), facts(asset))).collect();
    Timeline::new(&template, &facts, &output).unwrap()
}

/// What must hold of every compiled storyboard.
#[track_caller]
fn check(storyboard: &Storyboard, brief: &Brief) -> Compiled {
    let compiled = compile(storyboard, brief).unwrap();
    let again = compile(storyboard, brief).unwrap();
    assert_eq!(compiled.template.to_string(), again.template.to_string(), "the same bytes");
    let timeline = timeline(&compiled, brief);
    let wanted = (storyboard.duration_seconds * 30.0).round().max(storyboard.scenes.len() as f64);
    assert!(
        (timeline.frame_count as f64 - wanted).abs() < 0.5,
        "{} frames of {wanted}",
        timeline.frame_count
    );
    let output = OutputSpec::from_value(&brief.output, &Pointer::root()).unwrap();
    let frame = Frame::of_output(output.width_px, output.height_px);
    for text in &compiled.report.texts {
        let safe = if text.strict { frame.strict() } else { frame.safe() };
        let [x, y, w, h] = text.bounds;
        let within = x * frame.w >= safe.x - 1.0
            && y * frame.h >= safe.y - 1.0
            && (x + w) * frame.w <= safe.right() + 1.0
            && (y + h) * frame.h <= safe.bottom() + 1.0;
        assert!(within, "outside of {safe:?} in {frame:?}: {text:?}");
        let contrast = Rgb(text.color_rgb).contrast(Rgb(text.ground_rgb));
        assert!(contrast >= 4.5, "{contrast}: {text:?}");
    }
    compiled
}

#[test]
fn every_layout_holds_in_every_shape_with_and_without_pictures() {
    for aspect in ASPECTS {
        let brief = brief(aspect);
        let pictures = [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)];
        for asset in pictures {
            for layout in LAYOUTS {
                let compiled = check(&storyboard(vec![scene(layout, asset)]), &brief);
                assert_eq!(compiled.report.texts.len(), 3, "{layout:?} {aspect} {asset:?}");
                assert!(
                    compiled.report.texts.iter().all(|text| text.size_px >= 30.0),
                    "{layout:?} {aspect} {asset:?}: {:?}",
                    compiled.report.texts
                );
                assert!(
                    compiled.report.texts.iter().all(|text| !text.hurried),
                    "{layout:?} {aspect} {asset:?}"
                );
            }
        }
    }
}

#[test]
fn every_tone_has_its_colours_and_letters_out_of_what_there_is() {
    for tone in TONES {
        for palette in [PaletteBase::Auto, PaletteBase::Dark, PaletteBase::Light] {
            for accent in
                [None, Some("#ffee00".to_owned()), Some("#101010".to_owned()), Some("#3b5bdb".to_owned())]
            {
                let scenes = LAYOUTS.iter().map(|layout| scene(*layout, None)).collect();
                let board = Storyboard { tone, palette, accent, ..storyboard(scenes) };
                let compiled = check(&board, &brief("9:16"));
                let families: Vec<&Value> = blocks(&compiled)
                    .iter()
                    .filter_map(|block| block.pointer("/font/family"))
                    .filter(|family| *family != "Inter" && *family != "Noto Sans")
                    .collect();
                assert!(families.is_empty(), "{families:?}");
            }
        }
    }
}

fn blocks(compiled: &Compiled) -> &[Value] {
    compiled.template["blocks"].as_array().unwrap()
}

#[test]
fn words_keep_off_what_matters_in_the_picture() {
    for (patch, wanted_low) in [((6, 1), true), ((6, 11), false)] {
        let mut brief = brief("16:9");
        brief.assets[0] = picture("wide.mp4", (1920, 1080), (40, 120), patch);
        let compiled = check(&storyboard(vec![scene(Layout::Hook, Some(0))]), &brief);
        let headline = compiled.report.texts.iter().find(|text| text.role == "headline").unwrap();
        assert_eq!(headline.bounds[1] > 0.5, wanted_low, "{patch:?} {headline:?}");
    }
}

#[test]
fn a_hook_is_there_on_the_first_frame_and_nothing_fades_before_a_cut() {
    let compiled = check(
        &storyboard(vec![
            scene(Layout::Hook, Some(0)),
            scene(Layout::Title, Some(2)),
            scene(Layout::EndCard, None),
        ]),
        &brief("9:16"),
    );
    let of_hook: Vec<_> = compiled.report.texts.iter().filter(|text| text.scene == 0).collect();
    assert!(of_hook.iter().all(|text| text.readable_from == 0), "{of_hook:?}");
    let leaves = blocks(&compiled).iter().any(|block| {
        block["animations"]
            .as_array()
            .is_some_and(|animations| animations.iter().any(|one| one["at"] == "out"))
    });
    assert!(!leaves);
}

#[test]
fn the_scene_before_shows_under_a_transition_and_its_words_have_left() {
    let dissolved = Scene { transition: Transition::Dissolve, ..scene(Layout::Title, Some(2)) };
    let compiled = check(&storyboard(vec![scene(Layout::Title, Some(0)), dissolved]), &brief("16:9"));
    let cut = f64::from(compiled.report.cuts[0]) / 30.0;
    let first = &blocks(&compiled)[0];
    assert!(first["duration"].as_f64().unwrap() > cut + 0.3, "{first}");
    assert!(
        compiled.report.texts.iter().filter(|text| text.scene == 0).all(|text| {
            text.end_frame <= compiled.report.cuts[0] && text.readable_until < text.end_frame
        })
    );
}

#[test]
fn a_video_that_is_too_short_is_slowed_and_then_held_and_the_report_says_so() {
    let long = Scene { duration_seconds: 12.0, ..scene(Layout::Plain, Some(0)) };
    let compiled = check(&storyboard(vec![long]), &brief("16:9"));
    let video = blocks(&compiled).iter().find(|block| block["type"] == "video").unwrap();
    assert_eq!(video["speed"], json!(0.8));
    assert!(compiled.notes.iter().any(|note| note.text.contains("held")), "{:?}", compiled.report);
    let fitting = Scene { duration_seconds: 7.0, ..scene(Layout::Plain, Some(0)) };
    let compiled = check(&storyboard(vec![fitting]), &brief("16:9"));
    assert!(!compiled.notes.iter().any(|note| note.text.contains("held")), "{:?}", compiled.report);
}

#[test]
fn a_still_that_shows_again_is_nearer_and_whole_the_third_time() {
    let (plain, other) = (scene(Layout::Plain, Some(2)), scene(Layout::Plain, Some(0)));
    let compiled = check(&storyboard(vec![plain.clone(), other, plain.clone(), plain]), &brief("16:9"));
    let scales: Vec<f64> = blocks(&compiled)
        .iter()
        .filter_map(|block| block.pointer("/kenBurns/from/scale").and_then(Value::as_f64))
        .collect();
    assert!(scales.len() == 3 && scales[1] > scales[0] * 1.3 && scales[2] == scales[0], "{scales:?}");
}

/// The left edges of a video's window at the start and at the end of a scene.
fn left_edges(asset: BriefAsset) -> (f64, f64) {
    let mut brief = brief("9:16");
    brief.assets[0] = asset;
    let still = Scene { motion: Motion::Still, asset_start: Some(0.0), ..scene(Layout::Plain, Some(0)) };
    let compiled = check(&storyboard(vec![still]), &brief);
    let crop = blocks(&compiled).iter().find_map(|block| block.get("crop")).unwrap().clone();
    let left = |crop: &Value| crop["left"].as_f64().unwrap();
    match crop.as_array() {
        Some(frames) => (left(&frames[0]["value"]), left(&frames[1]["value"])),
        None => (left(&crop), left(&crop)),
    }
}

#[test]
fn a_window_goes_along_with_what_matters_and_stays_where_that_stays() {
    let (first, last) = left_edges(picture("wide.mp4", (1920, 1080), (20, 250), (3, 6)));
    assert_eq!(first, last);
    let mut moves = picture("wide.mp4", (1920, 1080), (20, 250), (3, 6));
    let samples = &mut moves.analysis.picture.as_mut().unwrap().samples;
    for (nth, looked) in samples.iter_mut().enumerate() {
        *looked = sample(nth as f64 * 0.5, (20, 250), (nth.min(9), 6));
    }
    let (first, last) = left_edges(moves);
    assert!(last > first + 0.05, "{first} {last}");
}

#[test]
fn a_window_stays_where_going_along_would_lose_what_matters_on_the_way() {
    let mut wanders = picture("wide.mp4", (1920, 1080), (20, 250), (3, 6));
    let samples = &mut wanders.analysis.picture.as_mut().unwrap().samples;
    // It jumps to the right, and ends left of where it began.
    for (nth, looked) in samples.iter_mut().enumerate() {
        let column = [5, 5, 5, 12, 12, 12].get(nth).copied().unwrap_or(0);
        *looked = sample(nth as f64 * 0.5, (20, 250), (column, 6));
    }
    let (first, last) = left_edges(wanders);
    assert_eq!(first, last);
}

#[test]
fn a_small_film_fills_an_upright_frame_and_a_tiny_one_has_its_blur() {
    for (size, fits) in [((800, 332), "cover"), ((400, 166), "contain-blur")] {
        let mut brief = brief("9:16");
        brief.output["resolution"] = json!("720p");
        brief.assets[0] = picture("wide.mp4", size, (20, 250), (10, 6));
        let bare = Scene {
            headline: None,
            body: None,
            label: None,
            more_asset_ids: Vec::new(),
            ..scene(Layout::Plain, Some(0))
        };
        let compiled = check(&storyboard(vec![bare]), &brief);
        let video = blocks(&compiled).iter().find(|block| block["type"] == "video").unwrap();
        assert_eq!(video["fit"], fits, "{size:?}");
    }
}

#[test]
fn a_picture_of_another_kind_is_an_error_and_so_is_no_scene() {
    let foreign = Scene { asset_id: Some(asset_id(40)), ..scene(Layout::Plain, None) };
    let compiled = compile(&storyboard(vec![foreign]), &brief("16:9"));
    assert!(matches!(compiled, Err(CompileError::NoPicture { scene: 0, .. })));
    assert!(matches!(compile(&storyboard(Vec::new()), &brief("16:9")), Err(CompileError::NoScenes)));
}

#[test]
fn a_logo_without_see_through_parts_stands_sharp_on_the_last_card() {
    let card = check(&storyboard(vec![scene(Layout::EndCard, Some(4))]), &brief("1:1"));
    let logo = blocks(&card).iter().find(|block| block["type"] == "image").unwrap();
    assert_eq!((&logo["fit"], &logo["filters"]), (&json!("contain"), &Value::Null));
    let card = check(&storyboard(vec![scene(Layout::EndCard, Some(2))]), &brief("1:1"));
    let photo = blocks(&card).iter().find(|block| block["type"] == "image").unwrap();
    assert_eq!(photo["filters"][0]["type"], "blur", "a photo is behind the words");
}

#[test]
fn words_in_the_middle_leave_what_matters_there() {
    let title =
        Scene { body: None, label: None, more_asset_ids: Vec::new(), ..scene(Layout::Title, Some(0)) };
    let place = |patch: (usize, usize)| {
        let assets = vec![picture("photo.jpg", (1080, 1350), (90, 180), patch)];
        let story = Storyboard { tone: Tone::Luxury, ..storyboard(vec![title.clone()]) };
        let [_, y, _, h] = check(&story, &Brief { assets, ..brief("4:5") }).report.texts[0].bounds;
        (y, y + h)
    };
    // The patch takes the rows from 0.375 to 0.625.
    let (top, bottom) = place((6, 6));
    assert!(bottom <= 0.38 || top >= 0.62, "{top} to {bottom}");
    let (top, bottom) = place((0, 0));
    assert!(top < 0.5 && bottom > 0.5, "the middle, where nothing speaks against it: {top} to {bottom}");
}

#[test]
fn too_much_to_read_is_flagged() {
    let words = "so many words that nobody could ever read them all in the time that there is for them";
    let crammed = Scene { headline: Some(words.to_owned()), ..scene(Layout::Statement, None) };
    let board = Storyboard { duration_seconds: 1.5, ..storyboard(vec![crammed]) };
    let compiled = check(&board, &brief("1:1"));
    assert!(compiled.report.texts.iter().any(|text| text.hurried));
    assert!(
        compiled.notes.iter().any(|note| note.code == crate::NoteCode::TooLittleTime),
        "{:?}",
        compiled.notes
    );
}

fn any_text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        "[A-Za-z0-9€ ,.!]{1,60}".prop_map(Some),
        "\\PC{0,140}".prop_map(Some),
        "[一-十あ-んア-ン、。]{1,40}".prop_map(Some),
        "[ا-ي ]{1,40}".prop_map(Some),
        "[a-z]{40,140}".prop_map(Some),
    ]
}

prop_compose! {
    fn any_scene()(
        (layout, asset, more) in (0..15_usize, prop::option::of(0..6_usize), prop::collection::vec(0..6_usize, 0..6)),
        (headline, body, label) in (any_text(), any_text(), any_text()),
        (secs, start) in (0.2..9.0_f64, prop::option::of(0.0..8.0_f64)),
        (motion, transition) in (0..5_usize, 0..5_usize),
    ) -> Scene {
        let motions = [Motion::Still, Motion::PushIn, Motion::PullOut, Motion::PanLeft, Motion::PanRight];
        let transitions = [
            Transition::Cut, Transition::Dissolve, Transition::FadeBlack, Transition::Slide, Transition::Zoom,
        ];
        Scene {
            duration_seconds: secs,
            layout: LAYOUTS[layout],
            headline, body, label,
            asset_id: asset.map(asset_id),
            asset_start: start,
            more_asset_ids: more.into_iter().map(asset_id).collect(),
            motion: motions[motion],
            transition: transitions[transition],
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_storyboard_compiles_to_what_the_engine_takes(
        scenes in prop::collection::vec(any_scene(), 1..9),
        (aspect, tone, secs) in (0..8_usize, 0..9_usize, 1.0..60.0_f64),
    ) {
        let board = Storyboard { tone: TONES[tone], duration_seconds: secs, ..storyboard(scenes) };
        let brief = brief(ASPECTS[aspect]);
        let compiled = check(&board, &brief);
        let template = Template::from_value(&compiled.template, &Pointer::root()).unwrap();
        for (_, source) in template.sources() {
            prop_assert!(brief.assets.iter().any(|asset| asset.source == *source));
        }
    }
}
