//! Entry point of `avs`: reads the command line, runs it, and turns an error into one line and exit status 1.

use std::process::ExitCode;

use clap::CommandFactory as _;

fn main() -> ExitCode {
    let matches = avs::cli::Arguments::command().get_matches();
    match avs::cli::run(&matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("avs: {:#}", anyhow::Error::from(error));
            ExitCode::FAILURE
        }
    }
}
