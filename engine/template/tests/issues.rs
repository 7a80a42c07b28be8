//! Each rule of the document: its code, its place, and what is suggested instead.

use avs_template::{Pointer, Template, codes, limits};
use serde_json::{Value, json};

use crate::{issues_of, places, rejected, template_json};

/// A text block with a duration, and one more field.
fn text_with(name: &str, value: Value) -> Value {
    let mut block = json!({ "type": "text", "text": "Hi", "duration": 1 });
    block[name] = value;
    json!([block])
}

fn video_with(name: &str, value: Value) -> Value {
    let mut block = json!({ "type": "video", "source": { "uploadName": "a.mp4" } });
    block[name] = value;
    json!([block])
}

#[track_caller]
fn assert_only_issue(blocks: &Value, pointer: &str, code: &str) {
    assert_eq!(places(&rejected(blocks)), [(pointer, code)], "{blocks}");
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    for (name, value) in [
        ("start", json!(-0.1)),
        ("start", json!(3600.5)),
        ("duration", json!(0)),
        ("duration", json!(-1)),
        ("opacity", json!(1.01)),
        ("opacity", json!(-1)),
        ("lineHeight", json!(0.4)),
        ("lineHeight", json!(4.5)),
        ("width", json!(0)),
        ("height", json!("0%")),
        ("height", json!("1001%")),
        ("x", json!(-20_000)),
        ("zIndex", json!(1.5)),
        ("zIndex", json!(1_000_001)),
        ("zIndex", json!(u64::MAX)),
    ] {
        let issues = rejected(&text_with(name, value));
        assert_eq!(places(&issues), [(format!("/blocks/0/{name}").as_str(), codes::OUT_OF_RANGE)]);
        assert!(issues[0].detail.contains("must be"), "{}", issues[0].detail);
    }
    for (name, value) in
        [("volume", json!(4.1)), ("volume", json!(-1)), ("fadeIn", json!(-1)), ("fadeOut", json!(3601))]
    {
        assert_only_issue(&video_with(name, value), &format!("/blocks/0/{name}"), codes::OUT_OF_RANGE);
    }
}

#[test]
fn an_excluded_bound_is_said_to_be_excluded() {
    let issues = rejected(&text_with("duration", json!(0)));
    assert_eq!(issues[0].detail, "0 is out of range; it must be more than 0 and at most 3600");
}

#[test]
fn a_value_of_another_type_is_refused() {
    for (name, value) in [
        ("text", json!(7)),
        ("start", json!(true)),
        ("duration", json!([1])),
        ("position", json!(1)),
        ("anchor", json!(1)),
        ("x", json!({})),
        ("width", json!(true)),
        ("opacity", json!("1")),
        ("zIndex", json!("1")),
        ("font", json!("Inter")),
        ("color", json!(0xff_ffff)),
        ("align", json!(null)),
    ] {
        assert_only_issue(&text_with(name, value), &format!("/blocks/0/{name}"), codes::WRONG_TYPE);
    }
    assert_only_issue(&video_with("muted", json!("yes")), "/blocks/0/muted", codes::WRONG_TYPE);
    assert_only_issue(&video_with("trim", json!(3)), "/blocks/0/trim", codes::WRONG_TYPE);
    assert_only_issue(&json!(["video"]), "/blocks/0", codes::WRONG_TYPE);
}

#[test]
fn null_is_not_an_absent_field() {
    let issues = rejected(&text_with("color", Value::Null));
    assert_eq!(
        issues[0].detail,
        "must be a colour such as \"#101828\", not null; leave it out for its default"
    );
}

#[test]
fn an_unknown_word_is_refused_with_the_nearest_known_one() {
    for (name, word, meant) in [
        ("position", "centre", Some("center")),
        ("position", "top_left", Some("top-left")),
        ("align", "middle", None),
        ("textTransform", "upper", Some("uppercase")),
        ("flip", "horizontaly", Some("horizontal")),
        ("blendMode", "multipy", Some("multiply")),
        ("start", "Auto", Some("auto")),
        ("duration", "ends", Some("end")),
        ("duration", "5", None),
        ("fit", "cover", None),
        ("anchor", "bottem", Some("bottom")),
        ("type", "txt", Some("text")),
    ] {
        let issues = rejected(&text_with(name, json!(word)));
        assert_eq!(places(&issues), [(format!("/blocks/0/{name}").as_str(), codes::UNKNOWN_VALUE)]);
        assert_eq!(issues[0].suggestion.as_deref(), meant, "{name}: {word}");
    }
}

