//! Single answers for cross-tables and drivers: of one survey in a period, and only what falls into a table.
//!
//! Read like an export, by stretches of numbers and newest first, so that nothing holds a connection for long. Names, choices and what is
//! known of visitors recur, so each is kept once.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use survey::definition::{SiteKey, SurveyId};
use survey::report::Days;
use survey::shape::{Answer, AnswersRead, Given};

use super::export::narrowed;
use super::sql::{Found, TakeRows};
use super::{Store, StoreError, sql};
use crate::counts::{BAND, Cut, Segment};

/// How many numbers one statement looks at.
const STRETCH: i64 = 10_000;

/// Which answers: of those that count, none of which is set apart or erased.
#[derive(Clone, Debug)]
pub struct ShapeQuery {
    pub site: SiteKey,
    pub survey: SurveyId,
    pub days: Days,
    /// Which part of the visitors.
    pub cut: Cut,
    /// How many there are, as far as they are counted: so many are looked for, and no more.
    pub answers: u64,
    /// At most so many are read, the newest.
    pub most: u64,
}

/// What was read.
#[derive(Debug, Default)]
pub struct ShapedAnswers {
    answers: Vec<Read>,
    given: Vec<(usize, ReadGiven)>,
    pages: Names,
    questions: Names,
    segments: Names,
    known: Vec<Vec<(String, String)>>,
    picks: Names,
    picked: Vec<Vec<String>>,
    of: u64,
    of_all: bool,
}

/// One answer; all but its version by places.
#[derive(Debug)]
struct Read {
    version: u32,
    page: usize,
    segment: usize,
    /// Where what was given ends.
    end: usize,
}

#[derive(Clone, Copy, Debug)]
enum ReadGiven {
    Point(u8),
    Picked(usize),
}

/// Texts by their places, each once.
#[derive(Debug, Default)]
struct Names {
    places: HashMap<String, usize>,
    names: Vec<String>,
}

impl Names {
    /// The place of a text, and whether it is new.
    fn place(&mut self, text: &str) -> (usize, bool) {
        if let Some(place) = self.places.get(text) {
            return (*place, false);
        }
        let place = self.names.len();
        self.places.insert(text.to_owned(), place);
        self.names.push(text.to_owned());
        (place, true)
    }
}

impl Store {
    /// Reads the newest answers of a survey. Served by the primary keys of `responses`, `presentations` and `answers`. (Between which numbers
    /// is said of responses alone: said of answers, too, it has SQLite look at all of these for each response.)
    pub async fn shaped_answers(&self, query: &ShapeQuery) -> Result<ShapedAnswers, StoreError> {
        let wanted = query.answers.min(query.most);
        let mut taker = Taker::new(query.cut.clone(), wanted);
        let (first, mut before) = self.answer_numbers(&query.site).await?;
        while before > first && !taker.has_enough() {
            let lowest = before.saturating_sub(STRETCH).max(first);
            let statement = sql(concat!(
                "SELECT r.number, r.version, r.page, p.segment, a.question, a.point, a.choices
                 FROM responses AS r JOIN presentations AS p ON p.site = r.site AND p.response_id = r.response_id
                 LEFT JOIN answers AS a ON a.site = r.site AND a.response = r.number
                                           AND (a.point IS NOT NULL OR a.choices IS NOT NULL)
                 WHERE r.site = $1 AND r.number >= $2 AND r.number < $3 AND r.survey = $4 AND r.day >= $5 AND r.day <= $6
                       AND ",
                counted!(),
                " ORDER BY r.number DESC"
            ))
            .bind(query.site.as_str())
            .bind(lowest)
            .bind(before)
            .bind(query.survey.as_str())
            .bind(query.days.first)
            .bind(query.days.last);
            taker = self.database.each(statement, taker).await?;
            before = lowest;
        }
        Ok(taker.done(query))
    }
}

/// Takes answers until there are enough.
struct Taker {
    cut: Cut,
    wanted: u64,
    /// The number of the last one.
    last: Option<i64>,
    /// Whether that is of somebody else than was asked for.
    is_passed_over: bool,
    /// Which segments are asked for, by their places.
    is_asked_for: Vec<bool>,
    read: ShapedAnswers,
}

