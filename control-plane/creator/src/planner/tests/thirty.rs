//! Thirty prompts and the storyboards that they give: which scenes, in which order, with which words.

use super::fixture::{brief, clip, logo, music, picture, screen, talk};
use super::valid::assert_valid;
use crate::BriefAsset;
use crate::planner::{Plan, plan};
use crate::prompt::{Genre, ItemKind, NumberFact, Price, Understanding};

/// What a prompt says, as the prompt's reader is to understand it.
pub(super) fn understood(genre: Genre, says: impl FnOnce(&mut Understanding)) -> Understanding {
    let mut understanding = Understanding::of_prompt("");
    understanding.genre = genre;
    says(&mut understanding);
    understanding
}

pub(super) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(super) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(super) fn price(amount: &str, what: Option<&str>) -> Price {
    Price { amount: amount.to_owned(), was: None, what: what.map(str::to_owned) }
}

fn fact(value: &str, what: &str) -> NumberFact {
    NumberFact { value: value.to_owned(), what: what.to_owned() }
}

fn clips(count: usize, secs: f64) -> Vec<BriefAsset> {
    (0..count).map(|index| clip(index, secs + index as f64)).collect()
}

fn photos(count: usize) -> Vec<BriefAsset> {
    (0..count).map(|index| picture(index, if index % 3 == 0 { (1080, 1920) } else { (1920, 1080) })).collect()
}

/// The plan's scenes, one a line: layout, label, headline, body.
pub(super) fn outline(plan: &Plan) -> Vec<String> {
    let scenes = plan.storyboard.scenes.iter();
    scenes
        .map(|scene| {
            let texts: Vec<&str> = [&scene.label, &scene.headline, &scene.body]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            format!("{:?} {}", scene.layout, texts.join(" | ")).trim_end().to_owned()
        })
        .collect()
}

#[track_caller]
fn planned(prompt: &str, understanding: &Understanding, assets: Vec<BriefAsset>) -> Plan {
    let brief = brief(prompt, assets);
    let plan = plan(&brief, understanding).unwrap();
    assert_valid(&brief, understanding, &plan);
    plan
}

fn show(nth: usize, plan: &Plan) {
    println!(
        "== {nth} {} s {:?} music {:?} voice {:?} sound {:?} {}",
        plan.storyboard.duration_seconds,
        plan.storyboard.tone,
        plan.storyboard.music,
        plan.storyboard.voice,
        plan.storyboard.clip_sound,
        plan.output
    );
    for (scene, line) in plan.storyboard.scenes.iter().zip(outline(plan)) {
        println!(
            "  {:5.2} {line} <{:?} {:?} +{}> {:?} {:?}",
            scene.duration_seconds,
            scene.asset_id.as_ref().map(|a| &a.0),
            scene.asset_start,
            scene.more_asset_ids.len(),
            scene.motion,
            scene.transition
        );
    }
    for note in &plan.notes {
        println!("  - {:?} {}", note.asset_id, note.text);
    }
}

