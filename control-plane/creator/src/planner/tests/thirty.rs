//! Thirty prompts and the storyboards that they give: which scenes, in which order, with which words.

use std::ops::RangeInclusive;

use super::fixture::{brief, clip, logo, music, picture, screen, talk};
use super::valid::assert_valid;
use crate::planner::{Plan, plan};
use crate::prompt::{Genre, ItemKind, NumberFact, Price, Understanding};
use crate::{BriefAsset, Layout};

/// What a prompt says, as its reader is to understand it.
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

pub(super) fn clips(count: usize, secs: f64) -> Vec<BriefAsset> {
    (0..count).map(|index| clip(index, secs + index as f64)).collect()
}

pub(super) fn photos(count: usize) -> Vec<BriefAsset> {
    (0..count).map(|index| picture(index, if index % 3 == 0 { (1080, 1920) } else { (1920, 1080) })).collect()
}

pub(super) fn and(mut assets: Vec<BriefAsset>, more: BriefAsset) -> Vec<BriefAsset> {
    assets.push(more);
    assets
}

#[track_caller]
pub(super) fn planned(prompt: &str, understanding: &Understanding, assets: Vec<BriefAsset>) -> Plan {
    let brief = brief(prompt, assets);
    let plan = plan(&brief, understanding).unwrap();
    assert_valid(&brief, understanding, &plan);
    plan
}

/// The plan's scenes that are more than a shot, one a line: layout, label, headline, body.
pub(super) fn outline(plan: &Plan) -> Vec<String> {
    let scenes = plan.storyboard.scenes.iter().filter(|scene| scene.layout != Layout::Plain);
    scenes
        .map(|scene| {
            let texts = [&scene.label, &scene.headline, &scene.body].into_iter().flatten();
            let texts: Vec<&str> = texts.map(String::as_str).collect();
            format!("{:?} {}", scene.layout, texts.join(" | ")).trim_end().to_owned()
        })
        .collect()
}

/// Coefficient of variation of the lengths of scenes.
fn variation(plan: &Plan) -> f64 {
    let lengths: Vec<f64> = plan.storyboard.scenes.iter().map(|scene| scene.duration_seconds).collect();
    let count = lengths.len() as f64;
    let mean = lengths.iter().sum::<f64>() / count;
    (lengths.iter().map(|length| (length - mean).powi(2)).sum::<f64>() / count).sqrt() / mean
}

/// The plan has these scenes, so many shots without words between them, lasts so long, and never goes evenly.
#[track_caller]
fn assert_plan(plan: &Plan, scenes: &[&str], shots: RangeInclusive<usize>, secs: RangeInclusive<f64>) {
    assert_eq!(outline(plan), scenes);
    let plain = plan.storyboard.scenes.iter().filter(|scene| scene.layout == Layout::Plain).count();
    assert!(shots.contains(&plain), "{plain} shots");
    assert!(secs.contains(&plan.storyboard.duration_seconds), "{} s", plan.storyboard.duration_seconds);
    let variation = variation(plan);
    assert!(
        plan.storyboard.scenes.len() < 6 || (0.29..0.75).contains(&variation),
        "lengths vary by {variation:.2}"
    );
}

#[test]
fn prompt_1_a_teaser_without_words_is_shots_and_a_neutral_end() {
    let says = understood(Genre::Teaser, |says| says.duration_secs = Some(20.0));
    let plan = planned("a 20 second teaser", &says, and(clips(4, 9.0), music("song.mp3", 90.0)));
    assert_plan(&plan, &["EndCard Learn more"], 7..=12, 20.0..=20.0);
}

