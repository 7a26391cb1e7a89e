//! The table of what was measured.

use std::time::Duration;

use crate::cost::{Cost, Costs, Crowd, Request};
use crate::model::{answers_a_core, consoles_a_core};
use crate::page::short;

/// What was measured.
pub fn table(sqlite: &Costs, postgres: &Costs) -> String {
    let mut table =
        "| a request | SQLite: collector, µs | PostgreSQL: collector, µs | its server, µs | to the collector, bytes | \
                     back, bytes | SQLite: to disk, kB | PostgreSQL: log, kB |\n|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for request in Request::ALL {
        for (crowd, words) in [(Crowd::One, ", alone"), (Crowd::Many, ", 64 at once")] {
            if let (Some(one), Some(other)) = (sqlite.of(request, crowd), postgres.of(request, crowd)) {
                let words = if request.is_durable() { words } else { "" };
                table.push_str(&row(&format!("{}{words}", request.name()), request, &one, &other));
            }
        }
    }
    table.push_str("\n| | SQLite | PostgreSQL |\n|---|---|---|\n");
    let mut both = |what: &str, figure: &dyn Fn(&Costs) -> String| {
        table.push_str(&format!("| {what} | {} | {} |\n", figure(sqlite), figure(postgres)));
    };
    both("a showing that nobody answered, bytes of the database", &|costs| short(costs.showing_bytes));
    both("an answer with its comment, beyond that", &|costs| short(costs.answer_bytes));
    both("a row of counts", &|costs| short(costs.count_bytes));
    let mebibytes = |bytes: u64| short(bytes as f64 / f64::from(1 << 20));
    let micros = |time: Duration| short(time.as_secs_f64() * 1e6);
    both("memory of the collector after all this, MiB", &|costs| mebibytes(costs.resident_bytes));
    both("– with 1,000 sites more", &|costs| mebibytes(costs.resident_bytes_with_sites));
    both("nobody asks for anything: µs of CPU a second, collector", &|costs| micros(costs.idle.collector));
    both("– with 1,000 sites more", &|costs| micros(costs.idle_with_sites.collector));
    both("– server, with them", &|costs| micros(costs.idle_with_sites.server));
    both("with them, somebody publishes anything: µs of CPU of each collector", &|costs| micros(costs.publication));
    both("answers a second for one core of a collector, 64 at once", &|costs| short(answers_a_core(costs)));
    both("open consoles for one core of a collector, half used", &|costs| short(consoles_a_core(costs)));
    table
}

fn row(name: &str, request: Request, sqlite: &Cost, postgres: &Cost) -> String {
    let asks_database = request.is_durable() || matches!(request, Request::View | Request::Report);
    let of_database = |figure: f64| if asks_database { short(figure) } else { "–".to_owned() };
    let written = |figure: f64| if asks_database { short(figure / 1e3) } else { "–".to_owned() };
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} |\n",
        short(sqlite.collector_us),
        of_database(postgres.collector_us),
        of_database(postgres.server_us),
        short(sqlite.sent_bytes as f64),
        short(sqlite.answered_bytes as f64),
        written(sqlite.written_bytes),
        written(postgres.written_bytes),
    )
}
