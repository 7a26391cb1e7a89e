//! The shim's journal: what a collector did to its files, in the order in which it did it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// Everything that has been noted so far, by all processes that wrote to the journal one after the other.
pub struct Journal {
    pub records: Vec<Record>,
}

pub struct Record {
    /// By the monotonic clock; see [`now_ns`].
    pub at_ns: u64,
    /// The file's name within the folder; empty for the folder itself.
    pub file: String,
    pub event: Event,
}

#[derive(PartialEq, Eq, Debug)]
pub enum Event {
    Created,
    Unlinked,
    Written {
        offset: u64,
        data: Vec<u8>,
    },
    /// It was cut off at, or drawn out to, this length.
    CutTo(u64),
    /// What was written before this is on disk once the sync of the same number is done.
    SyncBegun(u64),
    SyncDone(u64),
    SyncFailed(u64),
    /// The program believes that it is done.
    SyncLeftOut,
}

/// The monotonic clock, of which the journal's time stamps are.
pub fn now_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// As `struct record` in the shim.
const HEAD: usize = 32;

impl Journal {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("the shim has written no journal {}", path.display()))?;
        let mut names: HashMap<u32, String> = HashMap::new();
        let mut records = Vec::new();
        let mut rest = bytes.as_slice();
        // Where the process was killed while it wrote, the last record is not whole, and did not happen.
        while let Some((head, after)) = rest.split_at_checked(HEAD) {
            let number = |at: usize| -> anyhow::Result<u64> { Ok(u64::from_ne_bytes(head[at..at + 8].try_into()?)) };
            let short = |at: usize| -> anyhow::Result<u32> { Ok(u32::from_ne_bytes(head[at..at + 4].try_into()?)) };
            let (at_ns, kind, file, offset) = (number(0)?, short(8)?, short(12)?, number(16)?);
            let Some((data, after)) = after.split_at_checked(usize::try_from(number(24)?)?) else { break };
            rest = after;
            let event = match kind {
                1 => {
                    // A process that was started anew numbers its files anew.
                    names.insert(file, name(std::str::from_utf8(data)?));
                    continue;
                }
                2 => Event::Created,
                3 => Event::Written { offset, data: data.to_vec() },
                4 => Event::CutTo(offset),
                5 => Event::SyncBegun(offset),
                6 => Event::SyncDone(offset),
                7 => Event::SyncFailed(offset),
                8 => Event::SyncLeftOut,
                9 => Event::Unlinked,
                other => bail!("the shim notes something of kind {other}"),
            };
            let file = names.get(&file).context("a file without a name")?.clone();
            records.push(Record { at_ns, file, event });
        }
        Ok(Self { records })
    }

    /// How often something happened to a file.
    pub fn count(&self, file: &str, what: impl Fn(&Event) -> bool) -> usize {
        self.records.iter().filter(|record| record.file == file && what(&record.event)).count()
    }
}

/// All watched files stand in one folder.
fn name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or_default();
    if file.contains(".db") { file.to_owned() } else { String::new() }
}
