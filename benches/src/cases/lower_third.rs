//! Lower third: a video, a logo, and a line of text that fades in.

use serde_json::json;

use super::{Case, Peer};
use crate::material::Material;

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let (hero, logo) = (material.file("hero.mp4"), material.file("logo.png"));
    let text = material.drawtext("Now shipping everywhere", 64, ("w/2", "918"));
    let inputs = ["-t", "10", "-i", &hero, "-i", &logo];
    let graph = format!(
        "[1:v]scale=180:180:flags=bicubic[logo];[0:v]fps=30[hero];[hero][logo]overlay=1680:60[o];[o]{text}:alpha='min(1,t)'[v]"
    );
    let alone = Peer::ffmpeg("decode + encode alone", &["-t", "10", "-i", &hero], "[0:v]fps=30[v]", &[]);
    let melt = Peer::melt(&[
        &hero,
        "out=299",
        "audio_index=-1",
        "-track",
        &logo,
        "out=299",
        "-transition",
        "composite",
        "a_track=0",
        "b_track=1",
        "in=0",
        "out=299",
        "geometry=1680/60:180x180:100",
        "-filter",
        "dynamictext:Now shipping everywhere",
        "in=0",
        "out=299",
        "size=64",
        "family=Inter",
        "weight=600",
        "halign=center",
        "valign=bottom",
        "geometry=0/0:1920x950:100",
    ]);
    Ok(Case {
        name: "lower-third",
        secs: 10,
        aspect: "16:9",
        template: json!({ "version": "1", "blocks": [
            { "type": "video", "duration": 10, "muted": true, "source": { "uploadName": "hero.mp4" } },
            { "type": "image", "x": 1770, "y": 150, "width": 180, "height": 180, "fit": "fill",
              "source": { "uploadName": "logo.png" } },
            { "type": "text", "x": "50%", "y": "85%", "anchor": "center", "text": "Now shipping everywhere",
              "font": { "size": 64 },
              "animations": [{ "type": "fade", "at": "in", "duration": 1, "easing": "linear" }] },
        ] }),
        peers: vec![
            alone.draws_less().goal(1.0 / 1.08),
            Peer::ffmpeg("ffmpeg", &inputs, &graph, &[]).goal(1.15),
            melt.goal(2.0),
        ],
        turns_max: usize::MAX,
    })
}
