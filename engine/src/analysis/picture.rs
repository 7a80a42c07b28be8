//! What a file looks like over time: looks into it, shots, colours.

use std::path::Path;

use avs_protocol::{PICTURE_SAMPLES_MAX, PictureAnalysis, PictureSample};
use avs_template::RectPx;

use super::colors::ColorCounts;
use super::cuts::{CutFinder, THUMB_SIZE};
use super::look::Look;
use super::movement::shakes;
use super::rounding::rounded;
use super::screen::{COLORS, ScreenSigns};
use super::small_picture::{SmallPicture, small_size};
use super::{Pace, Stopped};
use crate::color::Picture;
use crate::limits;
use crate::media::{FrameSampler, PictureDesc, PictureScaler, image_from_file, luma_thumb};

/// Seconds between two looks, in files short enough for it.
const SPACING_SECS: f64 = 0.2;

/// Gathers the looks into one file.
#[derive(Debug, Default)]
struct Looks {
    samples: Vec<PictureSample>,
    shifts: Vec<(f64, f64)>,
    colors: ColorCounts,
    screen: ScreenSigns,
    transparent: f64,
    last: Option<Look>,
}

/// Looks at an image whose upright size is known; of one that moves, at its first picture.
pub(super) fn analyze_image(path: &Path, size: (u32, u32)) -> Result<PictureAnalysis, Stopped> {
    let picture = image_from_file(path, whole(size), small_size(size))?;
    let mut looks = Looks::default();
    looks.add(0.0, &SmallPicture::new(&Picture::Rgba(std::sync::Arc::new(picture))));
    Ok(looks.analysis(CutFinder::default()))
}

/// Looks into a video whose upright size is known.
pub(super) fn analyze_video(
    path: &Path,
    size: (u32, u32),
    pace: &Pace<'_>,
) -> Result<PictureAnalysis, Stopped> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(limits::DECODER_THREADS_MAX);
    let mut sampler = FrameSampler::open(path, (SPACING_SECS, PICTURE_SAMPLES_MAX), threads)?;
    let desc = PictureDesc { crop: whole(size), source_size: size, size: small_size(size), converts: true };
    let mut scaler = PictureScaler::new(desc, sampler.orientation());
    let mut looks = Looks::default();
    let mut cuts = CutFinder::default();
    let spacing_secs = sampler.spacing_secs();
    let mut wanted_secs = 0.0;
    while let Some((at_secs, mut frame)) = sampler.next_frame()? {
        if pace.is_over()? && !looks.samples.is_empty() {
            break;
        }
        if pace.spent_ratio() > sampler.read_ratio() + 0.5 {
            sampler.hurry();
        }
        cuts.add(at_secs, luma_thumb(&frame, THUMB_SIZE));
        if at_secs < wanted_secs - spacing_secs / 100.0 && !looks.samples.is_empty() {
            continue;
        }
        wanted_secs = ((at_secs / spacing_secs + 0.01).floor() + 1.0) * spacing_secs;
        looks.add(at_secs, &SmallPicture::new(&scaler.picture(&mut frame)?));
        if looks.samples.len() == PICTURE_SAMPLES_MAX {
            break;
        }
    }
    if looks.samples.is_empty() {
        return Err(crate::media::MediaFault::NoPictures.into());
    }
    Ok(looks.analysis(cuts))
}

fn whole((width, height): (u32, u32)) -> RectPx {
    RectPx { x: 0.0, y: 0.0, width: f64::from(width), height: f64::from(height) }
}

impl Looks {
    fn add(&mut self, at_secs: f64, picture: &SmallPicture) {
        let look = Look::new(at_secs, picture, self.last.as_ref());
        self.colors.add(&look.texels);
        self.screen.add(picture);
        self.transparent += picture.transparent_ratio();
        self.shifts.push(look.movement.shift);
        self.samples.push(look.sample.clone());
        self.last = Some(look);
    }

    fn analysis(mut self, cuts: CutFinder) -> PictureAnalysis {
        let cuts_secs: Vec<f64> = cuts.cuts_secs().into_iter().map(|secs| rounded(secs, 3)).collect();
        let times: Vec<f64> = self.samples.iter().map(|sample| sample.at_secs).collect();
        let begins = |index: usize| {
            index > 0 && cuts_secs.iter().any(|cut| times[index - 1] < *cut && *cut <= times[index])
        };
        let cut_before: Vec<bool> = (0..times.len()).map(begins).collect();
        for (sample, shake) in self.samples.iter_mut().zip(shakes(&self.shifts, &cut_before)) {
            sample.shake = rounded(shake, 4);
        }
        // The first look of a shot has none of the same shot before it: it moves as the next one does.
        for index in 0..times.len() {
            if index == 0 || cut_before[index] {
                let next = self.samples.get(index + 1).filter(|_| !cut_before[index + 1]);
                self.samples[index].motion = next.map_or(0.0, |next| next.motion);
            }
        }
        let transparent_ratio = self.transparent / times.len().max(1) as f64;
        let colors_ratio = self.colors.ratio_of_most_common(COLORS);
        PictureAnalysis {
            colors: self.colors.shares(),
            transparent_ratio: rounded(transparent_ratio, 4),
            is_screen: self.screen.is_screen(colors_ratio, transparent_ratio),
            cuts_secs,
            samples: self.samples,
        }
    }
}
