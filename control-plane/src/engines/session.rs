//! The conversation with one engine process, from its `Hello` to its death, and the ladder by which it dies.
//!
//! ```text
//!  spawn --> Hello? --> warm --> leased --Command/Event--> done        each state may end early:
//!              |          |        |                        |           exit, hang, broken frame
//!              '----------'--------'------------------------'--> ladder: Cancel, SIGTERM, SIGKILL of the group
//! ```
//! A task owns the process and its socket; [`Engine`] is the handle. Dropping the handle sends the process down
//! the ladder, so that whoever gives up on a job, for whatever reason, leaves no process behind.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use avs_protocol::{
    Command, Event, FrameDecoder, FrameError, JobRef, PROTOCOL_VERSION, SandboxReport, frame_from_message,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::task::TaskTracker;

use super::process::{JobLabel, Launch, signal_group, spawn};
use crate::limits;

/// The engine has ended; its log says why.
#[derive(Debug, thiserror::Error)]
#[error("the engine process has ended")]
pub struct EngineGone;

/// Why an engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such program, or no process to be had.
    #[error("the engine cannot be started")]
    Spawn(#[source] io::Error),
    /// It has not become ready in time.
    #[error("the engine did not say hello within {} s", limits::HELLO_WAIT.as_secs())]
    Silent,
    /// Its log says why.
    #[error("the engine ended before it said hello")]
    Gone,
    /// Of another release.
    #[error(
        "the engine speaks protocol {theirs}, this server {PROTOCOL_VERSION}; install both of one release"
    )]
    Protocol {
        /// What it speaks.
        theirs: u32,
    },
    /// The operator wants it confined.
    #[error(
        "the engine is not fully confined ({sandbox}), and --require-sandbox is set; `avs doctor` says what is missing"
    )]
    Unconfined {
        /// What confines it.
        sandbox: String,
    },
    /// No engine of ours.
    #[error("the engine's first message is not a hello")]
    Unexpected,
}

/// How patient a session is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) ping_interval: Duration,
    pub(super) kill_grace: Duration,
}

/// A running engine; dropping it ends the process.
#[derive(Debug)]
pub struct Engine {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<Event>,
    fate: watch::Receiver<Fate>,
}

/// How a process has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has not.
    Alive,
    /// By what it was working on: a fault of the processor, an abort, a panic, a hang.
    Crashed,
    /// By somebody's will, or in good order.
    Ended,
}

impl Engine {
    /// Starts a process and waits until it is warm. `tasks` outlives it, ladder included.
    pub(super) async fn start(
        launch: &Launch<'_>,
        patience: Patience,
        tasks: &TaskTracker,
    ) -> Result<(Self, SandboxReport), StartError> {
        let label = JobLabel::default();
        let (child, stream) = spawn(launch, &label).map_err(StartError::Spawn)?;
        let (commands, commands_rx) = mpsc::channel(limits::ENGINE_QUEUE_MAX);
        let (events_tx, events) = mpsc::channel(limits::ENGINE_QUEUE_MAX);
        let session = Session {
            child,
            stream,
            patience,
            label,
            commands: commands_rx,
            events: events_tx,
            open_job: None,
            exit: None,
        };
        let (fate_tx, fate) = watch::channel(Fate::Alive);
        tasks.spawn(session.run(fate_tx));
        let mut engine = Self { commands, events, fate };
        match timeout(limits::HELLO_WAIT, engine.next()).await {
            Ok(Ok(Event::Hello {
                protocol: PROTOCOL_VERSION,
                engine_version,
                adapter,
                software,
                sandbox,
            })) => {
                tracing::info!(engine_version, adapter, software, %sandbox, "engine is warm");
                Ok((engine, sandbox))
            }
            Ok(Ok(Event::Hello { protocol: theirs, .. })) => Err(StartError::Protocol { theirs }),
            Ok(Ok(_)) => Err(StartError::Unexpected),
            Ok(Err(EngineGone)) => Err(StartError::Gone),
            Err(_elapsed) => Err(StartError::Silent),
        }
    }

    /// One whose process is whoever holds the other ends.
    #[cfg(test)]
    pub(super) fn of_channels(commands: mpsc::Sender<Command>, events: mpsc::Receiver<Event>) -> Self {
        Self { commands, events, fate: watch::channel(Fate::Alive).1 }
    }

    /// Asks something of the engine.
    ///
    /// # Errors
    /// [`EngineGone`].
    pub async fn send(&self, command: Command) -> Result<(), EngineGone> {
        self.commands.send(command).await.ok().ok_or(EngineGone)
    }

