//! The detour for machines where rustup cannot fetch the standard library's source: Debian's compiler, unpacked into the cache folder.
//!
//! Nothing is installed system-wide (`rustc-web` conflicts with other packages). Debian ships the compiler and the source
//! of the standard library, which is all that is wanted: a Wasm build of ours compiles that library along. It takes this
//! compiler by `RUSTC` set to the wrapper.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::toolchain::{LIBRARY_SOURCE, SOURCE, stock_sysroot};
use crate::{debian, step, workspace};

const COMPILER: &str = "rustc-web";
const HOST: &str = "x86_64-unknown-linux-gnu";
/// Written last: a sysroot without it is half made.
const COMPLETE: &str = "complete";

/// The wrapper of a sysroot that is already complete, if there is one.
pub fn ready() -> Result<Option<PathBuf>> {
    let Ok(entries) = fs::read_dir(workspace::cache()?) else { return Ok(None) };
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut complete: Vec<PathBuf> =
        folders.filter(|folder| is_ours(folder) && folder.join(COMPLETE).is_file()).collect();
    complete.sort();
    Ok(complete.last().map(|folder| wrapper(folder)))
}

/// The wrapper `rustc`, after making what is missing.
///
/// # Errors
/// When this is not Debian on x86-64, or its package lists lack the compiler.
pub fn prepare() -> Result<PathBuf> {
    if let Some(rustc) = ready()? {
        return Ok(rustc);
    }
    ensure!(
        workspace::on_path("apt-get")
            && workspace::on_path("dpkg")
            && cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "this Rust has no {SOURCE}, and the way round needs Debian on x86-64: run `rustup component add {SOURCE}`"
    );
    if debian::is_root()? {
        debian::update()?;
    }
    let version = candidate(COMPILER)?;
    let folder = workspace::cache()?.join(format!("{COMPILER}-{version}"));
    make(&folder).with_context(|| format!("{} is half made; the next run starts it afresh", folder.display()))?;
    Ok(wrapper(&folder))
}

fn make(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let packages = step::step("wasm: which Debian packages", wanted_packages)?;
    let downloads = folder.join("packages");
    fs::create_dir_all(&downloads)?;
    let mut download = workspace::command("apt-get");
    step::run("wasm: apt-get download the compiler", download.current_dir(&downloads).arg("download").args(&packages))?;
    step::step("wasm: unpack the compiler", || unpack_all(&downloads, folder))?;
    write_wrapper(folder)?;
    copy_linker(folder)?;
    prove(folder)?;
    fs::remove_dir_all(&downloads)?;
    fs::write(folder.join(COMPLETE), "")?;
    Ok(())
}

/// The compiler, its standard library for this machine and as source, and the shared libraries that are not installed.
fn wanted_packages() -> Result<Vec<String>> {
    let std_dev = "libstd-rust-web-dev";
    let std = only_dependency(std_dev, "libstd-rust-web-")?;
    let llvm = only_dependency(&std, "libllvm")?;
    let mut wanted: Vec<String> = [COMPILER, std_dev, "rust-web-src"].map(str::to_owned).into();
    wanted.extend([std, llvm.clone()]);
    add_missing_dependencies(&llvm, &mut wanted)?;
    Ok(wanted)
}

/// A small machine may lack what LLVM links against (libedit, libxml2, libz3 and theirs).
fn add_missing_dependencies(package: &str, wanted: &mut Vec<String>) -> Result<()> {
    for dependency in dependencies(package)? {
        if wanted.contains(&dependency) || is_installed(&dependency)? {
            continue;
        }
        wanted.push(dependency.clone());
        add_missing_dependencies(&dependency, wanted)?;
    }
    Ok(())
}

fn only_dependency(package: &str, prefix: &str) -> Result<String> {
    dependencies(package)?
        .into_iter()
        .find(|name| name.starts_with(prefix))
        .with_context(|| format!("{package} depends on no {prefix}*: has Debian changed its Rust packages?"))
}