#[test]
fn prompt_2_an_ad_has_its_offer_on_a_shot_and_says_until_when() {
    let says = understood(Genre::Sale, |says| {
        says.duration_secs = Some(15.0);
        says.brand = text("GlowSerum");
        says.discounts = texts(&["30% off"]);
        says.dates = texts(&["until Sunday"]);
        says.prices = vec![price("€24", None)];
    });
    let plan = planned("15s TikTok ad", &says, clips(3, 8.0));
    let scenes =
        ["Hook GlowSerum", "Price 30% off | €24", "Number until Sunday", "EndCard Learn more | GlowSerum"];
    assert_plan(&plan, &scenes, 2..=5, 15.0..=15.0);
}

#[test]
fn prompt_3_a_menu_is_a_list_over_pictures() {
    let says = understood(Genre::Teaser, |says| {
        says.title = text("our new menu");
        says.items = texts(&["ramen", "gyoza", "mochi"]);
    });
    let plan = planned("our new menu", &says, photos(7));
    let scenes = ["Hook our new menu", "ListItem ramen", "ListItem gyoza", "ListItem mochi"];
    assert_plan(&plan, &[&scenes[..], &["EndCard Learn more | our new menu"]].concat(), 3..=4, 12.0..=18.0);
}

#[test]
fn prompt_4_a_tour_has_rooms_numbers_and_a_rent() {
    let says = understood(Genre::Listing, |says| {
        says.duration_secs = Some(60.0);
        says.title = text("apartment tour");
        says.numbers = vec![fact("2", "bedrooms")];
        says.prices = vec![price("€1,450/month", None)];
        says.place = text("Berlin");
    });
    let plan = planned("60 second tour", &says, clips(9, 12.0));
    let scenes = ["Title apartment tour", "LowerThird Berlin", "Number 2 | bedrooms", "Price €1,450/month"];
    assert_plan(
        &plan,
        &[&scenes[..], &["EndCard Learn more | apartment tour"]].concat(),
        8..=16,
        60.0..=60.0,
    );
}

#[test]
fn prompts_5_and_12_celebrations_show_every_picture_and_end_on_the_names() {
    let says = understood(Genre::Wedding, |says| {
        says.title = text("Anna & Tom");
        says.dates = texts(&["12 June 2026"]);
    });
    let plan = planned("wedding", &says, and(photos(14), music("song.mp3", 90.0)));
    assert_plan(
        &plan,
        &["Title Anna & Tom", "Number 12 June 2026", "EndCard Anna & Tom"],
        12..=12,
        45.0..=75.0,
    );
    let says = understood(Genre::Wedding, |says| says.title = text("Happy 70th birthday grandma Rosa"));
    let plan = planned("birthday", &says, photos(12));
    let title = "Happy 70th birthday grandma Rosa";
    assert_plan(&plan, &[&format!("Title {title}"), &format!("EndCard {title}")], 11..=11, 40.0..=70.0);
}

#[test]
fn prompt_6_tips_are_numbered_and_all_there() {
    let tips =
        ["Keep your room cool", "No screens after ten", "Get up at the same time", "Sleep in the dark"];
    let says = understood(Genre::Listicle, |says| {
        says.title = text("4 tips for better sleep");
        (says.item_kind, says.item_count) = (ItemKind::Tip, Some(4));
        says.items = texts(&tips);
    });
    let plan = planned("4 tips", &says, clips(3, 20.0));
    let mut scenes = vec!["Hook 4 tips for better sleep".to_owned()];
    scenes.extend(tips.iter().enumerate().map(|(nth, tip)| format!("ListItem {} | {tip}", nth + 1)));
    scenes.push("EndCard 4 tips for better sleep".to_owned());
    let scenes: Vec<&str> = scenes.iter().map(String::as_str).collect();
    assert_plan(&plan, &scenes, 2..=6, 25.0..=35.0);
}