impl TakeRows for Taker {
    fn take(&mut self, row: &Found<'_>) -> Result<ControlFlow<()>, StoreError> {
        let number = row.integer(0)?;
        if self.last != Some(number) {
            if self.has_enough() {
                return Ok(ControlFlow::Break(()));
            }
            self.last = Some(number);
            self.begin(row)?;
        }
        if !self.is_passed_over {
            self.give(row)?;
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Taker {
    fn new(cut: Cut, wanted: u64) -> Self {
        let read = ShapedAnswers::default();
        Self { cut, wanted, last: None, is_passed_over: false, is_asked_for: Vec::new(), read }
    }

    fn has_enough(&self) -> bool {
        self.read.answers.len() as u64 >= self.wanted
    }

    fn begin(&mut self, row: &Found<'_>) -> Result<(), StoreError> {
        let (segment, is_new) = self.read.segments.place(row.text(3)?);
        if is_new {
            let stored = Segment::stored(row.text(3)?.to_owned());
            self.is_asked_for.push(stored.is_of(&self.cut));
            // How somebody scored is no circumstance of the score.
            self.read.known.push(stored.with(BAND, "").values());
        }
        self.is_passed_over = !self.is_asked_for[segment];
        if !self.is_passed_over {
            let (page, _) = self.read.pages.place(row.text(2)?);
            let (version, end) = (narrowed(row.integer(1)?, "version")?, self.read.given.len());
            self.read.answers.push(Read { version, page, segment, end });
        }
        Ok(())
    }

    fn give(&mut self, row: &Found<'_>) -> Result<(), StoreError> {
        let Some(question) = row.optional_text(4)? else { return Ok(()) };
        let given = match (row.optional_integer(5)?, row.optional_text(6)?) {
            (Some(point), _) => ReadGiven::Point(narrowed(point, "point")?),
            (None, Some(choices)) => ReadGiven::Picked(self.picked(choices)?),
            (None, None) => return Ok(()),
        };
        let (question, _) = self.read.questions.place(question);
        self.read.given.push((question, given));
        if let Some(answer) = self.read.answers.last_mut() {
            answer.end = self.read.given.len();
        }
        Ok(())
    }

    /// The place of what was picked, which is written as JSON: each choice with its place.
    fn picked(&mut self, choices: &str) -> Result<usize, StoreError> {
        let (place, is_new) = self.read.picks.place(choices);
        if is_new {
            let picked: Result<BTreeMap<String, u8>, _> = serde_json::from_str(choices);
            let picked = picked.map_err(|error| StoreError::unreadable("choices", error))?;
            self.read.picked.push(picked.into_keys().collect());
        }
        Ok(place)
    }

    fn done(self, query: &ShapeQuery) -> ShapedAnswers {
        let read = self.read.answers.len() as u64;
        // What was answered since it was counted is read, too.
        let of = query.answers.max(read);
        ShapedAnswers { of, of_all: query.answers <= query.most, ..self.read }
    }
}

impl ShapedAnswers {
    pub fn read(&self) -> AnswersRead {
        AnswersRead { answers: self.of, read: self.answers.len() as u64, of_all: self.of_all }
    }

    /// Hands over each answer, newest first.
    pub fn each(&self, mut take: impl FnMut(&Answer<'_>)) {
        let given: Vec<(&str, Given)> =
            self.given.iter().map(|(question, given)| (self.question(*question), self.given(*given))).collect();
        let mut begin = 0;
        for Read { version, page, segment, end } in &self.answers {
            let (page, circumstances) = (&self.pages.names[*page], &self.known[*segment]);
            take(&Answer { version: *version, page, circumstances, given: &given[begin..*end] });
            begin = *end;
        }
    }

    fn question(&self, place: usize) -> &str {
        &self.questions.names[place]
    }

    fn given(&self, given: ReadGiven) -> Given<'_> {
        match given {
            ReadGiven::Point(point) => Given::Point(point),
            ReadGiven::Picked(place) => Given::Picked(&self.picked[place]),
        }
    }
}
