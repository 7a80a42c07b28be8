//! Reads values that may be keyframes: a value as it is, or an array of `{time, value, easing}`.

use serde_json::Value;

use crate::{
    Animated, Easing, Field, KeyTime, Keyframe, NumberRange, codes, field::quoted, limits, nearest,
    visual_read::read_percent,
};

/// Reads a field whose single value `read` judges; an array is keyframes.
pub(crate) fn read_animated<T>(
    field: &Field<'_, '_>,
    read: impl Fn(&Field<'_, '_>) -> Option<T>,
) -> Option<Animated<T>> {
    if !matches!(field.raw()?, Value::Array(_)) {
        return read(field).map(Animated::Constant);
    }
    let mut keyframes: Vec<Keyframe<T>> = Vec::new();
    for element in field.array(1..=limits::KEYFRAMES_MAX)? {
        let Some(mut keyframe) = element.object() else { continue };
        let time_field = keyframe.required("time");
        let time = read_time(&time_field);
        let value = read(&keyframe.required("value"));
        let easing = read_easing(&keyframe.optional("easing")).unwrap_or(Easing::Linear);
        keyframe.finish();
        let (Some(time), Some(value)) = (time, value) else { continue };
        let falls = keyframes.last().is_some_and(|before| !follows(before.time, time));
        if falls {
            let detail = "is not after the keyframe before it; put keyframes in order of time, all in seconds or all in percent";
            time_field.reject(codes::INVALID_KEYFRAMES, detail);
        }
        keyframes.push(Keyframe { time, value, easing });
    }
    (!keyframes.is_empty()).then_some(Animated::Keyframes(keyframes))
}

/// Returns true where `time` is after `before` whatever the length of the block.
fn follows(before: KeyTime, time: KeyTime) -> bool {
    match (before, time) {
        (KeyTime::Secs(before), KeyTime::Secs(time)) | (KeyTime::Percent(before), KeyTime::Percent(time)) => {
            time > before
        }
        // A start of zero is the same in both.
        (KeyTime::Secs(before), KeyTime::Percent(time)) => before == 0.0 && time > 0.0,
        (KeyTime::Percent(before), KeyTime::Secs(time)) => before == 0.0 && time > 0.0,
    }
}

fn read_time(field: &Field<'_, '_>) -> Option<KeyTime> {
    match field.raw()? {
        Value::String(text) => read_percent(field, text, (0.0..=100.0).into()).map(KeyTime::Percent),
        Value::Number(_) => field.number(0.0..=limits::VIDEO_SECS_MAX).map(KeyTime::Secs),
        _ => {
            field.wrong_type("seconds after the block's start, or a percentage of its length such as \"50%\"")
        }
    }
}

/// Reads a number that may move.
pub(crate) fn read_animated_number(
    field: &Field<'_, '_>,
    range: impl Into<NumberRange>,
    default: f64,
) -> Animated<f64> {
    let range = range.into();
    read_animated(field, |field| field.number(range)).unwrap_or(Animated::Constant(default))
}

/// Reads the name of an easing.
pub(crate) fn read_easing(field: &Field<'_, '_>) -> Option<Easing> {
    let Value::String(name) = field.raw()? else {
        return field.wrong_type("the name of an easing such as \"easeOutCubic\"");
    };
    let easing = Easing::from_name(name);
    if easing.is_none() {
        let names: Vec<String> = Easing::names().collect();
        let suggestion = nearest(name, names.iter().map(String::as_str));
        let hint = suggestion.map_or_else(
            || {
                "write linear, hold, spring, easeInQuad and the like, cubicBezier(a,b,c,d) or steps(n)"
                    .to_owned()
            },
            |meant| format!("did you mean {meant:?}?"),
        );
        field.reject_as(codes::UNKNOWN_VALUE, format!("{} is no easing; {hint}", quoted(name)), suggestion);
    }
    easing
}