#[test]
fn prompt_7_steps_are_called_steps_and_the_result_comes_first() {
    let says = understood(Genre::HowTo, |says| {
        says.title = text("How to make cold brew");
        says.items = texts(&["Grind the beans", "Add cold water", "Wait 12 hours", "Filter and serve"]);
    });
    let plan = planned("cold brew", &says, photos(4));
    let scenes = [
        "Hook How to make cold brew",
        "Step Step 1 | Grind the beans",
        "Step Step 2 | Add cold water",
        "Step Step 3 | Wait 12 hours",
        "Step Step 4 | Filter and serve",
        "EndCard How to make cold brew",
    ];
    assert_plan(&plan, &scenes, 0..=0, 15.0..=30.0);
    let shown: Vec<&str> = plan
        .storyboard
        .scenes
        .iter()
        .filter_map(|scene| scene.asset_id.as_ref())
        .map(|id| id.0.as_str())
        .collect();
    assert_eq!(
        shown,
        ["a4", "a1", "a2", "a3", "a4", "a4"],
        "a picture a step, the last one ahead, the end over the first"
    );
}

#[test]
fn prompt_8_a_quote_has_its_author() {
    let says = understood(Genre::Quote, |says| {
        says.quoted = texts(&["Done is better than perfect."]);
        says.author = text("Sheryl");
    });
    let plan = planned("quote", &says, photos(1));
    assert_plan(&plan, &["Quote Done is better than perfect. | Sheryl", "EndCard Sheryl"], 0..=0, 7.0..=10.0);
}

#[test]
fn prompts_9_and_11_recaps_are_many_shots_with_few_words() {
    let says = understood(Genre::Recap, |says| (says.title, says.place) = (text("Lisbon"), text("Lisbon")));
    let plan = planned("travel recap", &says, and(clips(10, 9.0), music("song.mp3", 90.0)));
    assert_plan(&plan, &["Hook Lisbon", "EndCard Thank you | Lisbon"], 9..=16, 25.0..=35.0);
    let says = understood(Genre::Recap, |says| {
        says.duration_secs = Some(30.0);
        says.title = text("Hackathon recap");
        says.wishes.fast = true;
    });
    let plan = planned("recap", &says, clips(8, 7.0));
    assert_plan(
        &plan,
        &["Hook Hackathon recap", "EndCard Thank you | Hackathon recap"],
        14..=24,
        30.0..=30.0,
    );
}

#[test]
fn prompt_10_a_demo_follows_its_recordings_and_ends_on_the_logo() {
    let says = understood(Genre::AppDemo, |says| {
        says.brand = text("Tally");
        says.items = texts(&["scan", "split", "settle"]);
    });
    let plan = planned("app demo", &says, vec![screen(0, 18.0), screen(1, 12.0), screen(2, 15.0), logo()]);
    let scenes =
        ["Title Tally", "Step Step 1 | scan", "Step Step 2 | split", "Step Step 3 | settle", "EndCard Tally"];
    assert_plan(&plan, &scenes, 3..=3, 25.0..=45.0);
    assert_eq!(plan.storyboard.scenes.last().unwrap().asset_id.as_ref().unwrap().0, "a4");
}

#[test]
fn prompt_13_before_and_after_are_side_by_side_first_and_last() {
    let says = understood(Genre::Compare, |says| {
        says.title = text("kitchen renovation");
        says.wishes.before_after = true;
    });
    let plan = planned("before/after", &says, photos(7));
    let scenes = [
        "Title kitchen renovation",
        "Split Before | After",
        "LowerThird Before",
        "LowerThird After",
        "Split Before | After",
        "EndCard kitchen renovation",
    ];
    assert_plan(&plan, &scenes, 5..=5, 20.0..=40.0);
}

#[test]
fn prompts_14_and_19_sales_have_their_code_and_launches_their_day() {
    let says = understood(Genre::Sale, |says| {
        says.title = text("Black Friday 24-hour sale");
        says.coupon = text("BLACK20");
    });
    let plan = planned("sale", &says, clips(3, 10.0));
    let scenes = ["Hook Black Friday 24-hour sale", "Statement Code | BLACK20"];
    assert_eq!(outline(&plan)[..2], scenes);
    assert!(outline(&plan)[2].starts_with("EndCard"), "{:?}", outline(&plan));
    let says = understood(Genre::Announcement, |says| {
        says.title = text("our launch");
        says.dates = texts(&["3 March"]);
    });
    let plan = planned("launch", &says, clips(2, 10.0));
    let scenes = ["Hook our launch", "Number Save the date | 3 March", "EndCard Learn more | our launch"];
    assert_plan(&plan, &scenes, 2..=6, 12.0..=18.0);
}

