//! What so many shops ask for and what it takes: arithmetic on what was measured and on what is assumed here.

use crate::cost::{Costs, Crowd, Request};

/// How many times today's load.
pub const SHOPS: [f64; 4] = [1.0, 10.0, 100.0, 1_000.0];

/// Today's load: one shop.
pub const PAGE_VIEWS_A_MONTH: f64 = 3_000_000.0;
const SECONDS_A_MONTH: f64 = 30.0 * DAY;
const DAY: f64 = 24.0 * 60.0 * 60.0;

/// The busiest minutes of a day, times the mean.
pub const PEAK: f64 = 5.0;

/// How much of a core is to be in use at the peak.
const USE: f64 = 0.5;

/// How many requests a page view makes of each kind. Of browsers that ask for the loader, every second one has it still; the widget starts
/// on every tenth page view, and every fourth of those browsers lacks its files. A survey that starts could show (`eligible`), one in
/// four does, and three in five of those are dismissed; one in five is answered, by a score and then a comment.
const OF_A_PAGE_VIEW: [(Request, f64); 10] = [
    (Request::Loader, 0.5),
    (Request::LoaderAgain, 0.5),
    (Request::Surveys, 0.025),
    (Request::Glue, 0.025),
    (Request::Module, 0.025),
    (Request::View, 0.01),
    (Request::Eligible, 0.1),
    (Request::Shown, 0.025 + 0.015),
    (Request::Answer, 0.005),
    (Request::Comment, 0.005),
];

/// How much of the time somebody of a shop's team has the console's pages open: an hour a day. It asks once a second.
const LOOKED_AT: f64 = 1.0 / 24.0;

/// A cache asks for each loader again when it is a minute old.
const CACHED_SECONDS: f64 = 60.0;

/// Rows of counts that a day adds to a shop: pages with their devices, and points that somebody gave.
const COUNTS_A_DAY: f64 = 2_500.0;

pub const RETENTION_DAYS: f64 = 400.0;

/// Where the files and the loader come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// From the collector, each time.
    Collector,
    /// From a cache in front of it that is one: a proxy's, or a CDN's with a shield.
    Cache,
}

/// So many shops.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub shops: f64,
}

impl Load {
    pub fn page_views(self) -> f64 {
        self.shops * PAGE_VIEWS_A_MONTH / SECONDS_A_MONTH
    }

    /// What browsers and consoles ask for in a second, at the mean.
    pub fn asked(self, request: Request) -> f64 {
        if request == Request::Report {
            return self.shops * LOOKED_AT;
        }
        let share = OF_A_PAGE_VIEW.iter().find(|(kind, _)| *kind == request).map_or(0.0, |(_, share)| *share);
        self.page_views() * share
    }

    /// What of it reaches the collector.
    pub fn reaching(self, request: Request, delivery: Delivery) -> f64 {
        let asked = self.asked(request);
        match (delivery, request) {
            (Delivery::Cache, Request::Loader) => asked.min(self.shops / CACHED_SECONDS),
            (Delivery::Cache, Request::LoaderAgain | Request::Surveys | Request::Glue | Request::Module) => 0.0,
            _ => asked,
        }
    }

    /// Cores for what is asked at the peak: the collectors', and those of a PostgreSQL server. As if nothing shared a commit.
    pub fn cores(self, costs: &Costs, delivery: Delivery, requests: &[Request]) -> (f64, f64) {
        let each = requests.iter().map(|request| {
            let (cost, peak) =
                (costs.at_most(*request), at_peak(*request, self.reaching(*request, delivery), delivery));
            (peak * cost.collector_us, peak * cost.server_us)
        });
        let (collector, server) = each.fold((0.0, 0.0), |sum, each| (sum.0 + each.0, sum.1 + each.1));
        (collector / 1e6 / USE, server / 1e6 / USE)
    }

    /// Gigabytes a month that answers to such requests bring to browsers: all, or those from the collector.
    pub fn gigabytes_a_month(self, costs: &Costs, delivery: Delivery, requests: &[Request]) -> f64 {
        let bytes =
            |request: &Request| costs.at_most(*request).answered_bytes as f64 * self.reaching(*request, delivery);
        requests.iter().map(bytes).sum::<f64>() * SECONDS_A_MONTH / 1e9
    }

