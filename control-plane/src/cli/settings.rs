//! Settings from a file, and `avs config`, which prints every setting with its value and its source. Secrets are named,
//! never shown.
//!
//! ```toml
//! listen = "0.0.0.0:8080"            # the names of the flags; see `avs config`
//! fetch-allow-cidrs = ["10.0.0.0/8"]
//! ```
//! An argument beats a variable, a variable the file, the file the default.

use std::ffi::OsString;
use std::io::Write as _;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use toml::Value;

use super::CommandError;

/// Names the file.
const FILE_FLAG: &str = "--config";
const FILE_VARIABLE: &str = "AVS_CONFIG";
/// Where a package keeps it. An empty `AVS_CONFIG` leaves it unread.
const INSTALLED_FILE: &str = "/etc/avs/avs.toml";

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It cannot be read.
    #[error("the settings in {path} cannot be read")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("the settings in {path} are not TOML: {reason}")]
    Malformed {
        /// Which file.
        path: String,
        /// Why, on one line.
        reason: String,
    },
    /// It names what is no setting, or gives it no simple value.
    #[error("the settings in {path} have {name:?}, which {problem}")]
    Setting {
        /// Which file.
        path: String,
        /// What it is called there.
        name: String,
        /// What is wrong.
        problem: &'static str,
    },
}

/// Returns the arguments of the process with the settings of its file, if it has one, added as flags: those that neither
/// an argument nor a variable gives.
///
/// # Errors
/// [`SettingsError`] where the file cannot be used.
pub fn arguments_with_file(
    command: &Command,
    mut arguments: Vec<OsString>,
) -> Result<Vec<OsString>, SettingsError> {
    let named = arguments.iter().position(|argument| argument == FILE_FLAG);
    let path = match named {
        Some(at) if at + 1 < arguments.len() => arguments.drain(at..=at + 1).nth(1),
        _ => std::env::var_os(FILE_VARIABLE).or_else(installed_file),
    };
    let subcommand = innermost_subcommand(command, &arguments);
    let (Some(path), Some(subcommand)) = (path.filter(|path| !path.is_empty()), subcommand) else {
        return Ok(arguments);
    };
    let shown = path.to_string_lossy().into_owned();
    let text = std::fs::read_to_string(&path)
        .map_err(|source| SettingsError::Unreadable { path: shown.clone(), source })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| SettingsError::Malformed {
        path: shown.clone(),
        reason: error.message().to_owned(),
    })?;
    for (name, value) in table {
        let wrong = |problem| SettingsError::Setting { path: shown.clone(), name: name.clone(), problem };
        let known = |command: &Command| {
            command.get_arguments().find(|argument| argument.get_long() == Some(&name)).cloned()
        };
        // One file serves every command; what only the server knows means nothing to the others.
        let serve = command.find_subcommand("serve").and_then(known);
        let setting = known(subcommand);
        if setting.is_none() && serve.is_some() {
            continue;
        }
        let setting = setting.ok_or_else(|| wrong("is no setting; `avs config` lists them"))?;
        let flag = OsString::from(format!("--{name}"));
        let given = arguments.iter().any(|argument| {
            let text = argument.to_string_lossy();
            text == flag.to_string_lossy() || text.starts_with(&format!("--{name}="))
        });
        if given || setting.get_env().is_some_and(|variable| std::env::var_os(variable).is_some()) {
            continue;
        }
        let text = text_from_value(&value)
            .ok_or_else(|| wrong("is neither a text, a number, true, false nor a list"))?;
        if setting.get_action().takes_values() {
            arguments.extend([flag, text.into()]);
        } else if text == "true" {
            arguments.push(flag);
        }
    }
    Ok(arguments)
}

/// The file of an installed package, where there is one and this user may read it: it may hold secrets, so that only
/// those who manage the installed server can.
fn installed_file() -> Option<OsString> {
    std::fs::File::open(INSTALLED_FILE).ok().map(|_| INSTALLED_FILE.into())
}

/// The command that the arguments name, such as `create` of `avs account create`.
fn innermost_subcommand<'a>(command: &'a Command, arguments: &[OsString]) -> Option<&'a Command> {
    let names = arguments.iter().skip(1);
    let commands = names.scan(command, |parent, name| {
        *parent = parent.find_subcommand(name)?;
        Some(*parent)
    });
    commands.last()
}

fn text_from_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<String>> = values.iter().map(text_from_value).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    fn with_file(text: &str, arguments: &[&str]) -> Result<Vec<String>, SettingsError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("avs.toml");
        std::fs::write(&path, text).unwrap();
        let mut all: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        all.extend([OsString::from(FILE_FLAG), path.into()]);
        let found = arguments_with_file(&Arguments::command(), all)?;
        Ok(found.into_iter().map(|argument| argument.into_string().unwrap()).collect())
    }

    #[test]
    fn a_file_gives_what_no_argument_gives() {
        let text = "listen = \"0.0.0.0:80\"\nengines = 4\nfetch-ports = [80, 8080]\nrequire-sandbox = true\n";
        let found = with_file(text, &["avs", "serve", "--engines", "2"]).unwrap();
        let expected = [
            "avs",
            "serve",
            "--engines",
            "2",
            "--fetch-ports",
            "80,8080",
            "--listen",
            "0.0.0.0:80",
            "--require-sandbox",
        ];
        assert_eq!(found, expected);
        assert!(Arguments::command().try_get_matches_from(found).is_ok());
    }

    #[test]
    fn a_file_is_read_as_strictly_as_arguments_but_serves_every_command() {
        for text in ["lissten = 1", "listen = 1.5", "listen = {}", "listen ="] {
            assert!(with_file(text, &["avs", "serve"]).is_err(), "{text}");
        }
        let text = "listen = \"0.0.0.0:80\"\ndata-dir = \"/srv/avs\"\n";
        let found = with_file(text, &["avs", "credits", "audit"]).unwrap();
        assert_eq!(found, ["avs", "credits", "audit", "--data-dir", "/srv/avs"]);
    }
}