#[test]
fn look() {
    let p = |nth, prompt: &str, genre, says: &dyn Fn(&mut Understanding), assets| {
        show(nth, &planned(prompt, &understood(genre, |u| says(u)), assets))
    };
    let with_music = |mut assets: Vec<BriefAsset>| {
        assets.push(music("song.mp3", 95.0));
        assets
    };
    p(
        1,
        "Create a 20 second product teaser using the uploaded footage.",
        Genre::Teaser,
        &|u| u.duration_secs = Some(20.0),
        with_music(clips(4, 9.0)),
    );
    p(
        2,
        "15s TikTok ad for GlowSerum, 30% off until Sunday, €24",
        Genre::Sale,
        &|u| {
            u.duration_secs = Some(15.0);
            u.brand = text("GlowSerum");
            u.discounts = texts(&["30% off"]);
            u.dates = texts(&["until Sunday"]);
            u.prices = vec![price("€24", None)];
        },
        with_music(clips(3, 8.0)),
    );
    p(
        3,
        "Instagram reel: our new menu – ramen, gyoza, mochi",
        Genre::Teaser,
        &|u| {
            u.title = text("our new menu");
            u.items = texts(&["ramen", "gyoza", "mochi"]);
        },
        photos(7),
    );
    p(
        4,
        "60 second apartment tour, 2 bedrooms, €1,450/month, Berlin",
        Genre::Listing,
        &|u| {
            u.duration_secs = Some(60.0);
            u.title = text("apartment tour");
            u.numbers = vec![fact("2", "bedrooms")];
            u.prices = vec![price("€1,450/month", None)];
            u.place = text("Berlin");
        },
        clips(9, 12.0),
    );
    p(
        5,
        "Wedding highlights of Anna & Tom, 12 June 2026, romantic",
        Genre::Wedding,
        &|u| {
            u.title = text("Anna & Tom");
            u.names = texts(&["Anna", "Tom"]);
            u.dates = texts(&["12 June 2026"]);
        },
        with_music(photos(14)),
    );
    p(
        6,
        "5 tips for better sleep",
        Genre::Listicle,
        &|u| {
            u.title = text("5 tips for better sleep");
            u.item_kind = ItemKind::Tip;
            u.item_count = Some(5);
            u.items = texts(&[
                "Keep your room cool",
                "No screens after ten",
                "Get up at the same time",
                "Sleep in the dark",
                "Cut the late coffee",
            ]);
        },
        with_music(clips(3, 20.0)),
    );
    p(
        7,
        "How to make cold brew in 4 steps",
        Genre::HowTo,
        &|u| {
            u.title = text("How to make cold brew");
            u.item_kind = ItemKind::Step;
            u.items = texts(&["Grind the beans", "Add cold water", "Wait 12 hours", "Filter and serve"]);
        },
        clips(5, 8.0),
    );
    p(
        8,
        "Quote video: \"Done is better than perfect.\" - Sheryl",
        Genre::Quote,
        &|u| {
            u.quoted = texts(&["Done is better than perfect."]);
            u.author = text("Sheryl");
        },
        photos(1),
    );
    p(
        9,
        "Travel recap Lisbon, upbeat, to the music",
        Genre::Recap,
        &|u| {
            u.title = text("Lisbon");
            u.place = text("Lisbon");
        },
        with_music(clips(10, 9.0)),
    );
    p(
        10,
        "App demo for Tally: scan, split, settle",
        Genre::AppDemo,
        &|u| {
            u.brand = text("Tally");
            u.items = texts(&["scan", "split", "settle"]);
        },
        vec![screen(0, 18.0), screen(1, 12.0), screen(2, 15.0), logo()],
    );
    p(
        11,
        "Hackathon recap, 30s, energetic, thank our sponsors",
        Genre::Recap,
        &|u| {
            u.duration_secs = Some(30.0);
            u.title = text("Hackathon recap");
            u.wishes.fast = true;
        },
        with_music(clips(8, 7.0)),
    );
    p(
        12,
        "Happy 70th birthday grandma Rosa",
        Genre::Wedding,
        &|u| {
            u.title = text("Happy 70th birthday grandma Rosa");
        },
        with_music(photos(12)),
    );
    p(
        13,
        "Before/after of the kitchen renovation",
        Genre::Compare,
        &|u| {
            u.title = text("kitchen renovation");
            u.wishes.before_after = true;
        },
        photos(7),
    );
    p(
        14,
        "Black Friday 24-hour sale, code BLACK20",
        Genre::Sale,
        &|u| {
            u.title = text("Black Friday 24-hour sale");
            u.coupon = text("BLACK20");
        },
        clips(3, 10.0),
    );
    p(
        15,
        "Podcast clip, keep the original audio, captions",
        Genre::Testimonial,
        &|u| {
            u.wishes.keep_sound = true;
            u.wishes.captions = true;
        },
        vec![talk(0, 40.0)],
    );
    p(
        16,
        "Job ad: we hire two electricians in Graz, call 0316 123456",
        Genre::Announcement,
        &|u| {
            u.title = text("we hire two electricians");
            u.place = text("Graz");
            u.address = text("0316 123456");
            u.call_to_action = text("call");
        },
        photos(4),
    );
    p(
        17,
        "Explain our 3 pricing plans: Free, Pro $9, Team $29",
        Genre::AppDemo,
        &|u| {
            u.title = text("3 pricing plans");
            u.item_kind = ItemKind::Plan;
            u.items = texts(&["Free", "Pro $9", "Team $29"]);
            u.prices = vec![price("$9", Some("Pro")), price("$29", Some("Team"))];
        },
        Vec::new(),
    );
    p(
        18,
        "Real estate, square, no text",
        Genre::Listing,
        &|u| {
            u.wishes.no_text = true;
        },
        {
            let mut a = photos(6);
            a.push(logo());
            a
        },
    );
    p(
        19,
        "Countdown to our launch on 3 March",
        Genre::Announcement,
        &|u| {
            u.title = text("our launch");
            u.dates = texts(&["3 March"]);
        },
        clips(2, 10.0),
    );
    p(
        20,
        "Gym motivation, hard, fast cuts \"No excuses\" \"Show up\" \"Lift\"",
        Genre::Sports,
        &|u| {
            u.quoted = texts(&["No excuses", "Show up", "Lift"]);
            u.title = text("Gym motivation");
            u.wishes.fast = true;
        },
        with_music(clips(6, 15.0)),
    );
    p(
        21,
        "Event invite: Jazz night, Fri 8pm, Blue Room, €10",
        Genre::Invite,
        &|u| {
            u.title = text("Jazz night");
            u.dates = texts(&["Fri"]);
            u.times = texts(&["8pm"]);
            u.place = text("Blue Room");
            u.prices = vec![price("€10", None)];
        },
        photos(3),
    );
    p(
        22,
        "Customer testimonial from Maria, bakery owner \"It saved our mornings.\"",
        Genre::Testimonial,
        &|u| {
            u.author = text("Maria, bakery owner");
            u.quoted = texts(&["It saved our mornings."]);
        },
        vec![talk(0, 30.0), clip(1, 10.0)],
    );
    p(
        23,
        "Year in review 2025: 12,400 meals, 38 volunteers",
        Genre::Recap,
        &|u| {
            u.title = text("Year in review 2025");
            u.numbers = vec![fact("12,400", "meals"), fact("38", "volunteers")];
        },
        photos(9),
    );
    p(
        24,
        "Unboxing, ASMR, no music",
        Genre::General,
        &|u| {
            u.title = text("Unboxing");
            u.wishes.no_music = true;
            u.wishes.slow = true;
        },
        with_music(clips(2, 30.0)),
    );
    p(
        25,
        "Kids' party invitation with dinosaurs, Saturday 3pm",
        Genre::Invite,
        &|u| {
            u.title = text("Kids' party");
            u.dates = texts(&["Saturday"]);
            u.times = texts(&["3pm"]);
        },
        photos(5),
    );
    p(
        26,
        "News style update: road closed on B17 from Monday",
        Genre::News,
        &|u| {
            u.title = text("road closed on B17");
            u.dates = texts(&["from Monday"]);
        },
        photos(2),
    );
    p(
        27,
        "Real quick: 6 second bumper for Acme",
        Genre::Teaser,
        &|u| {
            u.duration_secs = Some(6.0);
            u.brand = text("Acme");
        },
        clips(2, 6.0),
    );
    p(
        28,
        "Compare model A and B",
        Genre::Compare,
        &|u| {
            u.title = text("model A and B");
            u.items = texts(&["model A", "B"]);
        },
        photos(6),
    );
    p(
        29,
        "Erstelle ein 30-Sekunden-Video für unser Café, gemütlich",
        Genre::Teaser,
        &|u| {
            u.duration_secs = Some(30.0);
            u.language = "de".to_owned();
            u.title = text("unser Café");
            u.wishes.slow = true;
        },
        clips(5, 9.0),
    );
    p(30, "make something cool", Genre::General, &|_| {}, with_music(clips(4, 12.0)));
    p(31, "make something cool", Genre::General, &|_| {}, vec![music("summer_song.mp3", 60.0)]);
    p(32, "make something cool", Genre::General, &|u| u.duration_secs = Some(20.0), photos(1));
    p(
        33,
        "teaser",
        Genre::Teaser,
        &|u| {
            u.duration_secs = Some(15.0);
            u.title = text("Hello");
        },
        photos(20),
    );
    p(
        34,
        "guide",
        Genre::ScreenGuide,
        &|u| {
            u.title = text("Pay an invoice");
            u.items = texts(&["Open the invoice", "Choose the account", "Confirm"]);
        },
        vec![screen(0, 60.0)],
    );
    p(35, "20 s", Genre::Teaser, &|u| u.duration_secs = Some(20.0), clips(1, 5.0));
}
