//! The interpreter and an embedded database agree on every write, through the real renderer and stores.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own functions")]

mod database;
mod drawn;

use database::{Items, anyway, key, without_key};
use drawn::{Transaction, case, transaction};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use recupmail_domain::conditional::{Change, Condition, Item, Value, Write, absent};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::{ChangeAccount, Transacted, Written};
use recupmail_model::interpret::{Refused, apply, holds};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Runs a check on drawn cases, always the same ones, so that how often conditions are met is the same too.
fn check<S: Strategy>(cases: u32, strategy: S, check: &impl AsyncFn(&mut Items, S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let items = RefCell::new(runtime.block_on(Items::serve()));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&strategy, |case| {
            runtime.block_on(check(&mut items.borrow_mut(), case));
            Ok(())
        })
        .unwrap();
}

/// So many refusals and applications of every write are compared; more would only take longer.
const ENOUGH: [u32; 2] = [60, 30];

#[test]
fn every_write_does_in_the_database_what_the_interpreter_says() {
    let outcomes: RefCell<BTreeMap<&str, [u32; 2]>> = RefCell::default();
    check(6000, case(), &async |items, (item, parameters)| {
        for (name, write) in parameters.all() {
            let outcome = usize::from(apply(&write, item.as_ref()).is_ok());
            let compared = outcomes.borrow().get(name).map_or(0, |compared| compared[outcome]);
            if compared < ENOUGH[outcome] {
                agree(items, name, &write, item.as_ref()).await;
                outcomes.borrow_mut().entry(name).or_default()[outcome] += 1;
            }
        }
    });
    for (name, [refused, applied]) in outcomes.into_inner() {
        assert!(
            refused >= 30 && applied >= 10,
            "{name} was refused {refused} times, applied {applied} times"
        );
    }
}

/// Asserts that both do the same with one write; tells whether it applied.
async fn agree(items: &mut Items, name: &str, write: &Write, item: Option<&Item>) -> bool {
    let id = items.put(item).await;
    let expected = apply(write, item);
    let written = items.change(&id, write).await;
    let stored = items.read(&id).await;
    let context = format!("{name}: {write:?} on {item:?}");
    match (expected, written) {
        (Ok(after), written) => {
            assert_eq!(written.unwrap(), Written::Applied(after.clone()), "{context}");
            assert_eq!(stored, Some(after), "{context}");
            return true;
        }
        // The condition holds but the changes cannot be made: the service says so in its own way.
        (Err(Refused), Err(_)) => assert!(holds(&write.condition, item.unwrap_or(&Item::new())), "{context}"),
        (Err(Refused), Ok(written)) => assert_eq!(written, Written::Refused(item.cloned()), "{context}"),
    }
    assert_eq!(stored.as_ref(), item, "{context}");
    false
}

#[test]
fn what_belongs_together_is_transacted_in_the_database_as_the_interpreter_says() {
    let outcomes: RefCell<BTreeMap<&str, [u32; 4]>> = RefCell::default();
    let accounts = Cell::new(0_u128);
    check(600, transaction(), &async |items, (item, issued, parameters)| {
        for transaction in parameters.transactions() {
            accounts.update(|made| made + 1);
            let account = KeyedHash::from_bytes(&accounts.get().to_be_bytes()).unwrap();
            let name = transaction.0;
            let expected = expected(item.as_ref(), issued.as_ref(), &transaction);
            if outcomes.borrow().get(name).is_none_or(|seen| seen[expected] < 15) {
                transacted_alike(items, account, (item.as_ref(), issued.as_ref()), &transaction).await;
                outcomes.borrow_mut().entry(name).or_default()[expected] += 1;
            }
        }
    });
    for (name, outcomes) in outcomes.into_inner() {
        let possible = if ["finish", "announce", "release"].contains(&name) { 4 } else { 3 };
        assert!(
            outcomes[..possible].iter().all(|times| *times > 2),
            "{name}: applied, challenge refused, account refused, code refused: {outcomes:?}"
        );
    }
}

/// The account that the item is drawn with.
fn account_in(item: Option<&Item>) -> Option<Item> {
    let kept = |name: &&String| ["changed", "holder", "until"].contains(&name.as_str());
    let account: Item =
        item?.iter().filter(|(name, _)| kept(name)).map(|(n, v)| (n.clone(), v.clone())).collect();
    (!account.is_empty()).then_some(account)
}

