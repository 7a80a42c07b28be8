//! The thirty prompts from which the grammar was drawn, each with what its storyboard needs.

use super::{amounts, counted, of};
use crate::Tone;
use crate::prompt::{Aspect, Genre, ItemKind};

#[test]
fn p01_an_instruction_is_no_headline() {
    let it = of("Create a 20 second product teaser using the uploaded footage.");
    assert_eq!((it.duration_secs, it.genre, it.title, it.brand), (Some(20.0), Genre::Teaser, None, None));
    assert!(it.quoted.is_empty() && it.items.is_empty() && it.names.is_empty());
}

#[test]
fn p02_an_offer_has_its_brand_its_price_and_its_last_day() {
    let it = of("15s TikTok ad for GlowSerum, 30% off until Sunday, €24");
    assert_eq!((it.duration_secs, it.genre), (Some(15.0), Genre::Sale));
    assert_eq!((it.aspects.as_slice(), it.brand.as_deref()), (&[Aspect::Portrait][..], Some("GlowSerum")));
    assert_eq!((it.discounts, it.dates), (vec!["30% off".to_owned()], vec!["until Sunday".to_owned()]));
    assert_eq!(it.prices[0].amount, "€24");
}

#[test]
fn p03_what_follows_a_dash_is_a_list() {
    let it = of("Instagram reel: our new menu – ramen, gyoza, mochi");
    assert_eq!(
        (it.items, it.title.as_deref()),
        (["Ramen", "Gyoza", "Mochi"].map(String::from).to_vec(), Some("Our new menu"))
    );
    assert_eq!((it.aspects, it.duration_secs), (vec![Aspect::Portrait], None));
}

#[test]
fn p04_a_tour_of_a_flat_has_rooms_a_rent_and_a_place() {
    let it = of("60 second apartment tour, 2 bedrooms, €1,450/month, Berlin");
    assert_eq!(
        (it.duration_secs, it.genre, it.place.as_deref()),
        (Some(60.0), Genre::Listing, Some("Berlin"))
    );
    assert_eq!(counted(&it), [("2", "bedrooms")]);
    assert_eq!(amounts(&it), [("€1,450/month", None, None)]);
}

#[test]
fn p05_a_wedding_is_headed_by_its_couple() {
    let it = of("Wedding highlights of Anna & Tom, 12 June 2026, romantic");
    assert_eq!(
        (it.genre, it.tone, it.title.as_deref()),
        (Genre::Wedding, Some(Tone::Luxury), Some("Anna & Tom"))
    );
    assert_eq!((it.dates, it.brand), (vec!["12 June 2026".to_owned()], None));
}

#[test]
fn p06_tips_are_counted_though_none_is_named() {
    let it = of("5 tips for better sleep");
    assert_eq!((it.genre, it.item_count, it.item_kind), (Genre::Listicle, Some(5), ItemKind::Tip));
    assert_eq!((it.title.as_deref(), it.items.len()), (Some("5 tips for better sleep"), 0));
}

#[test]
fn p07_the_number_of_steps_is_not_in_the_headline() {
    let it = of("How to make cold brew in 4 steps");
    assert_eq!((it.genre, it.item_count, it.item_kind), (Genre::HowTo, Some(4), ItemKind::Step));
    assert_eq!(it.title.as_deref(), Some("How to make cold brew"));
}

#[test]
fn p08_a_quote_has_its_author() {
    let it = of("Quote video: “Done is better than perfect.” – Sheryl");
    assert_eq!((it.genre, it.author.as_deref(), it.title), (Genre::Quote, Some("Sheryl"), None));
    assert_eq!(it.quoted, ["Done is better than perfect."]);
}

#[test]
fn p09_a_journey_is_headed_by_where_it_went() {
    let it = of("Travel recap Lisbon, upbeat, to the music");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.place.as_deref()),
        (Genre::Recap, Some("Lisbon"), Some("Lisbon"))
    );
}

