//! The example of the public API's text, beside decoding and encoding alone: nothing drawn, so no renderer can be faster.

use serde_json::json;

use super::{Case, Peer, sound_of};
use crate::material::Material;

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let hero = material.file("hero.mp4");
    let alone =
        Peer::ffmpeg("decode + encode alone", &["-i", &hero, "-t", "5"], "[0:v]fps=30[v]", &sound_of("0:a"));
    Ok(Case {
        name: "quick",
        secs: 5,
        aspect: "16:9",
        template: json!({ "version": "1", "name": "Launch teaser", "blocks": [
            { "type": "video", "start": 0, "duration": 5, "source": { "uploadName": "hero.mp4" } },
            { "type": "text", "start": 0, "duration": 5, "text": "Now shipping" },
        ] }),
        peers: vec![alone.draws_less().goal(0.5)],
        turns_max: usize::MAX,
    })
}
