//! How many tests passed and failed, read from what cargo printed.

use std::fmt::{self, Display};
use std::iter::Sum;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

/// How the whole command ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Success,
    Failure,
}

impl From<bool> for Ending {
    fn from(success: bool) -> Self {
        if success { Self::Success } else { Self::Failure }
    }
}

impl Counts {
    pub const ONE_PASSED: Self = Self { passed: 1, failed: 0 };
    pub const ONE_FAILED: Self = Self { passed: 0, failed: 1 };

    /// The sum of all `test result:` lines. A command that failed without one failed test (it did not compile, a test
    /// program was killed) counts as one failure, so that a bad ending never looks like a good one.
    pub fn in_output(output: &str, ending: Ending) -> Self {
        let counted: Self = output.lines().filter_map(parse_result_line).sum();
        match ending {
            Ending::Failure => Self { failed: counted.failed.max(1), ..counted },
            Ending::Success => counted,
        }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, next| Self {
            passed: sum.passed + next.passed,
            failed: sum.failed + next.failed,
        })
    }
}

impl Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn parse_result_line(line: &str) -> Option<Counts> {
    let (_, figures) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let figure = |word: &str| figures.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
    Some(Counts { passed: figure("passed")?, failed: figure("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 13 tests
test a ... ok
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
";

    #[test]
    fn every_test_program_is_counted() {
        assert_eq!(Counts::in_output(OUTPUT, Ending::Failure), Counts { passed: 15, failed: 2 });
    }

    #[test]
    fn a_failure_without_a_failed_test_counts_as_one() {
        assert_eq!(Counts::in_output("error: could not compile", Ending::Failure), Counts::ONE_FAILED);
    }

    #[test]
    fn the_last_line_has_the_form_that_others_read() {
        assert_eq!(Counts { passed: 15, failed: 2 }.to_string(), "15 passed, 2 failed");
    }
}
