//! The fonts of this machine, loaded once per process.

use std::collections::BTreeSet;

use glyphon::{FontSystem, SwashCache};

/// A family that this machine does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFamily {
    /// What was asked for.
    pub family: String,
    /// The nearest names there are.
    pub near: Vec<String>,
}

/// Families listed in a suggestion, at most.
const NEAR_NAMES_MAX: usize = 3;

/// Fonts and the glyphs rasterised so far.
pub struct Fonts {
    pub(crate) system: FontSystem,
    pub(crate) glyphs: SwashCache,
    families: BTreeSet<String>,
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
        Self { system, glyphs: SwashCache::new(), families }
    }

    /// Checks that a family is there, whatever its case.
    ///
    /// # Errors
    /// [`UnknownFamily`] with names near to it.
    pub fn require(&self, family: &str) -> Result<(), UnknownFamily> {
        let wanted = family.to_lowercase();
        if self.families.iter().any(|name| name.to_lowercase() == wanted) {
            return Ok(());
        }
        let mut near: Vec<_> = self
            .families
            .iter()
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
        let found = self.families.iter().find(|name| name.to_lowercase() == wanted);
        found.map_or_else(|| family.to_owned(), Clone::clone)
    }
}
