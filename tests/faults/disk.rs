//! A disk that loses its power: which files it may come back with.
//!
//! The model, told from a [`Journal`]:
//!
//! - Whatever was written to a file before one of its syncs began is there once that sync is done. So is a file's name once its folder
//!   is synced after the file was made.
//! - Whatever was written later is cached. The disk writes sectors, of 512 or of 4,096 bytes, when and in which order it likes: each
//!   sector comes back as it was at the last sync or as any later write left it, whatever became of its neighbours. So a write can
//!   be torn, a later one can be there without an earlier one, and one file can be ahead of another.
//! - What a failed sync should have written is lost for good, although programs read it as before: later syncs do not write it, either.
//!   That is how Linux has it.
//! - A file's length is one of those that it has had since its last sync. Room that nothing was written to is zeros.
//!
//! Not covered: a sector that is written half or harms its neighbours (SQLite counts on what disks call "powersafe overwrite"), a disk
//! that says "synced" and lies, and a file system that loses what it had. Names are files of one folder that are never renamed.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs;
use std::path::Path;

use anyhow::Context;
use rand::RngExt;

use crate::journal::{Event, Record};

/// A disk at some moment: what is certain to be on it, and what may be.
#[derive(Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
}

#[derive(Default)]
struct File {
    /// As of its last sync.
    certain: Vec<u8>,
    /// What happened to it since.
    cached: VecDeque<Change>,
    /// How many changes have become certain or been forgotten: the number of the first that is cached.
    settled: u64,
    /// Syncs under way: the number of the first change that each does not cover.
    syncing: HashMap<u64, u64>,
    name: Name,
}

enum Change {
    Write { offset: usize, data: Vec<u8> },
    CutTo(usize),
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Name {
    #[default]
    Certain,
    /// Made since the folder was last synced; or the sync that covers it is under way.
    New {
        covered_by: Option<u64>,
    },
    Gone,
}

/// What becomes of what is cached.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// Everything is there: the machine did not lose its power after all.
    AllThere,
    /// Nothing is there that was not synced.
    AllLost,
    /// Each sector by itself, of `sector` bytes: something newer than the last sync is there with this probability.
    Torn { sector: usize, survival: f64 },
}

impl Fate {
    /// Any, as it comes.
    pub fn any() -> Self {
        let sector = if rand::random() { 512 } else { 4_096 };
        Self::Torn { sector, survival: [0.0, 0.1, 0.5, 0.9, 1.0][rand::random_range(0..5)] }
    }
}

impl Disk {
    /// A disk that certainly has these files.
    pub fn with(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let file = |certain| File { certain, ..File::default() };
        Self { files: files.into_iter().map(|(name, certain)| (name, file(certain))).collect() }
    }

    /// Something more has happened.
    pub fn goes_on(&mut self, record: &Record) -> anyhow::Result<()> {
        if record.file.is_empty() {
            self.folder_goes_on(&record.event);
            return Ok(());
        }
        let file = self.files.entry(record.file.clone()).or_default();
        let next = file.settled + file.cached.len() as u64;
        match &record.event {
            Event::Created => *file = File { name: Name::New { covered_by: None }, ..File::default() },
            Event::Unlinked => file.name = Name::Gone,
            Event::Written { offset, data } => {
                file.cached.push_back(Change::Write { offset: usize::try_from(*offset)?, data: data.clone() });
            }
            Event::CutTo(length) => file.cached.push_back(Change::CutTo(usize::try_from(*length)?)),
            Event::SyncBegun(sync) => {
                file.syncing.insert(*sync, next);
            }
            Event::SyncDone(sync) => file.settle(*sync, |change, certain| change.apply(certain))?,
            Event::SyncFailed(sync) => file.settle(*sync, |_, _| {})?,
            Event::SyncLeftOut => {}
        }
        Ok(())
    }