#[test]
fn prompts_15_and_22_who_speaks_is_not_interrupted() {
    let says = understood(Genre::Testimonial, |says| {
        says.author = text("Maria, bakery owner");
        says.quoted = texts(&["It saved our mornings."]);
    });
    let plan = planned("testimonial", &says, vec![talk(0, 30.0), clip(1, 10.0)]);
    assert_eq!(outline(&plan)[..2], ["Hook It saved our mornings.", "LowerThird Maria | bakery owner"]);
    let told: Vec<_> = plan
        .storyboard
        .scenes
        .iter()
        .filter(|scene| scene.asset_id == Some(crate::asset_id(0)) && scene.layout != Layout::EndCard)
        .collect();
    assert!(told.len() >= 3);
    for pair in told.windows(2) {
        let end = pair[0].asset_start.unwrap() + pair[0].duration_seconds;
        assert!((pair[1].asset_start.unwrap() - end).abs() < 0.005, "{pair:?}");
    }
    assert_eq!(plan.storyboard.clip_sound, crate::ClipSound::Full);
    let says =
        understood(Genre::Testimonial, |says| (says.wishes.keep_sound, says.wishes.captions) = (true, true));
    let plan = planned("podcast", &says, vec![talk(0, 40.0)]);
    assert_eq!(outline(&plan), ["EndCard Thank you"]);
    assert!(plan.notes.iter().any(|note| note.text.contains("captions")), "{:?}", plan.notes);
}

#[test]
fn prompt_16_a_job_ad_ends_on_the_call() {
    let says = understood(Genre::Announcement, |says| {
        says.title = text("we hire two electricians");
        says.place = text("Graz");
        (says.address, says.call_to_action) = (text("0316 123456"), text("call"));
    });
    let plan = planned("job ad", &says, photos(4));
    let scenes = ["Hook we hire two electricians", "LowerThird Graz", "EndCard call | 0316 123456"];
    assert_plan(&plan, &scenes, 2..=2, 10.0..=18.0);
}

#[test]
fn prompt_17_plans_without_files_are_prices_on_cards() {
    let says = understood(Genre::AppDemo, |says| {
        says.title = text("3 pricing plans");
        says.items = texts(&["Free", "Pro $9", "Team"]);
        says.prices = vec![price("$9", Some("Pro")), price("$29", Some("Team"))];
    });
    let plan = planned("pricing", &says, Vec::new());
    let scenes = ["Title 3 pricing plans", "ListItem 1 | Free", "Price Pro | $9", "Price Team | $29"];
    assert_plan(
        &plan,
        &[&scenes[..], &["EndCard Learn more | 3 pricing plans"]].concat(),
        0..=0,
        12.0..=25.0,
    );
}

#[test]
fn prompt_18_no_text_is_shots_and_the_logo() {
    let says = understood(Genre::Listing, |says| {
        says.title = text("Real estate");
        says.wishes.no_text = true;
    });
    let plan = planned("no text", &says, and(photos(6), logo()));
    assert_plan(&plan, &["EndCard"], 6..=6, 18.0..=35.0);
}

#[test]
fn prompt_20_fast_statements_stand_among_short_shots() {
    let says = understood(Genre::Sports, |says| {
        says.title = text("Gym motivation");
        says.quoted = texts(&["No excuses", "Show up", "Lift"]);
        says.wishes.fast = true;
    });
    let plan = planned("gym", &says, and(clips(6, 15.0), music("song.mp3", 90.0)));
    let scenes = [
        "Hook Gym motivation",
        "Hook No excuses",
        "Statement Show up",
        "Hook Lift",
        "EndCard Gym motivation",
    ];
    assert_plan(&plan, &scenes, 10..=20, 20.0..=20.0);
}

