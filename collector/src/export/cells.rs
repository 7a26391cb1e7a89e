//! What stands in a cell, as CSV has it.

use survey::csv::Table;
use survey::targeting::Moment;

use super::row::Cell;

pub fn put(table: &mut Table, cell: &Cell<'_>) {
    match cell {
        Cell::Nothing => table.nothing(),
        Cell::Number(number) => table.own(number),
        Cell::Moment(at) => table.own(Moment(*at)),
        Cell::Truth(is_so) => table.own(is_so),
        Cell::Text(text) => table.text(text),
    }
}
