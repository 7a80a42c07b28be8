//! A brief becomes a template: planned here or by somebody else, then compiled, and held to the rules that hold for every
//! caller's template.

use avs_template::{OutputSpec, Pointer, Source, Template};
use serde_json::{Value, json};

use crate::compile::{CompileError, Compiled, compile};
use crate::note::without_repetitions;
use crate::planner::{self, Plan, PlanError};
use crate::prompt::Understanding;
use crate::{Brief, Note, NoteCode, Storyboard};

/// What came of a brief.
#[derive(Debug, Clone, PartialEq)]
pub struct Creation {
    /// An AVS Template JSON v1 document.
    pub template: Value,
    /// The `output` object that it is made for: what the caller said, and what was decided.
    pub output: Value,
    /// How it came about, for support: planner, seed, storyboard, report, notes.
    pub trace: Value,
    /// What people should know about it.
    pub notes: Vec<Note>,
}

/// Why there is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// No video can be made of this; the reason is the caller's to know.
    #[error("{detail}")]
    Impossible {
        /// What is missing, and what to do.
        detail: String,
    },
    /// What came out breaks the rules: a fault of ours.
    #[error("the template that was made breaks {count} rule(s), first: {first}")]
    Unusable {
        /// How many rules.
        count: usize,
        /// The first of them.
        first: String,
    },
}

impl From<PlanError> for CreateError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::NothingToShow | PlanError::NoTextAndNoPictures | PlanError::TooManyFiles { .. } => {
                Self::Impossible { detail: error.to_string() }
            }
        }
    }
}

impl From<CompileError> for CreateError {
    fn from(error: CompileError) -> Self {
        let first = match error {
            CompileError::Output(issues) => format!("the output: {issues}"),
            CompileError::NoScenes | CompileError::NoPicture { .. } => error.to_string(),
        };
        Self::Unusable { count: 1, first }
    }
}

/// Makes a template with the built-in planner. The same brief gives the same template, byte for byte.
///
/// # Errors
/// [`CreateError`].
pub fn create(brief: &Brief) -> Result<Creation, CreateError> {
    let understanding = Understanding::of_prompt(&brief.prompt);
    let Plan { storyboard, output, notes } = planner::plan(brief, &understanding)?;
    let seed = format!("{:016x}", planner::seed_from_text(&brief.prompt));
    let trace = json!({ "planner": "built-in", "seed": seed });
    creation_from_storyboard(&storyboard, &Brief { output, ..brief.clone() }, (trace, notes))
}

/// Makes a template of a storyboard that somebody else has planned for `brief`.
///
/// # Errors
/// [`CreateError`].
pub fn create_from_storyboard(storyboard: &Storyboard, brief: &Brief) -> Result<Creation, CreateError> {
    let output = planner::resolved_output(brief, &Understanding::of_prompt(&brief.prompt));
    creation_from_storyboard(
        storyboard,
        &Brief { output, ..brief.clone() },
        (json!({ "planner": "storyboard" }), Vec::new()),
    )
}

/// Makes a template of a storyboard that a model has planned: it is as long as the prompt asks, and what the prompt wants
/// and the model has left out is noted.
///
/// # Errors
/// [`CreateError`].
pub fn create_from_model(storyboard: Storyboard, brief: &Brief) -> Result<Creation, CreateError> {
    let understanding = Understanding::of_prompt(&brief.prompt);
    let (storyboard, notes) = planner::held_to_prompt(storyboard, brief, &understanding);
    let output = planner::resolved_output(brief, &understanding);
    let trace = json!({ "planner": "model" });
    creation_from_storyboard(&storyboard, &Brief { output, ..brief.clone() }, (trace, notes))
}

fn creation_from_storyboard(
    storyboard: &Storyboard,
    brief: &Brief,
    (mut trace, mut notes): (Value, Vec<Note>),
) -> Result<Creation, CreateError> {
    let Compiled { template, mut report, notes: of_compiler } = compile(storyboard, brief)?;
    notes.extend(of_compiler);
    for (index, asset) in report.assets.iter_mut().enumerate().filter(|(_, asset)| !asset.used) {
        let is_of_it = |note: &&Note| note.asset_id.as_ref() == Some(&asset.id);
        let known = notes.iter().filter(|note| note.code == NoteCode::UnusedAsset).find(is_of_it);
        let reason =
            known.map_or_else(|| "no scene of the storyboard shows it".to_owned(), |note| note.text.clone());
        if known.is_none() {
            notes.push(Note::of_file(NoteCode::UnusedAsset, index, reason.clone()));
        }
        asset.reason = Some(reason);
    }
    let notes = without_repetitions(notes);
    trace["storyboard"] = json!(storyboard);
    trace["report"] = json!(report);
    trace["notes"] = json!(notes);
    check(&template, brief)?;
    Ok(Creation { template, output: brief.output.clone(), trace, notes })
}

