//! Random histories of an account's jobs against the simplest model of its money.

use proptest::prelude::*;

use super::{Bench, GRANTED, Kind};
use crate::domain::ids::BootId;
use crate::domain::job::Job;
use crate::store::{Ending, StoreError};

/// What may happen to the jobs of an account, in any order.
#[derive(Debug, Clone, Copy)]
enum Action {
    Create,
    Claim,
    Complete(usize),
    Fail(usize),
    Retry(usize),
    Cancel(usize),
    Restart,
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => Just(Action::Create),
        3 => Just(Action::Claim),
        2 => (0_usize..4).prop_map(Action::Complete),
        1 => (0_usize..4).prop_map(Action::Fail),
        2 => (0_usize..4).prop_map(Action::Retry),
        1 => (0_usize..4).prop_map(Action::Cancel),
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
        Action::Cancel(index) if index < claims.len() => {
            if bench.end(&claims[index], &Ending::Cancelled).await.is_ok() {
                *open -= 1;
            }
        }
        Action::Restart => {
            bench.boot = BootId::generate(&bench.entropy);
            bench.store.requeue_orphans(&bench.boot, bench.now).await.unwrap();
        }
        Action::Complete(_) | Action::Fail(_) | Action::Retry(_) | Action::Cancel(_) => {}
    }
}

async fn check_history(kind: Kind, actions: Vec<Action>) {
    let Some(mut bench) = Bench::new(kind).await else { return };
    let (mut claims, mut open, mut paid) = (Vec::new(), 0, 0);
    for action in actions {
        act(&mut bench, action, &mut claims, (&mut open, &mut paid)).await;
        assert_eq!(bench.credits().await, (GRANTED - 10 * (open + paid), 10 * open));
    }
    assert!(bench.store.audit().await.unwrap().is_clean());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_credit_is_accounted_for(actions in proptest::collection::vec(any_action(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for kind in [Kind::Sqlite, Kind::Postgres] {
            runtime.block_on(check_history(kind, actions.clone()));
        }
    }
}
