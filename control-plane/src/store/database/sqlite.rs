//! SQLite's one writer, with group commit: those who wait their turn share one `COMMIT`, and so one sync of the disk.
//!
//! ```text
//!  BEGIN IMMEDIATE ┬─ SAVEPOINT … RELEASE ─┬─ SAVEPOINT … RELEASE ─┬─ COMMIT ──▶ all members are told
//!                  └ first member          └ others, as they wait  └ nobody waits, or the batch is full
//! ```
//! SQLite rolls back by itself on a full disk or a failed write, behind the driver's back; a connection that has
//! seen this once can refuse every later transaction. So nothing is repaired: a batch that cannot go on is closed
//! with its connection, its members are told that nothing has happened, and the next one begins on a new connection.
//! A member that breaks off (an error, a panic, a request that was dropped half-way) undoes its own part only.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, MutexGuard, watch};

use super::queued::QueuedWriter;
use super::{Connection, migrations};
use crate::limits;
use crate::store::StoreError;
use crate::store::signals::{Signal, Signals};

/// A page of the database: SQLite's default since 3.12.
const PAGE_BYTES: u64 = 4096;

/// The database of one data directory.
pub(in crate::store) struct SqliteDatabase {
    writer: Writer,
    readers: SqlitePool,
}

impl SqliteDatabase {
    /// Opens `avs.db` in a directory that exists; makes and migrates it where needed. Other processes may have it open too.
    pub(in crate::store) async fn open(data_dir: &Path, signals: Arc<Signals>) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(data_dir.join("avs.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged money survives a power cut; NORMAL could lose the last commits.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(limits::DATABASE_BUSY_WAIT);
        refuse_fragments(data_dir)?;
        migrate(data_dir, &options).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(limits::READERS_MAX)
            // A file does not hang up; asking it first would double the way to each reader's thread.
            .test_before_acquire(false)
            .connect_with(options.clone().create_if_missing(false).pragma("query_only", "on"))
            .await?;
        Ok(Self { writer: Writer::new(options, signals), readers })
    }

    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }
}

/// SQLite takes a file of one byte for a new one, writes over it, and has few words for other fragments; what is longer
/// than a page and no database it refuses by itself. The file is not opened: closing it would take SQLite's locks
/// along, which belong to the process.
fn refuse_fragments(data_dir: &Path) -> Result<(), StoreError> {
    let path = data_dir.join("avs.db");
    let size_bytes = |path: &Path| match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        metadata => metadata.map(|metadata| metadata.len()),
    };
    // Whoever was making it has died half-way: SQLite knows from the journal how to go back.
    let is_half_made = size_bytes(&data_dir.join("avs.db-journal"))? > 0;
    if is_half_made || !(1..PAGE_BYTES).contains(&size_bytes(&path)?) {
        return Ok(());
    }
    Err(StoreError::NotADatabase { path: path.display().to_string() })
}

async fn migrate(data_dir: &Path, options: &SqliteConnectOptions) -> Result<(), StoreError> {
    // Two processes that open a new directory at once must not both create the tables.
    let lock = std::fs::File::create(data_dir.join("migrate.lock"))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock));
    let _held = lock.await.map_err(std::io::Error::other)??;
    let mut connection = options.connect().await?;
    Ok(migrations::sqlite().run(&mut connection).await?)
}

/// Gives out parts of a transaction, one at a time, in the order asked.
pub(super) struct Writer {
    options: SqliteConnectOptions,
    signals: Arc<Signals>,
    turn: Mutex<Turn>,
    waiting: AtomicUsize,
    /// For so long the last to get a turn had waited.
    last_wait_millis: AtomicU64,
}

/// What passes from one member to the next.
#[derive(Default)]
struct Turn {
    connection: Option<SqliteConnection>,
    batch: Option<Batch>,
    /// True where the last member broke off: its part is still to be undone.
    unfinished: bool,
}

/// An open transaction and those whose parts are in it. Dropped before it commits, it was lost.
struct Batch {
    members: usize,
    signals: Vec<Signal>,
    committed: watch::Sender<bool>,
}

impl Writer {
    fn new(options: SqliteConnectOptions, signals: Arc<Signals>) -> Self {
        Self {
            options,
            signals,
            turn: Mutex::default(),
            waiting: AtomicUsize::new(0),
            last_wait_millis: AtomicU64::new(0),
        }
    }

    /// Waits for a turn, and begins.
    pub(super) async fn begin(&self) -> Result<SqliteTransaction<'_>, StoreError> {
        let mut turn = self.take_turn().await;
        turn.undo_unfinished().await;
        // A connection that is lost here, because the caller gave up, takes its batch along.
        let connection = turn.connection.take();
        if connection.is_none() {
            turn.batch = None;
        }
        let mut connection = match connection {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        if turn.batch.is_none() {
            // A deferred transaction that upgrades can fail with SQLITE_BUSY_SNAPSHOT, which no busy timeout covers.
            connection.execute("BEGIN IMMEDIATE").await?;
            turn.batch =
                Some(Batch { members: 0, signals: Vec::new(), committed: watch::Sender::new(false) });
        }
        let connection = Connection::SqliteWriter(QueuedWriter::begin(connection));
        Ok(SqliteTransaction { writer: self, turn, connection: Some(connection) })
    }

