//! The command line: what each command takes, and where it goes.

mod admin;
mod create;
mod create_error;
mod doctor;
mod quickstart;
mod serve;
mod settings;
mod workplace;

pub use create_error::CreateError;
pub use quickstart::QuickstartError;
pub use settings::{SettingsError, arguments_with_file};

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{DATA_DIR_ID, ServeConfig, StateArguments};
use crate::creator::CreatorSettingsError;
use crate::domain::password::PasswordError;
use crate::domain::token::TokenKind;
use crate::keys::KeyError;
use crate::objects::BucketError;
use crate::store::StoreError;
use crate::system::become_owner_of;

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
    /// Make a first video over HTTP: starts a server if none runs here, and takes the same settings as `serve`.
    Quickstart(Box<quickstart::QuickstartArguments>),
    /// Make a video of a prompt and a folder of files, without a server.
    Create(Box<create::CreateArguments>),
    /// Find out whether everything that the server needs works here; takes the same settings as `serve`.
    Doctor(Box<ServeConfig>),
    /// Print every setting with its value and where it comes from; takes the same settings as `serve`.
    Config(Box<ServeConfig>),
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
    /// List every account.
    List {
        #[command(flatten)]
        state: StateArguments,
    },
    /// Set the password by which its owner signs in; read from standard input.
    Password {
        /// Address of the owner.
        email: String,
        /// Let it see the jobs of every account, for support.
        #[arg(long)]
        operator: bool,
        #[command(flatten)]
        state: StateArguments,
    },
    /// Create an account; prints its id.
    Create {
        /// Address of the owner.
        email: String,
        #[command(flatten)]
        state: StateArguments,
    },
}

#[derive(Debug, Subcommand)]
enum CreditsCommand {
    /// Show an account's balance and what moved it.
    Show {
        /// Address of the owner.
        email: String,
        #[command(flatten)]
        state: StateArguments,
    },
    /// Add the whole ledger up again; fails where it does not add up.
    Audit {
        #[command(flatten)]
        state: StateArguments,
    },
    /// Give an account R-Credits; prints what it can spend then.
    Grant {
        /// Address of the owner.
        email: String,
        /// How many.
        #[arg(value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
        credits: i64,
        #[command(flatten)]
        state: StateArguments,
    },
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Create a token; prints it, this once.
    Create(NewTokenArguments),
    /// List every token, without its secret.
    List {
        #[command(flatten)]
        state: StateArguments,
    },
    /// Give a token a new secret; prints it, this once.
    Rotate {
        /// The token's id, such as `api_…`.
        id: String,
        /// Let the old secret work for so many hours more.
        #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=720))]
        overlap_hours: u32,
        #[command(flatten)]
        state: StateArguments,
    },
    /// End a token at once.
    Revoke {
        /// The token's id, such as `api_…`.
        id: String,
        #[command(flatten)]
        state: StateArguments,
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
    state: StateArguments,
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

/// Listens for the signals that end a command, from now on; the answer ends with the first of them.
fn wait_for_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password is no good.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Not the id of a token.
    #[error("`{id}` is not the id of a token; `avs token list` shows them")]
    TokenId {
        /// What was given.
        id: String,
    },
    /// Two processes cannot share SQLite.
    #[error("a role other than `all` needs PostgreSQL; set --database-url")]
    RoleNeedsPostgres,
    /// A worker could not read what another process has received.
    #[error("a role other than `all` needs a bucket for inputs and videos; set --s3-bucket")]
    RoleNeedsBucket,
    /// The bucket's settings make no sense.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// Nothing can be counted.
    #[error("the metrics cannot be set up")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// Something that the server needs does not work.
    #[error("{failures} of these do not work")]
    Unhealthy {
        /// How many.
        failures: u32,
    },
    /// Money is missing or too much.
    #[error("the ledger does not add up")]
    LedgerDrift,
    /// Nobody can be asked for templates.
    #[error(transparent)]
    Creator(#[from] CreatorSettingsError),
    /// There is no video.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The quickstart made no video.
    #[error(transparent)]
    Quickstart(#[from] QuickstartError),
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
pub fn run(matches: &ArgMatches) -> Result<(), CommandError> {
    let arguments = Arguments::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
    if let Some(data_dir) = data_dir(matches) {
        become_owner_of(&data_dir)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve(config) => serve::run(*config).await,
            Command::Quickstart(arguments) => quickstart::run(*arguments).await,
            Command::Create(arguments) => create::run(&arguments).await,
            Command::Doctor(config) => doctor::run(&config).await,
            Command::Config(_) => settings::print(&Arguments::command(), matches),
            Command::Account { command } => run_account(command).await,
            Command::Credits { command } => run_credits(command).await,
            Command::Token { command } => run_token(command).await,
        }
    })
}

/// The data directory that a command works on.
fn data_dir(matches: &ArgMatches) -> Option<PathBuf> {
    let innermost = std::iter::successors(Some(matches), |matches| Some(matches.subcommand()?.1)).last()?;
    innermost.try_get_one::<PathBuf>(DATA_DIR_ID).ok().flatten().cloned()
}

async fn run_account(command: AccountCommand) -> Result<(), CommandError> {
    match command {
        AccountCommand::List { state } => admin::list_accounts(&state).await,
        AccountCommand::Create { email, state } => admin::create_account(&state, &email).await,
        AccountCommand::Password { email, operator, state } => {
            admin::set_password(&state, &email, operator).await
        }
    }
}

async fn run_credits(command: CreditsCommand) -> Result<(), CommandError> {
    match command {
        CreditsCommand::Show { email, state } => admin::show_credits(&state, &email).await,
        CreditsCommand::Audit { state } => admin::audit(&state).await,
        CreditsCommand::Grant { email, credits, state } => admin::grant(&state, &email, credits).await,
    }
}

async fn run_token(command: TokenCommand) -> Result<(), CommandError> {
    match command {
        TokenCommand::Create(new) => admin::create_token(&new).await,
        TokenCommand::List { state } => admin::list_tokens(&state).await,
        TokenCommand::Rotate { id, overlap_hours, state } => {
            let overlap = std::time::Duration::from_secs(u64::from(overlap_hours) * 3600);
            admin::rotate_token(&state, &id, overlap).await
        }
        TokenCommand::Revoke { id, state } => admin::revoke_token(&state, &id).await,
    }
}
