//! What is measured: each kind of request, what one of it costs, and what stays on disk.

use std::collections::BTreeMap;
use std::time::Duration;

/// A kind of request. In the order of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Request {
    Loader,
    /// By a browser that has it.
    LoaderAgain,
    Surveys,
    Glue,
    Module,
    /// A page view that tells of itself.
    View,
    /// The first that is heard of a showing: a survey could show.
    Eligible,
    /// More of a showing that is known: it shows, or was dismissed.
    Shown,
    /// The first answer of a showing that is known.
    Answer,
    /// The same answer with a comment.
    Comment,
    /// What the console asks for.
    Report,
}

impl Request {
    pub const ALL: [Self; 11] = [
        Self::Loader,
        Self::LoaderAgain,
        Self::Surveys,
        Self::Glue,
        Self::Module,
        Self::View,
        Self::Eligible,
        Self::Shown,
        Self::Answer,
        Self::Comment,
        Self::Report,
    ];

    /// Those that are acknowledged when they are on disk.
    pub const DURABLE: [Self; 4] = [Self::Eligible, Self::Shown, Self::Answer, Self::Comment];

    pub fn name(self) -> &'static str {
        match self {
            Self::Loader => "loader, 200, brotli",
            Self::LoaderAgain => "loader, 304",
            Self::Surveys => "surveys, `….bin?l=en-GB`, 200, brotli",
            Self::Glue => "widget's glue, 200, brotli",
            Self::Module => "widget's module, 200, brotli",
            Self::View => "sampled page view",
            Self::Eligible => "exposure, first of a showing (`eligible`)",
            Self::Shown => "exposure of a known showing (`shown`)",
            Self::Answer => "answer, durable: a score",
            Self::Comment => "the same answer again, with a comment",
            Self::Report => "pages report, 1,000 pages, 30 days and the 30 before",
        }
    }

    pub fn is_durable(self) -> bool {
        Self::DURABLE.contains(&self)
    }
}

/// How many of a kind are under way at once. Of durable ones, several share a commit then.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Crowd {
    One,
    Many,
}

/// What has been used up, by the collector and by a PostgreSQL server.
#[derive(Clone, Copy, Default, Debug)]
pub struct Used {
    pub collector: Duration,
    pub server: Duration,
    /// Bytes that went to disk, by whole pages, or into PostgreSQL's write-ahead log.
    pub written: u64,
}

impl Used {
    pub fn since(self, before: Self) -> Self {
        Self {
            collector: self.collector.saturating_sub(before.collector),
            server: self.server.saturating_sub(before.server),
            written: self.written.saturating_sub(before.written),
        }
    }
}

/// What one request costs.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub collector_us: f64,
    pub server_us: f64,
    pub written_bytes: f64,
    /// Head and body, of the request and of its answer.
    pub sent_bytes: usize,
    pub answered_bytes: usize,
}

impl Cost {
    pub fn of_each(used: Used, requests: usize, (sent_bytes, answered_bytes): (usize, usize)) -> Self {
        let each = |all: f64| all / requests as f64;
        Self {
            collector_us: each(used.collector.as_secs_f64() * 1e6),
            server_us: each(used.server.as_secs_f64() * 1e6),
            written_bytes: each(used.written as f64),
            sent_bytes,
            answered_bytes,
        }
    }
}

/// All that was measured on one kind of database.
#[derive(Default)]
pub struct Costs {
    /// What was measured in each turn.
    turns: BTreeMap<(Request, Crowd), Vec<Cost>>,
    /// In a second in which nobody asks for anything.
    pub idle: Used,
    /// Of a showing that nobody answered, and of what an answer with its comment adds to that.
    pub showing_bytes: f64,
    pub answer_bytes: f64,
    /// Of a row of counts.
    pub count_bytes: f64,
    pub resident_bytes: u64,
    /// The same three with a thousand sites more; the second for each time that anybody publishes.
    pub idle_with_sites: Used,
    pub publication: Duration,
    pub resident_bytes_with_sites: u64,
}

impl Costs {
    pub fn note(&mut self, request: Request, crowd: Crowd, cost: Cost) {
        eprintln!("  {}, {crowd:?}: {cost:?}", request.name());
        self.turns.entry((request, crowd)).or_default().push(cost);
    }

    /// The median of all turns, of each figure by itself. None if it was not measured.
    pub fn of(&self, request: Request, crowd: Crowd) -> Option<Cost> {
        let turns = self.turns.get(&(request, crowd))?;
        let median = |figure: fn(&Cost) -> f64| {
            let mut figures: Vec<f64> = turns.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Some(Cost {
            collector_us: median(|cost| cost.collector_us),
            server_us: median(|cost| cost.server_us),
            written_bytes: median(|cost| cost.written_bytes),
            ..*turns.first()?
        })
    }

    /// Where nothing is shared with others: what it costs at most.
    pub fn at_most(&self, request: Request) -> Cost {
        let found = self.of(request, Crowd::One).or_else(|| self.of(request, Crowd::Many));
        found.unwrap_or(Cost::of_each(Used::default(), 0, (0, 0)))
    }
}
