//! The reader as the control plane uses it: whole request bodies that are no templates.

use avs_template::{Field, Issue, IssueCollector, NumberRange, ObjectReader, Pointer, codes};
use serde_json::{Value, json};

use crate::places;

/// Reads a body of one field `f` with `get`; returns what was read and what was wrong.
fn read<T>(body: &Value, get: impl FnOnce(&Field<'_, '_>) -> Option<T>) -> (Option<T>, Vec<Issue>) {
    let issues = IssueCollector::new();
    let value = ObjectReader::new(body, &Pointer::root(), &issues).and_then(|mut reader| {
        let value = get(&reader.optional("f"));
        reader.finish();
        value
    });
    let found = issues.into_result(Some(())).err().map(avs_template::Issues::into_vec);
    (value, found.unwrap_or_default())
}

fn boolean(field: &Field<'_, '_>) -> Option<bool> {
    field.boolean()
}

#[test]
fn an_absent_optional_field_is_neither_a_value_nor_an_issue() {
    assert_eq!(read(&json!({}), |f| f.number(0.0..=1.0)), (None, vec![]));
    assert_eq!(read(&json!({}), |f| f.choice(&[("a", 1)])), (None, vec![]));
    assert_eq!(read(&json!({}), boolean), (None, vec![]));
}

#[test]
fn bounds_are_inside_unless_excluded() {
    assert_eq!(read(&json!({ "f": 1 }), |f| f.number(0.0..=1.0)).0, Some(1.0));
    assert_eq!(read(&json!({ "f": 0 }), |f| f.number(0.0..=1.0)).0, Some(0.0));
    assert_eq!(read(&json!({ "f": 0 }), |f| f.number(NumberRange::above(0.0, 1.0))).0, None);
    assert_eq!(read(&json!({ "f": 1 }), |f| f.number(NumberRange::above(0.0, 1.0))).0, Some(1.0));
}

#[test]
fn a_whole_number_may_be_written_with_a_point() {
    assert_eq!(read(&json!({ "f": 30.0 }), |f| f.integer(1..=60_u32)).0, Some(30));
    for wrong in [json!(30.5), json!(0), json!(61), json!(1e300), json!(u64::MAX)] {
        let (value, issues) = read(&json!({ "f": wrong }), |f| f.integer(1..=60_u32));
        assert_eq!((value, places(&issues)), (None, vec![("/f", codes::OUT_OF_RANGE)]));
    }
}

#[test]
fn elements_of_an_array_are_fields_with_their_own_places() {
    let body = json!({ "f": ["https://a", 7, ""] });
    let (urls, issues) = read(&body, |f| {
        let urls = f.array(0..=20)?;
        Some(urls.iter().filter_map(|url| url.string(1..=100)).collect::<Vec<_>>().len())
    });
    assert_eq!(urls, Some(1));
    assert_eq!(places(&issues), [("/f/1", codes::WRONG_TYPE), ("/f/2", codes::TOO_SHORT)]);
    let (none, issues) = read(&body, |f| f.array(0..=2).map(|elements| elements.len()));
    assert_eq!((none, places(&issues)), (None, vec![("/f", codes::TOO_LONG)]));
}

#[test]
fn a_raw_field_is_known_but_not_judged() {
    let (value, issues) = read(&json!({ "f": { "anything": [null] } }), |f| f.raw().cloned());
    assert_eq!((value, issues), (Some(json!({ "anything": [null] })), vec![]));
}

#[test]
fn a_number_or_a_word_is_read_by_one_getter() {
    let get = |f: &Field<'_, '_>| f.number_or_choice(0.0..=9.0, Some, &[("auto", None)]);
    assert_eq!(read(&json!({ "f": 3 }), get).0, Some(Some(3.0)));
    assert_eq!(read(&json!({ "f": "auto" }), get).0, Some(None));
    let (_, issues) = read(&json!({ "f": "3" }), get);
    assert_eq!(
        issues[0].detail,
        "\"3\" is not known here; it must be a number without quotes, or one of \"auto\""
    );
}

#[test]
fn a_field_that_is_present_is_never_suggested_for_another() {
    let issues = IssueCollector::new();
    let body = json!({ "color": 1, "colour": 2 });
    let mut reader = ObjectReader::new(&body, &Pointer::root(), &issues).expect("it is an object");
    assert!(reader.optional("color").raw().is_some());
    reader.finish();
    let found = issues.into_result(Some(())).expect_err("one field is unknown").into_vec();
    assert_eq!(found[0].suggestion, None);
    assert_eq!(found[0].detail, "\"colour\" is not a field here; remove it, or use: color");
}

#[test]
fn a_body_that_is_no_object_is_one_issue() {
    for body in [json!(null), json!([]), json!("x")] {
        let (value, issues) = read(&body, boolean);
        assert_eq!((value, places(&issues)), (None, vec![("", codes::WRONG_TYPE)]));
    }
}

#[test]
fn an_unknown_field_without_a_near_name_lists_the_known_ones() {
    let (_, issues) = read(&json!({ "rotation": 1 }), boolean);
    assert_eq!(issues[0].detail, "\"rotation\" is not a field here; remove it, or use: f");
}
