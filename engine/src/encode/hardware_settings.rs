//! What x264's preset and rate factor become on hardware encoders: a table a kind, by tier. The numbers are proposals made
//! from sources and other programs' choices (`h264_nvenc` and `h264_vaapi` of FFmpeg 5.1, OBS, NVEnc's measurements);
//! tuning them on real cards is pending.

use super::backend::Options;
use super::video::VideoSettings;

/// How much work a picture is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    /// Fast and small.
    Draft,
    /// The default.
    Web,
    /// For further work.
    Studio,
}

/// Rate factors from which on a video is a draft.
const DRAFT_CRF_MIN: u8 = 26;
/// Rate factors below which no peak rate is set: whoever asks for so much quality has the space.
const PEAK_CRF_MIN: u8 = 20;
/// Segmentation faults at the end of a stream are known for finer ones (meta-pytorch/torchcodec#1419).
const NVENC_CQ_MIN: u8 = 10;
/// Pixels a second for which peak rates are given: 1080p30.
const PEAK_PIXELS_PER_SECOND: u64 = 1920 * 1080 * 30;

impl Tier {
    /// The tier of x264 settings; `Quality`'s three rows fall into the tiers of their names.
    pub(super) fn of(settings: &VideoSettings) -> Self {
        match settings.preset.as_str() {
            "ultrafast" | "superfast" => Self::Draft,
            "veryfast" | "faster" | "fast" if settings.crf >= DRAFT_CRF_MIN => Self::Draft,
            "veryfast" | "faster" | "fast" => Self::Web,
            _ => Self::Studio,
        }
    }
}

/// Settings of `h264_nvenc`; its rate control is `vbr` with `cq`.
struct NvencRow {
    /// p1 to p7. p6 and p7 switch lookahead on by themselves, so that it is always set (obsproject/obs-studio#8306).
    preset: &'static str,
    /// Bits a second at 1080p30.
    peak_rate: u64,
    b_frames: u8,
    b_ref_mode: &'static str,
    spatial_aq: u8,
    temporal_aq: u8,
    lookahead_frames: u8,
    multipass: &'static str,
    keyframe_secs: u32,
}

impl NvencRow {
    const fn of(tier: Tier) -> Self {
        match tier {
            Tier::Draft => Self {
                preset: "p2",
                peak_rate: 12_000_000,
                b_frames: 0,
                b_ref_mode: "disabled",
                spatial_aq: 0,
                temporal_aq: 0,
                lookahead_frames: 0,
                multipass: "disabled",
                keyframe_secs: 4,
            },
            Tier::Web => Self {
                preset: "p5",
                peak_rate: 10_000_000,
                b_frames: 2,
                b_ref_mode: "middle",
                spatial_aq: 1,
                temporal_aq: 1,
                lookahead_frames: 16,
                multipass: "disabled",
                keyframe_secs: 2,
            },
            Tier::Studio => Self {
                preset: "p7",
                peak_rate: 0,
                b_frames: 3,
                b_ref_mode: "middle",
                spatial_aq: 1,
                temporal_aq: 1,
                lookahead_frames: 32,
                multipass: "fullres",
                keyframe_secs: 2,
            },
        }
    }
}

/// What older chips lack, in the order in which it is given up. `open` fails with "not implemented" for each.
pub(super) const NVENC_RETREATS: [(&str, &str); 4] =
    [("temporal-aq", "0"), ("b_ref_mode", "disabled"), ("bf", "0"), ("rc-lookahead", "0")];

/// The options of `h264_nvenc`.
pub(super) fn nvenc_options(settings: &VideoSettings) -> Options {
    let row = NvencRow::of(Tier::of(settings));
    let mut options = vec![
        ("preset", row.preset.to_owned()),
        ("tune", "hq".to_owned()),
        // FFmpeg's default is main.
        ("profile", "high".to_owned()),
        ("rc", "vbr".to_owned()),
        ("cq", nvenc_cq_from_crf(settings.crf).to_string()),
        ("bf", row.b_frames.to_string()),
        ("b_ref_mode", row.b_ref_mode.to_owned()),
        ("spatial-aq", row.spatial_aq.to_string()),
        ("aq-strength", "8".to_owned()),
        ("temporal-aq", row.temporal_aq.to_string()),
        ("rc-lookahead", row.lookahead_frames.to_string()),
        ("multipass", row.multipass.to_owned()),
        ("g", (row.keyframe_secs * settings.fps).to_string()),
        ("forced-idr", "1".to_owned()),
    ];
    if row.peak_rate > 0 && settings.crf >= PEAK_CRF_MIN {
        options.push(("maxrate", rate_at(settings, row.peak_rate).to_string()));
    }
    options
}

/// NVENC's quality level that looks like a rate factor of x264: 28, 23 and 17 for 28, 23 and 18.
fn nvenc_cq_from_crf(crf: u8) -> u8 {
    let finer = if crf < PEAK_CRF_MIN { crf.saturating_sub(1) } else { crf };
    finer.max(NVENC_CQ_MIN)
}

/// What a driver without the usual entry point for H.264 may have.
pub(super) const VAAPI_RETREATS: [(&str, &str); 1] = [("low_power", "1")];