/// What becomes of a transaction: applied, or refused by the challenge, by the account, or by the code.
fn expected(item: Option<&Item>, issued: Option<&Item>, transaction: &Transaction) -> usize {
    let (_, challenge, account, code) = transaction;
    if apply(challenge, item).is_err() {
        1
    } else if apply(account, account_in(item).as_ref()).is_err() {
        2
    } else if code.as_ref().is_some_and(|write| apply(write, issued).is_err()) {
        3
    } else {
        0
    }
}

async fn transacted_alike(
    items: &mut Items,
    account: KeyedHash,
    (item, issued): (Option<&Item>, Option<&Item>),
    transaction: &Transaction,
) {
    let (_, write, change, of_code) = transaction;
    let old = account_in(item);
    if let Some(old) = &old {
        seed_account(items, account, old).await;
    }
    let (id, code) = (items.put(item).await, items.put(issued).await);
    let of_issued: Vec<_> = of_code.iter().map(|write| (key(&code), write.clone())).collect();
    let transacted = items.accounts.change_account((&id, write), (account, change), &of_issued).await;
    let transacted = transacted.unwrap();
    let (stored, stored_code) = (items.read(&id).await, items.read(&code).await);
    let stored_account = items.account(account).await;
    match (transacted, expected(item, issued, transaction)) {
        (Transacted::Applied, 0) => {
            assert_eq!(stored.as_ref(), apply(write, item).ok().as_ref());
            assert_eq!(stored_account.as_ref(), apply(change, old.as_ref()).ok().as_ref());
            let used = of_code.as_ref().map_or_else(|| issued.cloned(), |write| apply(write, issued).ok());
            assert_eq!(stored_code, used);
            return;
        }
        (Transacted::ChallengeRefused(shown), 1) => assert_eq!(shown.map(without_key).as_ref(), item),
        (Transacted::AccountRefused(shown), 2) => assert_eq!(shown.map(without_key), old),
        (Transacted::IssuedRefused, 3) => {}
        (transacted, expected) => panic!("{transacted:?} instead of {expected}: {transaction:?} on {item:?}"),
    }
    assert_eq!((stored.as_ref(), stored_code.as_ref()), (item, issued));
    assert_eq!(stored_account, old);
}

/// Puts an account as it is to be, by a transaction without conditions to speak of.
async fn seed_account(items: &mut Items, account: KeyedHash, old: &Item) {
    let set = |(name, value): (&String, &Value)| {
        Change::Set(recupmail_domain::conditional::Path::Named(name.clone()), value.clone())
    };
    let seed = Write { condition: absent("none"), changes: old.iter().map(set).collect() };
    let id = items.put(None).await;
    let seeded = items.accounts.change_account((&id, &anyway()), (account, &seed), &[]).await.unwrap();
    assert_eq!(seeded, Transacted::Applied);
}

#[test]
fn what_is_absent_differs_from_everything_and_else_compares_as_false() {
    use recupmail_domain::conditional::{Operand, Path, attribute};
    let one = || Operand::Value(Value::Number(1));
    let conditions = [
        (Condition::NotEqual(attribute("a"), one()), true),
        (Condition::Equal(attribute("a"), one()), false),
        (Condition::Equal(attribute("a"), attribute("a")), false),
        (Condition::AtMost(attribute("a"), one()), false),
        (Condition::Contains("a".into(), attribute("b")), false),
        (Condition::SizeBelow("a".into(), 9), false),
        (Condition::SizeAtLeast("a".into(), 0), false),
        (Condition::AtMost(Path::Entry("b", "c".to_owned()).into(), one()), false),
    ];
    let item = Item::from([("b".to_owned(), Value::Number(1))]);
    check(1, proptest::strategy::Just(()), &async |items, ()| {
        for (condition, expected) in &conditions {
            let write =
                Write { condition: condition.clone(), changes: vec![Change::Set("c".into(), 1.into())] };
            assert_eq!(agree(items, "absent", &write, Some(&item)).await, *expected, "{condition:?}");
        }
    });
}
