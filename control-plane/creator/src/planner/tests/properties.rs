//! Any prompt and any files: a valid plan or a sentence, the same each time.

use avs_protocol::{MediaKind, Span};
use proptest::prelude::*;

use super::fixture;
use super::valid::assert_valid;
use crate::planner::plan;
use crate::prompt::{Genre, ItemKind, NumberFact, Price, Understanding};
use crate::{Brief, BriefAsset};

const GENRES: [Genre; 20] = [
    Genre::Teaser,
    Genre::Sale,
    Genre::AppDemo,
    Genre::Recap,
    Genre::Wedding,
    Genre::Memorial,
    Genre::Listing,
    Genre::Recipe,
    Genre::HowTo,
    Genre::Listicle,
    Genre::Quote,
    Genre::Testimonial,
    Genre::Sports,
    Genre::Music,
    Genre::Invite,
    Genre::Announcement,
    Genre::News,
    Genre::Compare,
    Genre::ScreenGuide,
    Genre::General,
];

const KINDS: [ItemKind; 6] =
    [ItemKind::Feature, ItemKind::Step, ItemKind::Tip, ItemKind::Plan, ItemKind::Place, ItemKind::Other];

/// Words short and long, with and without spaces, of several scripts, and nothing at all.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z]{1,9}( [a-z0-9€%,.:]{1,9}){0,6}",
        1 => "[A-Za-z ,.]{0,140}",
        1 => "[ぁ-ん一-龥、。]{1,60}",
        1 => "\\PC{0,30}",
    ]
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop_oneof![Just(None), strategy.prop_map(Some)]
}

fn duration() -> impl Strategy<Value = Option<f64>> {
    maybe(prop_oneof![3.0..60.0_f64, Just(0.0), Just(1.0), Just(3.0), Just(180.0), Just(1e9), Just(f64::NAN)])
}

prop_compose! {
    fn lists()(
        quoted in prop::collection::vec(words(), 0..4),
        items in prop::collection::vec(words(), 0..9),
        kind in 0..KINDS.len(),
        item_count in maybe(0..500_u32),
        prices in prop::collection::vec((words(), maybe(words()), maybe(words())), 0..3),
        discounts in prop::collection::vec(words(), 0..3),
        dates in prop::collection::vec(words(), 0..2),
        times in prop::collection::vec(words(), 0..2),
        numbers in prop::collection::vec((words(), words()), 0..3),
    ) -> Understanding {
        let mut understanding = Understanding::of_prompt("");
        understanding.quoted = quoted;
        understanding.items = items;
        understanding.item_kind = KINDS[kind];
        understanding.item_count = item_count;
        understanding.prices =
            prices.into_iter().map(|(amount, was, what)| Price { amount, was, what }).collect();
        understanding.discounts = discounts;
        understanding.dates = dates;
        understanding.times = times;
        understanding.numbers = numbers.into_iter().map(|(value, what)| NumberFact { value, what }).collect();
        understanding
    }
}

prop_compose! {
    fn understandings()(
        mut understanding in lists(),
        genre in 0..GENRES.len(),
        duration_secs in duration(),
        cap in duration(),
        title in maybe(words()),
        brand in maybe(words()),
        author in maybe(words()),
        (place, address, coupon, call) in (maybe(words()), maybe(words()), maybe(words()), maybe(words())),
        wishes in 0..512_u32,
    ) -> Understanding {
        understanding.genre = GENRES[genre];
        (understanding.duration_secs, understanding.duration_cap_secs) = (duration_secs, cap);
        (understanding.title, understanding.brand, understanding.author) = (title, brand, author);
        (understanding.place, understanding.address) = (place, address);
        (understanding.coupon, understanding.call_to_action) = (coupon, call);
        let has = |bit: u32| wishes >> bit & 3 == 3;
        understanding.wishes.no_text = has(0);
        understanding.wishes.no_music = has(1);
        understanding.wishes.keep_sound = has(2);
        understanding.wishes.captions = has(3);
        understanding.wishes.fast = has(4);
        understanding.wishes.slow = has(5);
        understanding.wishes.before_after = has(6);
        understanding
    }
}

/// Files of all kinds, good ones and bad ones.
fn assets() -> impl Strategy<Value = Vec<BriefAsset>> {
    prop::collection::vec((0..10_u32, 0.05..90.0_f64, prop::collection::vec(0.0..90.0_f64, 0..8)), 0..20)
        .prop_map(|kinds| {
            kinds
                .into_iter()
                .enumerate()
                .map(|(index, (kind, secs, cuts))| asset(index, kind, (secs, cuts)))
                .collect()
        })
}

fn asset(index: usize, kind: u32, (secs, cuts): (f64, Vec<f64>)) -> BriefAsset {
    match kind {
        0 | 1 => fixture::picture(index, if index.is_multiple_of(2) { (1080, 1920) } else { (40, 30) }),
        2 | 3 => {
            let mut asset = fixture::clip(index, secs);
            asset.analysis.picture.as_mut().unwrap().cuts_secs = cuts;
            asset
        }
        4 => fixture::screen(index, secs),
        5 => fixture::talk(index, secs),
        6 => fixture::music(&format!("song {index}.mp3"), secs),
        7 => fixture::voice(&format!("take {index}.wav"), secs),
        8 => fixture::logo(),
        _ => broken(index, secs),
    }
}

/// What an engine that lies could say.
fn broken(index: usize, secs: f64) -> BriefAsset {
    let mut asset = fixture::clip(index, secs);
    match index % 5 {
        0 => asset.analysis.picture = None,
        1 => asset
            .analysis
            .picture
            .as_mut()
            .unwrap()
            .samples
            .iter_mut()
            .for_each(|sample| sample.is_blank = true),
        2 => {
            let picture = asset.analysis.picture.as_mut().unwrap();
            picture.samples.iter_mut().for_each(|sample| sample.sharpness = f64::NAN);
            picture.cuts_secs = vec![f64::NAN, -3.0, 1e300, 0.2, 0.1];
        }
        3 => asset.analysis.duration_secs = Some(f64::INFINITY),
        _ => asset.analysis = fixture::analysis(MediaKind::Font, "letters.ttf"),
    }
    if let Some(sound) = &mut asset.analysis.sound {
        sound.speech.push(Span { start_secs: f64::NAN, end_secs: -1.0 });
    }
    asset
}

fn brief_of(prompt: &str, assets: Vec<BriefAsset>) -> Brief {
    fixture::brief(prompt, assets)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_understood_and_whatever_the_files_a_plan_is_valid(
        understanding in understandings(), assets in assets(), prompt in "\\PC{0,40}",
    ) {
        let brief = brief_of(&prompt, assets);
        if let Ok(first) = plan(&brief, &understanding) {
            assert_valid(&brief, &understanding, &first);
            prop_assert_eq!(Ok(first), plan(&brief, &understanding));
        }
    }

    #[test]
    fn a_plan_without_text_shows_no_word(mut understanding in understandings(), assets in assets()) {
        understanding.wishes.no_text = true;
        if let Ok(plan) = plan(&brief_of("no text", assets), &understanding) {
            for scene in &plan.storyboard.scenes {
                prop_assert!(scene.headline.is_none() && scene.body.is_none() && scene.label.is_none());
            }
        }
    }
}
