//! The CPU's side of the compositor: the passes that a loop over bytes does cheaper than a software adapter's shaders,
//! straight into the frame's memory. What else there is to draw is the device's.

mod blend;
mod linear;
mod planes;
mod scale;

pub(super) use planes::LayerPlanes;
use scale::Scaler;

use super::layers::LayerTexture;
use super::plan::{Pass, ScaledPart};
use crate::color::{CodedPicture, Picture};
use crate::geometry::EvenRect;
use crate::gpu::PipelineKind;
use blend::Weight;

/// Draws passes into frames of one size.
#[derive(Debug)]
pub(super) struct HostCanvas {
    scaler: Scaler,
    /// A scaled picture on its way into the frame.
    scaled: CodedPicture,
}

impl HostCanvas {
    pub(super) fn new() -> Self {
        Self { scaler: Scaler::default(), scaled: CodedPicture::new((2, 2)) }
    }

    /// Executes one pass; `texture` is its layer's. Only what [`super::Costs`] has a price for gets here.
    pub(super) fn draw(&mut self, frame: &mut CodedPicture, pass: &Pass, texture: Option<&mut LayerTexture>) {
        if let Pass::Clear { planes } = pass {
            clear(frame, *planes);
        }
        let Some(texture) = texture else { return };
        match *pass {
            Pass::Copy { dest, .. } => {
                if let Some(Picture::Coded(picture)) = texture.picture() {
                    over(frame, dest, picture, Weight::WHOLE);
                }
            }
            Pass::Draw { pipeline: PipelineKind::Still, dest, opacity, .. } => {
                if let Some(planes) = texture.host_planes() {
                    planes.over(frame, (dest.x, dest.y), Weight::from_opacity(opacity));
                }
            }
            Pass::Draw { dest, opacity, .. } => {
                if let Some(Picture::Coded(picture)) = texture.picture() {
                    over(frame, dest, picture, Weight::from_opacity(opacity));
                }
            }
            Pass::Sample { opacity, scaled: Some(part), .. } => {
                if let Some(Picture::Coded(picture)) = texture.picture() {
                    self.scale(frame, part, picture, Weight::from_opacity(opacity));
                }
            }
            Pass::Clear { .. } | Pass::Sample { scaled: None, .. } | Pass::Blend { .. } => {}
        }
    }

    fn scale(&mut self, frame: &mut CodedPicture, part: ScaledPart, picture: &CodedPicture, weight: Weight) {
        if weight == Weight::WHOLE && part.dest.size() == frame.size() {
            return self.scaler.scale(picture, part.source, frame);
        }
        if self.scaled.size() != part.dest.size() {
            self.scaled = CodedPicture::new(part.dest.size());
        }
        self.scaler.scale(picture, part.source, &mut self.scaled);
        over(frame, part.dest, &self.scaled, weight);
    }
}

/// Code values / 255 to bytes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 first")]
fn clear(frame: &mut CodedPicture, planes: [f64; 3]) {
    let [y, cb, cr] = planes.map(|value| (value * 255.0).round().clamp(0.0, 255.0) as u8);
    frame.luma.fill(y);
    let (pairs, _) = frame.chroma.as_chunks_mut::<2>();
    pairs.fill([cb, cr]);
}

/// Draws an opaque picture of the size of `dest` there.
fn over(frame: &mut CodedPicture, dest: EvenRect, picture: &CodedPicture, weight: Weight) {
    let (stride, width) = (frame.width_px as usize, dest.width as usize);
    let (x, y) = (dest.x as usize, dest.y as usize);
    if weight == Weight::WHOLE && stride == width {
        frame.luma[y * stride..][..picture.luma.len()].copy_from_slice(&picture.luma);
        frame.chroma[y / 2 * stride..][..picture.chroma.len()].copy_from_slice(&picture.chroma);
        return;
    }
    // Rows of chroma are as many bytes as rows of luma.
    for (plane, from, y) in [(&mut frame.luma, &picture.luma, y), (&mut frame.chroma, &picture.chroma, y / 2)]
    {
        let rows = plane.chunks_exact_mut(stride).skip(y).zip(from.chunks_exact(width));
        rows.for_each(|(to, from)| blend::mix_row(&mut to[x..x + width], from, weight));
    }
}