#[test]
fn an_unknown_field_is_refused_with_the_nearest_known_one() {
    for (name, meant) in [
        ("colour", Some("color")),
        ("z_index", Some("zIndex")),
        ("line-height", Some("lineHeight")),
        ("poistion", Some("position")),
        ("rotaton", Some("rotation")),
        ("pan", None),
    ] {
        let issues = rejected(&text_with(name, json!(1)));
        assert_eq!(places(&issues), [(format!("/blocks/0/{name}").as_str(), codes::UNKNOWN_FIELD)]);
        assert_eq!(issues[0].suggestion.as_deref(), meant, "{name}");
    }
}

#[test]
fn a_field_of_another_type_of_block_is_unknown() {
    for name in ["pan", "kenBurns", "letterSpacing", "stroke"] {
        assert_only_issue(&video_with(name, json!(1)), &format!("/blocks/0/{name}"), codes::UNKNOWN_FIELD);
    }
    for name in ["crop", "chromaKey", "onAssetError", "kenBurns", "volume", "trim", "speed", "loop"] {
        assert_only_issue(&text_with(name, json!(1)), &format!("/blocks/0/{name}"), codes::UNKNOWN_FIELD);
    }
    let audio =
        json!([{ "type": "audio", "source": { "uploadName": "a" }, "muted": true, "x": 1, "filters": [] }]);
    let found = rejected(&audio);
    assert!(found.iter().all(|issue| issue.code == codes::UNKNOWN_FIELD));
    assert_eq!(found.len(), 3);
}

#[test]
fn keyframes_rise_in_time_and_have_known_easings() {
    let at = |time: Value| json!({ "time": time, "value": 1 });
    for (keyframes, place, code) in [
        (json!([at(json!(1)), at(json!(0.5))]), "/1/time", codes::INVALID_KEYFRAMES),
        (json!([at(json!("50%")), at(json!(2))]), "/1/time", codes::INVALID_KEYFRAMES),
        (json!([{ "time": 0, "value": 1, "easing": "easeInCubik" }]), "/0/easing", codes::UNKNOWN_VALUE),
        (json!([{ "time": 0 }]), "/0/value", codes::MISSING_FIELD),
        (json!([]), "", codes::TOO_SHORT),
        (json!([{ "time": "101%", "value": 1 }]), "/0/time", codes::OUT_OF_RANGE),
    ] {
        let place = format!("/blocks/0/opacity{place}");
        assert_only_issue(&video_with("opacity", keyframes), &place, code);
    }
    let text = text_with("width", json!([{ "time": 0, "value": 100 }]));
    assert_only_issue(&text, "/blocks/0/width", codes::NOT_ANIMATABLE);
}

#[test]
fn what_means_nothing_is_refused() {
    for (animation, place, code) in [
        (json!({ "type": "fade", "direction": "up" }), "/direction", codes::MEANINGLESS),
        (json!({ "type": "slide", "at": "loop" }), "/at", codes::MEANINGLESS),
        (json!({ "type": "typewriter" }), "/type", codes::UNKNOWN_VALUE),
        (json!({ "type": "fade", "split": "word" }), "/split", codes::UNKNOWN_FIELD),
        (json!({ "type": "fade", "duration": 0 }), "/duration", codes::OUT_OF_RANGE),
    ] {
        let place = format!("/blocks/0/animations/0{place}");
        assert_only_issue(&video_with("animations", json!([animation])), &place, code);
    }
    let splits = json!([{ "type": "typewriter" }, { "type": "fade", "split": "word" }]);
    assert_only_issue(&text_with("animations", splits), "/blocks/0/animations/1", codes::SPLITS_DIFFER);
    let iris = json!({ "type": "iris", "direction": "up" });
    assert_only_issue(&video_with("transition", iris), "/blocks/0/transition/direction", codes::MEANINGLESS);
    let crop = json!({ "left": 0.5, "right": 0.6 });
    assert_only_issue(&video_with("crop", crop), "/blocks/0/crop", codes::CONTRADICTORY);
}

#[test]
fn a_missing_field_is_reported_where_it_belongs() {
    assert_eq!(
        places(&issues_of(&json!({}))),
        [("/version", codes::MISSING_FIELD), ("/blocks", codes::MISSING_FIELD)]
    );
    assert_only_issue(&json!([{ "start": 0 }]), "/blocks/0/type", codes::MISSING_FIELD);
    assert_only_issue(&json!([{ "type": "text", "duration": 1 }]), "/blocks/0/text", codes::MISSING_FIELD);
    for kind in ["video", "image", "audio"] {
        assert_only_issue(
            &json!([{ "type": kind, "duration": 1 }]),
            "/blocks/0/source",
            codes::MISSING_FIELD,
        );
    }
    assert_only_issue(&text_with("anchor", json!({ "x": 0 })), "/blocks/0/anchor/y", codes::MISSING_FIELD);
}

