//! Grid: four videos, a quarter of the frame each.

use serde_json::json;

use super::{Case, Peer};
use crate::material::Material;

const VIDEOS: [&str; 4] = ["hero.mp4", "dog.mp4", "cups.mp4", "man.mp4"];

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let files = VIDEOS.map(|name| material.file(name));
    let inputs: Vec<_> = files.iter().flat_map(|file| ["-t", "8.1", "-i", file]).collect();
    // Rounded up: a picture shows from its time on, as with us.
    let scaled =
        |index: usize| format!("[{index}:v]fps=30:round=up,scale=960:540:flags=bicubic,setsar=1[s{index}];");
    let graph: String = (0..VIDEOS.len()).map(scaled).collect();
    let graph = graph + "[s0][s1][s2][s3]xstack=inputs=4:layout=0_0|960_0|0_540|960_540,trim=duration=8[v]";
    let blocks = (0..).zip(VIDEOS).map(|(index, name): (u32, _)| {
        json!({ "type": "video", "duration": 8, "muted": true, "source": { "uploadName": name },
            "anchor": "top-left", "x": 960 * (index % 2), "y": 540 * (index / 2), "width": 960, "height": 540 })
    });
    let blocks: Vec<_> = blocks.collect();
    let placed = |index: &'static str, geometry: &'static str| {
        ["-transition", "composite", "a_track=0", index, "in=0", "out=239", geometry]
    };
    let mut melt = vec!["colour:black", "out=239"];
    melt.extend(files.iter().flat_map(|file| ["-track", file, "out=239", "audio_index=-1"]));
    melt.extend(placed("b_track=1", "geometry=0/0:960x540:100"));
    melt.extend(placed("b_track=2", "geometry=960/0:960x540:100"));
    melt.extend(placed("b_track=3", "geometry=0/540:960x540:100"));
    melt.extend(placed("b_track=4", "geometry=960/540:960x540:100"));
    Ok(Case {
        name: "grid",
        secs: 8,
        aspect: "16:9",
        template: json!({ "version": "1", "blocks": blocks }),
        peers: vec![Peer::ffmpeg("ffmpeg", &inputs, &graph, &[]).goal(1.1), Peer::melt(&melt)],
        turns_max: usize::MAX,
    })
}
