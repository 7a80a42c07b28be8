//! Colour: which Y'CbCr a picture is coded in, and the affine maps between codings.
//! Everything is blended in gamma-coded BT.709, as browsers and ffmpeg do; nothing here draws.

pub mod blend;
mod coding;
mod matrix;
mod picture;
pub mod reference;

pub use coding::{ColorCoding, ColorRange, LumaCoefficients};
pub use matrix::{Affine3, planes_from_rgb, rgb_from_planes, target_from_source};
pub use picture::{CodedPicture, Picture, PicturePool, RgbaPicture};
