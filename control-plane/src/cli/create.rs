//! `avs create`: a prompt and a folder become a video without a server, by the same steps: probe, analyse, plan, render.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use avs_creator::{Brief, Storyboard};
use avs_protocol::{AssetFile, Command, Event, JobRef, RenderReport};
use avs_template::{OutputSpec, Pointer};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::workplace::Workplace;
use super::{CommandError, CreateError, wait_for_signal};
use crate::creator::{self, BuiltInCreator, Creation, Creator, CreatorSettings};
use crate::engines::{Engine, Lone, QuestionError};
use crate::limits;
use crate::telemetry::{self, LogFormat};
use crate::workers::briefs::brief_from_analysis;

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
    let stopped = wait_for_signal()?;
    let workplace = Workplace::open(arguments.assets.as_deref())?;
    let program = match &arguments.engine_bin {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("avs-engine"),
    };
    let mut lone = Lone::start(&program, workplace.path(), arguments.require_sandbox)
        .await
        .map_err(|source| CreateError::Engine(Box::new(source)))?;
    // Whoever stops it finds nothing left behind.
    let made = tokio::select! {
        made = make(arguments, output, &workplace, &mut lone.engine) => made,
        () = stopped => Err(CreateError::Stopped.into()),
    };
    lone.stop().await;
    let (creation, report) = made?;
    tell(&creation, &report, &arguments.out)?;
    Ok(())
}

async fn make(
    arguments: &CreateArguments,
    output: Value,
    workplace: &Workplace,
    engine: &mut Engine,
) -> Result<(Creation, RenderReport), CommandError> {
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
    let creation = timeout(limits::CREATOR_WAIT, arguments.creation(brief)).await;
    let creation = creation.map_err(|_elapsed| CreateError::TooSlow("the creator"))??;
    let document = json!({ "template": creation.template, "output": creation.output });
    for (path, document) in [(&arguments.keep_template, &document), (&arguments.trace, &creation.trace)] {
        if let Some(path) = path {
            std::fs::write(path, format!("{document:#}\n"))?;
        }
    }
    let video = workplace.path().join("out.mp4");
    let render = Command::Render {
        job,
        template: creation.template.clone(),
        output: creation.output.clone(),
        assets: readable,
        out_path: video.to_string_lossy().into_owned(),
    };
    let report = rendered(engine, render).await?;
    move_file(&video, &arguments.out)?;
    Ok((creation, report))
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

    async fn creation(&self, brief: Brief) -> Result<Creation, CommandError> {
        if let Some(path) = &self.storyboard {
            let json: Value =
                serde_json::from_slice(&std::fs::read(path)?).map_err(CreateError::StoryboardJson)?;
            let storyboard = Storyboard::from_value(&json, &brief).map_err(CreateError::Storyboard)?;
            let created = creator::created(Arc::new(brief), Some(storyboard)).await;
            return Ok(created.map_err(CreateError::from)?);
        }
        let creator: Arc<dyn Creator> = match self.planner {
            Some(PlannerArgument::BuiltIn) => Arc::new(BuiltInCreator),
            Some(PlannerArgument::Model) if self.creator.model_url.is_none() => {
                return Err(CreateError::NoModel.into());
            }
            Some(PlannerArgument::Model) | None => self.creator.creator()?,
        };
        Ok(creator.create(Arc::new(brief)).await.map_err(CreateError::from)?)
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

async fn rendered(engine: &mut Engine, render: Command) -> Result<RenderReport, CreateError> {
    engine.send(render).await.map_err(QuestionError::from)?;
    loop {
        match within(limits::RENDER_STALL_WAIT, "the engine", engine.next()).await? {
            Event::Progress { frames_done, frames_total, .. } => {
                tracing::debug!(frames_done, frames_total, "rendering");
            }
            Event::Completed { report, .. } => return Ok(report),
            Event::Failed { failure, .. } => return Err(QuestionError::Failed(failure).into()),
            _ => return Err(QuestionError::OutOfTurn.into()),
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
fn tell(creation: &Creation, report: &RenderReport, out: &Path) -> std::io::Result<()> {
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
    for warning in &creation.warnings {
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
