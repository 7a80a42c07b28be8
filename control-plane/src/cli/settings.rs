//! `avs config`: every setting with its value and its source. Secrets are named, never shown.

use std::io::Write as _;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::CommandError;

/// Prints the settings of `serve` as this process sees them.
pub(super) fn print(command: &Command, matches: &ArgMatches) -> Result<(), CommandError> {
    let (Some((name, matches)), mut out) = (matches.subcommand(), std::io::stdout()) else { return Ok(()) };
    let Some(command) = command.find_subcommand(name) else { return Ok(()) };
    for setting in command.get_arguments() {
        let (Some(long), Some(variable)) = (setting.get_long(), setting.get_env()) else { continue };
        if setting.is_hide_set() {
            continue;
        }
        let id = setting.get_id().as_str();
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "argument",
            Some(ValueSource::EnvVariable) => "variable",
            Some(_) => "default",
            None => "not set",
        };
        let raw = matches.get_raw(id).map(|values| {
            values.map(|value| value.to_string_lossy().into_owned()).collect::<Vec<_>>().join(",")
        });
        let value = match raw {
            Some(_) if setting.is_hide_env_values_set() => "(secret)".to_owned(),
            Some(value) => value,
            None => "-".to_owned(),
        };
        let help = setting.get_help().map(ToString::to_string).unwrap_or_default();
        writeln!(out, "{}={value}\t{source}\t--{long}\t{help}", variable.to_string_lossy())?;
    }
    Ok(())
}
