//! The command line. Exit status: 0 done, 2 bad input (a line per error on stderr), 1 our fault.

mod analyze;
mod args;
mod doctor;
mod render;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::error::RenderError;
use crate::gpu::{Gpu, GpuError, adapters};
use crate::job::{RenderContext, probed_asset};
use crate::sandbox::{Confinement, SandboxOptions, attempts};
use crate::{encode, media, worker};
use args::{Args, ServeArgs, Verb};

/// Exit status for input that is at fault.
const BAD_INPUT: u8 = 2;
/// Environment variable that picks an adapter by a part of its name.
const ADAPTER_VARIABLE: &str = "AVS_ADAPTER";

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, #[source] std::io::Error),
    #[error("{0} cannot be written: {1}")]
    Unwritable(String, #[source] Box<dyn std::error::Error>),
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error(transparent)]
    Serve(#[from] worker::ServeError),
    #[error("FFmpeg cannot start")]
    Ffmpeg(#[from] ffmpeg_next::Error),
    #[error("the sandbox cannot be tried ({0})")]
    Trial(&'static str, #[source] std::io::Error),
    #[error("the sandbox is not whole: {open} of the things above are not held")]
    NotHeld { open: usize },
}

/// The arguments, for man pages and completions.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .init();
    match execute(args.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => explain(&error),
    }
}

/// Confined before anything else: what follows starts threads.
fn serve(args: &ServeArgs) -> Result<(), CommandError> {
    let confinement = Confinement::enter(&SandboxOptions {
        jobs_dir: args.jobs_dir.clone(),
        file_bytes_max: args.file_bytes_max,
        memory_bytes_max: args.memory_bytes_max,
    });
    media::init()?;
    let context = open_context()?;
    encode::warm_up();
    Ok(worker::serve(args.ipc_fd, context, confinement)?)
}

fn execute(verb: Verb) -> Result<(), CommandError> {
    // A serving engine confines itself before it loads anything.
    if !matches!(verb, Verb::Serve(_)) {
        media::init()?;
    }
    match verb {
        Verb::Render(args) => render::run(&args, &mut open_context()?),
        Verb::Still(args) => render::run_still(&args, &mut open_context()?),
        Verb::Serve(args) => serve(&args),
        Verb::Doctor { json } => doctor::run(json),
        Verb::TrySandbox { folder, unconfined } => {
            let trial = attempts(&folder, !unconfined);
            let trial =
                trial.map_err(|error| CommandError::Unreadable(folder.display().to_string(), error))?;
            print_json(&trial);
            Ok(())
        }
        Verb::Probe { file } => {
            let name = file.display().to_string();
            let found = media::probe(&name, &file)
                .map_err(|source| RenderError::Media { pointer: String::new(), source })?;
            print_json(&probed_asset(&name, &found));
            Ok(())
        }
        Verb::Analyze { files, json } => analyze::run(&files, json),
        Verb::Validate { template } => {
            let bytes = std::fs::read(&template)
                .map_err(|error| CommandError::Unreadable(template.display().to_string(), error))?;
            avs_template::Template::from_json(&bytes).map_err(RenderError::Invalid)?;
            println!("valid");
            Ok(())
        }
        Verb::Schema => {
            print_json(&avs_template::template_schema());
            Ok(())
        }
        Verb::Encoders => {
            print_json(&encode::encoders());
            Ok(())
        }
        Verb::Adapters => {
            print_json(&adapters());
            Ok(())
        }
    }
}

fn open_context() -> Result<RenderContext, GpuError> {
    let wanted = std::env::var(ADAPTER_VARIABLE).ok();
    Ok(RenderContext::new(Gpu::find(wanted.as_deref())?))
}

fn print_json(value: &impl serde::Serialize) {
    // Writing to a string cannot fail, and our types have no map with keys other than strings.
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Prints one line per error and picks the exit status.
fn explain(error: &CommandError) -> ExitCode {
    if let CommandError::Render(error) = error
        && error.is_bad_input()
    {
        for field in error.field_errors() {
            let suggestion =
                field.suggestion.map(|near| format!(" (did you mean {near:?}?)")).unwrap_or_default();
            let place = if field.pointer.is_empty() { String::new() } else { format!("{}: ", field.pointer) };
            eprintln!("error: {place}{}{suggestion}", field.detail);
        }
        return ExitCode::from(BAD_INPUT);
    }
    let causes: Vec<_> = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source())
        .map(ToString::to_string)
        .collect();
    eprintln!("error: {}", causes.join(": "));
    match error {
        CommandError::Unreadable(..) => ExitCode::from(BAD_INPUT),
        CommandError::Render(_)
        | CommandError::Unwritable(..)
        | CommandError::Gpu(_)
        | CommandError::Serve(_)
        | CommandError::Ffmpeg(_)
        | CommandError::Trial(..)
        | CommandError::NotHeld { .. } => ExitCode::FAILURE,
    }
}
