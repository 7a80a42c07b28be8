//! The store against its promises: money, fencing, and transactions that break off.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Store;
use crate::domain::credits::bill_from_uploads;
use crate::domain::entropy::tests::Seeded;
use crate::domain::ids::{AccountId, BootId, EventId, JobId};
use crate::domain::job::{EngineIdentity, Job, JobError, Mode, Progress, RenderStep, Video};
use crate::domain::lifecycle::{Phase, Step};
use crate::domain::link::LinkSigner;
use crate::domain::media_kind::MediaKind;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{Token, TokenKind};
use crate::store::{
    Announcement, ClaimedJob, Completion, Ending, NewJob, NewToken, Project, StoreError, WebhookTarget,
};

const GRANTED: i64 = 60;

/// A store with one account, and a clock that the test moves.
struct Bench {
    store: Store,
    entropy: Seeded,
    account: AccountId,
    token_id: String,
    boot: BootId,
    now: Timestamp,
    _directory: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (store, entropy) = (Store::open(directory.path()).await.unwrap(), Seeded(1.into()));
        let (account, now) = (AccountId::generate(&entropy), Timestamp::from_unix_millis(1_000_000));
        store.create_account(&account, "ada@example.com", now).await.unwrap();
        store.grant(&account, GRANTED, now).await.unwrap();
        let token = Token::generate(TokenKind::Api, &entropy);
        let new = NewToken { account_id: &account, kind: TokenKind::Api, name: "t", expires_at: None };
        store.create_token(&token, &new, now).await.unwrap();
        let boot = BootId::generate(&entropy);
        Self { store, token_id: token.id().to_owned(), boot, entropy, account, now, _directory: directory }
    }

    async fn create(&self) -> Result<Job, StoreError> {
        let new = NewJob {
            id: JobId::generate(&self.entropy),
            account_id: self.account.clone(),
            token_id: self.token_id.clone(),
            mode: Mode::Json,
            items: bill_from_uploads([("hero.mp4", MediaKind::Video)]),
            metadata: None,
            project: Project { template: json!({}), output: Value::Null, assets: Vec::new() },
            webhook: Some(WebhookTarget { url: "https://example.com/".into(), sealed_secret: None }),
        };
        self.store.create_job(&new, self.now).await
    }

    async fn claim(&self) -> Option<ClaimedJob> {
        self.store.claim_job(&self.boot, self.now).await.unwrap()
    }

    async fn end(&self, held: &Job, ending: &Ending) -> Result<Job, StoreError> {
        let links = LinkSigner::new("https://v.example", [7; 32]);
        let announcement = Announcement { event_id: EventId::generate(&self.entropy), links: &links };
        self.store.end_job(held, ending, &announcement, self.now).await
    }

    async fn complete(&self, held: &Job) -> Result<Job, StoreError> {
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

    async fn fail(&self, held: &Job) -> Result<Job, StoreError> {
        self.end(held, &Ending::Failed(JobError::render_failed())).await
    }

    async fn retry(&self, held: &Job) -> Result<(), StoreError> {
        self.store.requeue_job(held, Step::Retry, Duration::ZERO, self.now).await
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_job_changes_nothing() {
    let bench = Bench::new().await;
    bench.create().await.unwrap();
    let lost = bench.claim().await.unwrap().job;
    bench.retry(&lost).await.unwrap();
    let held = bench.claim().await.unwrap().job;
    assert!(matches!(bench.complete(&lost).await, Err(StoreError::Fenced { epoch: 1 })));
    assert!(matches!(bench.fail(&lost).await, Err(StoreError::Fenced { .. })));
    assert!(matches!(bench.retry(&lost).await, Err(StoreError::Fenced { .. })));
    bench.complete(&held).await.unwrap();
    assert!(matches!(bench.complete(&held).await, Err(StoreError::Fenced { .. })));
    assert_eq!(bench.store.due_deliveries(bench.now).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_job_that_waits_for_its_next_attempt_is_not_claimed_before() {
    let mut bench = Bench::new().await;
    bench.create().await.unwrap();
    let held = bench.claim().await.unwrap().job;
    let pause = Duration::from_secs(5);
    bench.store.requeue_job(&held, Step::Retry, pause, bench.now).await.unwrap();
    assert!(bench.claim().await.is_none());
    bench.now = bench.now.plus(pause);
    assert_eq!(bench.claim().await.unwrap().job.state.phase, Phase::PreparingAssets);
}

#[tokio::test]
async fn a_clock_that_jumps_back_strands_no_job() {
    let mut bench = Bench::new().await;
    bench.create().await.unwrap();
    bench.now = Timestamp::from_unix_millis(0);
    assert!(bench.claim().await.is_some());
}

#[tokio::test]
async fn a_transaction_that_breaks_off_leaves_nothing_and_the_next_one_works() {
    let bench = Bench::new().await;
    let mut broken = bench.store.write().await.unwrap();
    sqlx::query("UPDATE accounts SET available_credits = 1").execute(&mut *broken).await.unwrap();
    sqlx::query("UPDATE accounts SET available_credits = -1").execute(&mut *broken).await.unwrap_err();
    drop(broken);
    assert_eq!(bench.store.balance(&bench.account).await.unwrap().available_credits, GRANTED);
    bench.create().await.unwrap();
}

#[tokio::test]
async fn the_ledger_cannot_be_rewritten() {
    let bench = Bench::new().await;
    for statement in ["UPDATE entries SET credits = 1", "DELETE FROM transfers", "DELETE FROM entries"] {
        let mut tx = bench.store.write().await.unwrap();
        let error = sqlx::query(statement).execute(&mut *tx).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[tokio::test]
async fn an_audit_finds_a_balance_that_was_tampered_with() {
    let bench = Bench::new().await;
    assert!(bench.store.audit().await.unwrap().is_clean());
    let mut tx = bench.store.write().await.unwrap();
    sqlx::query("UPDATE accounts SET available_credits = 61").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.store.audit().await.unwrap().drifted_accounts, [bench.account.to_string()]);
}

/// What may happen to the jobs of an account, in any order.
#[derive(Debug, Clone, Copy)]
enum Action {
    Create,
    Claim,
    Complete(usize),
    Fail(usize),
    Retry(usize),
    Restart,
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => Just(Action::Create),
        3 => Just(Action::Claim),
        2 => (0_usize..4).prop_map(Action::Complete),
        1 => (0_usize..4).prop_map(Action::Fail),
        2 => (0_usize..4).prop_map(Action::Retry),
        1 => Just(Action::Restart),
    ]
}

/// Acts, keeping count in the simplest way: what is open holds 10, what has completed has cost 10.
async fn act(bench: &mut Bench, action: Action, claims: &mut Vec<Job>, (open, paid): (&mut i64, &mut i64)) {
    match action {
        Action::Create => match bench.create().await {
            Ok(_) => *open += 1,
            Err(error) => assert!(matches!(error, StoreError::InsufficientCredits { .. }), "{error}"),
        },
        Action::Claim => claims.extend(bench.claim().await.map(|claimed| claimed.job)),
        // Claims that were lost stay in the list: a zombie tries again and again.
        Action::Complete(index) if index < claims.len() => {
            if bench.complete(&claims[index]).await.is_ok() {
                (*open, *paid) = (*open - 1, *paid + 1);
            }
        }
        Action::Fail(index) if index < claims.len() => {
            if bench.fail(&claims[index]).await.is_ok() {
                *open -= 1;
            }
        }
        Action::Retry(index) if index < claims.len() => {
            bench.retry(&claims[index]).await.ok();
        }
        Action::Restart => {
            bench.boot = BootId::generate(&bench.entropy);
            bench.store.requeue_orphans(&bench.boot, bench.now).await.unwrap();
        }
        Action::Complete(_) | Action::Fail(_) | Action::Retry(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_credit_is_accounted_for(actions in proptest::collection::vec(any_action(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut bench = Bench::new().await;
            let (mut claims, mut open, mut paid) = (Vec::new(), 0, 0);
            for action in actions {
                act(&mut bench, action, &mut claims, (&mut open, &mut paid)).await;
                let balance = bench.store.balance(&bench.account).await.unwrap();
                let expected = (GRANTED - 10 * (open + paid), 10 * open);
                assert_eq!((balance.available_credits, balance.reserved_credits), expected);
            }
            assert!(bench.store.audit().await.unwrap().is_clean());
        });
    }
}
