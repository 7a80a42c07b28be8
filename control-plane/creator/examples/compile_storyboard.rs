//! Compiles a storyboard by hand: `compile_storyboard STORYBOARD.json BRIEF.json` prints the template, and the report to
//! stderr. The brief is `{"output": …, "fontFamilies": […], "assets": [AssetAnalysis, …]}`; files are named by `name`.

use std::process::ExitCode;

use avs_creator::{Brief, BriefAsset, Storyboard, compile::compile};
use avs_protocol::AssetAnalysis;
use avs_template::Source;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BriefFile {
    #[serde(default)]
    output: Value,
    font_families: Vec<String>,
    assets: Vec<AssetAnalysis>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [storyboard, brief] = paths.as_slice() else {
        return Err("usage: compile_storyboard STORYBOARD.json BRIEF.json".into());
    };
    let storyboard: Storyboard = serde_json::from_slice(&std::fs::read(storyboard)?)?;
    let file: BriefFile = serde_json::from_slice(&std::fs::read(brief)?)?;
    let asset = |analysis: AssetAnalysis| BriefAsset {
        source: Source::Upload(analysis.name.clone()),
        analysis,
        recording: None,
    };
    let brief = Brief {
        prompt: String::new(),
        output: file.output,
        assets: file.assets.into_iter().map(asset).collect(),
        font_families: file.font_families,
    };
    let compiled = compile(&storyboard, &brief)?;
    println!("{}", serde_json::to_string_pretty(&compiled.template)?);
    eprintln!("{}", serde_json::to_string_pretty(&compiled.report)?);
    Ok(())
}