#[test]
fn p10_an_app_has_its_features() {
    let it = of("App demo for Tally: scan, split, settle");
    assert_eq!(
        (it.genre, it.brand.as_deref(), it.item_kind),
        (Genre::AppDemo, Some("Tally"), ItemKind::Feature)
    );
    assert_eq!(it.items, ["Scan", "Split", "Settle"]);
}

#[test]
fn p11_a_length_may_stand_alone() {
    let it = of("Hackathon recap, 30s, energetic, thank our sponsors");
    assert_eq!((it.duration_secs, it.genre, it.wishes.fast), (Some(30.0), Genre::Recap, true));
    assert_eq!((it.title.as_deref(), it.numbers.len()), (Some("Hackathon recap"), 0));
}

#[test]
fn p12_a_birthday_has_its_number() {
    let it = of("Happy 70th birthday grandma Rosa");
    assert_eq!((it.genre, it.names.as_slice()), (Genre::Wedding, &["Rosa".to_owned()][..]));
    assert_eq!(counted(&it), [("70th", "birthday")]);
    assert_eq!(it.title.as_deref(), Some("Happy 70th birthday grandma Rosa"));
}

#[test]
fn p13_before_and_after_is_a_wish() {
    let it = of("Before/after of the kitchen renovation");
    assert_eq!((it.genre, it.title.as_deref()), (Genre::Compare, Some("Kitchen renovation")));
    assert!(it.wishes.before_after);
}

#[test]
fn p14_a_sale_of_24_hours_is_no_video_of_24_hours() {
    let it = of("Black Friday 24-hour sale, code BLACK20");
    assert_eq!((it.duration_secs, it.genre, it.coupon.as_deref()), (None, Genre::Sale, Some("BLACK20")));
    assert_eq!((it.title.as_deref(), it.dates.len()), (Some("Black Friday 24-hour sale"), 0));
}

#[test]
fn p15_original_sound_and_captions_are_wishes() {
    let it = of("Podcast clip, keep the original audio, captions");
    assert_eq!((it.genre, it.title), (Genre::Testimonial, None));
    assert!(it.wishes.keep_sound && it.wishes.captions && !it.wishes.no_music);
}

#[test]
fn p16_a_telephone_number_is_an_address() {
    let it = of("Job ad: we hire two electricians in Graz, call 0316 123456");
    assert_eq!((it.genre, it.place.as_deref()), (Genre::Announcement, Some("Graz")));
    assert_eq!((it.address.as_deref(), it.call_to_action.as_deref()), (Some("0316 123456"), Some("Call")));
    assert_eq!((it.title.as_deref(), it.items.len()), (Some("We hire two electricians in Graz"), 0));
}

#[test]
fn p17_plans_have_their_prices() {
    let it = of("Explain our 3 pricing plans: Free, Pro $9, Team $29");
    assert_eq!(
        (it.item_kind, it.item_count, it.title.as_deref()),
        (ItemKind::Plan, Some(3), Some("Our 3 pricing plans"))
    );
    assert_eq!(amounts(&it), [("$9", None, Some("Pro")), ("$29", None, Some("Team"))]);
    assert_eq!(it.items, ["Free", "Pro", "Team"]);
}

#[test]
fn p18_no_text_is_a_wish() {
    let it = of("Real estate, square, no text");
    assert_eq!((it.genre, it.aspects.as_slice(), it.title), (Genre::Listing, &[Aspect::Square][..], None));
    assert!(it.wishes.no_text);
}

#[test]
fn p19_a_date_is_shown_apart_from_its_headline() {
    let it = of("Countdown to our launch on 3 March");
    assert_eq!((it.genre, it.title.as_deref()), (Genre::Announcement, Some("Countdown to our launch")));
    assert_eq!(it.dates, ["3 March"]);
}

