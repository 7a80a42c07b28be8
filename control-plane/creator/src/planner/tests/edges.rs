//! Few files, many files, odd files, and none.

use super::fixture::{brief, clip, logo, music, picture, screen, voice};
use super::thirty::{and, clips, outline, photos, planned, price, text, texts, understood};
use crate::footage::{Footage, Role};
use crate::planner::{PlanError, plan};
use crate::prompt::{Genre, Understanding};
use crate::{AssetId, ClipSound, Layout};

fn nothing() -> Understanding {
    Understanding::of_prompt("")
}

#[test]
fn without_files_and_words_there_is_a_sentence() {
    let error = plan(&brief("", Vec::new()), &nothing()).unwrap_err();
    assert_eq!(error, PlanError::NothingToShow);
    assert!(error.to_string().contains("quotation marks"), "{error}");
    let mut says = nothing();
    says.title = text("Hello");
    says.wishes.no_text = true;
    assert_eq!(plan(&brief("", Vec::new()), &says).unwrap_err(), PlanError::NoTextAndNoPictures);
    let letters = vec![super::fixture::asset(
        "a.ttf",
        super::fixture::analysis(avs_protocol::MediaKind::Font, "a.ttf"),
    )];
    assert_eq!(plan(&brief("", letters), &nothing()).unwrap_err(), PlanError::NothingToShow);
}

#[test]
fn music_alone_is_titled_by_its_name() {
    let plan = planned("x", &nothing(), vec![music("summer_song.mp3", 60.0)]);
    assert_eq!(outline(&plan), ["Title summer song"]);
    assert_eq!(plan.storyboard.music, Some(AssetId("a1".to_owned())));
}

#[test]
fn one_small_picture_is_a_video() {
    let plan = planned("x", &nothing(), vec![picture(0, (40, 30))]);
    assert_eq!(plan.storyboard.scenes.len(), 1);
    assert!((3.0..=6.0).contains(&plan.storyboard.duration_seconds));
}

#[test]
fn words_without_files_stand_on_cards() {
    let says = understood(Genre::Teaser, |says| {
        says.title = text("Hello");
        says.quoted = texts(&["One thing", "Another thing"]);
        says.prices = vec![price("€5", None)];
    });
    let plan = planned("x", &says, Vec::new());
    assert!(plan.storyboard.scenes.iter().all(|scene| scene.asset_id.is_none()));
    let layouts: Vec<Layout> = plan.storyboard.scenes.iter().map(|scene| scene.layout).collect();
    assert_eq!(
        layouts,
        [Layout::Title, Layout::Statement, Layout::Statement, Layout::Price, Layout::EndCard]
    );
}

#[test]
fn twenty_pictures_in_fifteen_seconds_are_shots_and_a_gallery_and_notes() {
    let says =
        understood(Genre::Teaser, |says| (says.duration_secs, says.title) = (Some(15.0), text("Hello")));
    let plan = planned("x", &says, photos(20));
    let gallery: Vec<_> =
        plan.storyboard.scenes.iter().filter(|scene| scene.layout == Layout::Gallery).collect();
    assert_eq!(gallery.len(), 1);
    assert!(gallery[0].duration_seconds >= 2.0 && gallery[0].more_asset_ids.len() >= 2, "{gallery:?}");
    assert!(plan.storyboard.scenes.iter().all(|scene| scene.duration_seconds >= 0.89), "no flicker");
}

#[test]
fn a_video_shorter_than_asked_shows_again_and_says_so() {
    let says = understood(Genre::Teaser, |says| says.duration_secs = Some(20.0));
    let plan = planned("x", &says, clips(1, 5.0));
    assert!((plan.storyboard.duration_seconds - 20.0).abs() < 1e-9);
    assert!(plan.notes.iter().any(|note| note.text.contains("show again")), "{:?}", plan.notes);
    let open = planned("x", &understood(Genre::Teaser, |_| {}), clips(1, 5.0));
    assert!(open.storyboard.duration_seconds < 10.0, "left open, it is as long as its files");
    assert!(!open.notes.iter().any(|note| note.text.contains("show again")), "{:?}", open.notes);
}

#[test]
fn a_moment_is_held_and_does_not_flicker() {
    let says = understood(Genre::Teaser, |says| says.duration_secs = Some(15.0));
    let plan = planned("x", &says, clips(1, 0.1));
    assert!((plan.storyboard.duration_seconds - 15.0).abs() < 1e-9);
    assert!(plan.storyboard.scenes.len() <= 4, "{:?}", outline(&plan));
}

