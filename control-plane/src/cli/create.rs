//! `avs create`: a prompt and a folder become a video without a server, by the same steps: probe, analyse, plan, render.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use avs_creator::{Brief, Storyboard};
use avs_protocol::{AssetFile, JobRef, RenderReport};
use avs_template::{OutputSpec, Pointer};
use clap::{Args, ValueEnum};
use futures_util::TryFutureExt as _;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::workplace::Workplace;
use super::{CommandError, CreateError, wait_for_signal};
use crate::creator::{self, BuiltInCreator, Creation, Creator, CreatorSettings};
use crate::domain::job::Warning;
use crate::engines::{Engine, Heard, Lone, QuestionError, RenderDesc, Rendering};
use crate::limits;
use crate::telemetry::{self, LogFormat};
use crate::workers::briefs::{brief_from_analysis, warnings_from_notes};

/// What `avs create` takes.
#[derive(Debug, Args)]
pub(super) struct CreateArguments {
    /// What the video is to show.
    #[arg(long, value_name = "TEXT")]
    prompt: String,
    /// Folder of the files to use; folders in it and hidden files are left out.
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// The video.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Width to height, such as 9:16 [default: as the prompt or the files have it].
    #[arg(long, value_name = "RATIO")]
    aspect: Option<String>,
    /// draft, web or studio [default: web].
    #[arg(long, value_name = "NAME")]
    quality: Option<String>,
    /// Take this storyboard instead of planning one.
    #[arg(long, value_name = "FILE")]
    storyboard: Option<PathBuf>,
    /// Write how it came about, as JSON.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Write the template and its output settings, as JSON.
    #[arg(long, value_name = "FILE")]
    keep_template: Option<PathBuf>,
    /// Who plans [default: the model, where one is set].
    #[arg(long, value_enum)]
    planner: Option<PlannerArgument>,
    /// The engine [default: avs-engine beside this executable].
    #[arg(long, env = "AVS_ENGINE_BIN", value_name = "PATH")]
    engine_bin: Option<PathBuf>,
    /// Refuse an engine that is not fully confined.
    #[arg(long, env = "AVS_REQUIRE_SANDBOX", value_parser = clap::builder::BoolishValueParser::new())]
    require_sandbox: bool,
    #[command(flatten)]
    creator: CreatorSettings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlannerArgument {
    /// The built-in planner.
    BuiltIn,
    /// The model that --creator-model-url names.
    Model,
}

pub(super) async fn run(arguments: &CreateArguments) -> Result<(), CommandError> {
    if std::env::var_os("RUST_LOG").is_some() {
        telemetry::start(LogFormat::Text);
    }
    let output = arguments.output()?;
    arguments.check_folders()?;
    let storyboard = arguments.storyboard_json()?;
    let mut stopped = std::pin::pin!(wait_for_signal()?);
    let workplace = unless(&mut stopped, opened(arguments.assets.clone())).await?;
    let program = match &arguments.engine_bin {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("avs-engine"),
    };
    let starting = Lone::start(&program, workplace.path(), arguments.require_sandbox);
    let starting = starting.map_err(|source| CreateError::Engine(Box::new(source)).into());
    let mut lone = unless(&mut stopped, starting).await?;
    let made =
        unless(&mut stopped, make(arguments, (output, storyboard), &workplace, &mut lone.engine)).await;
    lone.stop().await;
    let made = made?;
    tell(&made, &arguments.out)?;
    Ok(())
}

/// Does something unless whoever started it stops it before: then nothing is left behind.
async fn unless<T>(
    stopped: impl Future<Output = ()>,
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    tokio::select! {
        done = work => done,
        () = stopped => Err(CreateError::Stopped.into()),
    }
}

async fn opened(folder: Option<PathBuf>) -> Result<Workplace, CommandError> {
    let opening = tokio::task::spawn_blocking(move || Workplace::open(folder.as_deref()));
    Ok(opening.await.map_err(std::io::Error::other)??)
}

/// A video, and what is to be told of it.
struct Made {
    creation: Creation,
    warnings: Vec<Warning>,
    report: RenderReport,
}

async fn make(
    arguments: &CreateArguments,
    (output, storyboard): (Value, Option<Value>),
    workplace: &Workplace,
    engine: &mut Engine,
) -> Result<Made, CommandError> {
    let job = JobRef { job_id: "create".to_owned(), attempt: 1 };
    let files = workplace.files();
    let probed = engine.probe(job.clone(), files.clone());
    let probed = within(limits::PROBE_WAIT, "looking at the files", probed).await?;
    let (readable, unreadable): (Vec<AssetFile>, Vec<AssetFile>) =
        files.into_iter().partition(|file| probed.iter().any(|found| found.name == file.name));
    for file in unreadable {
        print(&format!("left out  {}: cannot be read as media", file.name))?;
    }
    let analysis = engine.analyze(job.clone(), readable.clone());
    let analysis = within(limits::ANALYSIS_WAIT, "looking into the files", analysis).await?;
    let brief = brief_from_analysis(
        (&arguments.prompt, &output),
        workplace.assets(),
        &analysis,
        workplace.recordings(),
    );
    let brief = Arc::new(brief);
    let creation = timeout(limits::CREATOR_WAIT, arguments.creation(storyboard, Arc::clone(&brief))).await;
    let mut creation = creation.map_err(|_elapsed| CreateError::TooSlow("the creator"))??;
    let mut warnings = std::mem::take(&mut creation.warnings);
    warnings.extend(warnings_from_notes(&creation.notes, &brief, workplace.assets(), workplace.recordings()));
    let document = json!({ "template": creation.template, "output": creation.output });
    for (path, document) in [(&arguments.keep_template, &document), (&arguments.trace, &creation.trace)] {
        if let Some(path) = path {
            std::fs::write(path, format!("{document:#}\n"))?;
        }
    }
    let video = workplace.path().join("out.mp4");
    let wanted = RenderDesc { job, template: &creation.template, output: &creation.output, out_path: &video };
    let rendering = engine.render(wanted, readable).await.map_err(CreateError::from)?;
    let report = rendered(rendering).await.map_err(CreateError::from)?;
    move_file(&video, &arguments.out)?;
    Ok(Made { creation, warnings, report })
}

impl CreateArguments {
    fn output(&self) -> Result<Value, CreateError> {
        let mut output = Map::new();
        for (name, value) in [("aspectRatio", &self.aspect), ("quality", &self.quality)] {
            if let Some(value) = value {
                output.insert(name.to_owned(), json!(value));
            }
        }
        let output = Value::Object(output);
        OutputSpec::from_value(&output, &Pointer::root()).map_err(CreateError::Output)?;
        Ok(output)
    }

