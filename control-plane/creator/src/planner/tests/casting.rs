//! Which file shows in which scene.

use super::fixture::{clip, logo, picture};
use super::thirty::{and, clips, outline, photos, planned, price, text, texts, understood};
use crate::Layout;
use crate::prompt::Genre;

#[test]
fn what_is_sold_shows_the_file_that_is_named_after_it() {
    let says = understood(Genre::Sale, |says| {
        says.title = text("Summer sale");
        says.prices = vec![price("€9", Some("Towel")), price("€12", Some("Water bottle"))];
    });
    let mut assets = clips(3, 20.0);
    let key = "bottles_360p.mp4".to_owned();
    assets[0].analysis.name.clone_from(&key);
    assets[0].source = avs_template::Source::Upload(key);
    let plan = planned("sale", &says, assets);
    let sold = plan.storyboard.scenes.iter().find(|scene| scene.label.as_deref() == Some("Water bottle"));
    assert_eq!(sold.unwrap().asset_id, Some(crate::asset_id(0)), "{:?}", outline(&plan));
}

#[test]
fn a_file_that_is_named_stays_where_it_is_said_though_neighbours_change() {
    let says = understood(Genre::Sale, |says| {
        says.title = text("Summer sale");
        says.discounts = texts(&["30% off"]);
        says.prices = vec![price("€12", Some("Water bottle")), price("€29", Some("Gift set"))];
    });
    // The named one is by far the longest: it shows more than once.
    let mut assets = vec![clip(0, 40.0), picture(1, (1920, 1080)), clip(2, 10.0)];
    let key = "bottles_360p.mp4".to_owned();
    assets[0].analysis.name.clone_from(&key);
    assets[0].source = avs_template::Source::Upload(key);
    let plan = planned("sale", &says, assets);
    let scenes = &plan.storyboard.scenes;
    let sold = scenes.iter().find(|scene| scene.label.as_deref() == Some("Water bottle"));
    assert_eq!(sold.unwrap().asset_id, Some(crate::asset_id(0)), "{:?}", outline(&plan));
    let shown: Vec<_> = scenes.iter().filter(|scene| scene.layout != Layout::EndCard).collect();
    for pair in shown.windows(2) {
        assert!(pair[0].asset_id.is_none() || pair[0].asset_id != pair[1].asset_id, "{pair:?}");
    }
}

#[test]
fn a_table_that_is_empty_for_a_while_is_shown_while_things_stand_on_it() {
    let says = understood(Genre::Teaser, |says| {
        says.title = text("Picnic");
        says.duration_secs = Some(10.0);
    });
    let mut assets = vec![clip(0, 40.0)];
    let samples = &mut assets[0].analysis.picture.as_mut().unwrap().samples;
    for sample in samples.iter_mut() {
        let is_empty = (8.0..32.0).contains(&sample.at_secs) && sample.at_secs.rem_euclid(8.0) < 3.0;
        sample.grid.edges = vec![if is_empty { 40 } else { 100 }; 256];
    }
    let samples = samples.clone();
    let plan = planned("picnic", &says, assets);
    for scene in plan.storyboard.scenes.iter().filter(|scene| scene.layout != Layout::EndCard) {
        let Some(start) = scene.asset_start else { continue };
        let mut seen =
            samples.iter().filter(|sample| (start..start + scene.duration_seconds).contains(&sample.at_secs));
        assert!(seen.all(|sample| sample.grid.edges[0] > 40), "{scene:?}");
    }
}

#[test]
fn the_last_card_stands_over_what_opened_the_video_unless_it_has_a_logo() {
    let says = understood(Genre::Teaser, |says| says.brand = text("Bloom"));
    let plan = planned("teaser", &says, clips(2, 10.0));
    let scenes = &plan.storyboard.scenes;
    let last = scenes.last().unwrap();
    assert_eq!((last.layout, &last.asset_id), (Layout::EndCard, &scenes[0].asset_id));
    let mut cut_out = clips(1, 20.0);
    cut_out[0].analysis.picture.as_mut().unwrap().transparent_ratio = 0.4;
    let plan = planned("teaser", &says, cut_out);
    assert_eq!(plan.storyboard.scenes.last().unwrap().asset_id, None, "nothing is behind what is cut out");
    let plan = planned("teaser", &says, and(clips(2, 10.0), logo()));
    assert_eq!(plan.storyboard.scenes.last().unwrap().asset_id, Some(crate::asset_id(2)));
}

#[test]
fn stills_of_a_slow_film_take_turns_in_shots_that_are_not_too_long() {
    let says = understood(Genre::Memorial, |says| {
        says.title = text("Grandpa Walter");
        says.duration_secs = Some(50.0);
    });
    let plan = planned("slideshow", &says, photos(4));
    let plain: Vec<_> = plan.storyboard.scenes.iter().filter(|scene| scene.layout == Layout::Plain).collect();
    let longest = plain.iter().map(|scene| scene.duration_seconds).fold(0.0, f64::max);
    assert!(longest <= 7.0, "{longest} s");
    assert!(plain.len() > 4, "one still shows in several shots: {:?}", outline(&plan));
    let clash = plain.windows(2).find(|pair| pair[0].asset_id == pair[1].asset_id);
    assert!(clash.is_none(), "{clash:?}");
}
