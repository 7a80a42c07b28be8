//! `avs quickstart`: from nothing to an MP4 made over HTTP, as a customer's back end would make it.
//!
//! ```text
//!  server (found by its lock, or started here) ─▶ account, token ─▶ clip ─▶ POST ─▶ poll ─▶ download ─▶ what to do next
//! ```

mod client;
mod clip;
mod error;

use std::io::{IsTerminal as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

pub use error::QuickstartError;

use self::client::{ApiClient, Job};
use super::serve::{RunningServer, Server};
use super::{CommandError, wait_for_signal};
use crate::config::{ADMIN_LISTEN, LISTEN, ServeConfig};
use crate::domain::ids::AccountId;
use crate::domain::timestamp::{Clock as _, Timestamp};
use crate::domain::token::{Token, TokenKind};
use crate::store::{NewToken, Store, StoreError};
use crate::system::{SystemClock, SystemEntropy};
use crate::telemetry;

/// The account that owns the video.
const EMAIL: &str = "quickstart@example.com";
/// Where the account's credits are brought to before the job: enough for a few more tries with the printed command.
const CREDITS: i64 = 100;
const TOKEN_LIFE: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 3600);

/// What `avs quickstart` takes besides the settings of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct QuickstartArguments {
    /// A video to use instead of a generated one; at most its first 8 s are shown.
    #[arg(long, value_name = "FILE")]
    video: Option<PathBuf>,
    /// Where to write the MP4 [default: DATA_DIR/quickstart/video.mp4].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Stop the server that was started here after the video [default: unless the output is a terminal].
    #[arg(long, conflicts_with = "keep")]
    once: bool,
    /// Keep the server that was started here until Ctrl-C [default: where the output is a terminal].
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    server: ServeConfig,
}

impl QuickstartArguments {
    fn keeps_server(&self) -> bool {
        self.keep || (!self.once && std::io::stdout().is_terminal())
    }
}

pub(super) async fn run(arguments: QuickstartArguments) -> Result<(), CommandError> {
    if std::env::var_os("RUST_LOG").is_some() {
        telemetry::start(arguments.server.log_format);
    }
    let mut stopped = std::pin::pin!(wait_for_signal()?);
    let (running, started) = server(&arguments.server).await?;
    let done = tokio::select! {
        done = make_video(&arguments, &running) => done,
        () = &mut stopped => Err(QuickstartError::Stopped.into()),
    };
    let Some(started) = started else { return done };
    if done.is_ok() && arguments.keeps_server() {
        for line in started.console_lines() {
            print(line)?;
        }
        print("the server runs until Ctrl-C")?;
        stopped.await;
    }
    started.stop().await.and(done)
}

/// The server to ask, and what was started for it. One that runs on the data directory is used as it is.
async fn server(config: &ServeConfig) -> Result<(RunningServer, Option<Server>), CommandError> {
    let engine = config.engine_path()?;
    if !engine.is_file() {
        return Err(QuickstartError::NoEngine { path: engine }.into());
    }
    let version = env!("CARGO_PKG_VERSION").to_owned();
    if let Some(running) = RunningServer::find(&config.state.data_dir.path)? {
        if running.version != version {
            return Err(QuickstartError::OtherVersion { running, version }.into());
        }
        print(&format!("server     {}, running already", running.base_url))?;
        return Ok((running, None));
    }
    let started = Server::start(&with_free_ports(config)).await?;
    print(&format!("server     {}, started for this", started.base_url))?;
    Ok((RunningServer { base_url: started.base_url.clone(), version }, Some(started)))
}

/// The default ports may be another server's, such as that of an installed package: then the system chooses. Ports that
/// the user names are taken at their word.
fn with_free_ports(config: &ServeConfig) -> ServeConfig {
    let free = |address: SocketAddr, default: SocketAddr| {
        let is_taken = address == default && TcpListener::bind(address).is_err();
        if is_taken { SocketAddr::new(address.ip(), 0) } else { address }
    };
    ServeConfig {
        listen: free(config.listen, LISTEN),
        admin_listen: free(config.admin_listen, ADMIN_LISTEN),
        ..config.clone()
    }
}

async fn make_video(arguments: &QuickstartArguments, running: &RunningServer) -> Result<(), CommandError> {
    let config = &arguments.server;
    let folder = config.state.data_dir.path.join("quickstart");
    std::fs::create_dir_all(&folder)?;
    let token = token(&config.state.open_store().await?).await?;
    let engine = config.engine_path()?;
    let clip = clip::prepare(&engine, &folder, arguments.video.as_deref()).await?;
    print(&format!("clip       {}", clip.files[0].display()))?;
    let client = ApiClient::new(&running.base_url, &token)?;
    let job = client.create(&clip).await?;
    print(&format!("job        {}", job.id))?;
    let job = follow(&client, &job.id).await?;
    let out = arguments.out.clone().unwrap_or_else(|| folder.join("video.mp4"));
    client.download(&job, &out).await?;
    print(&format!("charged    {} credits", job.charged_credits))?;
    print(&format!("video      {}", absolute(&out).display()))?;
    print(&format!("console    {}", running.base_url))?;
    print(&format!(
        "\nthe same again, with a token that lasts 30 days:\n\n{}\n",
        client.command_line(&clip)
    ))?;
    Ok(())
}

/// A new token of the account, which is made where it is missing and given credits where it has few.
async fn token(store: &Store) -> Result<String, CommandError> {
    let now: Timestamp = SystemClock.now();
    let account = match store.account_by_email(EMAIL).await {
        Ok(account) => account,
        Err(StoreError::Missing { .. }) => {
            store.create_account(&AccountId::generate(&SystemEntropy), EMAIL, now).await?;
            store.account_by_email(EMAIL).await?
        }
        Err(error) => return Err(error.into()),
    };
    let missing = CREDITS - account.balance.available_credits;
    if missing > 0 {
        store.grant(&account.id, (missing, None), now).await?;
    }
    let token = Token::generate(TokenKind::Api, &SystemEntropy);
    let expires_at = Some(now.plus(TOKEN_LIFE));
    let row = NewToken { account_id: &account.id, kind: TokenKind::Api, name: "quickstart", expires_at };
    store.create_token(&token, &row, now).await?;
    Ok(token.reveal())
}

/// Follows a job to its end with a progress bar, which indicatif hides where standard error is no terminal.
async fn follow(client: &ApiClient, job_id: &str) -> Result<Job, QuickstartError> {
    const STEPS: u64 = 1000;
    let bar = indicatif::ProgressBar::new(STEPS);
    let style = indicatif::ProgressStyle::with_template("{msg:<17} {wide_bar} {percent:>3} %");
    bar.set_style(style.unwrap_or_else(|_error| indicatif::ProgressStyle::default_bar()));
    loop {
        let job = client.job(job_id).await?;
        bar.set_message(job.phase.clone());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a fraction of 1000")]
        bar.set_position((job.fraction.clamp(0.0, 1.0) * STEPS as f64) as u64);
        match job.status.as_str() {
            "completed" => {
                bar.finish_and_clear();
                return Ok(job);
            }
            "failed" | "cancelled" => {
                bar.abandon();
                return Err(QuickstartError::JobFailed { status: job.status, detail: job.error_detail });
            }
            _ => tokio::time::sleep(std::time::Duration::from_millis(250)).await,
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_error| path.to_owned())
}

fn print(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
