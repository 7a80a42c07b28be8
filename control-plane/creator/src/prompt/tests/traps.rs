//! What looks like something and is something else.

use super::{amounts, of};
use crate::Tone;
use crate::prompt::{Aspect, Genre};

#[test]
fn a_boast_of_seconds_is_no_length() {
    let it = of("Assemble a desk in 30 seconds flat");
    assert_eq!((it.duration_secs, it.title.as_deref()), (None, Some("Assemble a desk in 30 seconds flat")));
    for prompt in [
        "My 5 minute recipe",
        "24-hour sale",
        "90s style party",
        "a 2 minute walk from the station",
        "ready in 10 minutes",
        "dance as long as you like",
    ] {
        assert_eq!((of(prompt).duration_secs, of(prompt).duration_cap_secs), (None, None), "{prompt}");
    }
}

#[test]
fn lengths_are_written_in_many_ways() {
    let lengths = [
        ("a 6-second ad", 6.0),
        ("Video, half a minute, about our bakery", 30.0),
        ("a minute and a half long film about the river", 90.0),
        ("1m 30s trailer", 90.0),
        ("a twenty second clip", 20.0),
        ("15-20 second reel", 17.5),
        ("keep it to 45 seconds", 45.0),
        ("length: 0:30", 30.0),
        ("Explain our product in 40 seconds", 40.0),
        ("30 second recipe video", 30.0),
        ("a 10 minute video", 180.0),
        ("a 1 second clip", 3.0),
        ("30秒の動画", 30.0),
        ("1分の紹介ムービー", 60.0),
    ];
    for (prompt, secs) in lengths {
        assert_eq!(of(prompt).duration_secs, Some(secs), "{prompt}");
    }
}

#[test]
fn at_most_so_long_is_a_cap() {
    let it = of("Make a video under 30 seconds for YouTube and Instagram feed");
    assert_eq!((it.duration_secs, it.duration_cap_secs), (None, Some(30.0)));
    assert_eq!(it.aspects, [Aspect::Landscape, Aspect::Feed]);
}

#[test]
fn what_is_denied_does_not_vote() {
    let it = of("Make it bold, not cheesy, no music, no vertical");
    assert_eq!(it.tone, Some(Tone::Bold));
    assert!(it.wishes.no_music && it.aspects.is_empty());
    assert!(!of("with music and text").wishes.no_music && !of("with music and text").wishes.no_text);
    assert!(!of("no captions").wishes.captions);
}

#[test]
fn places_and_things_are_no_shapes() {
    for prompt in [
        "A promo for Times Square hot dogs",
        "tell our story",
        "140 square metres",
        "running shorts, $20",
        "a portrait photographer",
        "subscribe to our YouTube channel",
    ] {
        assert!(of(prompt).aspects.is_empty(), "{prompt}");
    }
    let many = of("Make it for TikTok, YouTube, 1:1 and 4:5, and TikTok again");
    assert_eq!(many.aspects, [Aspect::Portrait, Aspect::Landscape, Aspect::Square, Aspect::Feed]);
}

#[test]
fn a_thing_may_have_a_colour_that_is_no_accent() {
    assert_eq!(of("a bottle of red wine at the Blue Room").accent, None);
    assert_eq!(of("Brand colors #FF6600 and #fff").accent.as_deref(), Some("#ff6600"));
    assert_eq!(of("Accent colour: teal.").accent.as_deref(), Some("#1aa6a6"));
}

#[test]
fn apostrophes_of_all_kinds_open_no_quote() {
    for prompt in [
        "It's the dogs' day at Tom's",
        "rock 'n' roll isn't dead, it's '90s kids' music",
        "l'été d'Anna c'est l'amour",
        "Don’t stop, they’re the kids’ own",
    ] {
        assert!(of(prompt).quoted.is_empty(), "{prompt}: {:?}", of(prompt).quoted);
    }
    assert_eq!(of("Say 'don't wait' now").quoted, ["don't wait"]);
}