    /// Waits for its next word; pongs never come this way.
    ///
    /// # Errors
    /// [`EngineGone`] once the process has ended or is given up as hung.
    pub async fn next(&mut self) -> Result<Event, EngineGone> {
        self.events.recv().await.ok_or(EngineGone)
    }

    /// Waits until the process is gone; says how it went. Only for one that is [`EngineGone`].
    pub async fn fate(&mut self) -> Fate {
        match self.fate.wait_for(|fate| *fate != Fate::Alive).await {
            Ok(fate) => *fate,
            Err(_gone) => Fate::Ended,
        }
    }

    /// Waits until the process has ended by itself.
    pub(super) async fn ended(&self) {
        self.commands.closed().await;
    }
}

/// Why a conversation was over.
#[derive(Debug, thiserror::Error)]
enum Ending {
    #[error("released")]
    Released,
    #[error("the engine closed the channel")]
    Closed,
    #[error("the engine hangs: {} pings without an answer", limits::PINGS_MISSED_MAX)]
    Hung,
    #[error("the engine sent something else than the protocol: {0}")]
    Garbled(#[from] FrameError),
    #[error("the channel broke: {0}")]
    Broken(#[from] io::Error),
}

/// Pings without an answer. Begins with `Hello`: an engine that is still loading has nothing to answer with.
#[derive(Default)]
struct Pulse {
    begun: bool,
    nonce: u64,
    missed: u32,
}

impl Pulse {
    fn beat(&mut self) -> Option<Command> {
        if !self.begun || self.is_lost() {
            return None;
        }
        (self.nonce, self.missed) = (self.nonce + 1, self.missed + 1);
        Some(Command::Ping { nonce: self.nonce })
    }

    fn is_lost(&self) -> bool {
        self.missed >= limits::PINGS_MISSED_MAX
    }
}

struct Session {
    child: Child,
    stream: UnixStream,
    patience: Patience,
    label: JobLabel,
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
    /// The job that a `Cancel` would stop.
    open_job: Option<JobRef>,
    exit: Option<ExitStatus>,
}

impl Session {
    async fn run(mut self, fate: watch::Sender<Fate>) {
        let ending = self.converse().await;
        // Closing the queues tells the holder of the handle at once, before the ladder has been climbed down.
        self.commands.close();
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.events, closed));
        if matches!(ending, Ending::Closed | Ending::Broken(_)) {
            // How it ended by itself is what counts, not how the ladder would end it.
            self.has_exited().await;
        }
        let crashed = matches!(ending, Ending::Hung) || self.exit.is_some_and(is_crash);
        let last = self.end_process().await;
        fate.send_replace(if crashed { Fate::Crashed } else { Fate::Ended });
        let job = self.label.get().map_or("-", String::as_str);
        match ending {
            Ending::Released | Ending::Closed => tracing::debug!(job, %ending, last, "engine has ended"),
            Ending::Hung | Ending::Garbled(_) | Ending::Broken(_) => {
                tracing::warn!(job, %ending, last, "engine was ended");
            }
        }
    }