#[test]
fn prompts_21_and_25_invitations_say_when_where_and_how_much() {
    let says = understood(Genre::Invite, |says| {
        says.title = text("Jazz night");
        (says.dates, says.times) = (texts(&["Fri"]), texts(&["8pm"]));
        says.place = text("Blue Room");
        says.prices = vec![price("€10", None)];
    });
    let plan = planned("invite", &says, photos(3));
    let scenes = ["Title Jazz night", "Number Fri | 8pm", "LowerThird Blue Room", "Price €10"];
    assert_plan(&plan, &[&scenes[..], &["EndCard Save the date | Jazz night"]].concat(), 1..=1, 11.0..=18.0);
}

#[test]
fn prompt_23_a_year_has_its_numbers() {
    let says = understood(Genre::Recap, |says| {
        says.title = text("Year in review 2025");
        says.numbers = vec![fact("12,400", "meals"), fact("38", "volunteers")];
    });
    let plan = planned("year", &says, photos(9));
    let scenes = ["Hook Year in review 2025", "Number 12,400 | meals", "Number 38 | volunteers"];
    assert_plan(
        &plan,
        &[&scenes[..], &["EndCard Thank you | Year in review 2025"]].concat(),
        6..=6,
        20.0..=32.0,
    );
}

#[test]
fn prompt_24_without_music_the_files_are_heard() {
    let says = understood(Genre::General, |says| {
        says.title = text("Unboxing");
        (says.wishes.no_music, says.wishes.slow) = (true, true);
    });
    let plan = planned("unboxing", &says, and(clips(2, 30.0), music("song.mp3", 90.0)));
    assert_plan(&plan, &["Hook Unboxing", "EndCard Unboxing"], 3..=6, 12.0..=20.0);
    assert_eq!((plan.storyboard.music, plan.storyboard.clip_sound), (None, crate::ClipSound::Full));
}

#[test]
fn prompts_26_and_27_news_open_on_a_line_and_bumpers_on_a_brand() {
    let says = understood(Genre::News, |says| {
        says.title = text("road closed on B17");
        says.dates = texts(&["from Monday"]);
    });
    let plan = planned("news", &says, photos(2));
    let scenes = ["LowerThird road closed on B17", "Number from Monday", "EndCard road closed on B17"];
    assert_plan(&plan, &scenes, 0..=0, 8.0..=15.0);
    let says = understood(Genre::Teaser, |says| (says.duration_secs, says.brand) = (Some(6.0), text("Acme")));
    let plan = planned("bumper", &says, clips(2, 6.0));
    assert_plan(&plan, &["Hook Acme", "EndCard Learn more | Acme"], 1..=2, 6.0..=6.0);
}

#[test]
fn prompt_28_comparisons_are_side_by_side() {
    let says = understood(Genre::Compare, |says| {
        says.title = text("model A and B");
        says.items = texts(&["model A", "B"]);
    });
    let plan = planned("compare", &says, photos(6));
    let split = "Split model A | B";
    assert_plan(
        &plan,
        &["Hook model A and B", split, split, split, "EndCard model A and B"],
        0..=0,
        12.0..=22.0,
    );
}

#[test]
fn prompts_29_and_30_little_said_is_a_montage_in_the_prompts_language() {
    let says = understood(Genre::Teaser, |says| {
        says.duration_secs = Some(30.0);
        says.language = "de".to_owned();
        says.title = text("unser Café");
    });
    let plan = planned("Café", &says, clips(5, 9.0));
    assert_plan(&plan, &["Hook unser Café", "EndCard Mehr erfahren | unser Café"], 9..=16, 30.0..=30.0);
    let plan = planned("make something cool", &understood(Genre::General, |_| {}), clips(4, 12.0));
    assert_plan(&plan, &[], 6..=9, 15.0..=15.0);
}