fn dependencies(package: &str) -> Result<Vec<String>> {
    let listed = workspace::output_of(workspace::command("apt-cache").args(["depends", package]))?;
    Ok(parse_dependencies(&listed))
}

/// Names in `apt-cache depends`: lines such as `  Depends: libllvm22`. Virtual packages, in `<>`, are left out.
fn parse_dependencies(listed: &str) -> Vec<String> {
    let names = listed.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    names.filter(|name| !name.starts_with('<')).map(str::to_owned).collect()
}

fn is_installed(package: &str) -> Result<bool> {
    let mut query = workspace::command("dpkg-query");
    let known = query.args(["--show", "--showformat", "${db:Status-Abbrev}", package]).output()?;
    Ok(known.stdout.starts_with(b"ii"))
}

fn candidate(package: &str) -> Result<String> {
    let policy = workspace::output_of(workspace::command("apt-cache").args(["policy", package]))?;
    match policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: ")) {
        None | Some("(none)") => bail!(
            "apt knows no {package}: add Debian's security archive (bookworm-security) to its sources and run `apt-get update`"
        ),
        Some(version) => Ok(version.to_owned()),
    }
}

fn unpack_all(downloads: &Path, folder: &Path) -> Result<()> {
    for package in fs::read_dir(downloads)? {
        let package = package?.path();
        workspace::output_of(workspace::command("dpkg").arg("-x").arg(&package).arg(folder))?;
    }
    Ok(())
}

/// Finds its own LLVM first, then is Debian's rustc.
fn write_wrapper(folder: &Path) -> Result<()> {
    let script = wrapper(folder);
    let top = folder.display();
    // Some of what LLVM needs is in /lib still.
    let libraries = format!("{top}/usr/lib/x86_64-linux-gnu:{top}/lib/x86_64-linux-gnu");
    fs::write(
        &script,
        format!("#!/bin/sh\nexport LD_LIBRARY_PATH='{libraries}'\nexec '{top}/usr/bin/rustc' \"$@\"\n"),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// Debian has no package with a `rust-lld` of this version; the stock toolchain has one. It looks for its LLVM by a relative
/// path, so that goes along.
fn copy_linker(folder: &Path) -> Result<()> {
    let stock = stock_sysroot()?;
    let ours = folder.join("usr");
    copy(&stock.join(linker()), &ours.join(linker()))?;
    for library in fs::read_dir(stock.join("lib"))? {
        let library = library?;
        if library.file_name().to_string_lossy().starts_with("libLLVM") {
            copy(&library.path(), &ours.join("lib").join(library.file_name()))?;
        }
    }
    Ok(())
}

/// In a sysroot.
fn linker() -> PathBuf {
    Path::new("lib/rustlib").join(HOST).join("bin/rust-lld")
}

/// Starts the compiler and looks for what a build needs, so that a sysroot that cannot work is found now and not by a build
/// of ours.
fn prove(folder: &Path) -> Result<()> {
    let sysroot = workspace::output_of(workspace::command(wrapper(folder)).args(["--print", "sysroot"]))?;
    let library = Path::new(&sysroot).join(LIBRARY_SOURCE);
    ensure!(library.is_dir(), "no {}: has Debian moved the standard library's source?", library.display());
    let mut linker = workspace::command(Path::new(&sysroot).join(linker()));
    workspace::output_of(linker.args(["-flavor", "wasm", "--version"])).map(drop)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display())).map(drop)
}

fn is_ours(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{COMPILER}-")))
}

fn wrapper(folder: &Path) -> PathBuf {
    folder.join("rustc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_real_packages_only() {
        let listed = "rustc-web\n  Depends: gcc\n  Depends: <libc-dev>\n    libc6-dev\n  Conflicts: rustc\n";
        assert_eq!(parse_dependencies(listed), ["gcc"]);
    }
}
