//! What keeps a table's data from being lost or read, which the template switches on.

use super::Findings;
use super::unasked::unasked;
use recupmail_aws::DynamoClient;
use recupmail_config::Table;
use recupmail_inspect::{Asked, Recovery, TableState, inspect_recovery, recovery_days};

/// Checks a table of this name; tells whether nothing is missing.
pub(super) async fn check(
    client: &DynamoClient,
    (what, name, table): (&str, &str, Table),
    state: TableState,
    findings: &mut Findings,
) -> bool {
    let recovers = match inspect_recovery(client, name).await {
        Asked::Told(recovery) => judge_recovery((what, name, table), recovery, findings),
        other => {
            unasked(what, other, "dynamodb:DescribeContinuousBackups", findings);
            false
        }
    };
    if !state.sealed {
        findings.warn(
            what,
            format!("{name} is sealed by no key of KMS"),
            "deploy the template: it seals each table by the stack's key",
        );
    }
    if !state.protected {
        findings.warn(
            what,
            format!("{name} can be deleted by mistake"),
            format!(
                "deploy the template with DeletionProtection, or switch it on: aws dynamodb update-table \
                 --table-name {name} --deletion-protection-enabled"
            ),
        );
    }
    recovers && state.sealed && state.protected
}

fn judge_recovery(
    (what, name, table): (&str, &str, Table),
    recovery: Recovery,
    findings: &mut Findings,
) -> bool {
    let should = recovery_days(table);
    let said = match recovery {
        Recovery::Days(None) => return true,
        Recovery::Days(Some(days)) if days == should => return true,
        Recovery::Days(Some(days)) if days > should => {
            format!("what {name} should forget can be brought back for {days} days, not for {should}")
        }
        Recovery::Days(Some(days)) => {
            format!("{name} can be brought back to the last {days} days, not to the last {should}")
        }
        Recovery::Off => format!("{name} cannot be brought back to where it was before a mistake"),
    };
    findings.warn(
        what,
        said,
        format!(
            "deploy the template, or set its point-in-time recovery: aws dynamodb update-continuous-backups \
             --table-name {name} --point-in-time-recovery-specification \
             PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays={should}"
        ),
    );
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a table that can be brought back to so many days.
    fn judged(table: Table, days: i32) -> Option<String> {
        let mut findings = Findings::default();
        let well = judge_recovery(("what", "one", table), Recovery::Days(Some(days)), &mut findings);
        assert_eq!(well, findings.0.is_empty());
        findings.0.pop().map(|found| format!("{} {}", found.said, found.remedy))
    }

    #[test]
    fn a_table_is_brought_back_neither_less_far_nor_further_than_it_should() {
        assert_eq!((judged(Table::Accounts, 35), judged(Table::Limits, 1)), (None, None));
        let less = judged(Table::Accounts, 7).unwrap();
        assert!(less.starts_with("one can be brought back to the last 7 days, not to the last 35"), "{less}");
        assert!(less.ends_with("RecoveryPeriodInDays=35"), "{less}");
        let more = judged(Table::Limits, 35).unwrap();
        let said = "what one should forget can be brought back for 35 days, not for 1";
        assert!(more.starts_with(said) && more.ends_with("RecoveryPeriodInDays=1"), "{more}");
    }
}