/// What every template must pass, whoever made it; and no file may be in it that was not given.
fn check(template: &Value, brief: &Brief) -> Result<(), CreateError> {
    let root = Pointer::root();
    let unusable = |issues: avs_template::Issues| CreateError::Unusable {
        count: issues.len(),
        first: issues.iter().next().map(ToString::to_string).unwrap_or_default(),
    };
    let read = Template::from_value(template, &root).map_err(unusable)?;
    OutputSpec::from_value(&brief.output, &root).map_err(unusable)?;
    let given = |source: &Source| brief.assets.iter().any(|asset| asset.source == *source);
    let foreign: Vec<String> = read
        .sources()
        .filter(|(_, source)| !given(source))
        .map(|(pointer, _)| format!("{pointer}: names a file that was not given"))
        .collect();
    match foreign.first() {
        None => Ok(()),
        Some(first) => Err(CreateError::Unusable { count: foreign.len(), first: first.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::test_brief;

    #[test]
    fn the_same_brief_gives_the_same_template_byte_for_byte() {
        let (first, second) = (create(&test_brief()).unwrap(), create(&test_brief()).unwrap());
        assert_eq!(first.template.to_string(), second.template.to_string());
        assert_eq!(first.trace.to_string(), second.trace.to_string());
    }

    #[test]
    fn what_the_caller_said_about_the_output_is_kept() {
        let brief = Brief { output: json!({ "aspectRatio": "4:5", "fps": 25 }), ..test_brief() };
        assert_eq!(create(&brief).unwrap().output, brief.output);
    }

    #[test]
    fn nothing_to_show_is_said_so() {
        let brief = Brief { prompt: "  ".to_owned(), assets: Vec::new(), ..test_brief() };
        assert!(matches!(create(&brief), Err(CreateError::Impossible { .. })));
    }

    #[test]
    fn a_template_that_names_a_foreign_file_is_not_given_out() {
        let template = json!({ "version": "1", "blocks": [ { "type": "image", "start": 0, "duration": 2,
            "source": { "uploadName": "somebody-elses.png" } } ] });
        let error = check(&template, &test_brief()).unwrap_err();
        assert!(error.to_string().contains("was not given"), "{error}");
    }

    #[test]
    fn a_models_video_is_as_long_as_the_prompt_asks_and_what_it_leaves_out_is_noted() {
        let answer = json!({ "title": "x", "durationSeconds": 60, "tone": "bold", "scenes": [
            { "durationSeconds": 30, "layout": "plain", "assetId": "a1" },
            { "durationSeconds": 30, "layout": "statement", "headline": "Hello" } ] });
        let brief = test_brief();
        let storyboard = Storyboard::from_value(&answer, &brief).unwrap();
        let creation = create_from_model(storyboard.clone(), &brief).unwrap();
        assert_eq!(creation.trace["storyboard"]["durationSeconds"], 10.0);
        assert!(creation.notes.iter().any(|note| note.text.contains("Now shipping")), "{:?}", creation.notes);
        let own = create_from_storyboard(&storyboard, &brief).unwrap();
        assert_eq!(
            own.trace["storyboard"]["durationSeconds"], 60.0,
            "a storyboard of one's own is taken as it is"
        );
    }

    /// Every string of a document that stands for something else than words to be shown.
    fn strings_but_words(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| strings_but_words(item, found)),
            Value::Object(fields) => {
                let names = fields.keys().cloned();
                found.extend(names);
                let rest = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "text" | "name"));
                rest.for_each(|(_, field)| strings_but_words(field, found));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_models_answer_reaches_the_template_but_words_and_choices(
            mark in "[A-Z]{12}", before in ".{0,20}", after in ".{0,20}", layout in 0..15_usize, asset in 0..4_usize,
        ) {
            let (layout, _) = crate::storyboard_read::LAYOUTS[layout];
            let words = format!("{before}{mark}{after}");
            let asset = [json!("a1"), json!("a2"), json!(null), json!(mark)][asset].clone();
            let answer = json!({ "title": words, "durationSeconds": 6, "tone": "bold", "scenes": [
                { "durationSeconds": 3, "layout": layout, "headline": words, "body": words, "label": mark, "assetId": asset },
                { "durationSeconds": 3, "layout": "statement", "headline": format!("https://{mark}/{words}") } ] });
            let brief = test_brief();
            let Ok(storyboard) = crate::model::storyboard_from_answer(&answer.to_string(), &brief) else {
                prop_assert_eq!(asset, json!(mark), "only the unknown asset is refused");
                return Ok(());
            };
            let creation = create_from_storyboard(&storyboard, &brief).unwrap();
            let mut strings = Vec::new();
            strings_but_words(&creation.template, &mut strings);
            strings_but_words(&creation.output, &mut strings);
            prop_assert!(strings.iter().all(|text| !text.contains(&mark)), "{:?}", strings);
        }
    }
}
