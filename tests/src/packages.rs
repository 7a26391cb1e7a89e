//! What `cargo xtask test` has fetched for the tests: others' programs and style sheets, never committed.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// A package of npm, of which the tests want one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Package {
    /// Finds what is in the way of people with disabilities.
    AxeCore,
    Bootstrap,
    Bulma,
    /// Its reset alone.
    Tailwind,
}

impl Package {
    /// The file's content.
    ///
    /// # Errors
    /// Where it has not been fetched.
    pub fn read(self) -> anyhow::Result<String> {
        let (name, file, told) = match self {
            Self::AxeCore => ("axe-core", "axe-core/axe.min.js", "PAGEPOLL_AXE_CORE"),
            Self::Bootstrap => ("bootstrap", "bootstrap/dist/css/bootstrap.min.css", "PAGEPOLL_BOOTSTRAP"),
            Self::Bulma => ("bulma", "bulma/css/bulma.min.css", "PAGEPOLL_BULMA"),
            Self::Tailwind => ("tailwindcss", "tailwindcss/preflight.css", "PAGEPOLL_TAILWINDCSS"),
        };
        let told = std::env::var_os(told).map(PathBuf::from);
        let place = told.or_else(|| cached(name, &Path::new("node_modules").join(file).to_string_lossy()));
        let place = place.with_context(|| format!("there is no {name}; `cargo xtask test` fetches it"))?;
        std::fs::read_to_string(&place).with_context(|| format!("cannot read {}", place.display()))
    }
}

/// Where `cargo xtask test` has put a file of a package, for tests that are run by hand.
pub(crate) fn cached(package: &str, file: &str) -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    let start = format!("{package}-");
    let all = std::fs::read_dir(base.join("pagepoll")).ok()?.flatten();
    let versions = all.filter(|one| one.file_name().to_string_lossy().starts_with(&start));
    versions.map(|version| version.path().join(file)).find(|place| place.is_file())
}
