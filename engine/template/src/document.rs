//! The template as a whole: from bytes or JSON to blocks, or to everything that is wrong with it.

use serde_json::Value;

use crate::{
    Animated, Block, EncodedSrgb, Field, Issue, IssueCollector, Issues, ObjectReader, OnAssetError, Pointer,
    Source,
    block_read::{read_block, read_source},
    codes,
    keyframe_read::read_animated,
    limits, rules,
    visual_read::read_opaque_color,
};

/// A valid template: what the validator accepts, the renderer draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// For people; at most 200 characters.
    pub name: Option<String>,
    /// What shows where no block is; opaque. Keyframes are in the time of the video.
    pub background: Animated<EncodedSrgb>,
    /// Fonts of its own.
    pub fonts: Vec<FontFile>,
    /// In the order of the document; `1..=500`.
    pub blocks: Vec<Block>,
}

/// A font that the template brings along.
#[derive(Debug, Clone, PartialEq)]
pub struct FontFile {
    /// RFC 6901 pointer to it.
    pub pointer: String,
    /// The name by which blocks use it, whatever the file calls itself.
    pub family: String,
    /// The weight that it stands for; none for what the file says.
    pub weight: Option<u16>,
    /// The file.
    pub source: Source,
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
        let fonts = self.fonts.iter().map(|font| (format!("{}/source", font.pointer), &font.source));
        let blocks = self.blocks.iter();
        blocks.filter_map(|block| Some((block.source_pointer(), block.content.source()?))).chain(fonts)
    }

    /// Returns true where every block that uses the media file `key` can do without it.
    pub fn can_do_without(&self, key: &str) -> bool {
        let uses = |block: &&Block| block.content.source().is_some_and(|source| source.key() == key);
        let forgives = |block: &Block| {
            block.content.visual().is_some_and(|visual| visual.on_asset_error != OnAssetError::Fail)
        };
        self.fonts.iter().all(|font| font.source.key() != key)
            && self.blocks.iter().filter(uses).all(forgives)
    }
}

fn read_template(mut reader: ObjectReader<'_, '_>, issues: &IssueCollector) -> Option<Template> {
    // The version is not kept: there is only one.
    reader.required("version").choice(&[("1", ())]);
    let name = reader.optional("name").string(0..=limits::NAME_CHARS_MAX).map(str::to_owned);
    let background = read_animated(&reader.optional("background"), read_opaque_color);
    let fonts = reader.optional("fonts").array(0..=limits::FONTS_MAX).unwrap_or_default();
    let fonts = fonts.iter().filter_map(read_font_file).collect();
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
    let background = background.unwrap_or(Animated::Constant(EncodedSrgb::BLACK));
    Some(Template { name, background, fonts, blocks: blocks?.into_iter().collect::<Option<_>>()? })
}

fn read_font_file(field: &Field<'_, '_>) -> Option<FontFile> {
    let mut font = field.object()?;
    let family = font.required("family").string(1..=limits::FONT_FAMILY_CHARS_MAX).map(str::to_owned);
    let weight = font.optional("weight").integer(100..=900_u16);
    let source = read_source(&font.required("source"));
    let pointer = font.pointer().to_string();
    font.finish();
    Some(FontFile { pointer, family: family?, weight, source: source? })
}
