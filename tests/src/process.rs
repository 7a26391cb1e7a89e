//! What Linux tells of a process: how much of the processor it has taken, how much memory it holds, what it has written.

use std::time::Duration;

use anyhow::{Context, ensure};

/// How much of the processor a process has taken since it began. Read in hundredths of a second: let it work for a while.
pub fn cpu_time(process: u32) -> anyhow::Result<Duration> {
    Ok(Stat::of(process)?.own)
}

/// The same with its children, those that live and those that have ended.
pub fn family_cpu_time(process: u32) -> anyhow::Result<Duration> {
    let Stat { own, ended, .. } = Stat::of(process)?;
    // One that has ended by now is among those that have, next time.
    let living = children(process)?.into_iter().filter_map(|child| cpu_time(child).ok());
    Ok(own + ended + living.sum::<Duration>())
}

/// The processes that it has started.
pub fn children(parent: u32) -> anyhow::Result<Vec<u32>> {
    let processes = std::fs::read_dir("/proc")?.flatten();
    let numbers = processes.filter_map(|one| one.file_name().to_str()?.parse::<u32>().ok());
    Ok(numbers.filter(|number| Stat::of(*number).is_ok_and(|stat| stat.parent == parent)).collect())
}

/// How much of it is in memory now, in bytes: `VmRSS`.
pub fn resident_bytes(process: u32) -> anyhow::Result<u64> {
    let kilobytes = named(process, "status", "VmRSS:")?;
    Ok(kilobytes.trim_end_matches(" kB").parse::<u64>()? * 1_024)
}

/// How many bytes it has had the system write to a disk, by whole pages.
pub fn written_bytes(process: u32) -> anyhow::Result<u64> {
    Ok(named(process, "io", "write_bytes:")?.parse()?)
}

fn named(process: u32, file: &str, name: &str) -> anyhow::Result<String> {
    let told = std::fs::read_to_string(format!("/proc/{process}/{file}"))?;
    let line = told.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.with_context(|| format!("no {name} of process {process}"))?.trim().to_owned())
}

/// Of `/proc/PROCESS/stat`.
struct Stat {
    parent: u32,
    /// Time of the processor, in the program and in the system on its behalf.
    own: Duration,
    /// That of its children that have ended.
    ended: Duration,
}

impl Stat {
    fn of(process: u32) -> anyhow::Result<Self> {
        let told = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // After the name, which may contain anything, come the state, the parent, and numbers.
        let fields: Vec<&str> = told.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        ensure!(fields.len() > 14, "process {process} tells nothing of itself");
        let ticks = |place: usize| anyhow::Ok(fields[place].parse::<u64>()?);
        let per_second = rustix::param::clock_ticks_per_second();
        let time = |ticks: u64| Duration::from_micros(ticks * 1_000_000 / per_second);
        Ok(Self {
            parent: fields[1].parse()?,
            own: time(ticks(11)? + ticks(12)?),
            ended: time(ticks(13)? + ticks(14)?),
        })
    }
}
