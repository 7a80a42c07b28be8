//! The shape of the picture, where the caller leaves it open.

use serde_json::{Map, Value};

use crate::Brief;
use crate::footage::Footage;
use crate::prompt::{Aspect, Understanding};

/// Returns the brief's `output` with an aspect ratio: the caller's, the first that the prompt names, that of most of the
/// files, upright.
pub(super) fn output(brief: &Brief, understanding: &Understanding, footage: &Footage) -> Value {
    let mut output = match &brief.output {
        Value::Null => Map::new(),
        Value::Object(output) => output.clone(),
        // No output at all; whoever reads it says so.
        other => return other.clone(),
    };
    let aspect = understanding.aspects.first().copied().unwrap_or_else(|| aspect_of_most(footage));
    output.entry("aspectRatio").or_insert_with(|| aspect.name().into());
    Value::Object(output)
}

fn aspect_of_most(footage: &Footage) -> Aspect {
    let (mut landscape, mut portrait, mut square) = (0, 0, 0);
    for index in footage.shown() {
        let ratio = footage.files[index].aspect_ratio;
        if ratio > 1.1 {
            landscape += 1;
        } else if ratio < 0.9 {
            portrait += 1;
        } else {
            square += 1;
        }
    }
    if landscape > portrait && landscape >= square {
        Aspect::Landscape
    } else if square > portrait.max(landscape) {
        Aspect::Square
    } else {
        Aspect::Portrait
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::planner::tests::fixture::{brief, picture};

    fn ratio(prompt_aspects: &[Aspect], output: Value, sizes: &[(u32, u32)]) -> Value {
        let mut brief = brief("", sizes.iter().enumerate().map(|(at, size)| picture(at, *size)).collect());
        brief.output = output;
        let mut understanding = Understanding::of_prompt("");
        understanding.aspects = prompt_aspects.to_vec();
        super::output(&brief, &understanding, &Footage::of_brief(&brief))["aspectRatio"].clone()
    }

    #[test]
    fn the_caller_wins_over_the_prompt_and_the_prompt_over_the_files() {
        let wide = [(1920, 1080); 3];
        assert_eq!(ratio(&[Aspect::Square], json!({ "aspectRatio": "4:3" }), &wide), "4:3");
        assert_eq!(ratio(&[Aspect::Square, Aspect::Feed], json!({ "fps": 25 }), &wide), "1:1");
        assert_eq!(ratio(&[], Value::Null, &wide), "16:9");
        assert_eq!(ratio(&[], Value::Null, &[(1080, 1920), (1080, 1920), (1920, 1080)]), "9:16");
        assert_eq!(ratio(&[], Value::Null, &[(1080, 1080), (1000, 1000), (1920, 1080)]), "1:1");
        assert_eq!(ratio(&[], Value::Null, &[]), "9:16");
    }
}