    /// A new connection that can write. Where the file may not be written SQLite opens it for reading without a word, and
    /// lets transactions begin; kept for the next turn, such a connection would outlive the fault.
    async fn connect(&self) -> Result<SqliteConnection, StoreError> {
        let mut connection = self.options.connect().await?;
        connection.execute("DELETE FROM leases WHERE false").await?;
        Ok(connection)
    }

    async fn take_turn(&self) -> MutexGuard<'_, Turn> {
        struct Waiting<'a>(&'a AtomicUsize);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        let begun = Instant::now();
        let turn = self.turn.lock().await;
        let waited_millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_wait_millis.store(waited_millis, Ordering::Relaxed);
        turn
    }

    /// True where the last to get a turn was kept from it longer than this and others are still waiting: whoever comes
    /// now is better told at once.
    pub(super) fn is_behind(&self, queue_age: Duration) -> bool {
        let last_wait = Duration::from_millis(self.last_wait_millis.load(Ordering::Relaxed));
        last_wait > queue_age && self.is_wanted()
    }

    fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Waits until the batch has committed. Who was expected to do it may have given up: then this does it.
    async fn await_commit(&self, mut committed: watch::Receiver<bool>) -> Result<(), StoreError> {
        loop {
            let waiting = committed.wait_for(|done| *done);
            let outcome = tokio::time::timeout(limits::GROUP_COMMIT_WAIT, waiting).await;
            match outcome.map(|known| known.map(drop)) {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(_dropped)) => return Err(StoreError::CommitLost),
                Err(_elapsed) => {}
            }
            let mut turn = self.turn.lock().await;
            turn.undo_unfinished().await;
            // Still open, and nobody else can have opened another.
            if !*committed.borrow() && committed.has_changed().is_ok() {
                turn.commit(&self.signals).await?;
            }
        }
    }
}

impl Turn {
    async fn undo_unfinished(&mut self) {
        if !std::mem::take(&mut self.unfinished) {
            return;
        }
        let Some(mut connection) = self.connection.take() else { return };
        match connection.execute("ROLLBACK TO member; RELEASE member").await {
            Ok(_) => self.connection = Some(connection),
            // The whole transaction is gone, or nobody knows.
            Err(_error) => self.batch = None,
        }
    }

    async fn commit(&mut self, signals: &Signals) -> Result<(), StoreError> {
        let (Some(batch), Some(mut connection)) = (self.batch.take(), self.connection.take()) else {
            return Err(StoreError::CommitLost);
        };
        connection.execute("COMMIT").await?;
        self.connection = Some(connection);
        batch.signals.iter().for_each(|signal| signals.send(signal));
        batch.committed.send_replace(true);
        Ok(())
    }
}

/// A member's part of the open batch.
pub(super) struct SqliteTransaction<'a> {
    writer: &'a Writer,
    turn: MutexGuard<'a, Turn>,
    /// `None` only once it has ended.
    connection: Option<Connection>,
}

impl SqliteTransaction<'_> {
    pub(super) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("a transaction that has not ended has its connection")
    }

    pub(super) fn connection_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a transaction that has not ended has its connection")
    }

    /// Ends the part; returns once its batch is on the disk.
    pub(super) async fn commit(mut self, signals: &[Signal]) -> Result<(), StoreError> {
        if let Some(Connection::SqliteWriter(writer)) = &mut self.connection {
            writer.queue("RELEASE member", Vec::new());
            writer.flush().await?;
        }
        self.hand_back();
        let (writer, turn) = (self.writer, &mut *self.turn);
        let batch = turn.batch.as_mut().ok_or(StoreError::CommitLost)?;
        batch.members += 1;
        batch.signals.extend_from_slice(signals);
        if !writer.is_wanted() || batch.members >= limits::GROUP_COMMIT_MAX {
            return turn.commit(&writer.signals).await;
        }
        let committed = batch.committed.subscribe();
        drop(self);
        writer.await_commit(committed).await
    }

    /// Undoes the part; the others of its batch are not concerned.
    pub(super) async fn roll_back(mut self) -> Result<(), StoreError> {
        if let Some(Connection::SqliteWriter(writer)) = &mut self.connection
            && writer.is_begun()
        {
            writer.connection.execute("ROLLBACK TO member; RELEASE member").await?;
        }
        self.hand_back();
        let (writer, turn) = (self.writer, &mut *self.turn);
        // Whoever comes next goes on with the batch; where nobody does, it ends here.
        if writer.is_wanted() { Ok(()) } else { turn.commit(&writer.signals).await }
    }

    /// Passes the connection on, without what was still to be run; returns whether the member had begun.
    fn hand_back(&mut self) -> bool {
        let Some(Connection::SqliteWriter(writer)) = self.connection.take() else { return false };
        let begun = writer.is_begun();
        self.turn.connection = Some(writer.connection);
        begun
    }
}

impl Drop for SqliteTransaction<'_> {
    fn drop(&mut self) {
        if self.connection.is_some() {
            self.turn.unfinished = self.hand_back();
        }
    }
}
