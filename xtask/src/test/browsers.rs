//! Real browsers and their drivers, for the browser tests: Chromium, Firefox and WebKitGTK; and what is tried out in them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::crates_io::Program;
use crate::npm::Package;
use crate::{debian, workspace};

/// Programs that must be on PATH, and the packages that bring them.
type Programs = &'static [(&'static str, &'static str)];

/// Without it nothing can be said of the widget.
const CHROMIUM: Programs = &[("chromium", "chromium"), ("chromedriver", "chromium-driver")];
const FIREFOX: Programs = &[("firefox-esr", "firefox-esr")];
/// It draws on a screen, on which somebody has to move the pointer.
const WEBKIT: Programs = &[("WebKitWebDriver", "webkit2gtk-driver"), ("Xvfb", "xvfb"), ("xdotool", "xdotool")];

/// Firefox's driver, which Debian 12 does not have.
const GECKODRIVER: Program<'_> =
    Program { package: "geckodriver", version: "0.37.1", folder: "geckodriver", binary: "geckodriver" };

/// How the tests learn where it is.
const GECKODRIVER_PLACE: &str = "PAGEPOLL_GECKODRIVER";

/// Set by whoever runs the proof for others: there, nothing may be missing.
pub const CONTINUOUS_INTEGRATION: &str = "CI";

/// What judges the widget, and the style sheets that its host pages have; with the names by which the tests learn where they are.
const PACKAGES: &[(&str, Package)] = &[
    ("PAGEPOLL_AXE_CORE", Package { name: "axe-core", version: "4.14.1", proof: "axe-core/axe.min.js" }),
    (
        "PAGEPOLL_BOOTSTRAP",
        Package { name: "bootstrap", version: "5.3.9", proof: "bootstrap/dist/css/bootstrap.min.css" },
    ),
    ("PAGEPOLL_BULMA", Package { name: "bulma", version: "1.0.4", proof: "bulma/css/bulma.min.css" }),
    ("PAGEPOLL_TAILWINDCSS", Package { name: "tailwindcss", version: "4.3.5", proof: "tailwindcss/preflight.css" }),
];

/// Makes sure that all of them are there. Where an engine beside Chromium cannot be, its tests are skipped, and this says why.
pub fn prepare() -> Result<()> {
    install(CHROMIUM)?;
    for (engine, prepared) in [("Firefox", prepare_firefox()), ("WebKitGTK", install(WEBKIT))] {
        match prepared {
            Err(error) if std::env::var_os(CONTINUOUS_INTEGRATION).is_none() => {
                println!("browsers: the tests in {engine} will be skipped: {error:#}");
            }
            prepared => prepared?,
        }
    }
    PACKAGES.iter().try_for_each(|(_, package)| package.install().map(drop))
}

fn install(programs: Programs) -> Result<()> {
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| !workspace::on_path(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    debian::install(&missing, "A browser or its driver, for the browser tests,")
}

fn prepare_firefox() -> Result<()> {
    install(FIREFOX)?;
    // Unoptimised, because it only passes messages on, and compiles in a third of the time.
    GECKODRIVER
        .install(|install| {
            install.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "0");
        })
        .map(drop)
}

/// How many tests run at once: as many as there are browsers to lend, also where there are fewer cores (`tests/src/browser/lent.rs`).
const TESTS_AT_ONCE: &str = "3";

/// Tells a test run how many tests to run at once, and where the things are that are not on PATH.
pub fn tell(tests: &mut Command) -> Result<()> {
    tests.env("RUST_TEST_THREADS", TESTS_AT_ONCE);
    let driver: PathBuf = GECKODRIVER.path()?;
    tests.env(GECKODRIVER_PLACE, driver);
    for (name, package) in PACKAGES {
        tests.env(name, package.file(package.proof)?);
    }
    Ok(())
}
