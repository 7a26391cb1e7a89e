//! Drivers: which choices, and what is known of visitors and pages, go with low scores more than chance has it.
//!
//! Each value is compared with the others of its own kind: a choice with who answered its question and did not pick it, a phone with
//! whatever else is known to be no phone. Otherwise all that a question offers would go with low scores where only unhappy visitors
//! are asked it.

use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;

use super::association::fisher;
use super::{
    Answer, AnswersRead, Axis, AxisKind, Detail, DriverReport, DriverValue, DriversReport, LEAST_COMPARED, LowScores,
};
use crate::definition::{Band, Metric, Question, QuestionId, Survey, SurveyId};
use crate::page::{PageGroup, group_of};
use crate::report::Days;
use crate::score::{Tally, discoveries, share, share_change};

/// The low scores to one question, by all that answers differ in.
#[derive(Clone, Debug)]
pub struct Drivers<'s> {
    score: Axis<'s>,
    metric: Metric,
    all: Counted,
    choices: Vec<Choices<'s>>,
    /// By dimension and value.
    visitors: BTreeMap<String, Known>,
    groups: &'s [PageGroup],
    of_groups: Vec<Counted>,
    /// Which group each page is in: finding it takes longer than all else.
    places: HashMap<String, Option<usize>>,
}

/// A question with choices.
#[derive(Clone, Debug)]
struct Choices<'s> {
    question: Axis<'s>,
    all: Counted,
    picked: Vec<Counted>,
}

/// What is known of visitors in one dimension.
#[derive(Clone, Debug, Default)]
struct Known {
    all: Counted,
    values: BTreeMap<String, Counted>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Counted {
    n: u64,
    low: u64,
}

/// Nobody was asked for such a score.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("survey {survey} asks for no {}score; leave the metric out, or name another survey", .metric.map_or(String::new(), named))]
pub struct NoScore {
    survey: String,
    metric: Option<Metric>,
}

fn named(metric: Metric) -> String {
    format!("{} ", format!("{metric:?}").to_uppercase())
}

impl<'s> Drivers<'s> {
    /// Of the first score with such a metric, or the first of all, in a survey's versions, the newest first; on a site with such groups
    /// of pages.
    ///
    /// # Errors
    /// When no version asks for one.
    pub fn of(versions: &[&'s Survey], metric: Option<Metric>, groups: &'s [PageGroup]) -> Result<Self, NoScore> {
        let axes = axes(versions);
        let is_wanted =
            |axis: &&Axis| axis.scale().is_some_and(|scale| metric.is_none_or(|metric| scale.metric() == metric));
        let score = axes.iter().find(is_wanted).and_then(|axis| Some((axis.clone(), axis.scale()?.metric())));
        let Some((score, metric)) = score else {
            let survey = versions.first().map(|survey| survey.id().to_string()).unwrap_or_default();
            return Err(NoScore { survey, metric });
        };
        let choices = axes.into_iter().filter(|axis| matches!(axis.kind(), AxisKind::One | AxisKind::Several));
        Ok(Self {
            score,
            metric,
            all: Counted::default(),
            choices: choices.map(Choices::new).collect(),
            visitors: BTreeMap::new(),
            groups,
            of_groups: vec![Counted::default(); groups.len()],
            places: HashMap::new(),
        })
    }

    /// Counts somebody who gave the score, and nobody else.
    pub fn add(&mut self, answer: &Answer<'_>) {
        let Some(band) = self.score.band(answer.version, answer.to(self.score.question().as_str())) else { return };
        let one = Counted { n: 1, low: (band == Band::Negative).into() };
        self.all += one;
        self.choices.iter_mut().for_each(|choices| choices.add(answer, one));
        for (dimension, value) in answer.circumstances {
            count(&mut self.visitors, dimension, |known: &mut Known| known.add(value, one));
        }
        if let Some(group) = self.group(answer.page) {
            self.of_groups[group] += one;
        }
    }

    fn group(&mut self, page: &str) -> Option<usize> {
        if let Some(known) = self.places.get(page) {
            return *known;
        }
        let place = group_of(self.groups, page).and_then(|found| self.groups.iter().position(|group| group == found));
        self.places.insert(page.to_owned(), place);
        place
    }

    pub fn report(&self, survey: &SurveyId, days: Days, read: AnswersRead) -> DriversReport {
        let values = self.values();
        let looked_at = values.len();
        let compared = values.into_iter().filter_map(|(value, with, all)| Compared::of(value, with, all)).collect();
        let values = judged(compared);
        DriversReport {
            period: days.period(),
            survey: survey.to_string(),
            question: self.score.question().to_string(),
            prompt: self.score.prompt().to_owned(),
            metric: self.metric,
            read,
            n: self.all.n,
            low: self.all.tally().map(share),
            left_out: (looked_at - values.len()) as u64,
            values,
        }
    }

    /// All that was seen, with the low scores that came with it, and those of all that it is compared within.
    fn values(&self) -> Vec<(DriverValue, Counted, Counted)> {
        let choices = self.choices.iter().flat_map(Choices::values);
        let visitors = self.visitors.iter().flat_map(|(dimension, known)| {
            known.values.iter().map(move |(value, counted)| {
                let value = DriverValue::Visitor { dimension: dimension.clone(), value: value.clone() };
                (value, *counted, known.all)
            })
        });
        let groups = self.groups.iter().zip(&self.of_groups).map(|(group, counted)| {
            let value = DriverValue::PageGroup { group: group.name.clone() };
            (value, *counted, self.all)
        });
        let seen = |(.., with, _): &(DriverValue, Counted, Counted)| with.n > 0;
        choices.chain(visitors).chain(groups).filter(seen).collect()
    }
}

/// Of each question that has scores or choices, in the order of the newest version.
fn axes<'s>(versions: &[&'s Survey]) -> Vec<Axis<'s>> {
    let mut ids: Vec<&QuestionId> = Vec::new();
    for Question { id, .. } in versions.iter().flat_map(|survey| survey.questions()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.into_iter().filter_map(|id| Axis::of(versions, id, Detail::Bands).ok()).collect()
}