    fn folder_goes_on(&mut self, event: &Event) {
        for file in self.files.values_mut() {
            match (event, file.name) {
                (Event::SyncBegun(sync), Name::New { covered_by: None }) => {
                    file.name = Name::New { covered_by: Some(*sync) };
                }
                (Event::SyncDone(sync), Name::New { covered_by }) if covered_by == Some(*sync) => {
                    file.name = Name::Certain;
                }
                _ => {}
            }
        }
    }

    /// How many changes may be lost if the power goes now.
    pub fn cached(&self) -> usize {
        self.files.values().map(|file| file.cached.len()).sum()
    }

    /// The power goes: writes what the disk comes back with into a folder.
    pub fn comes_back(&self, fate: Fate, folder: &Path) -> anyhow::Result<()> {
        for (name, file) in &self.files {
            let is_there = match (file.name, fate) {
                (Name::Certain, _) | (Name::New { .. }, Fate::AllThere) => true,
                (Name::Gone, _) | (Name::New { .. }, Fate::AllLost) => false,
                (Name::New { .. }, Fate::Torn { survival, .. }) => rand::rng().random_bool(survival),
            };
            if is_there {
                fs::write(folder.join(name), file.after(fate))?;
            }
        }
        Ok(())
    }
}

impl File {
    /// A sync has ended: whatever it covered is cached no more.
    fn settle(&mut self, sync: u64, end: impl Fn(&Change, &mut Vec<u8>)) -> anyhow::Result<()> {
        let covered = self.syncing.remove(&sync).context("a sync ended that never began")?;
        while self.settled < covered {
            if let Some(change) = self.cached.pop_front() {
                end(&change, &mut self.certain);
            }
            self.settled += 1;
        }
        Ok(())
    }

    fn after(&self, fate: Fate) -> Vec<u8> {
        let mut content = self.certain.clone();
        match fate {
            Fate::AllLost => {}
            Fate::AllThere => self.cached.iter().for_each(|change| change.apply(&mut content)),
            Fate::Torn { sector, survival } => self.tear(sector, survival, &mut content),
        }
        content
    }

    fn tear(&self, sector: usize, survival: f64, content: &mut Vec<u8>) {
        let mut now = content.clone();
        // Every state that each sector has been in since the last sync, and every length.
        let mut states: BTreeMap<usize, Vec<Vec<u8>>> = BTreeMap::new();
        let mut lengths = vec![];
        for change in &self.cached {
            let touched = change.touches(now.len());
            change.apply(&mut now);
            lengths.push(now.len());
            for place in touched.start / sector..touched.end.div_ceil(sector) {
                let (start, end) = ((place * sector).min(now.len()), ((place + 1) * sector).min(now.len()));
                let mut state = now[start..end].to_vec();
                state.resize(sector, 0);
                states.entry(place).or_default().push(state);
            }
        }
        let mut random = rand::rng();
        let mut is_newer = || random.random_bool(survival);
        let length = if is_newer() { any_of(&lengths).copied() } else { None }.unwrap_or(content.len());
        for (place, states) in &states {
            if let Some(state) = if is_newer() { any_of(states) } else { None } {
                let start = place * sector;
                content.resize(content.len().max(start + sector), 0);
                content[start..start + sector].copy_from_slice(state);
            }
        }
        content.resize(length, 0);
    }
}

/// The newest half of the time, or any.
fn any_of<T>(states: &[T]) -> Option<&T> {
    if rand::random() { states.last() } else { states.get(rand::random_range(0..states.len().max(1))) }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::CutTo(length) => content.resize(*length, 0),
            Self::Write { offset, data } => {
                let end = offset + data.len();
                content.resize(content.len().max(end), 0);
                content[*offset..end].copy_from_slice(data);
            }
        }
    }

    /// Which bytes of a file of so many it changes.
    fn touches(&self, length: usize) -> std::ops::Range<usize> {
        match self {
            Self::CutTo(new) => (*new).min(length)..(*new).max(length),
            Self::Write { offset, data } => (*offset).min(length)..offset + data.len(),
        }
    }
}
