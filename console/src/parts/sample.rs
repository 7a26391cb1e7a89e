//! Made-up reports for the tests.

use survey::api::{Counted, QuestionSummary, SurveyState, SurveySummary};
use survey::definition::{Metric, Scale};
use survey::report::{
    AnswerReport, CommentGiven, PageReport, PagesReport, Period, ReportPeriod, ScaleReport, StandingReport, TrendUnit,
};
use survey::score::{Histogram, figures};
use survey::wire::Device;

use crate::reading::ScaleName;

pub fn scale() -> ScaleName {
    ScaleName { metric: Metric::Ces, first_point: 1, last_point: 7 }
}

/// A page that is ranked by `shrunken_share`; without one, nobody has answered there.
pub fn page(key: &str, shrunken_share: impl Into<Option<f64>>) -> PageReport {
    let shrunken_share = shrunken_share.into();
    let ces = Scale::ces7();
    let histogram = Histogram::from_counts(&ces, vec![1, 2, 1, 3, 4, 5, 6]).unwrap();
    let score = |share: f64| ScaleReport {
        metric: Metric::Ces,
        first_point: 1,
        last_point: 7,
        figures: figures(&histogram).unwrap(),
        change: None,
        verdict_among_all: None,
        distribution: Vec::new(),
        trend: Vec::new(),
        shrunken_share: Some(share),
        below_site: Some(0.5),
        hurts: false,
    };
    PageReport { scores: shrunken_share.map(score).into_iter().collect(), ..PageReport::empty(key) }
}

pub fn report(pages: Vec<PageReport>) -> PagesReport {
    let days = Period { first_day: "2026-10-23".into(), last_day: "2026-11-21".into() };
    let period = ReportPeriod { days, trend: TrendUnit::Week };
    let total = pages.len();
    PagesReport { period, site: page("", 50.0), pages, total, next: None }
}

pub fn question(id: &str, counted: Option<Counted>) -> QuestionSummary {
    QuestionSummary {
        id: id.to_owned(),
        prompt: id.to_owned(),
        asks: String::new(),
        counted,
        required: false,
        leads: Vec::new(),
    }
}

/// A survey that runs and that nobody has answered.
pub fn survey(id: &str) -> SurveySummary {
    SurveySummary {
        id: id.to_owned(),
        version: Some(1),
        draft: None,
        name: id.to_owned(),
        state: SurveyState::Running,
        shown_where: "path is /help".to_owned(),
        shown_when: vec!["at once".to_owned()],
        frequency: "once".to_owned(),
        sample_percent: 100.0,
        priority: 0,
        quota: None,
        answered: 0,
        starts_at: None,
        ends_at: None,
        format: "a card in the bottom right corner".to_owned(),
        languages: Vec::new(),
        questions: Vec::new(),
        endings: Vec::new(),
        reach: None,
    }
}

/// A comment and nothing else.
pub fn answer(number: i64, text: &str) -> AnswerReport {
    AnswerReport {
        number,
        page: "a.b/help".into(),
        survey: "help-ces".into(),
        version: 1,
        answered_at: number,
        completed: true,
        device: Device::Phone,
        language: "ru".into(),
        signal: None,
        doubts: Vec::new(),
        standing: StandingReport::default(),
        tags: Vec::new(),
        scores: Vec::new(),
        choices: Vec::new(),
        comments: vec![CommentGiven { question: "why".into(), prompt: "Why?".into(), text: text.into() }],
        contact: Vec::new(),
    }
}
