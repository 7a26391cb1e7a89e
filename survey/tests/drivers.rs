//! Do drivers tell of what goes with low scores, and of nothing else? By simulation: sites where nothing does, in how many of them
//! anything is told; and sites where one choice does, whether it comes first.

#![allow(clippy::unwrap_used)]

mod draws;

use draws::{Draws, in_all_1};
use survey::definition::Survey;
use survey::report::Days;
use survey::shape::{Answer, AnswersRead, DriverValue, Drivers, DriversReport, Given};

const SITES: usize = 400;

/// A single choice, one of several, and all that is known of visitors; of each, some values are frequent and most are rare.
const CHOICES: usize = 8;
const SEVERAL: usize = 6;
const DIMENSIONS: [(&str, usize); 4] = [("country", 30), ("device", 3), ("language", 12), ("signal", 4)];

fn survey() -> Survey {
    let choices = |count: usize| {
        let choices: Vec<String> = (0..count).map(|id| format!(r#"{{"id":"{id}","label":"{id}"}}"#)).collect();
        choices.join(",")
    };
    let json = format!(
        r#"{{"id":"help","name":"A","triggers":["immediately"],"endings":[{{"title":"Thanks"}}],
            "questions":[{{"id":"ease","prompt":"Easy?","kind":{{"score":{{"scale":"ces7","low":"No","high":"Yes"}}}}}},
            {{"id":"one","prompt":"Who?","kind":{{"single_choice":{{"choices":[{}]}}}}}},
            {{"id":"several","prompt":"What?","kind":{{"multiple_choice":{{"choices":[{}]}}}}}}]}}"#,
        choices(CHOICES),
        choices(SEVERAL)
    );
    serde_json::from_str::<Survey>(&json).unwrap().with_version(1)
}

/// How often each of some values is had: each half as often as the one before, down to some.
fn falling(count: usize) -> Vec<f64> {
    in_all_1((0..count).map(|rank| 1.0 / (rank + 1) as f64).collect())
}

/// A site's answers, of which so many are low; of those that pick a choice of several, perhaps more.
struct Site {
    answers: usize,
    low: f64,
    driver: Option<(usize, f64)>,
}

impl Site {
    fn drivers(&self, draws: &mut Draws) -> DriversReport {
        let survey = survey();
        let mut drivers = Drivers::of(&[&survey], None, &[]).unwrap();
        let (choices, dimensions) = (falling(CHOICES), DIMENSIONS.map(|(_, values)| falling(values)));
        for _ in 0..self.answers {
            let one = vec![draws.one_of(&choices).to_string()];
            let several: Vec<usize> = (0..SEVERAL).filter(|rank| draws.unit() < 0.4 / (rank + 1) as f64).collect();
            let low = match self.driver {
                Some((driver, low)) if several.contains(&driver) => low,
                _ => self.low,
            };
            let point = if draws.unit() < low { 2 } else { 6 };
            let several: Vec<String> = several.iter().map(usize::to_string).collect();
            let circumstances: Vec<(String, String)> = DIMENSIONS
                .iter()
                .zip(&dimensions)
                .map(|((dimension, _), parts)| ((*dimension).to_owned(), draws.one_of(parts).to_string()))
                .collect();
            let mut given = vec![("ease", Given::Point(point)), ("one", Given::Picked(&one))];
            given.extend((!several.is_empty()).then_some(("several", Given::Picked(&several))));
            drivers.add(&Answer { version: 1, page: "a.b/", circumstances: &circumstances, given: &given });
        }
        let n = self.answers as u64;
        drivers.report(survey.id(), Days::up_to(20_413, 30), AnswersRead { answers: n, read: n, of_all: true })
    }
}

/// Rare low scores are the hard case: three of ten answers are soon low, and look like many.
#[test]
fn where_nothing_matters_at_most_one_site_in_twenty_tells_of_anything() {
    let mut draws = Draws::seeded(20_251_121);
    for low in [0.3, 0.05] {
        let (mut telling, mut looked_at) = (0, 0);
        for _ in 0..SITES {
            let report = Site { answers: 400, low, driver: None }.drivers(&mut draws);
            telling += usize::from(report.values.iter().any(|value| value.discovery));
            looked_at += report.values.len();
        }
        let rate = telling as f64 / SITES as f64;
        println!(
            "with {low} of all scores low, {telling} of {SITES} sites ({:.1} %) tell of something, of {:.0} values each",
            100.0 * rate,
            looked_at as f64 / SITES as f64
        );
        // Of 400 sites, 5 % are 20, give or take 4.4.
        assert!(rate <= 0.05 + 0.02, "{rate}");
    }
}

#[test]
fn a_choice_that_goes_with_low_scores_comes_first() {
    let mut draws = Draws::seeded(20_251_121);
    let (mut first, mut told) = (0, 0);
    for _ in 0..SITES {
        let report = Site { answers: 400, low: 0.25, driver: Some((1, 0.6)) }.drivers(&mut draws);
        let is_it = |value: &DriverValue| matches!(value, DriverValue::Choice { question, choice, .. } if question == "several" && choice == "1");
        first += usize::from(report.values.first().is_some_and(|value| is_it(&value.value)));
        told += usize::from(report.values.iter().any(|value| value.discovery && is_it(&value.value)));
    }
    println!("the choice is told on {told} of {SITES} sites, and on {first} before all else");
    assert!(told * 100 >= 95 * SITES && first * 100 >= 95 * SITES, "{told} {first}");
}