    /// Megabytes a second that go to disk at the peak, or into PostgreSQL's log.
    pub fn written_at_peak(self, costs: &Costs) -> f64 {
        let bytes = Request::DURABLE
            .into_iter()
            .map(|request| self.asked(request) * PEAK * costs.at_most(request).written_bytes);
        bytes.sum::<f64>() / 1e6
    }

    /// Gigabytes of database that so many days leave.
    pub fn gigabytes(self, costs: &Costs, days: f64) -> f64 {
        let showings = self.asked(Request::Eligible) * DAY * costs.showing_bytes;
        let answers = self.asked(Request::Answer) * DAY * costs.answer_bytes;
        (showings + answers + self.shops * COUNTS_A_DAY * costs.count_bytes) * days / 1e9
    }

    pub fn durable(self) -> f64 {
        Request::DURABLE.into_iter().map(|request| self.asked(request)).sum()
    }
}

/// A cache asks as often at any hour.
pub fn at_peak(request: Request, mean: f64, delivery: Delivery) -> f64 {
    match (request, delivery) {
        (Request::Loader, Delivery::Cache) => mean,
        _ => mean * PEAK,
    }
}

/// Durable requests a second that one core of a collector takes, where many come at once.
pub fn answers_a_core(costs: &Costs) -> f64 {
    costs.of(Request::Answer, Crowd::Many).map_or(f64::NAN, |cost| 1e6 / cost.collector_us)
}

/// Consoles with the pages open that one core of a collector serves, half used; each asks once a second.
pub fn consoles_a_core(costs: &Costs) -> f64 {
    USE * 1e6 / costs.at_most(Request::Report).collector_us
}

/// What a month costs: of machines, and of what browsers load through a CDN.
pub struct Bill {
    pub cores: f64,
    pub memory_gigabytes: f64,
    pub disk_gigabytes: f64,
    pub cost: f64,
}

/// Example prices a month: an assumption, and nobody's offer. In whatever money.
pub const PRICES: Prices = Prices { core: 12.0, memory: 3.0, disk: 0.1, out: 0.05, cdn: 0.03, million_requests: 0.5 };

pub struct Prices {
    pub core: f64,
    /// A gigabyte.
    pub memory: f64,
    pub disk: f64,
    pub out: f64,
    pub cdn: f64,
    pub million_requests: f64,
}

/// Up to so many shops one machine does with an SQLite file; beyond, three with a collector and a PostgreSQL server each.
pub const SHOPS_ON_SQLITE: f64 = 10.0;

impl Bill {
    pub fn of(load: Load, requests: &[Request], sqlite: &Costs, postgres: &Costs) -> Self {
        let (cores, memory, disk) = if load.shops <= SHOPS_ON_SQLITE {
            let database = load.gigabytes(sqlite, RETENTION_DAYS);
            let (cores, _) = load.cores(sqlite, Delivery::Cache, requests);
            // A backup beside the file; three quarters full.
            (cores.ceil().max(2.0), (0.05 * database).max(2.0).ceil(), 10.0 + 2.0 * database / 0.75)
        } else {
            let database = load.gigabytes(postgres, RETENTION_DAYS);
            let (collectors, server) = load.cores(postgres, Delivery::Cache, requests);
            // Of three machines one may be away: the others do its collector's work, and each has all of the database.
            let (collectors, servers) = ((1.5 * collectors).ceil().max(3.0), 3.0 * server.ceil().max(2.0));
            let memory = 3.0 * (1.0 + (0.05 * database).max(8.0).ceil());
            // And a backup; three quarters full.
            (collectors + servers, memory, 30.0 + 4.0 * database / 0.75)
        };
        let through_cdn = load.gigabytes_a_month(sqlite, Delivery::Collector, requests);
        let out = load.gigabytes_a_month(sqlite, Delivery::Cache, requests);
        let asked = requests.iter().map(|request| load.asked(*request)).sum::<f64>() * SECONDS_A_MONTH / 1e6;
        let cost = cores * PRICES.core
            + memory * PRICES.memory
            + disk * PRICES.disk
            + out * PRICES.out
            + through_cdn * PRICES.cdn
            + asked * PRICES.million_requests;
        Self { cores, memory_gigabytes: memory, disk_gigabytes: disk, cost }
    }
}
