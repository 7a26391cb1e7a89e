//! The table of what so many shops ask for, and what it takes.

use crate::cost::{Costs, Request};
use crate::model::{Bill, Delivery, Load, PAGE_VIEWS_A_MONTH, PEAK, RETENTION_DAYS, SHOPS, at_peak};
use crate::page::{apart, short};

const LOADER: [Request; 2] = [Request::Loader, Request::LoaderAgain];
const FILES: [Request; 3] = [Request::Surveys, Request::Glue, Request::Module];
const EXPOSURES: [Request; 2] = [Request::Eligible, Request::Shown];
const ANSWERS: [Request; 2] = [Request::Answer, Request::Comment];
const REPORT: [Request; 1] = [Request::Report];
/// All but the last.
const BUT_REPORTS: &[Request] = Request::ALL.split_at(Request::ALL.len() - 1).0;

pub fn table(sqlite: &Costs, postgres: &Costs) -> String {
    let names: Vec<String> = SHOPS.iter().map(|shops| format!("{} ×", apart(*shops as u64))).collect();
    let mut table = Table(format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(SHOPS.len())));
    asked(&mut table);
    cores(&mut table, sqlite, postgres);
    disk(&mut table, sqlite, postgres);
    network(&mut table, sqlite);
    bill(&mut table, sqlite, postgres);
    table.0
}

struct Table(String);

impl Table {
    fn heading(&mut self, words: &str) {
        self.row(&format!("**{words}**"), |_| String::new());
    }

    /// A figure for each number of shops.
    fn row(&mut self, what: &str, figure: impl Fn(Load) -> String) {
        let figures: Vec<String> = SHOPS.iter().map(|shops| figure(Load { shops: *shops })).collect();
        self.0.push_str(&format!("| {what} | {} |\n", figures.join(" | ")));
    }
}

fn both(one: f64, other: f64) -> String {
    format!("{}; {}", short(one), short(other))
}

fn asked(table: &mut Table) {
    let rates = |load: Load, delivery, requests: &[Request]| {
        let mean = |request: &Request| load.reaching(*request, delivery);
        let peak = |request: &Request| at_peak(*request, mean(request), delivery);
        both(requests.iter().map(mean).sum(), requests.iter().map(peak).sum())
    };
    table.heading("requests a second: mean; peak");
    table.row("page views, each asks for the loader", |load| rates(load, Delivery::Collector, &LOADER));
    table.row("– of these at the collector, behind a cache", |load| rates(load, Delivery::Cache, &LOADER));
    table.row("surveys, glue and module; behind a cache none", |load| rates(load, Delivery::Collector, &FILES));
    table.row("sampled page views", |load| rates(load, Delivery::Collector, &[Request::View]));
    table.row("exposures", |load| rates(load, Delivery::Collector, &EXPOSURES));
    table.row("answers: a score, then a comment", |load| rates(load, Delivery::Collector, &ANSWERS));
    table.row("– exposures and answers: what is durable", |load| both(load.durable(), PEAK * load.durable()));
    table.row("pages reports", |load| rates(load, Delivery::Collector, &REPORT));
}

fn cores(table: &mut Table, sqlite: &Costs, postgres: &Costs) {
    let collector =
        |load: Load, costs: &Costs, delivery, requests: &[Request]| short(load.cores(costs, delivery, requests).0);
    let server = |load: Load, requests: &[Request]| short(load.cores(postgres, Delivery::Cache, requests).1);
    table.heading("cores at the peak, half of each used");
    table.row("collector with SQLite: loader and files, without a cache", |load| {
        collector(load, sqlite, Delivery::Collector, &[LOADER.as_slice(), &FILES].concat())
    });
    table.row("– behind a cache", |load| {
        collector(load, sqlite, Delivery::Cache, &[LOADER.as_slice(), &FILES].concat())
    });
    table.row("– what is durable", |load| collector(load, sqlite, Delivery::Cache, &Request::DURABLE));
    table.row("– reports", |load| collector(load, sqlite, Delivery::Cache, &REPORT));
    table.row("collectors with PostgreSQL: what is durable", |load| {
        collector(load, postgres, Delivery::Cache, &Request::DURABLE)
    });
    table.row("– reports", |load| collector(load, postgres, Delivery::Cache, &REPORT));
    table.row("PostgreSQL: what is durable", |load| server(load, &Request::DURABLE));
    table.row("– reports", |load| server(load, &REPORT));
}

fn disk(table: &mut Table, sqlite: &Costs, postgres: &Costs) {
    table.heading("disk");
    table.row("SQLite writes at the peak, MB/s", |load| short(load.written_at_peak(sqlite)));
    table.row("PostgreSQL's log at the peak, MB/s", |load| short(load.written_at_peak(postgres)));
    let size = |days: f64| move |load: Load| both(load.gigabytes(sqlite, days), load.gigabytes(postgres, days));
    table.row("SQLite; PostgreSQL, GB a year", size(365.0));
    table.row("kept for 400 days: SQLite; PostgreSQL, GB", size(RETENTION_DAYS));
}

fn network(table: &mut Table, costs: &Costs) {
    let gigabytes =
        |load: Load, delivery, requests: &[Request]| short(load.gigabytes_a_month(costs, delivery, requests));
    table.heading("network, GB a month");
    table.row("to visitors", |load| gigabytes(load, Delivery::Collector, BUT_REPORTS));
    table.row("– of these from the collector, behind a cache", |load| gigabytes(load, Delivery::Cache, BUT_REPORTS));
    table.row("reports to consoles", |load| gigabytes(load, Delivery::Collector, &REPORT));
}

fn bill(table: &mut Table, sqlite: &Costs, postgres: &Costs) {
    let bill = |load, requests: &[Request]| Bill::of(load, requests, sqlite, postgres);
    let machines = |bill: &Bill| {
        format!("{}; {}; {}", short(bill.cores), short(bill.memory_gigabytes), short(bill.disk_gigabytes))
    };
    table.heading("an example, at made-up prices");
    table.row("cores; GB of memory; GB of disk", |load| machines(&bill(load, &Request::ALL)));
    table.row("a month", |load| short(bill(load, &Request::ALL).cost));
    table.row("– for a million page views", |load| {
        short(bill(load, &Request::ALL).cost / (load.shops * PAGE_VIEWS_A_MONTH / 1e6))
    });
    table.row("cores; memory; disk, if nobody looked at reports", |load| machines(&bill(load, BUT_REPORTS)));
    table.row("a month, likewise", |load| short(bill(load, BUT_REPORTS).cost));
}
