//! A store to be put through its paces.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::Connection as _;
use tempfile::TempDir;

use super::{GRANTED, Kind};
use crate::domain::credits::{Billing, bill_from_inputs};
use crate::domain::entropy::tests::Seeded;
use crate::domain::ids::{AccountId, BootId, EventId, JobId};
use crate::domain::job::{EngineIdentity, Job, JobError, Mode, Progress, RenderStep, Video};
use crate::domain::lifecycle::{Phase, Step};
use crate::domain::link::LinkSigner;
use crate::domain::media_kind::MediaKind;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{Token, TokenKind};
use crate::store::{
    Announcement, ClaimedJob, Completion, Ending, NewJob, NewToken, Project, Store, StoreError,
    WebhookTarget, WriteWaits,
};

/// A store with one account, and a clock that the test moves.
pub(super) struct Bench {
    pub(super) store: Store,
    pub(super) entropy: Seeded,
    pub(super) account: AccountId,
    pub(super) token_id: String,
    pub(super) boot: BootId,
    pub(super) now: Timestamp,
    _directory: TempDir,
}

/// A new database on the server that the tests may use.
async fn new_postgres_url() -> Option<String> {
    let Ok(server) = std::env::var("AVS_TEST_POSTGRES") else {
        assert!(std::env::var("REQUIRE_POSTGRES_TESTS").is_err(), "AVS_TEST_POSTGRES is not set");
        eprintln!("skipped: AVS_TEST_POSTGRES names no server; ./dev test starts one");
        return None;
    };
    let name = format!("avs_{}", hex::encode(rand_bytes()));
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    Some(server.replace("/postgres?", &format!("/{name}?")))
}

fn rand_bytes() -> [u8; 8] {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

impl Bench {
    pub(super) async fn new(kind: Kind) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let store = match kind {
            Kind::Sqlite => Store::open_sqlite(directory.path()).await.unwrap(),
            Kind::Postgres => Store::open_postgres(&new_postgres_url().await?).await.unwrap(),
        };
        // A busy machine must not refuse what a test writes; the limits have a test of their own.
        let store = store.with_write_waits(WriteWaits::at_least(Duration::from_secs(30)));
        let entropy = Seeded(1.into());
        let (account, now) = (AccountId::generate(&entropy), Timestamp::from_unix_millis(1_000_000_000));
        store.create_account(&account, "ada@example.com", now).await.unwrap();
        store.grant(&account, (GRANTED, None), now).await.unwrap();
        let token = Token::generate(TokenKind::Api, &entropy);
        let new = NewToken { account_id: &account, kind: TokenKind::Api, name: "t", expires_at: None };
        store.create_token(&token, &new, now).await.unwrap();
        let boot = BootId::generate(&entropy);
        let token_id = token.id().to_owned();
        Some(Self { store, token_id, boot, entropy, account, now, _directory: directory })
    }

    pub(super) fn new_job(&self) -> NewJob {
        NewJob {
            id: JobId::generate(&self.entropy),
            account_id: self.account.clone(),
            token_id: Some(self.token_id.clone()),
            mode: Mode::Json,
            items: bill_from_inputs(Billing::On, Mode::Json, [("hero.mp4", MediaKind::Video)]),
            metadata: None,
            project: Project { template: json!({}), prompt: None, output: Value::Null, assets: Vec::new() },
            webhook: Some(WebhookTarget { url: "https://example.com/".into(), sealed_secret: None }),
            idempotency: None,
        }
    }

    pub(super) async fn create(&self) -> Result<Job, StoreError> {
        self.store.create_job(&self.new_job(), 1000, self.now).await
    }

    pub(super) async fn claim(&self) -> Option<ClaimedJob> {
        self.store.claim_job(&self.boot, self.now).await.unwrap()
    }

    pub(super) async fn end(&self, held: &Job, ending: &Ending) -> Result<Job, StoreError> {
        let links = LinkSigner::new("https://v.example", [7; 32]);
        let announcement = Announcement { event_id: EventId::generate(&self.entropy), links: &links };
        self.store.end_job(held, ending, &announcement, self.now).await
    }

    pub(super) async fn cancel(&self, id: &JobId) -> Result<Job, StoreError> {
        let links = LinkSigner::new("https://v.example", [7; 32]);
        let announcement = Announcement { event_id: EventId::generate(&self.entropy), links: &links };
        self.store.cancel_job(id, &self.account, &announcement, self.now).await
    }

    pub(super) async fn credits(&self) -> (i64, i64) {
        let balance = self.store.balance(&self.account).await.unwrap();
        (balance.available_credits, balance.reserved_credits)
    }

    pub(super) async fn complete(&self, held: &Job) -> Result<Job, StoreError> {
        self.store.advance_job(held, Phase::Rendering, self.now).await?;
        let engine = EngineIdentity { version: "0".into(), adapter: "a".into(), encoder: "e".into() };
        let video = Video {
            width: 2,
            height: 2,
            fps: 1,
            duration_seconds: 1.0,
            size_bytes: 1,
            sha256: "00".into(),
            engine,
            warnings: Vec::new(),
        };
        let progress = Progress::new(RenderStep::Finishing, 1, 1, 1.0);
        let completion = Completion { video, progress, engine_report: Value::Null };
        self.end(held, &Ending::Completed(Box::new(completion))).await
    }

    pub(super) async fn fail(&self, held: &Job) -> Result<Job, StoreError> {
        self.end(held, &Ending::Failed(JobError::render_failed())).await
    }

    pub(super) async fn retry(&self, held: &Job) -> Result<(), StoreError> {
        self.store.requeue_job(held, Step::Retry, Duration::ZERO, self.now).await
    }
}
