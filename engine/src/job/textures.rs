//! The textures of all blocks in one table, so that one frame can draw any of them.

use crate::color::Picture;
use crate::compositor::{Cover, LayerTexture};

/// A growing table with places that are used again.
#[derive(Debug, Default)]
pub(super) struct Textures {
    table: Vec<LayerTexture>,
    free: Vec<usize>,
}

/// The places of one block.
#[derive(Debug)]
pub(super) struct TextureSet(Vec<usize>);

impl TextureSet {
    /// The place of texture number `part` of the block.
    pub(super) fn get(&self, part: usize) -> Option<usize> {
        self.0.get(part).copied()
    }
}

impl Textures {
    /// Makes a texture for each cover.
    pub(super) fn add(&mut self, covers: impl IntoIterator<Item = Cover>) -> TextureSet {
        let place = |cover| {
            let texture = LayerTexture::new(cover);
            match self.free.pop() {
                Some(index) => {
                    self.table[index] = texture;
                    index
                }
                None => {
                    self.table.push(texture);
                    self.table.len() - 1
                }
            }
        };
        TextureSet(covers.into_iter().map(place).collect())
    }

    /// Gives the textures of a block back to the device.
    pub(super) fn remove(&mut self, set: TextureSet) {
        for index in set.0 {
            self.table[index] = LayerTexture::new(Cover::Source(avs_template::UnitRect::WHOLE));
            self.free.push(index);
        }
    }

    /// Sets what texture number `part` of a block shows; uploaded when it is drawn.
    pub(super) fn set_picture(&mut self, set: &TextureSet, part: usize, picture: Picture) {
        if let Some(index) = set.get(part) {
            self.table[index].set_picture(picture);
        }
    }

    /// What texture number `part` of a block shows, as a number: the same one is the same picture.
    pub(super) fn version(&self, set: &TextureSet, part: usize) -> u64 {
        set.get(part).map_or(0, |index| self.table[index].version())
    }

    /// True where a place shows something.
    pub(super) fn has_picture(&self, index: usize) -> bool {
        self.table[index].has_picture()
    }

    /// All of them, for the compositor.
    pub(super) fn table_mut(&mut self) -> &mut [LayerTexture] {
        &mut self.table
    }
}
