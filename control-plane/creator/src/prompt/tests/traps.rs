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
        ("a 10 minute video", 600.0),
        ("a 1 second clip", 1.0),
        ("forty-five second video", 45.0),
        ("a twenty five second clip", 25.0),
        ("1 minute 30 seconds video", 90.0),
        ("a 1 minute and 20 second recap", 80.0),
        ("1 min 30 sec trailer", 90.0),
        ("ein Video von fünfundvierzig Sekunden", 45.0),
        ("Ein Clip, eine halbe Minute lang", 30.0),
        ("un video de un minuto y medio", 90.0),
        ("un vídeo de cuarenta y cinco segundos", 45.0),
        ("hype video with a 5 second intro, 45 seconds in total", 45.0),
        ("a 5 second intro for my channel", 5.0),
        ("Make a second video of 12 seconds", 12.0),
        ("Duration 00:30, for our café", 30.0),
        ("A 30\" spot for Acme", 30.0),
        ("A 9:16 video, 20 seconds long", 20.0),
        ("Make a 16:9 video of 20 seconds", 20.0),
        ("A teaser \"Now shipping\" of 10 seconds", 10.0),
        ("30秒の動画", 30.0),
        ("1分30秒の動画", 90.0),
        ("1分の紹介ムービー", 60.0),
    ];
    for (prompt, secs) in lengths {
        assert_eq!(of(prompt).duration_secs, Some(secs), "{prompt}");
    }
}

#[test]
fn shapes_in_numbers_are_shapes_and_nothing_else() {
    use Aspect::{Feed, Landscape, Portrait, Square, Standard, Ultrawide};
    let shapes = [
        ("Make a 9:16 video for our bakery", Portrait),
        ("20 second teaser for Nova, 9:16.", Portrait),
        ("A teaser in 16:9 format for Nova", Landscape),
        ("Teaser for Nova, 1:1 format", Square),
        ("Teaser for Nova, 4x5", Feed),
        ("Teaser for Nova, format 4:3", Standard),
        ("Teaser for Nova, 21:9", Ultrawide),
        ("Teaser for Nova, 1080x1920", Portrait),
        ("Teaser for Nova, 1920 x 1080 px", Landscape),
        ("9:16の動画、Nova", Portrait),
    ];
    for (prompt, shape) in shapes {
        let it = of(prompt);
        assert_eq!(it.aspects, [shape], "{prompt}");
        assert!(it.times.is_empty() && it.numbers.is_empty(), "{prompt}: {:?} {:?}", it.times, it.numbers);
        assert!(it.duration_secs.is_none_or(|secs| secs == 20.0), "{prompt}: {:?}", it.duration_secs);
        assert!(it.title.as_ref().is_none_or(|title| !title.contains(':')), "{prompt}: {:?}", it.title);
    }
    let it = of("Recap of the match: Rovers 4:3 United");
    assert!(it.aspects.is_empty() && it.numbers.len() == 1, "{it:?}");
}

#[test]
fn what_is_said_to_the_maker_in_numbers_is_not_shown() {
    for prompt in [
        "Teaser for Nova. Use 5 scenes.",
        "Teaser for Nova, 3 slides, 2 versions",
        "Teaser for Nova in 4K resolution",
        "Teaser for Nova at 2x speed",
        "Teaser for Nova. Use hero.mp4 from 0:12 to 0:20.",
        "Teaser for Nova. Use hero.mp4 from 1:12 to 1:20.",
        "Teaser for Nova. Start hero.mp4 at 1:12.",
        "Teaser for Nova, duration 00:30",
    ] {
        let it = of(prompt);
        assert!(it.times.is_empty() && it.numbers.is_empty(), "{prompt}: {:?} {:?}", it.times, it.numbers);
    }
    for prompt in [
        "Invite to the party, doors 19:30",
        "A clip for our party on Friday, doors 19:30",
        "Use party.mp4 for the invite to our party, doors 19:30",
    ] {
        assert_eq!(of(prompt).times, ["19:30"], "{prompt}");
    }
}

