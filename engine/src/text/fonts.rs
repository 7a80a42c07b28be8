//! The fonts of this machine, loaded once per process.

use std::collections::BTreeSet;

use std::path::Path;
use std::sync::Arc;

use cosmic_text::{FontSystem, SwashCache, fontdb};

/// A family that this machine does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFamily {
    /// What was asked for.
    pub family: String,
    /// The nearest names there are.
    pub near: Vec<String>,
}

/// A font file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// Not on disk, or not readable.
    #[error("the font cannot be read ({0})")]
    Unreadable(#[source] std::io::Error),
    /// Not a font.
    #[error("not a font we can read; send a TTF or OTF file")]
    NotAFont,
}

/// Checks that a file is a font.
///
/// # Errors
/// [`FontError`] where it is none.
pub fn check_font_file(path: &Path) -> Result<(), FontError> {
    faces_of(path).map(|_| ())
}

fn faces_of(path: &Path) -> Result<Vec<fontdb::FaceInfo>, FontError> {
    let bytes = std::fs::read(path).map_err(FontError::Unreadable)?;
    let mut database = fontdb::Database::new();
    database.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
    let faces: Vec<_> = database.faces().cloned().collect();
    if faces.is_empty() { Err(FontError::NotAFont) } else { Ok(faces) }
}

/// Families listed in a suggestion, at most.
const NEAR_NAMES_MAX: usize = 3;

/// Fonts and the glyphs rasterised so far.
pub struct Fonts {
    pub(crate) system: FontSystem,
    pub(crate) glyphs: SwashCache,
    families: BTreeSet<String>,
    /// What the templates' own files brought.
    added: Vec<(fontdb::ID, String)>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("families", &self.families.len()).finish_non_exhaustive()
    }
}

impl Fonts {
    /// Loads what fontconfig names.
    #[must_use]
    pub fn load() -> Self {
        let system = FontSystem::new();
        let faces = system.db().faces();
        let families = faces.flat_map(|face| face.families.iter().map(|(name, _)| name.clone())).collect();
        Self { system, glyphs: SwashCache::new(), families, added: Vec::new() }
    }

    /// Names of this machine's families.
    pub fn family_names(&self) -> impl Iterator<Item = &str> {
        self.families.iter().map(String::as_str)
    }

    /// Adds the font of a file under the name `family`, whatever it calls itself, and under `weight`, if given.
    ///
    /// # Errors
    /// [`FontError`] where it is no font.
    pub fn add_file(&mut self, path: &Path, family: &str, weight: Option<u16>) -> Result<(), FontError> {
        for mut face in faces_of(path)? {
            face.families = vec![(family.to_owned(), fontdb::Language::English_UnitedStates)];
            if let Some(weight) = weight {
                face.weight = fontdb::Weight(weight);
            }
            let id = self.system.db_mut().push_face_info(face);
            self.added.push((id, family.to_owned()));
        }
        Ok(())
    }

    /// Removes every font of [`Self::add_file`]: they belong to one template.
    pub(crate) fn forget_files(&mut self) {
        for (id, _) in self.added.drain(..) {
            self.system.db_mut().remove_face(id);
        }
    }

    /// Names of all families.
    fn names(&self) -> impl Iterator<Item = &String> {
        self.families.iter().chain(self.added.iter().map(|(_, family)| family))
    }

    /// Checks that a family is there, whatever its case.
    ///
    /// # Errors
    /// [`UnknownFamily`] with names near to it.
    pub fn require(&self, family: &str) -> Result<(), UnknownFamily> {
        let wanted = family.to_lowercase();
        if self.names().any(|name| name.to_lowercase() == wanted) {
            return Ok(());
        }
        let mut near: Vec<_> = self
            .names()
            .filter(|name| {
                let name = name.to_lowercase();
                name.contains(&wanted)
                    || wanted.contains(&name)
                    || avs_template::nearest(&wanted, [name.as_str()]).is_some()
            })
            .cloned()
            .collect();
        near.sort_by_key(String::len);
        near.truncate(NEAR_NAMES_MAX);
        Err(UnknownFamily { family: family.to_owned(), near })
    }

    /// The family as this machine spells it.
    pub(crate) fn spelled(&self, family: &str) -> String {
        let wanted = family.to_lowercase();
        let found = self.names().find(|name| name.to_lowercase() == wanted);
        found.map_or_else(|| family.to_owned(), Clone::clone)
    }

    /// The weight that a family is drawn in where `wanted` is asked for: that, where one of its faces has it or
    /// varies over it; else the nearest on the side that CSS Fonts 4 (5.2) looks to first.
    pub(crate) fn weight_of(&self, family: &str, wanted: u16) -> u16 {
        let faces = || self.system.db().faces().filter(|face| is_of(face, family));
        let varies = |face: &fontdb::FaceInfo| {
            let found = self.system.db().with_face_data(face.id, |bytes, index| {
                let font = swash::FontRef::from_index(bytes, usize::try_from(index).ok()?)?;
                let axis = font.variations().find_by_tag(WEIGHT_AXIS)?;
                Some((axis.min_value()..=axis.max_value()).contains(&f32::from(wanted)))
            });
            found.flatten() == Some(true)
        };
        if faces().any(|face| face.weight.0 == wanted || varies(face)) {
            return wanted;
        }
        let is_heavy = wanted > fontdb::Weight::MEDIUM.0;
        let nearest = faces().map(|face| face.weight.0).min_by_key(|weight| {
            let first_side = (*weight > wanted) == is_heavy;
            (!first_side, weight.abs_diff(wanted))
        });
        nearest.unwrap_or(wanted)
    }

    /// True where this machine has coloured emoji.
    pub(crate) fn has_emoji(&self) -> bool {
        self.families.contains(EMOJI_FAMILY)
    }

    /// True where a family has a glyph of its own for a character.
    pub(crate) fn covers(&mut self, family: &str, character: char) -> bool {
        let face = self.system.db().faces().find(|face| is_of(face, family));
        let face = face.map(|face| (face.id, face.weight));
        let font = face.and_then(|(id, weight)| self.system.get_font(id, weight));
        font.is_some_and(|font| font.as_swash().charmap().map(character) != 0)
    }
}

/// The coloured emoji that Linux systems have (Debian: fonts-noto-color-emoji).
pub(super) const EMOJI_FAMILY: &str = "Noto Color Emoji";

/// `wght` of OpenType's registered axes.
const WEIGHT_AXIS: u32 = u32::from_be_bytes(*b"wght");

fn is_of(face: &fontdb::FaceInfo, family: &str) -> bool {
    face.families.iter().any(|(name, _)| name == family)
}
