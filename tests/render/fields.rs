//! No field is silently ignored: each of the schema changes what is drawn or heard, and moves where it may.

use avs_engine::color::CodedPicture;
use avs_engine::job::RenderContext;
use avs_template::schema_fields;
use avs_tests::showcase::write_showcase_media;
use avs_tests::{Scratch, decoded_channels, gpu_context, render_to, request, still_of};
use serde_json::{Value, json};

use crate::field_cases::{Case, cases, keyframe_cases};

/// Where Debian's fonts-dejavu-core puts its faces.
const FONTS: &str = "/usr/share/fonts/truetype/dejavu";

/// Fields that are not drawn: the version and the name are for people, the type chooses the block, and files of the
/// web are fetched by the control plane, which then names them like uploads.
const NOT_DRAWN: [&str; 4] = ["version", "name", "type", "source.url"];

/// Fields that only say how the sound is; the others are looked at.
const HEARD: [&str; 6] = ["volume", "fadeIn", "fadeOut", "muted", "pan", "pitch"];

fn base(kind: &str) -> Value {
    match kind {
        "video" => {
            json!({ "type": "video", "duration": 1, "width": "50%", "height": "50%", "source": { "uploadName": "clip.mp4" } })
        }
        "image" => {
            json!({ "type": "image", "duration": 1, "width": "50%", "height": "50%", "source": { "uploadName": "warm.png" } })
        }
        "text" => json!({ "type": "text", "duration": 1, "text": "Some words", "font": { "size": 200 } }),
        _ => json!({ "type": "audio", "duration": 1, "source": { "uploadName": "tones.wav" } }),
    }
}

fn other_source(kind: &str) -> &'static str {
    match kind {
        "video" => "other.mp4",
        "image" => "cool.png",
        _ => "other.wav",
    }
}

fn template_of(kind: &str, fields: [&Value; 2]) -> Value {
    if kind == "template" {
        let mut template = json!({ "version": "1", "blocks": [
            { "type": "text", "duration": 1, "text": "Some words", "font": { "size": 150, "weight": 400 } } ] });
        let names_a_font = fields.iter().any(|fields| fields.get("fonts").is_some());
        template["blocks"][0]["font"]["family"] = json!(if names_a_font { "Brand" } else { "Inter" });
        for fields in fields {
            template.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        }
        return template;
    }
    let mut block = base(kind);
    for fields in fields {
        block.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    }
    if block["source"]["uploadName"] == "other" {
        block["source"]["uploadName"] = json!(other_source(kind));
    }
    // Something below, for blend modes and z indices, that ends when the block begins its transition.
    json!({ "version": "1", "background": "#305070", "blocks": [
        { "type": "image", "duration": 1, "x": "40%", "width": "30%", "height": "30%", "source": { "uploadName": "cool.png" }, "fit": "fill" },
        block ] })
}

fn heard(context: &mut RenderContext, template: &Value, scratch: &Scratch) -> (Vec<i32>, Vec<i32>) {
    let out = scratch.path().join("heard.mp4");
    let request = request(template.clone(), json!({ "quality": "draft" }), scratch.path(), &out);
    render_to(context, &request).unwrap_or_else(|error| panic!("{error}: {template}"));
    // Loudness and pitch of each tenth of a second, coarse enough not to see AAC.
    #[expect(clippy::cast_possible_truncation, reason = "below 5000")]
    let level = |part: &[f32]| {
        let loudness = 1000.0 * (part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32).sqrt();
        let turns = part.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
        let audible = loudness > 20.0;
        loudness as i32 / 20 + if audible { 1000 * (turns as i32 / 10) } else { 0 }
    };
    let loudness = |samples: Vec<f32>| samples.chunks(4800).map(level).collect();
    let [left, right] = decoded_channels(&out);
    std::fs::remove_file(&out).unwrap();
    (loudness(left), loudness(right))
}

