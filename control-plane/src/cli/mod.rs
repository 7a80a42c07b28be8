//! The command line: what each command takes, and where it goes.

mod admin;
mod serve;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{DataDir, ServeConfig};
use crate::domain::token::TokenKind;
use crate::keys::KeyError;
use crate::store::StoreError;

/// A self-hosted video API: JSON in, MP4 out.
#[derive(Debug, Parser)]
#[command(name = "avs", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<ServeConfig>),
    /// Manage accounts.
    Account {
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Manage credits.
    Credits {
        #[command(subcommand)]
        command: CreditsCommand,
    },
    /// Manage tokens.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Create an account; prints its id.
    Create {
        /// Address of the owner.
        email: String,
        #[command(flatten)]
        data_dir: DataDir,
    },
}

#[derive(Debug, Subcommand)]
enum CreditsCommand {
    /// Give an account R-Credits; prints what it can spend then.
    Grant {
        /// Address of the owner.
        email: String,
        /// How many.
        #[arg(value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
        credits: i64,
        #[command(flatten)]
        data_dir: DataDir,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Create a token; prints it, this once.
    Create(NewTokenArguments),
    /// List every token, without its secret.
    List {
        #[command(flatten)]
        data_dir: DataDir,
    },
    /// End a token at once.
    Revoke {
        /// The token's id, such as `api_…`.
        id: String,
        #[command(flatten)]
        data_dir: DataDir,
    },
}

#[derive(Debug, Args)]
struct NewTokenArguments {
    /// Address of the owner.
    #[arg(long, value_name = "EMAIL")]
    account: String,
    /// A name to tell it by.
    #[arg(long)]
    name: String,
    /// What it may be used for.
    #[arg(long, value_enum, default_value = "api")]
    kind: KindArgument,
    /// End it by itself after so many days.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    expires_in_days: Option<u32>,
    #[command(flatten)]
    data_dir: DataDir,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArgument {
    /// The public API.
    Api,
    /// The command line client.
    Cli,
}

impl From<KindArgument> for TokenKind {
    fn from(kind: KindArgument) -> Self {
        match kind {
            KindArgument::Api => Self::Api,
            KindArgument::Cli => Self::Cli,
        }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Another server has the directory.
    #[error("another avs server is using {directory}; stop it, or give this one another --data-dir")]
    AlreadyServed {
        /// Which directory.
        directory: String,
    },
    /// Nobody can listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The machine refused.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// TLS cannot be set up, so that no webhook could be sent.
    #[error("webhooks cannot be sent")]
    Tls(#[from] reqwest::Error),
    /// The address does not look like one.
    #[error("`{email}` is not an e-mail address")]
    Email {
        /// What was given.
        email: String,
    },
}

/// Runs one command to its end.
///
/// # Errors
/// [`CommandError`] says why it failed.
pub fn run(arguments: Arguments) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve(config) => serve::run(*config).await,
            Command::Account { command: AccountCommand::Create { email, data_dir } } => {
                admin::create_account(&data_dir, &email).await
            }
            Command::Credits { command: CreditsCommand::Grant { email, credits, data_dir } } => {
                admin::grant(&data_dir, &email, credits).await
            }
            Command::Token { command: TokenCommand::Create(new) } => admin::create_token(&new).await,
            Command::Token { command: TokenCommand::List { data_dir } } => {
                admin::list_tokens(&data_dir).await
            }
            Command::Token { command: TokenCommand::Revoke { id, data_dir } } => {
                admin::revoke_token(&data_dir, &id).await
            }
        }
    })
}
