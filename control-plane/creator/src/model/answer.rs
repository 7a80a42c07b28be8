//! From a model's answer to a storyboard: what surrounds the JSON is taken off, and nothing in it is believed.

use avs_template::{Issue, Issues, Pointer, codes};
use serde_json::Value;

use crate::{Brief, Storyboard};

/// Longest answer that is read, in bytes: sixty scenes with all their words take a fifth of it.
pub const ANSWER_BYTES_MAX: usize = 256 << 10;
/// Braces that may begin the storyboard: a model that writes prose around it rarely uses more.
const CANDIDATES_MAX: usize = 16;

/// Why an answer is no storyboard.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// There is no JSON object in it.
    #[error("the answer holds no JSON object")]
    NotJson,
    /// It breaks rules.
    #[error("the storyboard breaks {} rule(s)", .0.len())]
    Invalid(Issues),
}

impl AnswerError {
    /// Returns what is wrong, with places.
    pub fn issues(&self) -> Issues {
        match self {
            Self::NotJson => {
                let detail = "is not JSON; answer with one JSON object and nothing else";
                Issue::new(&Pointer::root(), codes::MALFORMED_JSON, detail).into()
            }
            Self::Invalid(issues) => issues.clone(),
        }
    }
}

/// Reads a model's answer, with its thoughts, fences and pleasantries.
///
/// # Errors
/// [`AnswerError`].
pub fn storyboard_from_answer(answer: &str, brief: &Brief) -> Result<Storyboard, AnswerError> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(AnswerError::NotJson);
    }
    let value = object_in(said_after_thinking(answer)).ok_or(AnswerError::NotJson)?;
    Storyboard::from_value(&value, brief).map_err(AnswerError::Invalid)
}

/// What follows the last thought. Servers differ in whether they pass on the tag that opens one; one that never ends is all
/// there is.
fn said_after_thinking(answer: &str) -> &str {
    let ends = ["</think>", "</thinking>", "</reasoning>", "<|end_of_thought|>"];
    let last = ends.iter().filter_map(|end| Some(answer.rfind(end)? + end.len())).max();
    last.map_or(answer, |at| &answer[at..])
}

/// The first JSON object in a text; fences and prose are not JSON.
fn object_in(text: &str) -> Option<Value> {
    let candidates = text.match_indices('{').take(CANDIDATES_MAX);
    candidates.map(|(at, _)| &text[at..]).find_map(|rest| {
        let value = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next()?.ok()?;
        value.is_object().then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::test_brief;

    const JSON: &str = r#"{"title":"x","durationSeconds":5,"tone":"bold","scenes":[{"durationSeconds":5,"layout":"title","headline":"Hi"}]}"#;

    #[test]
    fn thoughts_fences_and_prose_are_taken_off() {
        let plain = storyboard_from_answer(JSON, &test_brief()).unwrap();
        for answer in [
            format!("<think>a {{ b }} {{\"durationSeconds\": 9}}</think>\n{JSON}"),
            format!("I should answer.</think>{JSON}"),
            format!("```json\n{JSON}\n```"),
            format!("Sure! Here is the storyboard {{as you wanted}}:\n```\n{JSON}\n```\nEnjoy {{it}}."),
            format!("\u{feff}{JSON}"),
        ] {
            assert_eq!(storyboard_from_answer(&answer, &test_brief()).unwrap(), plain, "{answer}");
        }
    }

    #[test]
    fn what_is_no_json_is_said_to_be_none() {
        let deep = "{\"a\":".repeat(100_000);
        let long = format!("{JSON}{}", " ".repeat(ANSWER_BYTES_MAX));
        for answer in
            ["", "{", "I cannot help with that.", "[1,2]", "{\"a\": NaN}", "{\"a\": 1e999}", &deep, &long]
        {
            let error = storyboard_from_answer(answer, &test_brief()).unwrap_err();
            assert!(matches!(error, AnswerError::NotJson), "{error}");
            assert_eq!(error.issues().into_vec()[0].code, codes::MALFORMED_JSON);
        }
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange(answer in ".{0,300}") {
            prop_assert!(storyboard_from_answer(&answer, &test_brief()).is_err());
        }
    }
}
