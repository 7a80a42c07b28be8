//! The prompts of the gallery, of which videos are rendered for people to look at.

use serde_json::Value;

use super::{amounts, counted, of};
use crate::Tone;
use crate::prompt::{Genre, ItemKind, Understanding};

const PROMPTS: &str = include_str!("../../../../../tests/gallery/prompts.json");

fn all() -> Vec<Value> {
    serde_json::from_str(PROMPTS).unwrap()
}

#[track_caller]
fn named(name: &str) -> Understanding {
    let prompts = all();
    let prompt = prompts.iter().find(|prompt| prompt["name"] == name).unwrap();
    of(prompt["prompt"].as_str().unwrap())
}

#[test]
fn every_prompt_has_a_length_and_two_shapes_and_files() {
    for prompt in all() {
        let it = of(prompt["prompt"].as_str().unwrap());
        assert!(it.duration_secs.is_some_and(|secs| (10.0..=40.0).contains(&secs)), "{prompt}");
        assert_eq!(prompt["aspects"].as_array().unwrap().len(), 2, "{prompt}");
        assert!(prompt["assets"].as_array().unwrap().len() >= 3, "{prompt}");
    }
    assert_eq!(all().len(), 12);
}

#[test]
fn a_teaser_has_its_hook_and_its_last_words() {
    let it = named("teaser");
    assert_eq!(
        (it.genre, it.brand.as_deref(), it.address.as_deref()),
        (Genre::Teaser, Some("Bloom"), Some("bloom.example"))
    );
    assert_eq!(
        (it.quoted, it.call_to_action.as_deref()),
        (vec!["Something is growing.".to_owned()], Some("Pre-order today"))
    );
}

#[test]
fn a_recipe_has_its_steps() {
    let it = named("recipe");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.tone),
        (Genre::Recipe, Some("Ginger Fizz"), Some(Tone::Warm))
    );
    assert_eq!(
        it.items,
        [
            "Chill three bottles of water",
            "Take the coldest one",
            "Set out the red cups",
            "Pour, stir and serve"
        ]
    );
    assert_eq!((it.item_kind, it.address.as_deref()), (ItemKind::Step, Some("@gingerbar")));
}

#[test]
fn an_invitation_has_all_its_particulars() {
    let it = named("event-invite");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.place.as_deref()),
        (Genre::Invite, Some("Film Night at the Blue Room"), Some("Blue Room"))
    );
    assert_eq!(
        (it.dates.as_slice(), it.times.as_slice()),
        (&["Friday 12 June".to_owned()][..], &["8pm".to_owned()][..])
    );
    assert_eq!(amounts(&it), [("€10", None, Some("Entry"))]);
    assert_eq!(
        (it.call_to_action.as_deref(), it.address.as_deref()),
        (Some("RSVP"), Some("blueroom.example"))
    );
}

#[test]
fn a_listing_has_its_numbers_and_a_street() {
    let it = named("real-estate");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.place.as_deref()),
        (Genre::Listing, Some("Lakeside House"), Some("12 Quay Street"))
    );
    assert_eq!(counted(&it), [("3", "bedrooms"), ("2", "bathrooms"), ("140", "m²")]);
    assert_eq!(
        (amounts(&it), it.call_to_action.as_deref()),
        (vec![("€685,000", None, None)], Some("Book a viewing"))
    );
}

#[test]
fn a_recap_of_a_match_is_of_sports() {
    let it = named("sports-recap");
    assert_eq!(
        (it.genre, it.tone, it.title.as_deref()),
        (Genre::Sports, Some(Tone::Sport), Some("Sunday's match"))
    );
    assert_eq!(
        (counted(&it), it.quoted.as_slice()),
        (vec![("Rovers 3–1 United", "")], &["What a comeback!".to_owned()][..])
    );
    assert!(it.wishes.fast && it.dates.is_empty());
}

#[test]
fn a_quote_keeps_its_dash_and_its_author() {
    let it = named("quote-card");
    assert_eq!((it.genre, it.author.as_deref(), it.title), (Genre::Quote, Some("John F. Kennedy"), None));
    assert_eq!(
        it.quoted,
        ["Ask not what your country can do for you – ask what you can do for your country."]
    );
    assert!(it.wishes.keep_sound && it.wishes.slow);
}

#[test]
fn a_tutorial_has_its_numbered_lines() {
    let it = named("tutorial-steps");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.item_count),
        (Genre::HowTo, Some("How to win any picnic"), Some(4))
    );
    assert_eq!(it.items[1], "Swap the cups, faster each time");
    assert_eq!(it.items[2], "Juggle a football as long as you can");
    assert_eq!((it.item_kind, it.tone, it.items.len()), (ItemKind::Step, Some(Tone::Playful), 4));
}

#[test]
fn a_sale_has_its_prices_old_and_new() {
    let it = named("sale-with-prices");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.brand.as_deref()),
        (Genre::Sale, Some("Summer sale"), Some("Clearwater"))
    );
    assert_eq!(
        amounts(&it),
        [("€12", Some("€18"), Some("Water bottle")), ("€9", Some("€15"), Some("Party cups"))]
    );
    assert_eq!(
        (it.coupon.as_deref(), it.discounts, it.dates),
        (Some("SUN30"), vec!["30% off".to_owned()], vec!["until Sunday".to_owned()])
    );
    assert_eq!(it.accent.as_deref(), Some("#1aa6a6"));
}

#[test]
fn a_promo_of_a_song_has_its_name_and_who_plays_it() {
    let it = named("music-promo");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.brand.as_deref()),
        (Genre::Music, Some("Six Strings"), Some("Leo Marsh"))
    );
    assert_eq!(
        (it.dates, it.call_to_action.as_deref()),
        (vec!["5 December".to_owned()], Some("Stream it now"))
    );
}

#[test]
fn a_guide_through_a_screen_has_its_steps() {
    let it = named("screen-recording-how-to");
    assert_eq!(
        (it.genre, it.title.as_deref()),
        (Genre::ScreenGuide, Some("Export your first timecode report"))
    );
    assert_eq!(it.items, ["Open the clip", "Find the timecode", "Set the in point", "Export"]);
    assert_eq!((it.item_kind, it.address.as_deref()), (ItemKind::Step, Some("docs.tally.example")));
}

#[test]
fn a_memorial_is_calm_and_has_its_years() {
    let it = named("memorial-slideshow");
    assert_eq!((it.genre, it.title.as_deref(), it.brand), (Genre::Memorial, Some("Grandpa Walter"), None));
    assert_eq!(
        (it.dates, it.quoted),
        (vec!["1938–2025".to_owned()], vec!["Thank you for every walk.".to_owned()])
    );
    assert!(it.wishes.slow && !it.wishes.fast);
}

#[test]
fn a_launch_in_japanese_is_understood() {
    let it = named("app-launch-japanese");
    assert_eq!((it.language.as_str(), it.brand.as_deref(), it.items.len()), ("ja", Some("Hanami"), 3));
    assert_eq!(
        (it.quoted, it.call_to_action.as_deref()),
        (vec!["春を、ポケットに。".to_owned()], Some("今すぐダウンロード"))
    );
}
