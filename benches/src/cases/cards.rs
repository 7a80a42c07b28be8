//! Cards: three photos with a title each, standing still, and music.

use serde_json::json;

use super::{Case, Peer, sound_of};
use crate::material::Material;

const TITLES: [&str; 3] = ["One thing at a time", "Made by hand", "Open from nine to five"];

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let photos: Vec<_> = (0..TITLES.len()).map(|index| material.file(&format!("photo{index}.jpg"))).collect();
    let music = material.file("music.mp3");
    let mut inputs: Vec<_> = photos.iter().flat_map(|photo| ["-i", photo]).collect();
    inputs.extend(["-t", "30", "-i", &music]);
    // Drawn once and repeated: nothing is left but to encode.
    let card = |(index, title): (usize, &str)| {
        let text = material.drawtext(title, 96, ("w/2", "540"));
        format!(
            "[{index}:v]scale=1920:1080:force_original_aspect_ratio=increase:flags=bicubic:out_color_matrix=bt709:out_range=tv,crop=1920:1080,setsar=1,\
             {text},format=yuv420p,loop=loop=299:size=1,setpts=N/30/TB,fps=30,trim=end_frame=300[c{index}];"
        )
    };
    let graph: String = TITLES.into_iter().enumerate().map(card).collect();
    let graph = graph + "[c0][c1][c2]concat=n=3[v]";
    let blocks = (0..).zip(TITLES).flat_map(|(index, title)| {
        let start = 10 * index;
        [
            json!({ "type": "image", "start": start, "duration": 10,
                "source": { "uploadName": format!("photo{index}.jpg") } }),
            json!({ "type": "text", "start": start, "duration": 10, "text": title, "font": { "size": 96 } }),
        ]
    });
    let sound = json!({ "type": "audio", "duration": 30, "source": { "uploadName": "music.mp3" } });
    let blocks: Vec<_> = blocks.chain([sound]).collect();
    Ok(Case {
        name: "cards",
        secs: 30,
        aspect: "16:9",
        template: json!({ "version": "1", "blocks": blocks }),
        peers: vec![Peer::ffmpeg("ffmpeg", &inputs, &graph, &sound_of("3:a")).goal(5.0)],
        turns_max: usize::MAX,
    })
}
