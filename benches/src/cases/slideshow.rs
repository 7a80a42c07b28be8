//! Slideshow: five photos with Ken Burns, crossfades between them.

use serde_json::json;

use super::{Case, Peer};
use crate::material::Material;

const PHOTOS: usize = 5;
/// zoompan's window jumps by half a pixel of the output, ours glides: on sharp photos that is far in dB.
const SAME_SLIDESHOW_DB: f64 = 24.0;

pub(crate) fn case(material: &Material) -> anyhow::Result<Case> {
    let photos: Vec<_> = (0..PHOTOS).map(|index| material.file(&format!("photo{index}.jpg"))).collect();
    let inputs: Vec<_> = photos.iter().flat_map(|photo| ["-i", photo]).collect();
    // Twice the size before zoompan, whose window moves in whole pixels.
    let zoomed = |index: usize| {
        format!(
            "[{index}:v]scale=3840:2160:force_original_aspect_ratio=increase:flags=bicubic:out_color_matrix=bt709:out_range=tv,crop=3840:2160,setsar=1,format=yuv420p,\
             zoompan=z='1+0.2*on/90':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=90:s=1920x1080:fps=30[p{index}];"
        )
    };
    let faded = |index: usize| {
        let from = if index == 1 { "p0".to_owned() } else { format!("f{}", index - 1) };
        let to = if index == PHOTOS - 1 { "v".to_owned() } else { format!("f{index}") };
        let offset = 2.5 * index as f64;
        format!("[{from}][p{index}]xfade=transition=fade:duration=0.5:offset={offset}[{to}];")
    };
    let graph: String = (0..PHOTOS).map(zoomed).chain((1..PHOTOS).map(faded)).collect();
    let block = |index: usize| {
        let mut block = json!({
            "type": "image", "start": 2.5 * index as f64, "duration": 3,
            "source": { "uploadName": format!("photo{index}.jpg") },
            "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.5, "y": 0.5, "scale": 1.2 },
                "easing": "linear" },
        });
        if index > 0 {
            block["transition"] = json!({ "type": "fade", "duration": 0.5, "easing": "linear" });
        }
        block
    };
    let blocks: Vec<_> = (0..PHOTOS).map(block).collect();
    let ffmpeg = Peer::ffmpeg("ffmpeg", &inputs, graph.trim_end_matches(';'), &[]);
    Ok(Case {
        name: "slideshow",
        secs: 13,
        aspect: "16:9",
        template: json!({ "version": "1", "blocks": blocks }),
        peers: vec![ffmpeg.near(SAME_SLIDESHOW_DB).goal(1.6)],
        turns_max: usize::MAX,
    })
}