    /// What cannot be written is found out before there is work to lose.
    fn check_folders(&self) -> Result<(), CreateError> {
        let paths = [Some(&self.out), self.keep_template.as_ref(), self.trace.as_ref()];
        let lost = |path: &&PathBuf| {
            path.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
        };
        paths.into_iter().flatten().find(lost).map_or(Ok(()), |path| Err(CreateError::NoFolder(path.clone())))
    }

    fn storyboard_json(&self) -> Result<Option<Value>, CommandError> {
        let Some(path) = &self.storyboard else { return Ok(None) };
        Ok(Some(serde_json::from_slice(&std::fs::read(path)?).map_err(CreateError::StoryboardJson)?))
    }

    async fn creation(&self, storyboard: Option<Value>, brief: Arc<Brief>) -> Result<Creation, CommandError> {
        if let Some(json) = storyboard {
            let storyboard = Storyboard::from_value(&json, &brief).map_err(CreateError::Storyboard)?;
            let created =
                creator::created(move || avs_creator::create_from_storyboard(&storyboard, &brief)).await;
            return Ok(created.map_err(CreateError::from)?);
        }
        let creator: Arc<dyn Creator> = match self.planner {
            Some(PlannerArgument::BuiltIn) => Arc::new(BuiltInCreator),
            Some(PlannerArgument::Model) if self.creator.model_url.is_none() => {
                return Err(CreateError::NoModel.into());
            }
            Some(PlannerArgument::Model) | None => self.creator.creator()?,
        };
        Ok(creator.create(brief).await.map_err(CreateError::from)?)
    }
}

/// What an answer is waited for, at most so long.
async fn within<T, E>(
    wait: Duration,
    what: &'static str,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, CreateError>
where
    QuestionError: From<E>,
{
    let answer = timeout(wait, answer).await.map_err(|_elapsed| CreateError::TooSlow(what))?;
    Ok(answer.map_err(QuestionError::from)?)
}

async fn rendered(mut rendering: Rendering<'_>) -> Result<RenderReport, QuestionError> {
    loop {
        match rendering.next().await? {
            Heard::Progress(progress) => tracing::debug!(?progress, "rendering"),
            Heard::Completed(report) => return Ok(report),
        }
    }
}

/// Across file systems too.
fn move_file(from: &Path, to: &Path) -> std::io::Result<()> {
    if std::fs::rename(from, to).is_err() {
        std::fs::copy(from, to)?;
        std::fs::remove_file(from)?;
    }
    Ok(())
}

/// Says what was done.
fn tell(made: &Made, out: &Path) -> std::io::Result<()> {
    let Made { creation, warnings, report } = made;
    let trace = &creation.trace;
    print(&format!("planner   {}", trace["planner"].as_str().unwrap_or("?")))?;
    for (index, scene) in list(&trace["storyboard"]["scenes"]).enumerate() {
        let words: Vec<&str> =
            ["label", "headline", "body"].iter().filter_map(|name| scene[*name].as_str()).collect();
        let (layout, asset) =
            (scene["layout"].as_str().unwrap_or("?"), scene["assetId"].as_str().unwrap_or("-"));
        let secs = scene["durationSeconds"].as_f64().unwrap_or_default();
        print(&format!(
            "scene {:<3} {layout:<17} {asset:<4} {secs:>5.1} s  {}",
            index + 1,
            words.join(" | ")
        ))?;
    }
    for warning in warnings {
        print(&format!("note      {}", warning.detail))?;
    }
    let (width, height, secs) = (report.width_px, report.height_px, report.duration_secs);
    print(&format!("video     {} {width}x{height}, {secs:.2} s, {} fps", out.display(), report.fps))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn print(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
