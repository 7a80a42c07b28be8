//! Entry point of `avs`: reads the command line, runs it, and turns an error into one line and exit status 1.

use std::process::ExitCode;

use clap::CommandFactory as _;

fn main() -> ExitCode {
    let command = avs::cli::Arguments::command();
    let arguments = match avs::cli::arguments_with_file(&command, std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("avs: {:#}", anyhow::Error::from(error));
            return ExitCode::FAILURE;
        }
    };
    let matches = command.get_matches_from(arguments);
    match avs::cli::run(&matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("avs: {:#}", anyhow::Error::from(error));
            ExitCode::FAILURE
        }
    }
}
