//! A table as CSV (RFC 4180), in which no text is a formula, and none becomes one where cells are parted by semicolons or tabs: a
//! spreadsheet that does that takes a quote within a line for a letter.

use std::io::Write;

/// A table that is being written, cell by cell.
#[derive(Default)]
pub struct Table {
    pub out: Vec<u8>,
    /// Whether the next cell is the first of its row.
    is_within: bool,
}

impl Table {
    fn separate(&mut self) {
        if self.is_within {
            self.out.push(b',');
        }
        self.is_within = true;
    }

    /// Whatever a person or a page wrote, or anything else that is not ours.
    pub fn text(&mut self, text: &str) {
        self.separate();
        if text.is_empty() {
            return;
        }
        let needs_quotes = |byte| matches!(byte, b'"' | b',' | b';' | b'\t' | b'\r' | b'\n');
        if !text.bytes().any(needs_quotes) {
            if is_formula(text, true) {
                self.out.push(b'\'');
            }
            return self.out.extend_from_slice(text.as_bytes());
        }
        self.out.push(b'"');
        for (place, part) in text.split_inclusive(PARTS_CELLS).enumerate() {
            if is_formula(part, place == 0) {
                self.out.push(b'\'');
            }
            self.quoted(part);
        }
        self.out.push(b'"');
    }

    fn quoted(&mut self, text: &str) {
        for (place, part) in text.split('"').enumerate() {
            if place > 0 {
                self.out.extend_from_slice(b"\"\"");
            }
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    /// What we write: a number, a moment. Nothing in it is to be quoted.
    pub fn own(&mut self, value: impl std::fmt::Display) {
        self.separate();
        // Nothing can go wrong in memory.
        let _ = write!(self.out, "{value}");
    }

    /// Nothing stands in it.
    pub fn nothing(&mut self) {
        self.separate();
    }

    pub fn end_row(&mut self) {
        self.out.push(b'\n');
        self.is_within = false;
    }
}

/// What some spreadsheets part cells and rows by.
const PARTS_CELLS: [char; 4] = [';', '\t', '\r', '\n'];

/// Whether some spreadsheet would compute it: some begin a formula at these signs, wide or not, and after white space, too.
fn is_formula(text: &str, begins_cell: bool) -> bool {
    let begins = |c: char| "=+-@|%＝＋－＠".contains(c);
    (begins_cell && text.starts_with(['\t', '\r', '\n'])) || text.trim_start().starts_with(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> String {
        let mut table = Table::default();
        cells.iter().for_each(|cell| table.text(cell));
        table.end_row();
        String::from_utf8(table.out).unwrap()
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", "  =1", "＝1", "|cmd", "\r\n=1"] {
            assert!(is_formula(formula, true), "{formula:?}");
            assert!(row(&[formula]).trim_start_matches('"').starts_with('\''), "{formula:?}");
        }
        assert_eq!(row(&["Fine = good"]), "Fine = good\n");
    }

    #[test]
    fn no_part_of_a_cell_is_a_formula_for_whoever_parts_cells_otherwise() {
        for text in ["x;=HYPERLINK(1);y", "x\t=1", "fine\n- 1", "a;  +1", "\"a\";@b"] {
            let row = row(&["first", text, "last"]);
            for cell in row.split(PARTS_CELLS) {
                assert!(!is_formula(cell.trim_start_matches('"'), false), "{cell:?} of {row:?}");
            }
        }
        assert_eq!(row(&["a;b - c\nd"]), "\"a;b - c\nd\"\n", "what is none stays as it is");
    }

    #[test]
    fn a_cell_with_what_parts_cells_is_quoted() {
        assert_eq!(
            row(&["a,b", "", "say \"no\"", "one\ntwo", "x;=1"]),
            "\"a,b\",,\"say \"\"no\"\"\",\"one\ntwo\",\"x;'=1\"\n"
        );
        assert_eq!(row(&["=1,2"]), "\"'=1,2\"\n");
    }
}