#[test]
fn what_shall_not_be_heard_is_not_heard_and_why_is_told() {
    let assets = || and(and(clips(2, 10.0), voice("take.wav", 8.0)), music("song.mp3", 90.0));
    let silent = planned("x", &understood(Genre::Recap, |says| says.wishes.silent = true), assets());
    let it = &silent.storyboard;
    assert_eq!((&it.music, &it.voice, it.clip_sound), (&None, &None, ClipSound::Off));
    let told = silent.notes.iter().filter(|note| note.text == "the prompt wants no sound").count();
    assert_eq!(told, 2, "{:?}", silent.notes);
    let muted =
        understood(Genre::Recap, |says| (says.wishes.mute_clips, says.wishes.keep_sound) = (true, true));
    let muted = planned("x", &muted, clips(2, 10.0));
    assert_eq!(muted.storyboard.clip_sound, ClipSound::Off);
}

#[test]
fn of_a_long_file_the_part_that_was_listened_to_tells_whether_somebody_speaks() {
    let mut episode = voice("episode.mp3", 2700.0);
    let sound = episode.analysis.sound.as_mut().unwrap();
    sound.block_loudness_tenths = vec![-160; 6000];
    sound.speech = vec![avs_protocol::Span { start_secs: 1.0, end_secs: 560.0 }];
    let roles: Vec<Role> =
        Footage::of_brief(&brief("", vec![episode])).files.iter().map(|file| file.role).collect();
    assert_eq!(roles, [Role::Voice]);
}

#[test]
fn words_between_quotation_marks_are_noted_where_the_prompt_wants_no_text() {
    let says = understood(Genre::Teaser, |says| {
        says.wishes.no_text = true;
        (says.title, says.quoted) = (text("A teaser"), texts(&["Nova"]));
    });
    let plan = planned("x", &says, clips(2, 10.0));
    let left: Vec<&str> = plan.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(
        left.iter().filter(|text| text.contains('"')).collect::<Vec<_>>(),
        [&"no scene shows \"Nova\""]
    );
}

#[test]
fn a_voice_is_heard_to_its_end() {
    let assets = and(and(photos(5), voice("take.wav", 33.0)), music("song.mp3", 90.0));
    let plan = planned("x", &understood(Genre::Recap, |says| says.title = text("Our year")), assets);
    assert!((33.0..36.0).contains(&plan.storyboard.duration_seconds), "{}", plan.storyboard.duration_seconds);
    assert_eq!(plan.storyboard.voice, Some(AssetId("a6".to_owned())));
    assert_eq!(plan.storyboard.music, Some(AssetId("a7".to_owned())));
}

#[test]
fn the_longest_music_is_taken_and_the_other_noted() {
    let assets = vec![clip(0, 20.0), music("short.mp3", 20.0), music("long.mp3", 60.0)];
    let plan = planned("x", &understood(Genre::Recap, |_| {}), assets);
    assert_eq!(plan.storyboard.music, Some(AssetId("a3".to_owned())));
    let note = plan.notes.iter().find(|note| note.asset_id == Some(AssetId("a2".to_owned()))).unwrap();
    assert_eq!(note.text, "a longer piece of music is used");
}

#[test]
fn a_picture_sent_twice_shows_once() {
    let plan = planned(
        "x",
        &nothing(),
        vec![picture(3, (800, 600)), picture(3, (800, 600)), picture(4, (800, 600))],
    );
    let note = plan.notes.iter().find(|note| note.asset_id == Some(AssetId("a2".to_owned()))).unwrap();
    assert_eq!(note.text, "it looks the same as file 1");
}

#[test]
fn the_first_shot_is_lively_and_the_last_one_rests() {
    let mut assets = clips(3, 12.0);
    for (at, motion) in [0.05, 0.9, 0.3].into_iter().enumerate() {
        let picture = assets[at].analysis.picture.as_mut().unwrap();
        for sample in &mut picture.samples {
            (sample.motion, sample.sharpness) = (motion, 0.5);
        }
    }
    let plan = planned("x", &nothing(), assets);
    let scenes = &plan.storyboard.scenes;
    assert_eq!(scenes.first().unwrap().asset_id, Some(AssetId("a2".to_owned())));
    assert_eq!(scenes.last().unwrap().asset_id, Some(AssetId("a1".to_owned())));
}

