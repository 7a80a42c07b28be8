//! The store against its promises, the same on both databases: money, fencing, repetition, and transactions that
//! break off. PostgreSQL is the server that `AVS_TEST_POSTGRES` names; `./dev test` starts one.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::database::sql;
use super::{
    Announcement, DeviceGrant, DeviceState, Ending, IdempotencyKey, JobFilter, NewJob, StoreError, WriteWaits,
};
use crate::domain::ids::{AccountId, BootId, EventId, JobId};
use crate::domain::lifecycle::{JobStatus, Phase, Step};
use crate::domain::link::LinkSigner;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{Token, TokenKind};
use crate::domain::webhook::{AttemptOutcome, AttemptReport, Verdict};
use crate::limits;

mod bench;
mod history;

use self::bench::Bench;

const GRANTED: i64 = 60;
const OPEN_JOBS_MAX: i64 = 5;

/// A database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// Makes two tests of a rule, one for each database.
macro_rules! on_both_databases {
    ($($rule:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule(super::Bench::new(super::Kind::Sqlite).await.expect("SQLite is always there")).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $rule() {
                let Some(bench) = super::Bench::new(super::Kind::Postgres).await else { return };
                super::$rule(bench).await;
            })+
        }
    };
}

on_both_databases!(
    a_worker_that_lost_its_job_changes_nothing,
    a_job_that_waits_for_its_next_attempt_is_not_claimed_before,
    a_clock_that_jumps_back_strands_no_job,
    a_transaction_that_breaks_off_leaves_nothing_and_the_next_one_works,
    the_ledger_cannot_be_rewritten,
    an_audit_finds_a_balance_that_was_tampered_with,
    sixty_four_repetitions_at_once_make_one_job,
    a_key_used_for_another_request_is_refused_and_costs_nothing,
    no_job_is_claimed_twice_however_many_ask_at_once,
    no_delivery_is_claimed_twice_however_many_ask_at_once,
    a_courier_that_lost_its_delivery_changes_nothing,
    a_write_that_would_wait_too_long_is_refused_soon_and_leaves_nothing,
    a_cancelled_job_gives_back_everything_once,
    an_account_has_no_more_open_jobs_than_it_may,
    jobs_are_listed_newest_first_without_a_gap,
    a_rotated_token_keeps_its_old_secret_for_the_overlap_only,
    an_approved_command_line_gets_its_token_once,
    what_a_dead_process_held_goes_back,
    files_of_old_jobs_are_due_for_removal_once,
    spending_at_once_never_overdraws,
    a_grant_sent_again_gives_nothing,
);

async fn a_worker_that_lost_its_job_changes_nothing(bench: Bench) {
    bench.create().await.unwrap();
    let lost = bench.claim().await.unwrap().job;
    bench.retry(&lost).await.unwrap();
    let held = bench.claim().await.unwrap().job;
    assert!(matches!(bench.complete(&lost).await, Err(StoreError::Fenced { epoch: 1 })));
    assert!(matches!(bench.fail(&lost).await, Err(StoreError::Fenced { .. })));
    assert!(matches!(bench.retry(&lost).await, Err(StoreError::Fenced { .. })));
    assert!(matches!(bench.store.is_cancel_requested(&lost).await, Err(StoreError::Fenced { .. })));
    bench.complete(&held).await.unwrap();
    assert!(matches!(bench.complete(&held).await, Err(StoreError::Fenced { .. })));
    assert_eq!(bench.store.claim_deliveries(&bench.boot, 9, bench.now).await.unwrap().len(), 1);
}

async fn a_job_that_waits_for_its_next_attempt_is_not_claimed_before(mut bench: Bench) {
    bench.create().await.unwrap();
    let held = bench.claim().await.unwrap().job;
    let pause = Duration::from_secs(5);
    bench.store.requeue_job(&held, Step::Retry, pause, bench.now).await.unwrap();
    assert!(bench.claim().await.is_none());
    bench.now = bench.now.plus(pause);
    assert_eq!(bench.claim().await.unwrap().job.state.phase, Phase::PreparingAssets);
}

async fn a_clock_that_jumps_back_strands_no_job(mut bench: Bench) {
    bench.create().await.unwrap();
    bench.now = Timestamp::from_unix_millis(0);
    let held = bench.claim().await.unwrap().job;
    bench.complete(&held).await.unwrap();
    bench.now = bench.now.minus(Duration::from_secs(86400));
    assert_eq!(bench.store.claim_deliveries(&bench.boot, 9, bench.now).await.unwrap().len(), 1);
}

