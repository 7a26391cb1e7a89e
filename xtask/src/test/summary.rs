//! The table at the end: stage, result, time, tests.

use std::time::Duration;

use super::counts::Counts;
use crate::step::Took;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    Failed,
    Skipped,
}

/// What became of one stage.
pub struct Row {
    pub stage: &'static str,
    pub verdict: Verdict,
    pub counts: Counts,
    took: Duration,
}

impl Row {
    pub fn ran(stage: &'static str, counts: Counts, took: Duration) -> Self {
        let verdict = if counts.failed == 0 { Verdict::Passed } else { Verdict::Failed };
        Self { stage, verdict, counts, took }
    }

    /// Counted as a failure: what was not run has not passed.
    pub fn skipped(stage: &'static str) -> Self {
        Self { stage, verdict: Verdict::Skipped, counts: Counts::ONE_FAILED, took: Duration::ZERO }
    }
}

pub fn table(rows: &[Row]) -> String {
    let mut text = format!("{:<15} {:<8} {:>13} {:>7} {:>7}\n", "stage", "result", "time", "passed", "failed");
    for row in rows {
        let result = match row.verdict {
            Verdict::Passed => "ok",
            Verdict::Failed => "FAILED",
            Verdict::Skipped => "skipped",
        };
        let Counts { passed, failed } = row.counts;
        text.push_str(&format!(
            "{:<15} {result:<8} {:>13} {passed:>7} {failed:>7}\n",
            row.stage,
            Took(row.took).to_string()
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_was_not_run_has_not_passed() {
        let rows = [Row::ran("tidy", Counts::ONE_PASSED, Duration::from_secs(1)), Row::skipped("API tests")];
        let total: Counts = rows.iter().map(|row| row.counts).sum();
        assert_eq!(total, Counts { passed: 1, failed: 1 });
        assert!(table(&rows).contains("API tests       skipped"));
    }
}