/// Counts under a name, most of which are there already.
fn count<T: Default>(map: &mut BTreeMap<String, T>, name: &str, count: impl FnOnce(&mut T)) {
    match map.get_mut(name) {
        Some(known) => count(known),
        None => count(map.entry(name.to_owned()).or_default()),
    }
}

impl<'s> Choices<'s> {
    fn new(question: Axis<'s>) -> Self {
        let picked = vec![Counted::default(); question.len()];
        Self { question, all: Counted::default(), picked }
    }

    fn add(&mut self, answer: &Answer<'_>, one: Counted) {
        let places = self.question.places(answer.version, answer.to(self.question.question().as_str()));
        if !places.is_empty() {
            self.all += one;
        }
        places.into_iter().for_each(|place| self.picked[place] += one);
    }

    fn values(&self) -> impl Iterator<Item = (DriverValue, Counted, Counted)> {
        self.question.names().zip(&self.picked).map(move |((choice, label), counted)| {
            let value = DriverValue::Choice {
                question: self.question.question().to_string(),
                prompt: self.question.prompt().to_owned(),
                choice: choice.to_owned(),
                label: label.to_owned(),
            };
            (value, *counted, self.all)
        })
    }
}

impl Known {
    fn add(&mut self, value: &str, one: Counted) {
        self.all += one;
        count(&mut self.values, value, |counted| *counted += one);
    }
}

impl Counted {
    fn tally(self) -> Option<Tally> {
        Tally::new(self.low, self.n)
    }

    fn without(self, with: Self) -> Self {
        Self { n: self.n - with.n, low: self.low - with.low }
    }
}

impl AddAssign for Counted {
    fn add_assign(&mut self, more: Self) {
        self.n += more.n;
        self.low += more.low;
    }
}

/// A value with enough answers on both sides.
struct Compared {
    value: DriverValue,
    with: Tally,
    without: Tally,
}

impl Compared {
    fn of(value: DriverValue, with: Counted, all: Counted) -> Option<Self> {
        let enough = |counted: Counted| counted.tally().filter(|tally| tally.n() >= LEAST_COMPARED);
        Some(Self { value, with: enough(with)?, without: enough(all.without(with))? })
    }
}

/// Of many values some differ by chance: what is told of one depends on the others.
fn judged(compared: Vec<Compared>) -> Vec<DriverReport> {
    let p_values: Vec<f64> = compared.iter().map(|compared| fisher(compared.with, compared.without)).collect();
    let judged = compared.into_iter().zip(&p_values).zip(discoveries(&p_values));
    let mut values: Vec<DriverReport> =
        judged.map(|((compared, p_value), discovery)| told(compared, *p_value, discovery)).collect();
    // Few answers are far from all others by chance, and would stand before what can be told.
    let by_effect = |one: &DriverReport, other: &DriverReport| other.difference.total_cmp(&one.difference);
    values.sort_by(|one, other| {
        other
            .discovery
            .cmp(&one.discovery)
            .then_with(|| by_effect(one, other))
            .then_with(|| one.value.cmp(&other.value))
    });
    values
}