async fn a_transaction_that_breaks_off_leaves_nothing_and_the_next_one_works(bench: Bench) {
    let mut broken = bench.store.write().await.unwrap();
    sql("UPDATE accounts SET available_credits = 1").execute(&mut broken).await.unwrap();
    sql("UPDATE accounts SET available_credits = -1").execute(&mut broken).await.unwrap_err();
    drop(broken);
    assert_eq!(bench.credits().await, (GRANTED, 0));
    bench.create().await.unwrap();
}

async fn the_ledger_cannot_be_rewritten(bench: Bench) {
    for statement in ["UPDATE entries SET credits = 1", "DELETE FROM transfers", "DELETE FROM entries"] {
        let mut tx = bench.store.write().await.unwrap();
        let error = sql(statement).execute(&mut tx).await.unwrap_err();
        assert!(format!("{error:?}").contains("append-only"), "{error:?}");
    }
}

async fn an_audit_finds_a_balance_that_was_tampered_with(bench: Bench) {
    assert!(bench.store.audit().await.unwrap().is_clean());
    let mut tx = bench.store.write().await.unwrap();
    sql("UPDATE accounts SET available_credits = 61").execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.store.audit().await.unwrap().drifted_accounts, [bench.account.to_string()]);
}

fn with_key(bench: &Bench, key: &str, fingerprint: u8) -> NewJob {
    let key = IdempotencyKey {
        key: key.into(),
        route: "POST /x",
        fingerprint: [fingerprint; 32],
        answer: "{}".into(),
    };
    NewJob { idempotency: Some(key), ..bench.new_job() }
}

