//! Entry point of `avs`: reads the command line, runs it, and turns an error into one line and exit status 1.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = avs::cli::Arguments::parse();
    match avs::cli::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("avs: {:#}", anyhow::Error::from(error));
            ExitCode::FAILURE
        }
    }
}
