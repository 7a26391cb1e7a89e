//! Steps: work that takes a while shows what is running, then how long it took.
//!
//! A command's own output goes to a log under `target/xtask/`. The screen stays readable, and when a command fails the
//! tail of its log is shown with the place of the rest.

use std::fmt::{self, Display};
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace;

const TAIL_LINES: usize = 60;
/// A linker's command line or a dumped page would push everything else off the screen.
const TAIL_WIDTH: usize = 400;
const LINE_WIDTH: usize = 100;
const POLL: Duration = Duration::from_millis(50);

/// A command that has ended, well or not.
pub struct Attempt {
    pub status: ExitStatus,
    pub log: PathBuf,
    /// Everything the command printed, both streams in order.
    pub output: String,
}

/// Runs `work`, showing `name` and the time it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let line = Line::start(name);
    let done = work();
    line.finish(if done.is_ok() { "done in" } else { "failed after" });
    done
}

/// Runs `command` as a step. A failure is an error, and the tail of the command's output is shown.
pub fn run(name: &str, command: &mut Command) -> Result<()> {
    let attempt = attempt(name, command)?;
    if !attempt.status.success() {
        bail!("{name}: {}; the whole log is in {}", attempt.status, attempt.log.display());
    }
    Ok(())
}

/// Runs `command` as a step and hands back what became of it; an error only when it could not be started.
pub fn attempt(name: &str, command: &mut Command) -> Result<Attempt> {
    let log = log_path(name)?;
    let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut line = Line::start(name);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()
        .with_context(|| format!("{name}: cannot start {}", command.get_program().to_string_lossy()))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(POLL);
        line.tick(|| last_line(&log));
    };
    line.finish(if status.success() { "done in" } else { "failed after" });
    let output = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if !status.success() {
        show_tail(&output);
    }
    Ok(Attempt { status, log, output })
}

/// How long something took, in the words of a person.
pub struct Took(pub Duration);

impl Display for Took {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        if seconds < 10.0 {
            return write!(formatter, "{seconds:.1} s");
        }
        let whole = seconds.round() as u64;
        match whole / 60 {
            0 => write!(formatter, "{whole} s"),
            minutes => write!(formatter, "{minutes} min {} s", whole % 60),
        }
    }
}

/// The line on the screen that belongs to the running step.
struct Line<'a> {
    name: &'a str,
    started: Instant,
    ticked: Instant,
}

impl<'a> Line<'a> {
    fn start(name: &'a str) -> Self {
        print!("{name} ... ");
        flush();
        Self { name, started: Instant::now(), ticked: Instant::now() }
    }

    /// Once a second, on a terminal only: the time so far and what the command said last.
    fn tick(&mut self, last_said: impl FnOnce() -> Option<String>) {
        if self.ticked.elapsed() < Duration::from_secs(1) || !io::stdout().is_terminal() {
            return;
        }
        self.ticked = Instant::now();
        let said = last_said().unwrap_or_default();
        let line = format!("{} ... {}  {}", self.name, Took(self.started.elapsed()), said.trim());
        print!("\r\x1b[K{}", line.chars().take(LINE_WIDTH).collect::<String>());
        flush();
    }

    fn finish(self, word: &str) {
        let took = Took(self.started.elapsed());
        if io::stdout().is_terminal() {
            print!("\r\x1b[K{} ... ", self.name);
        }
        println!("{word} {took}");
    }
}

fn flush() {
    // A screen that cannot be written to is no reason to stop the work.
    let _ = io::stdout().flush();
}

fn log_path(name: &str) -> Result<PathBuf> {
    let folder = workspace::target().join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let plain: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    Ok(folder.join(format!("{plain}.log")))
}

fn last_line(log: &PathBuf) -> Option<String> {
    let text = fs::read(log).ok()?;
    let text = String::from_utf8_lossy(&text);
    text.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_owned)
}

fn show_tail(output: &str) {
    let lines: Vec<&str> = output.lines().collect();
    for line in &lines[lines.len().saturating_sub(TAIL_LINES)..] {
        println!("  | {}", line.chars().take(TAIL_WIDTH).collect::<String>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_as_a_person_would_say_it() {
        assert_eq!(Took(Duration::from_millis(320)).to_string(), "0.3 s");
        assert_eq!(Took(Duration::from_millis(41_400)).to_string(), "41 s");
        assert_eq!(Took(Duration::from_secs(192)).to_string(), "3 min 12 s");
    }
}