/// The options of `h264_vaapi`. No `rc_mode`: one that the driver lacks makes it fail, while a quality alone becomes ICQ on
/// Intel and CQP elsewhere.
pub(super) fn vaapi_options(settings: &VideoSettings) -> Options {
    let tier = Tier::of(settings);
    // B-frames, their depth, and speed (1 to 7, higher is faster). FFmpeg drops B-frames where the chip has none.
    let (b_frames, depth, speed, keyframe_secs) = match tier {
        Tier::Draft => (0, 1, 7, 4),
        Tier::Web => (2, 1, 4, 2),
        Tier::Studio => (2, 2, 1, 2),
    };
    vec![
        ("profile", "high".to_owned()),
        // 0 would leave the choice to FFmpeg.
        ("global_quality", settings.crf.max(1).to_string()),
        ("bf", b_frames.to_string()),
        ("b_depth", depth.to_string()),
        ("quality", speed.to_string()),
        ("g", (keyframe_secs * settings.fps).to_string()),
        ("async_depth", "4".to_owned()),
        ("low_power", "0".to_owned()),
    ]
}

/// Constant quality is for Apple silicon only; older chips take the bit rate.
pub(super) const VIDEOTOOLBOX_RETREATS: [(&str, &str); 1] = [("flags", "-qscale")];

/// The options of `h264_videotoolbox`.
pub(super) fn videotoolbox_options(settings: &VideoSettings) -> Options {
    // Quality of 0 to 100 in FFmpeg's fixed point, and the bit rate at 1080p30 that stands in for it.
    let (quality, rate) = match Tier::of(settings) {
        Tier::Draft => (45, 4_000_000),
        Tier::Web => (60, 7_000_000),
        Tier::Studio => (75, 16_000_000),
    };
    vec![
        ("profile", "high".to_owned()),
        ("flags", "+qscale".to_owned()),
        ("global_quality", (quality * ffmpeg_next::ffi::FF_QP2LAMBDA).to_string()),
        ("b", rate_at(settings, rate).to_string()),
        ("g", (2 * settings.fps).to_string()),
    ]
}

/// A rate given for 1080p30, for other sizes and frame rates.
fn rate_at(settings: &VideoSettings, rate: u64) -> u64 {
    let pixels = u64::from(settings.width_px) * u64::from(settings.height_px) * u64::from(settings.fps);
    rate * pixels / PEAK_PIXELS_PER_SECOND
}

#[cfg(test)]
mod tests {
    use avs_template::{OutputSpec, Pointer};
    use ffmpeg_next::ffi;

    use super::*;
    use crate::encode::EncoderChoice;

    fn settings(preset: &str, crf: u8) -> VideoSettings {
        let (preset, encoder) = (preset.to_owned(), EncoderChoice::Auto);
        VideoSettings {
            width_px: 1920,
            height_px: 1080,
            fps: 30,
            preset,
            crf,
            encoder,
            encode_repeats: false,
        }
    }

    fn value<'a>(options: &'a Options, name: &str) -> Option<&'a str> {
        options.iter().find(|(option, _)| *option == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn each_quality_falls_into_the_tier_of_its_name() {
        for (quality, tier, cq, peak) in [
            ("draft", Tier::Draft, "28", Some("12000000")),
            ("web", Tier::Web, "23", Some("10000000")),
            ("studio", Tier::Studio, "17", None),
        ] {
            let output = serde_json::json!({ "quality": quality });
            let spec = OutputSpec::from_value(&output, &Pointer::root()).unwrap();
            let settings = settings(spec.preset, spec.crf);
            assert_eq!(Tier::of(&settings), tier);
            let options = nvenc_options(&settings);
            assert_eq!((value(&options, "cq"), value(&options, "maxrate")), (Some(cq), peak));
        }
    }

    #[test]
    fn a_fine_rate_factor_has_no_peak_rate_and_no_level_that_crashes() {
        let options = nvenc_options(&settings("ultrafast", 0));
        assert_eq!((value(&options, "cq"), value(&options, "maxrate")), (Some("10"), None));
    }

    #[test]
    fn peak_rates_follow_size_and_frame_rate() {
        let small = VideoSettings { width_px: 960, height_px: 540, ..settings("veryfast", 23) };
        assert_eq!(value(&nvenc_options(&small), "maxrate"), Some("2500000"));
    }

    #[test]
    fn every_option_is_one_that_this_ffmpeg_knows() {
        let settings = settings("medium", 18);
        let retreats = |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, _)| *name).collect();
        let lists: [(&str, Options, Vec<&str>); 3] = [
            ("h264_nvenc", nvenc_options(&settings), retreats(&NVENC_RETREATS)),
            ("h264_vaapi", vaapi_options(&settings), retreats(&VAAPI_RETREATS)),
            ("h264_videotoolbox", videotoolbox_options(&settings), retreats(&VIDEOTOOLBOX_RETREATS)),
        ];
        for (encoder, options, retreats) in lists {
            let Some(codec) = ffmpeg_next::encoder::find_by_name(encoder) else {
                eprintln!("skipped: this FFmpeg has no {encoder}");
                continue;
            };
            for name in options.iter().map(|(name, _)| *name).chain(retreats) {
                assert!(is_option(&codec, name), "{encoder} has no option {name}");
            }
        }
    }

    /// True where the encoder, or FFmpeg for all encoders, has such an option.
    #[expect(unsafe_code, reason = "the binding has no call for it")]
    fn is_option(codec: &ffmpeg_next::Codec, name: &str) -> bool {
        let name = std::ffi::CString::new(name).unwrap();
        // SAFETY: both classes are static; with this flag only the class behind the pointer is read.
        unsafe {
            let own = (*codec.as_ptr()).priv_class;
            [own, ffi::avcodec_get_class()].into_iter().any(|class| {
                let object = (&raw const class).cast_mut().cast();
                let flags = ffi::AV_OPT_SEARCH_FAKE_OBJ;
                !ffi::av_opt_find(object, name.as_ptr(), std::ptr::null(), 0, flags).is_null()
            })
        }
    }
}