    async fn converse(&mut self) -> Ending {
        let mut decoder = FrameDecoder::default();
        let mut ticks = interval(self.patience.ping_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut pulse = Pulse::default();
        let mut chunk = vec![0; 16 << 10];
        loop {
            let outcome = tokio::select! {
                read = self.stream.read(&mut chunk) => match read {
                    Ok(0) => Err(Ending::Closed),
                    Ok(count) => {
                        decoder.push(&chunk[..count]);
                        self.take_events(&mut decoder, &mut pulse).await
                    }
                    Err(error) if has_hung_up(&error) => Err(Ending::Closed),
                    Err(error) => Err(error.into()),
                },
                command = self.commands.recv() => match command {
                    Some(command) => self.write(&command).await,
                    None => Err(Ending::Released),
                },
                _ = ticks.tick() => match pulse.beat() {
                    Some(ping) => self.write(&ping).await,
                    None if pulse.is_lost() => Err(Ending::Hung),
                    None => Ok(()),
                },
            };
            if let Err(ending) = outcome {
                return ending;
            }
        }
    }

    async fn take_events(&mut self, decoder: &mut FrameDecoder, pulse: &mut Pulse) -> Result<(), Ending> {
        while let Some(event) = decoder.next_message::<Event>()? {
            match event {
                Event::Pong { .. } => pulse.missed = 0,
                Event::Hello { .. } => {
                    pulse.begun = true;
                    self.forward(event).await?;
                }
                _ => self.forward(event).await?,
            }
        }
        Ok(())
    }

    /// Passes an event on to the holder of the handle.
    async fn forward(&mut self, event: Event) -> Result<(), Ending> {
        if matches!(event, Event::Progress { .. }) {
            // The next one says more. A full queue must not keep us from the pings.
            let dropped = self.events.try_send(event);
            let unwanted = matches!(dropped, Err(mpsc::error::TrySendError::Closed(_)));
            return if unwanted { Err(Ending::Released) } else { Ok(()) };
        }
        if matches!(event, Event::Completed { .. } | Event::Pictured { .. } | Event::Failed { .. }) {
            self.open_job = None;
        }
        self.events.send(event).await.ok().ok_or(Ending::Released)
    }

    async fn write(&mut self, command: &Command) -> Result<(), Ending> {
        if let Command::Probe { job, .. }
        | Command::Analyze { job, .. }
        | Command::Render { job, .. }
        | Command::Still { job, .. } = command
        {
            self.label.get_or_init(|| job.job_id.clone());
            self.open_job = Some(job.clone());
        }
        let frame = frame_from_message(command)?;
        // An engine that does not read is as dead as one that does not answer.
        let patience = self.patience.ping_interval * limits::PINGS_MISSED_MAX;
        match timeout(patience, self.stream.write_all(&frame)).await {
            // What it said before it left is still to be read: its video may be complete.
            Ok(Err(error)) if has_hung_up(&error) => Ok(()),
            Ok(written) => Ok(written?),
            Err(_elapsed) => Err(Ending::Hung),
        }
    }

    /// The ladder; returns the rung that did it.
    async fn end_process(&mut self) -> &'static str {
        if let Some(job) = self.open_job.take()
            && let Err(ending) = self.write(&Command::Cancel { job }).await
        {
            tracing::debug!(%ending, "the engine cannot be asked to stop");
        }
        if let Err(error) = self.stream.shutdown().await {
            tracing::debug!(%error, "the engine has hung up already");
        }
        if self.has_exited().await {
            return "exited";
        }
        signal_group(&self.child, libc::SIGTERM);
        if self.has_exited().await {
            return "terminated";
        }
        signal_group(&self.child, libc::SIGKILL);
        match self.child.wait().await {
            Ok(_status) => "killed",
            Err(_error) => "lost",
        }
    }

    async fn has_exited(&mut self) -> bool {
        let exited = timeout(self.patience.kill_grace, self.child.wait()).await;
        if let Ok(Ok(status)) = exited {
            self.exit.get_or_insert(status);
        }
        exited.is_ok()
    }
}

/// True where the other end is closed, be it with unread words in it.
fn has_hung_up(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

/// A signal that the process brought upon itself, or an exit status that says it gave up.
fn is_crash(status: ExitStatus) -> bool {
    const OWN_FAULTS: [i32; 8] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGABRT,
        libc::SIGSYS,
        libc::SIGXCPU,
        libc::SIGXFSZ,
    ];
    status.signal().map_or(!status.success(), |signal| OWN_FAULTS.contains(&signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_an_engine_said_before_it_left_is_heard_though_it_was_asked_something_after() {
        let (stream, mut engine) = UnixStream::pair().unwrap();
        let child = tokio::process::Command::new("true").spawn().unwrap();
        let ((_commands_tx, commands), (events_tx, mut events)) = (mpsc::channel(1), mpsc::channel(8));
        let patience = Patience { ping_interval: Duration::from_secs(2), kill_grace: Duration::from_secs(5) };
        let label = JobLabel::default();
        let mut session = Session {
            child,
            stream,
            patience,
            label,
            commands,
            events: events_tx,
            open_job: None,
            exit: None,
        };
        // A question that it leaves unread, its last word, and one more question.
        session.write(&Command::Ping { nonce: 1 }).await.unwrap();
        let last = Event::Pictured {
            job: JobRef { job_id: "a".to_owned(), attempt: 1 },
            width_px: 16,
            height_px: 9,
            size_bytes: 100,
        };
        engine.write_all(&frame_from_message(&last).unwrap()).await.unwrap();
        drop(engine);
        session.write(&Command::Ping { nonce: 2 }).await.unwrap();

        let (fate_tx, mut fate) = watch::channel(Fate::Alive);
        tokio::spawn(session.run(fate_tx));
        assert_eq!(events.recv().await, Some(last));
        assert_eq!(events.recv().await, None);
        assert_eq!(*fate.wait_for(|fate| *fate != Fate::Alive).await.unwrap(), Fate::Ended);
    }
}
