//! `avs-engine render`: a template and a folder of files in, an MP4 and a progress bar out.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use avs_template::{Pointer, Template, Ticks};
use indicatif::{ProgressBar, ProgressStyle};

use super::CommandError;
use super::args::{InputArgs, RenderArgs, StillArgs};
use crate::encode::EncoderChoice;
use crate::error::RenderError;
use crate::job::{
    AssetPaths, RenderContext, RenderControl, RenderProgress, RenderRequest, Rendered, render, still,
    write_png,
};
use crate::trace::Trace;

/// Renders as asked and says what was made.
pub(super) fn run(args: &RenderArgs, context: &mut RenderContext) -> Result<(), CommandError> {
    let mut request = request_from_args(&args.input, &args.out)?;
    (request.preset, request.crf) = (args.preset.clone(), args.crf);
    (request.encoder, request.encode_repeats) = (args.encoder, args.encode_repeats);
    let bar = if args.json { ProgressBar::hidden() } else { progress_bar() };
    let on_progress = |progress: RenderProgress| {
        bar.set_length(progress.frames_total);
        bar.set_position(progress.frames_done);
        bar.set_message(format!("{:.0} frames/s", progress.frames_per_second));
    };
    let cancelled = AtomicBool::new(false);
    let trace = Trace::new(args.trace.is_some());
    let control = RenderControl { cancelled: &cancelled, on_progress: &on_progress, trace: &trace };
    let rendered = render(context, &request, &control);
    bar.finish_and_clear();
    print(args, &rendered?);
    match &args.trace {
        Some(path) => std::fs::write(path, trace.chrome_json().to_string())
            .map_err(|error| CommandError::Unwritable(path.display().to_string(), error.into())),
        None => Ok(()),
    }
}

/// Composes one frame and writes it as PNG.
pub(super) fn run_still(args: &StillArgs, context: &mut RenderContext) -> Result<(), CommandError> {
    let request = request_from_args(&args.input, &args.out)?;
    let at = Ticks::from_secs(args.at.max(0.0));
    let picture = still(context, &request, at, &AtomicBool::new(false))?;
    write_png(&picture, &args.out)?;
    Ok(())
}

fn request_from_args(input: &InputArgs, out_path: &Path) -> Result<RenderRequest, CommandError> {
    let bytes = std::fs::read(&input.template)
        .map_err(|error| CommandError::Unreadable(input.template.display().to_string(), error))?;
    // Read once for the names of the files; the render validates the same document again, in one place.
    let template = Template::from_json(&bytes).map_err(RenderError::Invalid)?;
    Ok(RenderRequest {
        assets: assets_in(&input.assets, &template)?,
        template: serde_json::from_slice(&bytes).unwrap_or_default(),
        output: output_from_args(input),
        out_path: out_path.to_owned(),
        preset: None,
        crf: None,
        encoder: EncoderChoice::Auto,
        encode_repeats: false,
    })
}

fn print(args: &RenderArgs, Rendered { report, timings }: &Rendered) {
    if args.json {
        let mut value = serde_json::to_value(report).unwrap_or_default();
        if args.timings {
            value["timings"] = serde_json::to_value(timings).unwrap_or_default();
        }
        super::print_json(&value);
        return;
    }
    for warning in &report.warnings {
        eprintln!("warning: {}: {}", warning.pointer, warning.detail);
    }
    println!(
        "{}: {}x{}, {} frames, {:.3} s, {} bytes, in {:.2} s on {}",
        args.out.display(),
        report.width_px,
        report.height_px,
        report.frame_count,
        report.duration_secs,
        report.size_bytes,
        std::time::Duration::from_millis(report.elapsed_millis).as_secs_f64(),
        report.adapter,
    );
    if args.timings {
        super::print_json(timings);
    }
}

/// The file of each upload name; names are bare, the validator has seen to that.
fn assets_in(folder: &Path, template: &Template) -> Result<AssetPaths, RenderError> {
    let mut paths = AssetPaths::new();
    for (pointer, source) in template.sources() {
        match source {
            avs_template::Source::Upload(name) => {
                paths.insert(name.clone(), folder.join(name));
            }
            avs_template::Source::Url(_) => {
                let at = Pointer::root();
                let mut issue = avs_template::Issue::new(
                    &at,
                    "remote_source",
                    "the command line reads local files only; download it and name it by uploadName",
                );
                issue.pointer = pointer;
                let collector = avs_template::IssueCollector::new();
                collector.add(issue);
                collector.into_result(Some(())).map_err(RenderError::Invalid)?;
            }
        }
    }
    Ok(paths)
}

fn output_from_args(args: &InputArgs) -> serde_json::Value {
    let mut output = serde_json::Map::new();
    let texts = [("aspectRatio", &args.aspect), ("quality", &args.quality), ("resolution", &args.resolution)];
    for (name, value) in texts {
        if let Some(value) = value {
            output.insert(name.to_owned(), value.clone().into());
        }
    }
    if let Some(fps) = args.fps {
        output.insert("fps".to_owned(), fps.into());
    }
    serde_json::Value::Object(output)
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} frames  {msg}  {eta} left");
    // The template above is ours; where it were wrong, the plain bar would do.
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
