//! Videos of prompts, over the media folder that `AVS_MEDIA_DIR` names: made by `avs create`, checked, and laid out as
//! contact sheets. The prompts are in `prompts.json`.

mod checks;
mod film;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use self::checks::{Finding, Made};

/// Where everything goes.
const FOLDER: &str = "target/gallery/prompts";

/// Makes the videos of the prompts of these names, of all where none is given.
pub(crate) fn make(names: &[String]) -> anyhow::Result<()> {
    let media = std::env::var_os("AVS_MEDIA_DIR").map(PathBuf::from);
    let media = media.context("AVS_MEDIA_DIR must name the folder of the media that prompts.json lists")?;
    let cases: Vec<Value> = serde_json::from_str(include_str!("../prompts.json"))?;
    for name in names {
        let is_there = cases.iter().any(|case| case["name"] == name.as_str());
        anyhow::ensure!(is_there, "prompts.json has no prompt {name:?}");
    }
    let mut failed = 0;
    for case in &cases {
        let name = text(case, "name")?;
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        for aspect in case["aspects"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let findings = make_one(case, aspect, &media).with_context(|| format!("{name} in {aspect}"))?;
            println!(
                "{} {name} {aspect}",
                if findings.iter().any(|finding| !finding.holds) { "FAILED" } else { "ok    " }
            );
            for finding in &findings {
                println!("    {} {}", if finding.holds { " " } else { "x" }, finding.said);
            }
            failed += findings.iter().filter(|finding| !finding.holds).count();
        }
    }
    anyhow::ensure!(failed == 0, "{failed} checks failed");
    Ok(())
}

fn make_one(case: &Value, aspect: &str, media: &Path) -> anyhow::Result<Vec<Finding>> {
    let folder = Path::new(FOLDER).join(format!("{}-{}", text(case, "name")?, aspect.replace(':', "x")));
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let assets = folder.join("assets");
    std::fs::create_dir_all(&assets)?;
    for (index, file) in case["assets"].as_array().into_iter().flatten().filter_map(Value::as_str).enumerate()
    {
        let from = media.join(file);
        let name = from.file_name().context("an asset is a file")?.to_string_lossy();
        // A folder is read by name: the numbers keep the order.
        let to = assets.join(format!("{} {name}", index + 1));
        std::fs::copy(&from, to).with_context(|| format!("{}", from.display()))?;
    }
    let (video, trace, template) =
        (folder.join("out.mp4"), folder.join("trace.json"), folder.join("template.json"));
    let mut create = Command::new(beside("avs")?);
    create.args(["create", "--planner", "built-in", "--prompt", text(case, "prompt")?, "--aspect", aspect]);
    create.arg("--assets").arg(&assets).arg("--out").arg(&video);
    create.arg("--trace").arg(&trace).arg("--keep-template").arg(&template);
    std::fs::write(folder.join("said.txt"), output_of(&mut create)?)?;
    let bare = folder.join("bare.mp4");
    let trace = read_json(&trace)?;
    render_bare(&template, &trace, (&assets, &bare))?;
    let made = Made { trace, video, bare, asked_secs: case["seconds"].as_f64() };
    film::write_sheet(&made, &folder.join("sheet.png"))?;
    checks::check(&made)
}

/// The same video without the letters that the report tells of, though with what lies under them: the ground that contrast
/// is measured against.
fn render_bare(template: &Path, trace: &Value, (assets, out): (&Path, &Path)) -> anyhow::Result<()> {
    let mut document = read_json(template)?;
    let words = |text: &Value| -> String { text.as_str().unwrap_or_default().split_whitespace().collect() };
    let told: Vec<String> =
        trace["report"]["texts"].as_array().into_iter().flatten().map(|text| words(&text["text"])).collect();
    for block in document["template"]["blocks"].as_array_mut().into_iter().flatten() {
        if block["type"] == "text" && told.contains(&words(&block["text"])) {
            let fields = block.as_object_mut().context("a block is an object")?;
            for name in ["gradient", "stroke", "shadow"] {
                fields.remove(name);
            }
            fields.insert("color".to_owned(), "#00000000".into());
        }
    }
    let (bare, output) = (out.with_extension("json"), &document["output"]);
    std::fs::write(&bare, document["template"].to_string())?;
    let mut render = Command::new(beside("avs-engine")?);
    render.arg("render").arg(&bare).arg("--assets").arg(assets).arg("--out").arg(out);
    if let Some(aspect) = output["aspectRatio"].as_str() {
        render.args(["--aspect", aspect]);
    }
    output_of(&mut render).map(drop)
}

fn text<'v>(case: &'v Value, field: &str) -> anyhow::Result<&'v str> {
    case[field].as_str().with_context(|| format!("a prompt has no {field:?}"))
}

fn read_json(path: &Path) -> anyhow::Result<Value> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// The program of that name, built together with this one.
fn beside(name: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

fn output_of(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?} did not start"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(
        output.status.success(),
        "{command:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said)
}