fn write_media(scratch: &Scratch) {
    write_showcase_media(scratch);
    let path = |name: &str| scratch.file(name).to_str().unwrap().to_owned();
    // Brightness and tone change with time, so that when and how fast can be told.
    let video =
        "color=s=640x360:r=30:d=2,format=yuv420p,geq=lum='60+60*T+40*X/W':cb='90+60*X/W':cr='170-40*Y/H'";
    for (name, font) in [("serif.ttf", "DejaVuSerif.ttf"), ("mono.ttf", "DejaVuSansMono.ttf")] {
        std::fs::copy(std::path::Path::new(FONTS).join(font), scratch.file(name)).unwrap();
    }
    let tones = "aevalsrc='0.3*(0.3+0.3*t)*sin(2*PI*300*t)|0.3*(0.3+0.3*t)*sin(2*PI*300*t):s=48000:d=2'";
    for (name, picture, sound) in
        [("clip.mp4", video, tones), ("other.mp4", "testsrc2=s=640x360:r=30:d=2", "sine=f=900:d=2")]
    {
        avs_tests::ffmpeg(&[
            "-f",
            "lavfi",
            "-i",
            picture,
            "-f",
            "lavfi",
            "-i",
            sound,
            "-pix_fmt",
            "yuv420p",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-c:a",
            "aac",
            &path(name),
        ]);
    }
    avs_tests::ffmpeg(&["-f", "lavfi", "-i", tones, &path("tones.wav")]);
    avs_tests::ffmpeg(&["-f", "lavfi", "-i", "sine=f=900:d=2", &path("other.wav")]);
}

#[track_caller]
fn assert_each_changes_the_result(cases: &[Case]) {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_media(&scratch);
    let mut ignored = Vec::new();
    for case in cases {
        for kind in case.kinds {
            let (mut before, mut with) = (case.before.clone(), case.with.clone());
            if *kind == "image" && case.path == "onAssetError" {
                for fields in [&mut before, &mut with] {
                    fields["source"] = json!({ "uploadName": "broken.mp4" });
                }
            }
            let (before, with) =
                (template_of(kind, [&before, &json!({})]), template_of(kind, [&before, &with]));
            let is_heard = *kind == "audio" || HEARD.contains(&case.path);
            let same = if is_heard {
                heard(&mut context, &before, &scratch) == heard(&mut context, &with, &scratch)
            } else {
                let mut look = |template: &Value| {
                    still_of(
                        &mut context,
                        template.clone(),
                        json!({ "quality": "draft" }),
                        scratch.path(),
                        0.5,
                    )
                };
                alike(&look(&before), &look(&with))
            };
            if same {
                ignored.push(format!("{kind} {}", case.path));
            }
        }
    }
    assert!(ignored.is_empty(), "these make no difference: {ignored:?}");
}

/// True where fewer than one pixel in a thousand differs visibly.
fn alike(a: &CodedPicture, b: &CodedPicture) -> bool {
    let differing = |a: &[u8], b: &[u8]| a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > 6).count();
    (differing(&a.luma, &b.luma) + differing(&a.chroma, &b.chroma)) * 1000 < a.luma.len()
}

#[test]
fn each_field_changes_what_is_drawn_or_heard() {
    assert_each_changes_the_result(&cases());
}

#[test]
fn each_field_that_can_move_moves() {
    assert_each_changes_the_result(&keyframe_cases());
}

/// Fields of the schema, by owner, that have no case among `cases`.
fn without_a_case(cases: &[Case], counts: impl Fn(&avs_template::SchemaField) -> bool) -> Vec<String> {
    let covered = |owner: &str, path: &str| {
        // A field that holds others is seen where one of those is.
        let is_it = |case: &&Case| {
            let below = case.path.strip_prefix(path);
            case.kinds.contains(&owner)
                && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
        };
        cases.iter().any(|case| is_it(&case))
    };
    let fields = schema_fields().into_iter().filter(counts);
    let missing = fields.filter(|field| !covered(&field.owner, &field.path));
    missing.map(|field| format!("{} {}", field.owner, field.path)).collect()
}

#[test]
fn the_list_of_schema_fields_without_a_case_is_empty() {
    let is_drawn = |field: &avs_template::SchemaField| {
        !NOT_DRAWN.contains(&field.path.as_str())
            && !field.path.ends_with("source.url")
            && field.path != "blocks"
    };
    let missing = without_a_case(&cases(), is_drawn);
    assert!(missing.is_empty(), "{missing:#?}");
    let unmoved = without_a_case(&keyframe_cases(), |field| field.animatable);
    assert!(unmoved.is_empty(), "{unmoved:#?}");
}
