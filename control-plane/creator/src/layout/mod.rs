//! How words and pictures of each layout stand in each shape of frame. What lies under the words is decided later, from
//! what the picture shows there.

mod design;
mod frame;
mod numbers;
mod pictures;
mod stack;
mod style;
mod tiles;
mod zones;

pub(crate) use design::{Design, Facts, Ground, PANEL_MARGINS, Picture, Stack, Under, design};
pub(crate) use frame::{Frame, Rect, U};
pub(crate) use stack::{Fill, Ink, Piece, Placed, PlacedStack, Role, Side, Stand, Words, set};
pub(crate) use style::Style;
