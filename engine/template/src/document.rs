//! The template as a whole: from bytes or JSON to blocks, or to everything that is wrong with it.

use serde_json::Value;

use crate::{
    Block, EncodedSrgb, Issue, IssueCollector, Issues, ObjectReader, Pointer, Source, block_read::read_block,
    codes, limits, rules, visual_read::read_opaque_color,
};

/// A valid template: what the validator accepts, the renderer draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// For people; at most 200 characters.
    pub name: Option<String>,
    /// What shows where no block is; opaque.
    pub background: EncodedSrgb,
    /// In the order of the document; `1..=500`.
    pub blocks: Vec<Block>,
}

impl Template {
    /// Reads a template that is at `base` of its document.
    ///
    /// # Errors
    /// Every broken rule, up to [`limits::ISSUES_MAX`].
    pub fn from_value(value: &Value, base: &Pointer) -> Result<Self, Issues> {
        let issues = IssueCollector::new();
        let template =
            ObjectReader::new(value, base, &issues).and_then(|reader| read_template(reader, &issues));
        issues.into_result(template)
    }

    /// Reads a template from the bytes of its own document.
    ///
    /// # Errors
    /// One issue for too many bytes or malformed JSON; otherwise as [`Self::from_value`].
    pub fn from_json(json: &[u8]) -> Result<Self, Issues> {
        let root = Pointer::root();
        if json.len() > limits::JSON_BYTES_MAX {
            let detail =
                format!("the template has {} bytes; it may have {}", json.len(), limits::JSON_BYTES_MAX);
            return Err(Issue::new(&root, codes::JSON_TOO_LARGE, detail).into());
        }
        let value: Value = serde_json::from_slice(json).map_err(|error| {
            // The text of the error already ends with its line and column.
            Issue::new(&root, codes::MALFORMED_JSON, format!("the template is not valid JSON: {error}"))
        })?;
        Self::from_value(&value, &root)
    }

    /// Returns each use of a media file with the pointer to it, in the order of the document, repeats included.
    pub fn sources(&self) -> impl Iterator<Item = (String, &Source)> {
        self.blocks.iter().filter_map(|block| Some((block.source_pointer(), block.content.source()?)))
    }
}

fn read_template(mut reader: ObjectReader<'_, '_>, issues: &IssueCollector) -> Option<Template> {
    // The version is not kept: there is only one.
    reader.required("version").choice(&[("1", ())]);
    let name = reader.optional("name").string(0..=limits::NAME_CHARS_MAX).map(str::to_owned);
    let background = read_opaque_color(&reader.optional("background")).unwrap_or(EncodedSrgb::BLACK);
    let elements = reader.required("blocks").array(1..=limits::BLOCKS_MAX);
    let blocks = elements.map(|elements| {
        let mut order = rules::OrderRules::new(issues);
        let read: Vec<Option<Block>> = elements
            .into_iter()
            .map(|element| {
                let issues_before = issues.count();
                let block = read_block(&element);
                // Rules about a block that is itself unsound would report the consequences of its fault.
                order.visit(block.as_ref().filter(|_| issues.count() == issues_before));
                block
            })
            .collect();
        order.finish();
        read
    });
    reader.finish();
    Some(Template { name, background, blocks: blocks?.into_iter().collect::<Option<_>>()? })
}
