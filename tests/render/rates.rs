//! Frame rates: from any source rate into any output rate, each frame shows the picture of its time, and none is lost.

use avs_tests::{Scratch, gpu_context};
use serde_json::json;

use crate::counting::{CLIP, shown, write_counting_clip};

/// Frames per second of the sources, as fractions.
const SOURCES: [(u32, u32); 6] = [(24, 1), (25, 1), (30_000, 1001), (30, 1), (50, 1), (60, 1)];

const OUTPUTS: [u32; 4] = [24, 25, 30, 60];

/// Containers round timestamps; the engine shows a picture from this much before its own.
const TOLERANCE_SECS: f64 = 0.001;

#[test]
fn every_source_rate_gives_the_right_picture_in_every_output_rate() {
    if gpu_context().is_none() {
        return;
    }
    for source in SOURCES {
        let scratch = Scratch::default();
        write_counting_clip(&scratch, source, 40);
        let source_fps = f64::from(source.0) / f64::from(source.1);
        for fps in OUTPUTS {
            // No multiple of any frame: 12.4 of 24 fps, 31.02 of 60 fps.
            let block = json!({ "type": "video", "duration": 0.517, "source": { "uploadName": CLIP } });
            let frames = (0.517 * f64::from(fps)).round();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 40")]
            let wanted: Vec<u32> = (0..frames as u32)
                .map(|frame| ((f64::from(frame) / f64::from(fps) + TOLERANCE_SECS) * source_fps) as u32)
                .collect();
            assert_eq!(shown(&scratch, &block, fps), wanted, "{source:?} into {fps}");
        }
    }
}

#[test]
fn a_block_without_a_duration_shows_every_picture_of_its_file() {
    if gpu_context().is_none() {
        return;
    }
    for (source, fps) in [((24, 1), 24), ((25, 1), 50), ((60, 1), 60)] {
        let scratch = Scratch::default();
        write_counting_clip(&scratch, source, 33);
        let block = json!({ "type": "video", "source": { "uploadName": CLIP } });
        let times = fps * source.1 / source.0;
        let wanted: Vec<u32> = (0..33 * times).map(|frame| frame / times).collect();
        assert_eq!(shown(&scratch, &block, fps), wanted, "{source:?}");
    }
}

#[test]
fn a_video_of_one_frame_lasts_as_long_as_it_and_can_be_held() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (25, 1), 1);
    let block = json!({ "type": "video", "source": { "uploadName": CLIP } });
    assert_eq!(shown(&scratch, &block, 25), [0]);
    let held = json!({ "type": "video", "duration": 0.2, "source": { "uploadName": CLIP } });
    assert_eq!(shown(&scratch, &held, 25), [0; 5]);
}

#[test]
fn what_an_edit_list_cuts_off_is_not_shown() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (25, 1), 40);
    // Copied from before its tenth frame: the packets since the keyframe are there, the edit list hides them.
    let (whole, cut) = (scratch.file(CLIP), scratch.file("cut.mp4"));
    let (whole, cut) = (whole.to_str().unwrap(), cut.to_str().unwrap());
    avs_tests::ffmpeg(&["-ss", "0.4", "-i", whole, "-c", "copy", cut]);
    let block = json!({ "type": "video", "source": { "uploadName": "cut.mp4" } });
    assert_eq!(shown(&scratch, &block, 25), (10..40).collect::<Vec<_>>());
}
