//! A folder of a test's own in which servers run: as the user `postgres` where the tests run as root, because PostgreSQL refuses to be
//! root. When the test ends, however it ends, whatever runs there ends, and the folder goes.

use std::fs::{File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;
use rustix::process::Pid;

/// Runs until the tests let go of its input; so also a test program that is killed leaves nothing behind. What runs in the folder is
/// told by where it stands. PostgreSQL is asked to go, because it alone can give back what memory it shares; nobody else is.
const KEEPER: &str = r#"
cat >/dev/null
inside() {
    for one in /proc/[0-9]*; do
        case "$(readlink "$one/cwd")" in "$1" | "$1"/*) echo "${one#/proc/}" ;; esac
    done
}
all=$(inside "$1")
[ -n "$all" ] && kill -CONT $all
for one in $all; do
    [ "$(cat "/proc/$one/comm")" = postgres ] || kill -9 "$one"
done
for server in $(head -qn 1 "$1"/data/postmaster.pid "$1"/*/data/postmaster.pid); do
    for one in $all; do [ "$one" = "$server" ] && kill -QUIT "$one"; done
done
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(inside "$1")" ] || break; sleep 0.3; done
left=$(inside "$1")
[ -n "$left" ] && kill -9 $left && sleep 1
rm -rf -- "$1"
"#;

pub struct Lodging {
    folder: PathBuf,
    owner: Option<Owner>,
    keeper: Child,
}

/// Whom it runs as.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Lodging {
    /// Why this machine cannot have one, if it cannot.
    pub fn missing() -> Option<String> {
        owner().err().map(|error| error.to_string())
    }

    pub fn new() -> anyhow::Result<Self> {
        let owner = owner()?;
        let folder = tempfile::tempdir()?.keep();
        let keeper = keeper(&folder)?;
        let lodging = Self { folder, owner, keeper };
        std::fs::set_permissions(&lodging.folder, Permissions::from_mode(0o700))?;
        lodging.belongs(&lodging.folder)?;
        Ok(lodging)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a folder in it.
    pub fn room(&self, name: &str) -> anyhow::Result<PathBuf> {
        let room = self.folder.join(name);
        std::fs::create_dir(&room)?;
        self.belongs(&room)?;
        Ok(room)
    }

    /// A program to be run there, or in one of its rooms.
    pub fn command(&self, program: impl AsRef<Path>, room: &Path) -> Command {
        let mut command = Command::new(program.as_ref());
        // In a group of its own, so that Ctrl-C leaves it to the keeper.
        command.current_dir(room).stdin(Stdio::null()).env("LC_ALL", "C").process_group(0);
        if let Some(Owner { user, group }) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn belongs(&self, folder: &Path) -> anyhow::Result<()> {
        if let Some(Owner { user, group }) = self.owner {
            chown(folder, Some(user), Some(group))?;
        }
        Ok(())
    }
}

impl Drop for Lodging {
    fn drop(&mut self) {
        // The keeper's sign to clean up. It needs nobody to wait for it.
        drop(self.keeper.stdin.take());
    }
}

fn keeper(folder: &Path) -> anyhow::Result<Child> {
    let mut keeper = Command::new("sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a group of its own: Ctrl-C ends the tests, and then it has work to do.
    Ok(keeper.process_group(0).spawn()?)
}

/// Has a command say what it says into a file.
pub(crate) fn logging(command: &mut Command, log: &Path) -> anyhow::Result<Child> {
    let file = File::options().create(true).append(true).open(log)?;
    let program = command.get_program().to_owned();
    let started = command.stdout(file.try_clone()?).stderr(file).spawn();
    started.with_context(|| format!("cannot start {}", program.display()))
}

/// The last lines of a log.
pub(crate) fn end_of(log: &Path) -> String {
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(8)..].join(" | ")
}

/// Whatever runs in a folder or below, by number.
pub(crate) fn processes_in(folder: &Path) -> anyhow::Result<Vec<Pid>> {
    let numbers = std::fs::read_dir("/proc")?.flatten().filter_map(|one| one.file_name().to_str()?.parse().ok());
    // Who has ended meanwhile stands nowhere.
    let stands =
        |number: &i32| std::fs::read_link(format!("/proc/{number}/cwd")).is_ok_and(|at| at.starts_with(folder));
    Ok(numbers.filter(stands).filter_map(Pid::from_raw).collect())
}

/// None where the tests do not run as root: then it runs as whoever they do.
fn owner() -> anyhow::Result<Option<Owner>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let people = std::fs::read_to_string("/etc/passwd")?;
    let line = people.lines().find_map(|line| line.strip_prefix("postgres:"));
    let line = line.context("PostgreSQL refuses to run as root, and there is no user postgres")?;
    let mut numbers = line.split(':').skip(1).filter_map(|field| field.parse().ok());
    let (user, group) = (numbers.next(), numbers.next());
    Ok(Some(Owner { user: user.context("no user number")?, group: group.context("no group number")? }))
}