#[test]
fn blurred_and_shaken_parts_are_passed_over() {
    let mut asset = clip(0, 20.0);
    for sample in &mut asset.analysis.picture.as_mut().unwrap().samples {
        let is_good = (8.0..12.0).contains(&sample.at_secs);
        (sample.motion, sample.sharpness) = (0.1, if is_good { 0.8 } else { 0.2 });
        sample.shake = if is_good { 0.002 } else { 0.04 };
    }
    let moment = Footage::of_brief(&brief("x", vec![asset])).files[0].moments[0];
    assert!(moment.start_secs >= 7.9 && moment.start_secs + moment.length_secs <= 12.1, "{moment:?}");
}

#[test]
fn a_file_whose_name_says_what_a_scene_says_shows_in_it() {
    let mut assets = photos(4);
    for (asset, name) in assets.iter_mut().zip(["serve.jpg", "IMG_1.jpg", "grind-beans.jpg", "IMG_2.jpg"]) {
        asset.source = avs_template::Source::Upload(name.to_owned());
    }
    let says = understood(Genre::Recipe, |says| {
        says.items = texts(&["Grind the beans", "Add water", "Wait", "Filter and serve"]);
    });
    let plan = planned("x", &says, assets);
    let step = |words: &str| {
        let mut scenes = plan.storyboard.scenes.iter();
        scenes.find(|scene| scene.headline.as_deref() == Some(words)).unwrap().asset_id.clone().unwrap().0
    };
    assert_eq!((step("Grind the beans"), step("Filter and serve")), ("a3".to_owned(), "a1".to_owned()));
}

#[test]
fn a_promise_opens_before_a_bare_name_and_codes_and_discounts_all_show() {
    let says = understood(Genre::Sale, |says| {
        says.duration_secs = Some(18.0);
        (says.title, says.brand) = (text("Bloom"), text("Bloom"));
        says.quoted = texts(&["Something is growing."]);
        says.discounts = texts(&["30% off"]);
        says.prices = vec![price("€12", Some("Bottle"))];
        says.coupon = text("SUN30");
    });
    let plan = planned("x", &says, clips(4, 9.0));
    let scenes = [
        "Hook Bloom | Something is growing.",
        "Price 30% off",
        "Price Bottle | €12",
        "Statement Code | SUN30",
    ];
    assert_eq!(outline(&plan)[..4], scenes);
}

#[test]
fn rests_of_a_screen_are_cut_out() {
    let says = understood(Genre::ScreenGuide, |says| says.items = texts(&["Open the invoice", "Confirm"]));
    let plan = planned("x", &says, vec![screen(0, 60.0)]);
    for scene in plan.storyboard.scenes.iter().filter(|scene| scene.asset_start.is_some()) {
        let (start, end) = (scene.asset_start.unwrap(), scene.asset_start.unwrap() + scene.duration_seconds);
        assert!(end <= 21.5 || start >= 39.0, "{scene:?}");
    }
    assert_eq!(outline(&plan)[..2], ["Step Step 1 | Open the invoice", "Step Step 2 | Confirm"]);
}

#[test]
fn roles_are_told_by_kind_sound_name_and_look() {
    let assets = vec![
        clip(0, 5.0),
        screen(1, 5.0),
        logo(),
        music("a.mp3", 9.0),
        voice("b.wav", 9.0),
        picture(5, (9, 9)),
    ];
    let roles: Vec<Role> = Footage::of_brief(&brief("", assets)).files.iter().map(|file| file.role).collect();
    assert_eq!(roles, [Role::Clip, Role::Screen, Role::Logo, Role::Music, Role::Voice, Role::Picture]);
}

#[test]
fn what_a_kind_of_video_has_no_scene_for_is_noted() {
    let says = understood(Genre::Quote, |says| {
        says.quoted = texts(&["Done is better than perfect."]);
        says.prices = vec![price("€24", None)];
    });
    let plan = planned("quote", &says, clips(2, 10.0));
    let notes: Vec<&str> = plan.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(
        notes.iter().filter(|note| note.contains('"')).collect::<Vec<_>>(),
        [&"no scene shows \"€24\""]
    );
}

#[test]
fn too_many_words_for_the_time_are_left_out_and_noted() {
    let says = understood(Genre::Listicle, |says| {
        says.duration_secs = Some(10.0);
        says.title = text("Eight things");
        says.items = (0..8).map(|nth| format!("Number {nth} is a rather long thing")).collect();
    });
    let plan = planned("x", &says, clips(3, 10.0));
    let letters: usize = outline(&plan).iter().map(String::len).sum();
    assert!(letters < 200, "{:?}", outline(&plan));
    assert!(plan.notes.iter().any(|note| note.text.starts_with("there is no time for")), "{:?}", plan.notes);
}