#[test]
fn a_source_names_exactly_one_file() {
    let source = |source| video_with("source", source);
    for (value, pointer, code) in [
        (json!({}), "", codes::INVALID_SOURCE),
        (json!({ "url": "https://a.b/c", "uploadName": "c" }), "", codes::INVALID_SOURCE),
        (json!({ "url": "" }), "/url", codes::TOO_SHORT),
        (json!({ "url": "https://" }), "/url", codes::INVALID_URL),
        (json!({ "url": "http:///etc/passwd" }), "/url", codes::INVALID_URL),
        (json!({ "url": "file:///etc/passwd" }), "/url", codes::INVALID_URL),
        (json!({ "url": "ftp://a.b/c" }), "/url", codes::INVALID_URL),
        (json!({ "url": "https://a.b/c d" }), "/url", codes::INVALID_URL),
        (json!({ "url": format!("https://{}", "a".repeat(2048)) }), "/url", codes::TOO_LONG),
        (json!({ "uploadName": "" }), "/uploadName", codes::TOO_SHORT),
        (json!({ "uploadName": "a/b" }), "/uploadName", codes::INVALID_UPLOAD_NAME),
        (json!({ "uploadName": "a\\b" }), "/uploadName", codes::INVALID_UPLOAD_NAME),
        (json!({ "uploadName": "a\u{0}b" }), "/uploadName", codes::INVALID_UPLOAD_NAME),
        (json!({ "uploadName": "..", }), "/uploadName", codes::INVALID_UPLOAD_NAME),
        (json!({ "uploadName": "é".repeat(128) }), "/uploadName", codes::TOO_LONG),
        (json!({ "uploadName": "a".repeat(256) }), "/uploadName", codes::TOO_LONG),
    ] {
        assert_only_issue(&source(value), &format!("/blocks/0/source{pointer}"), code);
    }
    let issues = rejected(&source(json!({ "uploadname": "a" })));
    assert_eq!(issues[1].suggestion.as_deref(), Some("uploadName"));
}

#[test]
fn a_trim_ends_after_its_start() {
    for trim in [json!({ "start": 2, "end": 2 }), json!({ "start": 2, "end": 1 }), json!({ "end": 0 })] {
        assert_only_issue(&video_with("trim", trim), "/blocks/0/trim/end", codes::INVALID_TRIM);
    }
    assert_only_issue(&video_with("trim", json!({ "from": 1 })), "/blocks/0/trim/from", codes::UNKNOWN_FIELD);
}

#[test]
fn a_colour_is_hexadecimal_and_the_background_opaque() {
    for color in ["red", "#ff", "#ffff", "#gggggg", "rgb(1,2,3)"] {
        assert_only_issue(&text_with("color", json!(color)), "/blocks/0/color", codes::INVALID_COLOR);
    }
    assert_eq!(rejected(&text_with("color", json!("101828")))[0].suggestion.as_deref(), Some("#101828"));
    let mut template = template_json(&text_with("opacity", json!(1)));
    template["background"] = json!("#10182880");
    let issues = issues_of(&template);
    assert_eq!(places(&issues), [("/background", codes::INVALID_COLOR)]);
    assert_eq!(issues[0].suggestion.as_deref(), Some("#101828"));
}

#[test]
fn a_percentage_is_plain_decimal_notation() {
    for percent in ["50", "50px", "%", "5e1%", "inf%", "NaN%", "+5%", ".5%", "5.%", "--5%", "1.2.3%", "5 %"] {
        assert_only_issue(&text_with("x", json!(percent)), "/blocks/0/x", codes::INVALID_PERCENT);
    }
    let overflow = format!("{}%", "9".repeat(400));
    assert_only_issue(&text_with("x", json!(overflow)), "/blocks/0/x", codes::INVALID_PERCENT);
    for written in ["50", "50px"] {
        assert_eq!(rejected(&text_with("x", json!(written)))[0].suggestion.as_deref(), Some("50"));
    }
}

#[test]
fn the_font_is_checked_field_by_field() {
    for (name, value, code) in [
        ("family", json!(""), codes::TOO_SHORT),
        ("size", json!(0), codes::OUT_OF_RANGE),
        ("size", json!(1001), codes::OUT_OF_RANGE),
        ("size", json!("101%"), codes::OUT_OF_RANGE),
        ("size", json!("big"), codes::INVALID_PERCENT),
        ("weight", json!(950), codes::OUT_OF_RANGE),
        ("weight", json!(450.5), codes::OUT_OF_RANGE),
        ("weight", json!("bold"), codes::WRONG_TYPE),
        ("style", json!("oblique"), codes::UNKNOWN_VALUE),
        ("colour", json!("#fff"), codes::UNKNOWN_FIELD),
    ] {
        let font = json!({ name: value });
        assert_only_issue(&text_with("font", font), &format!("/blocks/0/font/{name}"), code);
    }
}

