//! `avs-manual DIR`: writes `DIR/man/*.1` and `DIR/completions/*` for `avs` and `avs-engine`, from their own arguments.

use std::fs::create_dir_all;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_complete::aot::{Bash, Fish, Generator, Zsh, generate_to};

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("usage: avs-manual DIR")?);
    let (man, completions) = (folder.join("man"), folder.join("completions"));
    create_dir_all(&man)?;
    create_dir_all(&completions)?;
    for command in [avs::cli::Arguments::command(), avs_engine::cli::command()] {
        clap_mangen::generate_to(command.clone().disable_help_subcommand(true), &man)?;
        write_completions(Bash, &command, &completions)?;
        write_completions(Zsh, &command, &completions)?;
        write_completions(Fish, &command, &completions)?;
    }
    Ok(())
}

/// Bash looks for a file with the command's name alone.
fn write_completions(
    shell: impl Generator,
    command: &Command,
    folder: &std::path::Path,
) -> anyhow::Result<()> {
    let name = command.get_name().to_owned();
    let written = generate_to(shell, &mut command.clone(), &name, folder)?;
    if written.extension().is_some_and(|extension| extension == "bash") {
        std::fs::rename(&written, folder.join(name))?;
    }
    Ok(())
}
