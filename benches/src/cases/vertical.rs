//! Vertical: a wide video on a tall frame, itself blurred behind it, captions below.

use serde_json::json;

use super::{Case, Peer};
use crate::material::Material;

const CAPTIONS: [&str; 3] = ["Watch closely now", "It happens very fast", "There it was"];

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let hero = material.file("hero.mp4");
    let captions = (0..).zip(CAPTIONS).map(|(index, text)| {
        let (from, to) = (f64::from(index) * 3.0, f64::from(index + 1) * 3.0);
        let drawn = material.drawtext(text, 80, ("w/2", "1536"));
        format!("{drawn}:enable='gte(t,{from})*lt(t,{to})'")
    });
    let captions = captions.collect::<Vec<_>>().join(",");
    let graph = |blurred: &str| {
        format!(
            "[0:v]fps=30,split[a][b];[a]{blurred}[back];[b]scale=1080:608:flags=bicubic[front];\
             [back][front]overlay=0:656,{captions}[v]"
        )
    };
    let inputs = ["-t", "10", "-i", &hero];
    let full = graph("scale=-2:1920,crop=1080:1920,gblur=sigma=27:steps=2");
    let small = graph("scale=-2:480,crop=270:480,gblur=sigma=6.75:steps=2,scale=1080:1920:flags=bilinear");
    let mut blocks = vec![json!({ "type": "video", "duration": 10, "muted": true, "fit": "contain-blur",
        "source": { "uploadName": "hero.mp4" } })];
    blocks.extend((0..).zip(CAPTIONS).map(|(index, text)| {
        json!({ "type": "text", "start": 3 * index, "duration": 3, "x": "50%", "y": "80%", "anchor": "center",
            "text": text, "font": { "size": 80 } })
    }));
    Ok(Case {
        name: "vertical",
        secs: 10,
        aspect: "9:16",
        template: json!({ "version": "1", "blocks": blocks }),
        peers: vec![
            Peer::ffmpeg("ffmpeg", &inputs, &full, &[]).goal(1.6),
            Peer::ffmpeg("ffmpeg, blurred at a quarter", &inputs, &small, &[]),
        ],
        turns_max: usize::MAX,
    })
}
