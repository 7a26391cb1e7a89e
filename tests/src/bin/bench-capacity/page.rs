//! Figures as they are printed, and docs/scaling.md, into which the tables go.

use std::path::Path;

use anyhow::Context;

/// With two digits that mean something, and thousands apart.
pub fn short(figure: f64) -> String {
    if !figure.is_finite() {
        return "–".to_owned();
    }
    match figure {
        0.0 => "0".to_owned(),
        small if small < 0.0005 => "< 0.001".to_owned(),
        small if small < 0.0095 => format!("{small:.3}"),
        small if small < 1.0 => format!("{small:.2}"),
        small if small < 10.0 && small.fract() != 0.0 => format!("{small:.1}"),
        large => apart(large.round() as u64),
    }
}

pub fn apart(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Puts each table between its marks.
pub fn write(coefficients: &str, model: &str) -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs").join("scaling.md");
    let mut document = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for (name, table) in [("coefficients", coefficients), ("model", model)] {
        document = between(&document, name, table)?;
    }
    std::fs::write(&path, document).with_context(|| format!("cannot write {}", path.display()))
}

fn between(document: &str, name: &str, table: &str) -> anyhow::Result<String> {
    let mark = |end: &str| format!("<!-- written by `cargo xtask bench capacity`, {name}: {end} -->");
    let (begin, end) = (mark("begin"), mark("end"));
    let (before, rest) = document
        .split_once(&begin)
        .with_context(|| format!("docs/scaling.md has no line {begin}: put both marks where the table belongs"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("docs/scaling.md has no line {end}"))?;
    Ok(format!("{before}{begin}\n\n{}\n\n{end}{after}", table.trim_end()))
}