fn told(Compared { value, with, without }: Compared, p_value: f64, discovery: bool) -> DriverReport {
    let low = |tally: Tally| LowScores { n: tally.n(), low: tally.positive(), share: share(tally) };
    let change = share_change(with, without);
    DriverReport {
        value,
        with: low(with),
        without: low(without),
        difference: change.difference,
        interval: change.interval,
        p_value,
        discovery,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Given;

    fn survey() -> Survey {
        let json = r#"{"id":"help","name":"A","triggers":["immediately"],"endings":[{"title":"Thanks"}],
            "questions":[
            {"id":"ease","prompt":"Easy?","kind":{"score":{"scale":"ces7","low":"No","high":"Yes"}}},
            {"id":"gaps","prompt":"What?","kind":{"multiple_choice":{"choices":[
                {"id":"price","label":"Price"},{"id":"size","label":"Size"}],"other":"Else"}}}]}"#;
        serde_json::from_str::<Survey>(json).unwrap().with_version(1)
    }

    /// So many answers with a score, what was picked, and where.
    type Said<'a> = (u64, u8, &'a [&'a str], &'a str);

    fn drivers(said: &[Said<'_>]) -> DriversReport {
        let (survey, groups) = (survey(), groups());
        let mut drivers = Drivers::of(&[&survey], None, &groups).unwrap();
        for (times, ease, gaps, page) in said {
            let gaps: Vec<String> = gaps.iter().map(|gap| (*gap).to_owned()).collect();
            let mut given = vec![("ease", Given::Point(*ease))];
            given.extend((!gaps.is_empty()).then_some(("gaps", Given::Picked(&gaps))));
            let device = if page.ends_with('m') { "phone" } else { "desktop" };
            let circumstances = [("device".to_owned(), device.to_owned())];
            for _ in 0..*times {
                drivers.add(&Answer { version: 1, page, circumstances: &circumstances, given: &given });
            }
        }
        let n = said.iter().map(|(times, ..)| times).sum();
        drivers.report(survey.id(), Days::up_to(20_413, 30), AnswersRead { answers: n, read: n, of_all: true })
    }

    fn groups() -> Vec<PageGroup> {
        vec![PageGroup { name: "Cart".into(), pattern: "/cart/**".parse().unwrap() }]
    }

    fn name(report: &DriverReport) -> &str {
        match &report.value {
            DriverValue::Choice { choice, .. } => choice,
            DriverValue::Visitor { value, .. } => value,
            DriverValue::PageGroup { group } => group,
        }
    }

    #[test]
    fn a_choice_is_compared_with_who_answered_its_question_and_picked_something_else() {
        // Whoever was not asked is happy, which says nothing of what was picked.
        let report = drivers(&[
            (30, 1, &["price"], "a.b/"),
            (10, 7, &["price"], "a.b/"),
            (30, 1, &["size"], "a.b/"),
            (10, 7, &["size"], "a.b/"),
            (900, 7, &[], "a.b/"),
        ]);
        assert_eq!((report.n, report.low.unwrap().percent), (980, 100.0 * 60.0 / 980.0));
        let [price, size] = &report.values[..] else { panic!("{report:?}") };
        assert_eq!((price.with.n, price.without.n, price.difference, price.p_value), (40, 40, 0.0, 1.0));
        assert!(!price.discovery && !size.discovery);
    }

    #[test]
    fn what_goes_with_low_scores_comes_first_and_is_told_with_both_sides() {
        let report = drivers(&[
            (60, 2, &["price"], "a.b/cart/x"),
            (40, 6, &["price"], "a.b/cart/x"),
            (25, 1, &["size", "other"], "a.b/m"),
            (75, 7, &["size", "other"], "a.b/m"),
            (100, 4, &["other"], "a.b/cart/m"),
        ]);
        let first = &report.values[0];
        assert_eq!(
            (name(first), first.with.low, first.with.n, first.without.low, first.without.n),
            ("price", 60, 100, 25, 200)
        );
        assert_eq!(first.difference, 60.0 - 12.5);
        assert!(first.interval.low > 0.0 && first.interval.contains(first.difference) && first.discovery);
        let told: Vec<&DriverReport> = report.values.iter().take_while(|value| value.discovery).collect();
        assert!(told.is_sorted_by(|one, next| one.difference >= next.difference), "{told:?}");
        assert_eq!(told.last().map(|last| name(last)), Some("phone"), "it goes with others than low scores");
        let [cart, size] = &report.values[told.len()..] else { panic!("{report:?}") };
        assert_eq!((name(cart), cart.with.n, cart.with.low, cart.without.n), ("Cart", 200, 60, 100));
        assert_eq!((name(size), size.with.low, size.with.n, size.without.n), ("size", 25, 100, 200));
        assert_eq!(report.left_out, 0);
    }

    #[test]
    fn what_fewer_than_ten_have_or_have_not_is_left_out_and_said_so() {
        let report = drivers(&[(9, 1, &["price"], "a.b/"), (50, 7, &["size"], "a.b/")]);
        // Of size, nine have not; of desktop, nobody.
        assert_eq!((report.values.len(), report.left_out), (0, 3));
        let report = drivers(&[(10, 1, &["price"], "a.b/"), (50, 7, &["size"], "a.b/")]);
        assert_eq!((report.values.iter().map(name).collect::<Vec<_>>(), report.left_out), (vec!["price", "size"], 1));
    }

    #[test]
    fn without_answers_there_is_no_share_and_nothing_is_left_out() {
        let report = drivers(&[]);
        assert_eq!((report.n, report.low, report.values.len(), report.left_out), (0, None, 0, 0));
    }

    #[test]
    fn a_metric_that_is_not_asked_for_is_named() {
        let survey = survey();
        let refused = Drivers::of(&[&survey], Some(Metric::Nps), &[]).unwrap_err().to_string();
        assert_eq!(refused, "survey help asks for no NPS score; leave the metric out, or name another survey");
        assert!(Drivers::of(&[&survey], Some(Metric::Ces), &[]).is_ok());
    }
}