async fn sixty_four_repetitions_at_once_make_one_job(bench: Bench) {
    let jobs: Vec<NewJob> = (0..64).map(|_| with_key(&bench, "order-7", 1)).collect();
    let outcomes = join_all(jobs.iter().map(|new| bench.store.create_job(new, 1000, bench.now))).await;
    let made: Vec<JobId> =
        outcomes.iter().filter_map(|outcome| outcome.as_ref().ok().map(|job| job.id.clone())).collect();
    assert_eq!(made.len(), 1);
    for outcome in &outcomes {
        match outcome {
            Ok(_) => {}
            Err(StoreError::Replayed(replay)) => {
                assert_eq!((&replay.job_id, replay.answer.as_str()), (&made[0], "{}"));
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(bench.credits().await, (GRANTED - 10, 10));
}

async fn a_key_used_for_another_request_is_refused_and_costs_nothing(bench: Bench) {
    bench.store.create_job(&with_key(&bench, "order-7", 1), 1000, bench.now).await.unwrap();
    let other = bench.store.create_job(&with_key(&bench, "order-7", 2), 1000, bench.now).await;
    assert!(matches!(other, Err(StoreError::IdempotencyKeyReused)));
    assert_eq!(bench.credits().await, (GRANTED - 10, 10));
    bench.store.create_job(&with_key(&bench, "order-8", 2), 1000, bench.now).await.unwrap();
}

async fn no_job_is_claimed_twice_however_many_ask_at_once(bench: Bench) {
    for _ in 0..5 {
        bench.create().await.unwrap();
    }
    let claimed = join_all((0..16).map(|_| bench.claim())).await;
    let mut ids: Vec<JobId> = claimed.into_iter().flatten().map(|claimed| claimed.job.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    assert!(bench.claim().await.is_none());
}

async fn no_delivery_is_claimed_twice_however_many_ask_at_once(bench: Bench) {
    for _ in 0..5 {
        bench.create().await.unwrap();
        let held = bench.claim().await.unwrap().job;
        bench.complete(&held).await.unwrap();
    }
    let claims = join_all((0..8).map(|_| bench.store.claim_deliveries(&bench.boot, 3, bench.now))).await;
    let claims: Vec<_> = claims.into_iter().flat_map(Result::unwrap).collect();
    let mut ids: Vec<EventId> = claims.iter().map(|delivery| delivery.event_id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), claims.len()), (5, 5));
    let (report, retry) = (answered(&bench, 500), Verdict::RetryAfter(Duration::ZERO));
    let claim = (&bench.boot, &ids[0]);
    assert!(bench.store.record_delivery(claim, &report, retry, bench.now).await.unwrap());
    let again = bench.store.claim_deliveries(&bench.boot, 3, bench.now).await.unwrap();
    assert_eq!((again.len(), again[0].attempts), (1, 1));
    let log = bench.store.delivery_log(&again[0].job_id).await.unwrap().unwrap();
    assert_eq!(
        (log.status.as_str(), log.attempts[0].status, log.attempts[0].attempt),
        ("pending", Some(500), 1)
    );
}

fn answered(bench: &Bench, status: u16) -> AttemptReport {
    AttemptReport {
        outcome: AttemptOutcome::Answered { status, retry_after_secs: None },
        at: bench.now,
        duration: Duration::from_millis(7),
        error: None,
        answer: Some("no".into()),
    }
}

async fn a_courier_that_lost_its_delivery_changes_nothing(bench: Bench) {
    bench.create().await.unwrap();
    let held = bench.claim().await.unwrap().job;
    bench.complete(&held).await.unwrap();
    let lost = bench.store.claim_deliveries(&bench.boot, 9, bench.now).await.unwrap().remove(0);
    let (other, third) = (BootId::generate(&bench.entropy), BootId::generate(&bench.entropy));
    bench.store.requeue_orphans(&other, bench.now).await.unwrap();
    let taken = bench.store.claim_deliveries(&other, 9, bench.now).await.unwrap().remove(0);
    assert_eq!((&taken.event_id, taken.attempts), (&lost.event_id, 0));
    let late = answered(&bench, 500);
    for verdict in [Verdict::Abandoned, Verdict::RetryAfter(Duration::ZERO), Verdict::Delivered] {
        let claim = (&bench.boot, &lost.event_id);
        assert!(!bench.store.record_delivery(claim, &late, verdict, bench.now).await.unwrap());
        assert!(bench.store.claim_deliveries(&third, 9, bench.now).await.unwrap().is_empty(), "{verdict:?}");
    }
    let (claim, report) = ((&other, &taken.event_id), answered(&bench, 200));
    assert!(bench.store.record_delivery(claim, &report, Verdict::Delivered, bench.now).await.unwrap());
    let log = bench.store.delivery_log(&held.id).await.unwrap().unwrap();
    let statuses: Vec<_> = log.attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!((log.status.as_str(), statuses), ("delivered", vec![Some(200)]));
}

async fn a_write_that_would_wait_too_long_is_refused_soon_and_leaves_nothing(bench: Bench) {
    let store = bench.store.clone().with_write_waits(WriteWaits::default());
    let mut turns = Vec::new();
    let refusal = loop {
        match store.write_soon().await {
            Ok(turn) => turns.push(turn),
            Err(error) => break error,
        }
    };
    assert!(matches!(refusal, StoreError::Overloaded), "{refusal}");
    let begun = Instant::now();
    let refused = store.create_job(&bench.new_job(), 1000, bench.now).await;
    assert!(matches!(refused, Err(StoreError::Overloaded)), "{refused:?}");
    assert!(begun.elapsed() < limits::DATABASE_BUSY_WAIT, "queued for {:?}", begun.elapsed());
    drop(turns);
    assert_eq!(bench.credits().await, (GRANTED, 0));
    bench.create().await.unwrap();
}

async fn a_cancelled_job_gives_back_everything_once(bench: Bench) {
    let waiting = bench.create().await.unwrap();
    let cancelled = bench.cancel(&waiting.id).await.unwrap();
    assert_eq!((cancelled.state.status, cancelled.state.phase), (JobStatus::Cancelled, Phase::Queued));
    assert_eq!(bench.cancel(&waiting.id).await.unwrap().state.status, JobStatus::Cancelled);
    assert_eq!(bench.credits().await, (GRANTED, 0));
    bench.create().await.unwrap();
    let held = bench.claim().await.unwrap().job;
    assert_eq!(bench.cancel(&held.id).await.unwrap().state.status, JobStatus::Running);
    assert!(bench.store.is_cancel_requested(&held).await.unwrap());
    assert_eq!(bench.end(&held, &Ending::Cancelled).await.unwrap().credits.charged, 0);
    assert_eq!(bench.credits().await, (GRANTED, 0));
    let other = AccountId::generate(&bench.entropy);
    let links = LinkSigner::new("https://v.example", [7; 32]);
    let announcement = Announcement { event_id: EventId::generate(&bench.entropy), links: &links };
    let foreign = bench.store.cancel_job(&held.id, &other, &announcement, bench.now).await;
    assert!(matches!(foreign, Err(StoreError::Missing { .. })));
    assert!(bench.store.audit().await.unwrap().is_clean());
}

async fn an_account_has_no_more_open_jobs_than_it_may(bench: Bench) {
    for _ in 0..OPEN_JOBS_MAX {
        bench.store.create_job(&bench.new_job(), OPEN_JOBS_MAX, bench.now).await.unwrap();
    }
    let refused = bench.store.create_job(&bench.new_job(), OPEN_JOBS_MAX, bench.now).await;
    assert!(matches!(refused, Err(StoreError::TooManyOpenJobs { most: OPEN_JOBS_MAX })));
    let held = bench.claim().await.unwrap().job;
    bench.fail(&held).await.unwrap();
    bench.store.create_job(&bench.new_job(), OPEN_JOBS_MAX, bench.now).await.unwrap();
}

async fn jobs_are_listed_newest_first_without_a_gap(bench: Bench) {
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(bench.create().await.unwrap().id);
    }
    bench.cancel(&made[2]).await.unwrap();
    let (mut filter, mut seen) = (JobFilter::default(), Vec::new());
    loop {
        let page = bench.store.jobs_of_account(&bench.account, &filter, 2).await.unwrap();
        seen.extend(page.jobs.into_iter().map(|job| job.id));
        filter.before_seq = page.next_before_seq;
        if filter.before_seq.is_none() {
            break;
        }
    }
    made.reverse();
    assert_eq!(seen, made);
    let cancelled = JobFilter { status: Some(JobStatus::Cancelled), ..JobFilter::default() };
    let page = bench.store.jobs_of_account(&bench.account, &cancelled, 9).await.unwrap();
    assert_eq!(page.jobs.iter().map(|job| &job.id).collect::<Vec<_>>(), [&made[2]]);
    let later =
        JobFilter { created_after: Some(bench.now.plus(Duration::from_secs(1))), ..JobFilter::default() };
    assert!(bench.store.jobs_of_account(&bench.account, &later, 9).await.unwrap().jobs.is_empty());
}

async fn a_rotated_token_keeps_its_old_secret_for_the_overlap_only(bench: Bench) {
    let renewed = Token::renewed(&bench.token_id, &bench.entropy).unwrap();
    let before = bench.store.token(&bench.token_id).await.unwrap().unwrap().secret_digest;
    let until = bench.now.plus(Duration::from_secs(60));
    bench.store.rotate_token(&renewed, Some(&bench.account), until, bench.now).await.unwrap();
    let stored = bench.store.token(&bench.token_id).await.unwrap().unwrap();
    assert!(stored.secret_digest.matches(&renewed.secret_digest()));
    assert!(stored.previous.is_some_and(|(digest, end)| digest.matches(&before) && end == until));
    let stranger = AccountId::generate(&bench.entropy);
    let foreign = bench.store.rotate_token(&renewed, Some(&stranger), until, bench.now).await;
    assert!(matches!(foreign, Err(StoreError::Missing { .. })));
    bench.store.revoke_token(&bench.token_id, Some(&bench.account), bench.now).await.unwrap();
    assert!(bench.store.rotate_token(&renewed, None, until, bench.now).await.is_err());
}

async fn an_approved_command_line_gets_its_token_once(bench: Bench) {
    let grant = DeviceGrant {
        device_sha256: [5; 32],
        user_code: "BCDF-GHJK".into(),
        client_name: "laptop".into(),
        state: DeviceState::Pending,
        account_id: None,
        polled_at: None,
        created_at: bench.now,
        expires_at: bench.now.plus(Duration::from_secs(900)),
    };
    bench.store.create_device_grant(&grant).await.unwrap();
    let token = Token::generate(TokenKind::Cli, &bench.entropy);
    let poll = || bench.store.poll_device_grant(&grant.device_sha256, &token, bench.now);
    assert_eq!(poll().await.unwrap().state, DeviceState::Pending);
    assert!(bench.store.token(token.id()).await.unwrap().is_none());
    bench.store.decide_device_grant("BCDF-GHJK", &bench.account, true, bench.now).await.unwrap();
    assert_eq!(poll().await.unwrap().state, DeviceState::Approved);
    assert_eq!(bench.store.token(token.id()).await.unwrap().unwrap().kind, TokenKind::Cli);
    assert_eq!(poll().await.unwrap().state, DeviceState::Used);
}

async fn what_a_dead_process_held_goes_back(bench: Bench) {
    bench.create().await.unwrap();
    let done = bench.claim().await.unwrap().job;
    bench.complete(&done).await.unwrap();
    bench.create().await.unwrap();
    let held = bench.claim().await.unwrap().job;
    assert_eq!(bench.store.claim_deliveries(&bench.boot, 9, bench.now).await.unwrap().len(), 1);
    let other = BootId::generate(&bench.entropy);
    if bench.store.is_shared() {
        bench.store.renew_lease(&bench.boot, Duration::from_secs(30)).await.unwrap();
        assert_eq!(bench.store.requeue_orphans(&other, bench.now).await.unwrap(), 0, "it lives");
        bench.store.end_lease(&bench.boot).await.unwrap();
    }
    assert_eq!(bench.store.requeue_orphans(&other, bench.now).await.unwrap(), 1);
    assert_eq!(bench.store.requeue_orphans(&other, bench.now).await.unwrap(), 0);
    assert!(matches!(bench.complete(&held).await, Err(StoreError::Fenced { .. })));
    // What was refused above may hold its lock until the pool has rolled it back.
    let again = loop {
        if let Some(again) = bench.store.claim_job(&other, bench.now).await.unwrap() {
            break again;
        }
    };
    assert_eq!((again.job.id, again.job.state.epoch), (held.id.clone(), 2));
    assert_eq!(bench.store.claim_deliveries(&other, 9, bench.now).await.unwrap().len(), 1);
    let kinds: Vec<String> =
        bench.store.events_after(&held.id, 0).await.unwrap().into_iter().map(|event| event.event).collect();
    assert_eq!(kinds, ["job.queued", "job.claimed", "job.requeued", "job.claimed"]);
}

async fn files_of_old_jobs_are_due_for_removal_once(mut bench: Bench) {
    bench.create().await.unwrap();
    let held = bench.claim().await.unwrap().job;
    bench.complete(&held).await.unwrap();
    bench.create().await.unwrap();
    let week = Duration::from_secs(7 * 86400);
    assert!(bench.store.expired_jobs(week, 9, bench.now.plus(week)).await.unwrap().is_empty());
    bench.now = bench.now.plus(week + Duration::from_secs(1));
    let expired = bench.store.expired_jobs(week, 9, bench.now).await.unwrap();
    assert_eq!(expired.iter().map(|job| &job.id).collect::<Vec<_>>(), [&held.id]);
    assert!(bench.store.job_has_files(&held.id).await.unwrap());
    bench.store.record_expiry(&held.id, bench.now).await.unwrap();
    assert!(bench.store.expired_jobs(week, 9, bench.now).await.unwrap().is_empty());
    assert!(!bench.store.job_has_files(&held.id).await.unwrap());
    bench.store.forget_old(bench.now).await.unwrap();
}

async fn a_grant_sent_again_gives_nothing(bench: Bench) {
    let grant = |once| bench.store.grant(&bench.account, (7, once), bench.now);
    let twice = join_all((0..8).map(|_| grant(Some("form 1 7")))).await;
    assert!(twice.iter().all(Result::is_ok), "{twice:?}");
    assert_eq!(bench.credits().await, (GRANTED + 7, 0));
    grant(Some("form 2 7")).await.unwrap();
    grant(None).await.unwrap();
    grant(None).await.unwrap();
    assert_eq!(bench.credits().await, (GRANTED + 28, 0));
    let entries = bench.store.credit_entries(&bench.account, 9).await.unwrap();
    let grants: Vec<_> = entries.iter().map(|entry| (entry.credits, entry.item.as_deref())).collect();
    assert_eq!(grants, [(7, None), (7, None), (7, None), (7, None), (GRANTED, None)]);
    assert!(bench.store.audit().await.unwrap().is_clean());
}

async fn spending_at_once_never_overdraws(bench: Bench) {
    let jobs: Vec<NewJob> = (0..16).map(|_| bench.new_job()).collect();
    let outcomes = join_all(jobs.iter().map(|new| bench.store.create_job(new, 1000, bench.now))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 6);
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(refused.into_iter().all(|error| matches!(error, StoreError::InsufficientCredits { .. })));
    assert_eq!(bench.credits().await, (0, GRANTED));
    assert!(bench.store.audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn a_member_of_a_shared_transaction_that_breaks_off_undoes_its_own_part_only() {
    let bench = Bench::new(Kind::Sqlite).await.unwrap();
    let broken = async {
        let mut tx = bench.store.write().await.unwrap();
        sql("UPDATE accounts SET available_credits = 1").execute(&mut tx).await.unwrap();
        tokio::task::yield_now().await;
        drop(tx);
    };
    let creations = join_all((0..3).map(|_| bench.create()));
    let (before, (), after) = tokio::join!(creations, broken, join_all((0..3).map(|_| bench.create())));
    assert!(before.into_iter().chain(after).all(|outcome| outcome.is_ok()));
    assert_eq!(bench.credits().await, (0, GRANTED));
    assert!(bench.store.audit().await.unwrap().is_clean());
}