#[test]
fn quotes_have_roles() {
    let it = of(
        "Video called \"Dawn\" for our bakery \"Crumb\". Say \"Fresh at six\" and end with \"Come by\". Code \"EARLY\"",
    );
    assert_eq!((it.title.as_deref(), it.brand.as_deref()), (Some("Dawn"), Some("Crumb")));
    assert_eq!((it.call_to_action.as_deref(), it.coupon.as_deref()), (Some("Come by"), Some("EARLY")));
    assert_eq!(it.quoted, ["Fresh at six"]);
}

#[test]
fn a_long_quote_is_split_where_a_sentence_ends() {
    let sentence = "The sea was quiet and the harbour slept while we carried the boxes home. ";
    let it = of(&format!("Say \"{}\"", sentence.repeat(3)));
    assert_eq!(it.quoted.len(), 3);
    assert!(it.quoted.iter().all(|piece| piece == sentence.trim()));
}

#[test]
fn old_prices_stand_by_the_new_ones() {
    let it = of("Sale: boots €60 (was €90), hat now €15 instead of €22, scarf was $20, now $12");
    assert_eq!(
        amounts(&it),
        [
            ("€60", Some("€90"), Some("Boots")),
            ("€15", Some("€22"), Some("Hat")),
            ("$12", Some("$20"), Some("Scarf"))
        ]
    );
}

#[test]
fn lines_with_marks_are_a_list_and_labels_are_heard() {
    let it = of(
        "Launch video for Tally.\n- Scan receipts\n- Split the bill\n- Settle up\nTitle: Money between friends\nCTA: Try it free\nDark mode, 120 bpm.",
    );
    assert_eq!(it.items, ["Scan receipts", "Split the bill", "Settle up"]);
    assert_eq!(
        (it.title.as_deref(), it.call_to_action.as_deref()),
        (Some("Money between friends"), Some("Try it free"))
    );
    assert_eq!(it.palette, crate::PaletteBase::Dark);
}

#[test]
fn what_is_done_in_turn_is_a_list_of_steps() {
    let it = of(
        "Recipe: first toast the bread, then mash the avocado, next add chili and finally squeeze a lemon. 20 second video.",
    );
    assert_eq!(it.items, ["Toast the bread", "Mash the avocado", "Add chili", "Squeeze a lemon"]);
    assert_eq!((it.genre, it.duration_secs), (Genre::Recipe, Some(20.0)));
}

#[test]
fn a_date_is_no_telephone_number_and_an_address_ends_before_its_full_stop() {
    let it = of("Party on 01.02.2026, see www.party.example/in. Or +43 316 123456");
    assert_eq!(
        (it.address.as_deref(), it.dates.as_slice()),
        (Some("www.party.example/in"), &["01.02.2026".to_owned()][..])
    );
}

#[test]
fn every_genre_has_a_pace_that_holds_together() {
    for genre in [
        Genre::Teaser,
        Genre::Sale,
        Genre::Wedding,
        Genre::Sports,
        Genre::Quote,
        Genre::General,
        Genre::ScreenGuide,
    ] {
        let pace = genre.pace();
        assert!(
            pace.shot_min_secs < pace.shot_median_secs && pace.shot_median_secs < pace.shot_max_secs,
            "{genre:?}"
        );
        assert!(pace.shot_max_secs < pace.total_secs && pace.hook_secs <= pace.total_secs / 4.0, "{genre:?}");
    }
}

#[test]
fn an_amount_is_not_always_a_price() {
    assert!(of("Free shipping on orders over $50. We raised $12M.").prices.is_empty());
    assert_eq!(
        of("Gym membership just $19/month, no joining fee").prices[0].what.as_deref(),
        Some("Gym membership")
    );
}

#[test]
fn what_is_called_something_is_headed_by_its_name() {
    let it = of(
        "Create a promotional video for my yoga studio \"Still Waters\". CTA: Start your free trial at flow.example",
    );
    assert_eq!(
        (it.title.as_deref(), it.call_to_action.as_deref()),
        (Some("Still Waters"), Some("Start your free trial"))
    );
    let named = of("Slideshow of our family reunion photos with the song. Title it Summer at the Lake.");
    assert_eq!(named.title.as_deref(), Some("Summer at the Lake"));
}
