//! Comparing a picture with its golden image. `UPDATE_GOLDEN=name,name` writes some; a failed one leaves its artefacts
//! under `target/golden/`.

use std::path::{Path, PathBuf};

use avs_engine::color::CodedPicture;
use avs_engine::color::reference::rgb_from_picture;
use image::RgbImage;

/// What a golden image shows, and how near a picture must come to it.
pub(crate) struct Golden {
    /// File name without its ending.
    pub(crate) name: &'static str,
    /// What a person sees in it; kept here so that a change can be judged.
    pub(crate) description: &'static str,
    /// Largest mean difference of any 8×8 window, in code values of 0 to 255: sees small local damage that a mean
    /// over the whole picture would hide.
    pub(crate) window_difference_max: f64,
}

/// No test may ask for less than this.
const WINDOW_DIFFERENCE_CEILING: f64 = 12.0;
/// Largest golden image in the repository: a contact sheet.
const PNG_BYTES_MAX: u64 = 512 << 10;
const WINDOW_PX: u32 = 8;

impl Golden {
    /// Compares `picture` with the golden image of this name.
    #[track_caller]
    pub(crate) fn assert_shows(&self, picture: &CodedPicture) {
        let rgb = rgb_from_picture(picture);
        self.assert_image(&RgbImage::from_raw(picture.width_px, picture.height_px, rgb).unwrap());
    }

    /// Compares a picture that is RGB already.
    #[track_caller]
    pub(crate) fn assert_image(&self, found: &RgbImage) {
        assert!(!self.description.is_empty() && self.window_difference_max <= WINDOW_DIFFERENCE_CEILING);
        let path = images().join(format!("{}.png", self.name));
        if std::env::var("UPDATE_GOLDEN").is_ok_and(|names| names.split(',').any(|name| name == self.name)) {
            found.save(&path).unwrap();
        }
        let wanted = image::open(&path)
            .unwrap_or_else(|_| {
                panic!("{} is missing; write it with UPDATE_GOLDEN={}", path.display(), self.name)
            })
            .into_rgb8();
        assert!(std::fs::metadata(&path).unwrap().len() <= PNG_BYTES_MAX, "{} is too large", path.display());
        assert_eq!(found.dimensions(), wanted.dimensions(), "{}", self.name);
        let artefact = artefacts().join(format!("{}.png", self.name));
        let worst = worst_window(found, &wanted);
        if worst > self.window_difference_max {
            std::fs::create_dir_all(artefacts()).unwrap();
            found.save(&artefact).unwrap();
            panic!("{}: a window differs by {worst:.1}; see {}", self.description, artefact.display());
        }
        // A pass leaves nothing behind; there is mostly nothing to remove.
        std::fs::remove_file(&artefact).unwrap_or_default();
    }
}

fn images() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/images")
}

fn artefacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/golden")
}

/// Mean absolute difference of the window that differs most.
fn worst_window(found: &RgbImage, wanted: &RgbImage) -> f64 {
    let (width, height) = found.dimensions();
    let mut worst = 0.0_f64;
    for top in (0..height).step_by(WINDOW_PX as usize) {
        for left in (0..width).step_by(WINDOW_PX as usize) {
            let (mut sum, mut count) = (0_u32, 0_u32);
            for y in top..(top + WINDOW_PX).min(height) {
                for x in left..(left + WINDOW_PX).min(width) {
                    for (a, b) in found.get_pixel(x, y).0.into_iter().zip(wanted.get_pixel(x, y).0) {
                        sum += u32::from(a.abs_diff(b));
                        count += 1;
                    }
                }
            }
            worst = worst.max(f64::from(sum) / f64::from(count));
        }
    }
    worst
}

#[test]
fn every_image_in_the_folder_belongs_to_a_scene() {
    let scenes = include_str!("scenes.rs");
    let is_sheet = |name: &str| avs_tests::showcase::sheets().iter().any(|sheet| sheet.name == name);
    for file in std::fs::read_dir(images()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            scenes.contains(&format!("name: \"{name}\"")) || is_sheet(name),
            "{} is an orphan",
            path.display()
        );
    }
}