#[test]
fn the_template_itself_is_checked() {
    let blocks = text_with("opacity", json!(1));
    let sound = template_json(&blocks);
    for (name, value, code) in [
        ("version", json!("2"), codes::UNKNOWN_VALUE),
        ("version", json!(1), codes::WRONG_TYPE),
        ("name", json!("a".repeat(201)), codes::TOO_LONG),
        ("background", json!("black"), codes::INVALID_COLOR),
        ("blocks", json!([]), codes::TOO_SHORT),
        ("blocks", json!({}), codes::WRONG_TYPE),
        ("blocks", Value::Array(vec![blocks[0].clone(); 501]), codes::TOO_LONG),
        ("fonts", json!({}), codes::WRONG_TYPE),
    ] {
        let mut template = sound.clone();
        template[name] = value;
        assert_eq!(places(&issues_of(&template)), [(format!("/{name}").as_str(), code)]);
    }
    assert_eq!(places(&issues_of(&json!([]))), [("", codes::WRONG_TYPE)]);
}

#[test]
fn a_text_has_between_1_and_10_000_characters_not_bytes() {
    assert_only_issue(&text_with("text", json!("")), "/blocks/0/text", codes::TOO_SHORT);
    assert_only_issue(&text_with("text", json!("é".repeat(10_001))), "/blocks/0/text", codes::TOO_LONG);
    let longest = template_json(&text_with("text", json!("é".repeat(10_000))));
    assert!(Template::from_value(&longest, &Pointer::root()).is_ok());
}

#[test]
fn everything_wrong_is_reported_at_once_in_the_order_of_the_document() {
    let template = json!({
        "background": "blue", "font": [],
        "blocks": [
            { "type": "text", "text": "", "opacity": 2 },
            { "type": "video", "source": { "url": "x" }, "volume": 9, "colour": 1 } ] });
    assert_eq!(
        places(&issues_of(&template)),
        [
            ("/version", codes::MISSING_FIELD),
            ("/background", codes::INVALID_COLOR),
            ("/blocks/0/text", codes::TOO_SHORT),
            ("/blocks/0/opacity", codes::OUT_OF_RANGE),
            ("/blocks/1/source/url", codes::INVALID_URL),
            ("/blocks/1/volume", codes::OUT_OF_RANGE),
            ("/blocks/1/colour", codes::UNKNOWN_FIELD),
            ("/font", codes::UNKNOWN_FIELD),
        ]
    );
}

#[test]
fn at_most_fifty_issues_are_reported() {
    let blocks = Value::Array(vec![json!({ "type": "text", "text": "" }); 200]);
    assert_eq!(rejected(&blocks).len(), limits::ISSUES_MAX);
    let crowd: Value =
        (0..50_000).map(|n| (format!("duratoin{n}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(issues_of(&crowd).len(), limits::ISSUES_MAX);
}

#[test]
fn pointers_begin_with_the_base_and_escape_names() {
    let template = json!({ "version": "1", "a/b~c": 1, "blocks": [{ "type": "text", "text": "" }] });
    let base = Pointer::root().child("template");
    let issues = Template::from_value(&template, &base).expect_err("two rules are broken").into_vec();
    assert_eq!(
        places(&issues),
        [("/template/blocks/0/text", codes::TOO_SHORT), ("/template/a~1b~0c", codes::UNKNOWN_FIELD)]
    );
}

#[test]
fn malformed_json_is_one_issue_with_line_and_column() {
    let issues = Template::from_json(b"{\n  \"version\": }").expect_err("it is no JSON").into_vec();
    assert_eq!(places(&issues), [("", codes::MALFORMED_JSON)]);
    assert!(issues[0].detail.ends_with("at line 2 column 14"), "{}", issues[0].detail);
    for bytes in [b"".as_slice(), b"\xff", &b"[".repeat(100_000), b"{} {}", b"NaN", b"1e999"] {
        let issues = Template::from_json(bytes).expect_err("it is no JSON").into_vec();
        assert_eq!(places(&issues), [("", codes::MALFORMED_JSON)]);
    }
}

#[test]
fn a_document_over_1_mib_is_refused_unread() {
    let issues = Template::from_json(&vec![b'['; (1 << 20) + 1]).expect_err("it is too large").into_vec();
    assert_eq!(places(&issues), [("", codes::JSON_TOO_LARGE)]);
}

#[test]
fn a_sentence_does_not_repeat_a_long_value() {
    let issues = rejected(&text_with("align", json!("é".repeat(5000))));
    assert!(issues[0].detail.len() < 400, "{}", issues[0].detail);
}