#[test]
fn p20_hard_and_fast_is_how_and_not_what() {
    let it = of("Gym motivation, hard, fast cuts");
    assert_eq!(
        (it.genre, it.tone, it.title.as_deref()),
        (Genre::Sports, Some(Tone::Sport), Some("Gym motivation"))
    );
    assert!(it.wishes.fast && !it.wishes.slow);
}

#[test]
fn p21_an_invitation_says_what_when_where_and_how_much() {
    let it = of("Event invite: Jazz night, Fri 8pm, Blue Room, €10");
    assert_eq!(
        (it.genre, it.title.as_deref(), it.place.as_deref()),
        (Genre::Invite, Some("Jazz night"), Some("Blue Room"))
    );
    assert_eq!(
        (it.dates, it.times, it.prices[0].amount.as_str()),
        (vec!["Fri".to_owned()], vec!["8pm".to_owned()], "€10")
    );
    assert!(it.items.is_empty());
}

#[test]
fn p22_a_testimonial_has_somebody_who_speaks() {
    let it = of("Customer testimonial from Maria, bakery owner");
    assert_eq!((it.genre, it.author.as_deref()), (Genre::Testimonial, Some("Maria, bakery owner")));
    assert_eq!((it.brand, it.names), (None, vec!["Maria".to_owned()]));
}

#[test]
fn p23_numbers_say_what_they_count() {
    let it = of("Year in review 2025: 12,400 meals, 38 volunteers");
    assert_eq!(counted(&it), [("12,400", "meals"), ("38", "volunteers")]);
    assert_eq!(
        (it.genre, it.title.as_deref(), it.items.len()),
        (Genre::Recap, Some("Year in review 2025"), 0)
    );
}

#[test]
fn p24_natural_sound_takes_the_place_of_music() {
    let it = of("Unboxing, ASMR, no music");
    assert!(it.wishes.no_music && it.wishes.keep_sound && !it.wishes.no_text);
}

#[test]
fn p25_an_apostrophe_opens_no_quote() {
    let it = of("Kids' party invitation with dinosaurs, Saturday 3pm");
    assert_eq!(
        (it.genre, it.tone, it.title.as_deref()),
        (Genre::Invite, Some(Tone::Playful), Some("Kids' party"))
    );
    assert_eq!(
        (it.dates, it.times, it.quoted.len()),
        (vec!["Saturday".to_owned()], vec!["3pm".to_owned()], 0)
    );
}

#[test]
fn p26_news_have_a_headline_and_a_day() {
    let it = of("News style update: road closed on B17 from Monday");
    assert_eq!(
        (it.genre, it.tone, it.title.as_deref()),
        (Genre::News, Some(Tone::Editorial), Some("Road closed on B17"))
    );
    assert_eq!(it.dates, ["from Monday"]);
}

#[test]
fn p27_a_bumper_is_as_short_as_it_says() {
    let it = of("Real quick: 6 second bumper for Acme");
    assert_eq!((it.duration_secs, it.brand.as_deref(), it.genre), (Some(6.0), Some("Acme"), Genre::Teaser));
}

#[test]
fn p28_two_things_are_compared() {
    let it = of("Compare model A and B");
    assert_eq!((it.genre, it.title.as_deref()), (Genre::Compare, Some("Model A and B")));
    assert_eq!(it.items, ["Model A", "B"]);
}

#[test]
fn p29_german_has_its_compounds() {
    let it = of("Erstelle ein 30-Sekunden-Video für unser Café, gemütlich");
    assert_eq!((it.language.as_str(), it.duration_secs, it.tone), ("de", Some(30.0), Some(Tone::Warm)));
    assert_eq!((it.title.as_deref(), it.brand), (Some("Unser Café"), None));
}

#[test]
fn p30_of_little_little_is_understood() {
    let it = of("make something cool");
    assert_eq!((it.genre, it.title, it.duration_secs), (Genre::General, None, None));
    assert!(it.quoted.is_empty() && it.items.is_empty());
}