#[test]
fn the_instruction_is_never_the_headline() {
    for prompt in [
        "Turn my photos into a video with music",
        "Combine my clips into a reel",
        "Stitch these clips together into a video",
        "Mach aus meinen Clips ein Video",
        "Füge diese Clips zu einem Video zusammen",
        "Kafemiz için bir video hazırla",
    ] {
        assert_eq!(of(prompt).title, None, "{prompt}");
    }
    let titles = [
        ("Skapa en video om vårt kafé", "Vårt kafé"),
        ("Lav en video om vores café", "Vores café"),
        ("Crie um vídeo do nosso café", "Nosso café"),
        ("Assemble a desk in one evening", "Assemble a desk in one evening"),
    ];
    for (prompt, title) in titles {
        assert_eq!(of(prompt).title.as_deref(), Some(title), "{prompt}");
    }
}

#[test]
fn what_is_ours_between_quotation_marks_is_a_name_only_where_it_can_be_one() {
    let it = of("Sale video. Use our code \"SAVE10\"");
    assert_eq!((it.coupon.as_deref(), it.brand), (Some("SAVE10"), None));
    let it = of("Teaser with our slogan \"Good bread takes time\"");
    assert_eq!((it.quoted, it.brand), (vec!["Good bread takes time".to_owned()], None));
    let it = of("Teaser with our headline \"Good bread\"");
    assert_eq!((it.title.as_deref(), it.brand), (Some("Good bread"), None));
    let it = of("Video, unser Motto lautet \"Brot braucht Zeit\"");
    assert_eq!((it.quoted, it.brand), (vec!["Brot braucht Zeit".to_owned()], None));
    assert_eq!(of("Teaser for our bakery \"Krume\"").brand.as_deref(), Some("Krume"));
}

#[test]
fn wishes_are_heard_however_they_are_denied() {
    for prompt in [
        "A teaser, no sound",
        "A silent video of the river",
        "Ein Clip ohne Ton.",
        "A teaser without any audio, please",
    ] {
        assert!(of(prompt).wishes.silent, "{prompt}");
    }
    for prompt in ["Mute the clips", "A teaser, mute my videos, use the song", "Remove the original audio"] {
        let wishes = of(prompt).wishes;
        assert!(wishes.mute_clips && !wishes.silent && !wishes.keep_sound, "{prompt}: {wishes:?}");
    }
    assert!(of("Don't use any music").wishes.no_music && of("please do not add text").wishes.no_text);
    for prompt in ["Don't add captions", "without any captions", "no subtitles"] {
        assert!(!of(prompt).wishes.captions, "{prompt}");
    }
    for prompt in [
        "It has to work without sound.",
        "Most will watch it without sound, so use captions",
        "Auch ohne Ton verständlich",
    ] {
        assert!(!of(prompt).wishes.silent, "{prompt}");
    }
    let wishes = of("A teaser, no sound from the clips, use the song").wishes;
    assert!(wishes.mute_clips && !wishes.silent, "{wishes:?}");
    let plain = of("A teaser with sound, no sound effects needed, with captions").wishes;
    assert!(!plain.silent && !plain.mute_clips && plain.captions, "{plain:?}");
}

#[test]
fn what_tells_of_form_is_no_name() {
    for prompt in
        ["A promo in Dutch", "A promo in UHD", "A promo. Text in Helvetica.", "A promo, music by Hans Zimmer"]
    {
        let it = of(prompt);
        assert!(it.place.is_none() && it.brand.is_none() && it.names.is_empty(), "{prompt}: {it:?}");
    }
}

#[test]
fn a_language_alone_is_no_name_and_may_begin_one() {
    assert_eq!(of("A teaser for French Bakery").brand.as_deref(), Some("French Bakery"));
    assert_eq!(of("A teaser for Nova in French").names, ["Nova"]);
}

#[test]
fn at_most_so_long_is_a_cap() {
    for prompt in [
        "A video for Nova, 20 seconds or less",
        "A video for Nova, max 20 seconds",
        "Ein Clip, 20 Sekunden oder weniger",
    ] {
        let it = of(prompt);
        assert_eq!((it.duration_secs, it.duration_cap_secs), (None, Some(20.0)), "{prompt}");
    }
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
