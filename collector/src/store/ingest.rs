//! Storing a group of events: one transaction, a fixed number of statements, and few trips to a database that is elsewhere.
//!
//! Whoever commits holds the ledger of each site that the group speaks of. So between reading what is known and writing what
//! follows from it nobody else commits for that site, in this process or another, and the plan is right when it is carried out.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use survey::accept::{AcceptedAnswer, AcceptedValue};
use survey::definition::{QuestionId, SiteKey};

use super::journal::Journaled;
use super::report::standing;
use super::sql::{Row, Rows, Statement, run_together};
use super::{Connection, Store, StoreError, sql, to_json};
use crate::clock::{Day, day_of};
use crate::counts::Segment;
use crate::ingest::flags::Flags;
use crate::ingest::item::Item;
use crate::ingest::rollup::{
    self, Anchor, Bin, Known, KnownResponse, Ledger, NEW_PAGES_A_DAY, Plan, Presentation, ResponseKey, ResponseState,
    Stages, Verdicts,
};

impl Store {
    /// Stores a group of events and what they change in the counts, all or nothing. Returns once it is on disk. The thread that
    /// calls should have nothing else to do.
    pub async fn commit(&self, items: Vec<Item>) -> Result<Verdicts, StoreError> {
        self.database.check_room()?;
        self.database
            .write_here(async |connection| {
                let (known, held) = known(connection, &items).await?;
                let plan = rollup::plan(known, items);
                carry_out(connection, &plan, &held).await?;
                Ok(plan.verdicts)
            })
            .await
    }
}

/// A site's ledger, as it is stored: from where its answers, the entries of its journal, and its pages go on being numbered.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredLedger {
    pub next_number: i64,
    pub next_entry: i64,
    pub next_page: i64,
}

impl Default for StoredLedger {
    fn default() -> Self {
        Self { next_number: 1, next_entry: 1, next_page: 0 }
    }
}

/// Of those sites that there still are.
pub(super) type Ledgers = HashMap<SiteKey, StoredLedger>;

async fn known(connection: &mut Connection, items: &[Item]) -> Result<(Known, Ledgers), StoreError> {
    let sites: BTreeSet<&SiteKey> = items.iter().map(|item| &item.site).collect();
    let held = hold_ledgers(connection, &sites).await?;
    let keys: BTreeSet<ResponseKey> =
        items.iter().map(|item| ResponseKey { site: item.site.clone(), id: item.response_id() }).collect();
    let presentations = presentations(connection, &keys).await?;
    let news = items
        .iter()
        .filter(|item| !presentations.contains_key(&ResponseKey { site: item.site.clone(), id: item.response_id() }));
    let wanted: BTreeSet<(&SiteKey, String)> =
        news.map(|item| (&item.site, item.presentation().page.to_string())).collect();
    let pages = pages(connection, &wanted).await?;
    // Only where a page is new does it matter how many there are.
    let mut rooms = HashMap::new();
    if wanted.len() > pages.len() {
        // By our clock; all of a group came in within seconds.
        let today = items.iter().map(|item| day_of(item.received_at)).max().unwrap_or_default();
        let sites = wanted.iter().map(|(site, _)| *site).collect();
        rooms = rooms_for_pages(connection, &sites, today).await?;
    }
    let ledger = |(site, StoredLedger { next_number, .. }): (&SiteKey, &StoredLedger)| {
        let room_for_pages = rooms.get(site).copied().unwrap_or(NEW_PAGES_A_DAY);
        (site.clone(), Ledger { next_number: *next_number, room_for_pages })
    };
    Ok((Known { ledgers: held.iter().map(ledger).collect(), presentations, pages }, held))
}

/// The ledgers of some sites, held until the transaction ends: in the order of the sites, so that nobody waits in a circle.
pub(super) async fn hold_ledgers(
    connection: &mut Connection,
    sites: &BTreeSet<&SiteKey>,
) -> Result<Ledgers, StoreError> {
    let ledgers = sql("WITH wanted (site) AS ({rows})
         SELECT site, next_number, next_entry, next_page FROM ledgers WHERE site IN (SELECT site FROM wanted) ORDER BY site {lock}")
    .rows(Rows::new().texts(sites.iter().map(|site| site.as_str())));
    let ledger = |row: &Row| {
        let (next_number, next_entry) = (row.integer("next_number")?, row.integer("next_entry")?);
        Ok((row.parsed("site")?, StoredLedger { next_number, next_entry, next_page: row.integer("next_page")? }))
    };
    ledgers.all(connection).await?.iter().map(ledger).collect()
}

fn key_rows<'a>(keys: impl Iterator<Item = &'a ResponseKey> + Clone) -> Rows<'a> {
    Rows::new().texts(keys.clone().map(|key| key.site.as_str())).ids(keys.map(|key| key.id))
}

/// What is stored of some presentations. Served by the primary keys of `presentations` and `answers`.
pub(super) async fn presentations(
    connection: &mut Connection,
    keys: &BTreeSet<ResponseKey>,
) -> Result<HashMap<ResponseKey, Presentation>, StoreError> {
    let found = sql("WITH wanted (site, response_id) AS ({rows})
         SELECT p.site, p.response_id, p.survey, p.version, p.page, p.day, p.segment, p.stages, p.flags, p.standing,
                p.number, p.rev
         FROM wanted AS w JOIN presentations AS p ON p.site = w.site AND p.response_id = w.response_id")
    .rows(key_rows(keys.iter()))
    .all(connection)
    .await?;
    let mut bins = bins(connection, &found).await?;
    found
        .iter()
        .map(|row| {
            let key = ResponseKey { site: row.parsed("site")?, id: row.id("response_id")? };
            Ok((key, presentation(row, &mut bins)?))
        })
        .collect()
}

type Bins = HashMap<(SiteKey, i64), BTreeSet<Bin>>;

fn presentation(row: &Row, bins: &mut Bins) -> Result<Presentation, StoreError> {
    let site: SiteKey = row.parsed("site")?;
    let response = match row.optional_integer("number")? {
        Some(number) => Some(KnownResponse {
            number,
            rev: row.number("rev")?,
            bins: bins.remove(&(site.clone(), number)).unwrap_or_default(),
        }),
        None => None,
    };
    let anchor = Anchor {
        site,
        survey: row.parsed("survey")?,
        version: row.number("version")?,
        page: row.text("page")?,
        day: row.number("day")?,
        segment: Segment::stored(row.text("segment")?),
    };
    Ok(Presentation {
        anchor: Arc::new(anchor),
        stages: Stages::from_bits(row.number("stages")?),
        flags: Flags::from_bits(row.number("flags")?),
        standing: standing(row)?,
        response,
    })
}

/// Where the answers of some presentations are counted.
async fn bins(connection: &mut Connection, presentations: &[Row]) -> Result<Bins, StoreError> {
    let mut wanted = Vec::new();
    for row in presentations {
        if let Some(number) = row.optional_integer("number")? {
            wanted.push((row.text("site")?, number));
        }
    }
    let rows = Rows::new()
        .texts(wanted.iter().map(|(site, _)| site.as_str()))
        .integers(wanted.iter().map(|(_, number)| *number));
    let answers = sql("WITH wanted (site, response) AS ({rows})
         SELECT a.site, a.response, a.question, a.point, a.choices
         FROM wanted AS w JOIN answers AS a ON a.site = w.site AND a.response = w.response
         WHERE a.point IS NOT NULL OR a.choices IS NOT NULL")
    .rows(rows);
    let mut bins = Bins::new();
    for row in answers.all(connection).await? {
        let of_response = bins.entry((row.parsed("site")?, row.integer("response")?)).or_default();
        of_response.extend(bins_of(&row)?);
    }
    Ok(bins)
}

/// As [`AcceptedValue::bins`] had them when it was accepted.
pub(super) fn bins_of(row: &Row) -> Result<Vec<Bin>, StoreError> {
    let question: QuestionId = row.parsed("question")?;
    let mut bins = Vec::new();
    if row.optional_integer("point")?.is_some() {
        bins.push(row.number("point")?);
    }
    if let Some(choices) = row.optional_json::<BTreeMap<String, u8>>("choices")? {
        bins.extend(choices.into_values());
        bins.push(AcceptedValue::ANSWERED);
    }
    Ok(bins.into_iter().map(|bin| (question.clone(), bin)).collect())
}

/// Which of these pages are known. Served by the primary key of `pages`.
async fn pages(
    connection: &mut Connection,
    wanted: &BTreeSet<(&SiteKey, String)>,
) -> Result<HashSet<(SiteKey, String)>, StoreError> {
    let rows = Rows::new()
        .texts(wanted.iter().map(|(site, _)| site.as_str()))
        .texts(wanted.iter().map(|(_, page)| page.as_str()));
    let known = sql("WITH wanted (site, page) AS ({rows})
         SELECT p.site, p.page FROM wanted AS w JOIN pages AS p ON p.site = w.site AND p.page = w.page")
    .rows(rows);
    known.all(connection).await?.iter().map(|row| Ok((row.parsed("site")?, row.text("page")?))).collect()
}

/// How many more new pages today has room for. Served by the index `pages_by_day`.
async fn rooms_for_pages(
    connection: &mut Connection,
    sites: &BTreeSet<&SiteKey>,
    today: i32,
) -> Result<HashMap<SiteKey, u32>, StoreError> {
    let rows =
        Rows::new().texts(sites.iter().map(|site| site.as_str())).integers(sites.iter().map(|_| i64::from(today)));
    let taken = sql("WITH wanted (site, day) AS ({rows})
         SELECT w.site, COUNT(*) AS taken FROM wanted AS w
         JOIN pages AS p ON p.site = w.site AND p.first_day = w.day GROUP BY w.site")
    .rows(rows);
    let room = |row: &Row| Ok((row.parsed("site")?, NEW_PAGES_A_DAY.saturating_sub(row.number("taken")?)));
    taken.all(connection).await?.iter().map(room).collect()
}

async fn carry_out(connection: &mut Connection, plan: &Plan, held: &Ledgers) -> Result<(), StoreError> {
    run_together(earlier_answers_forgotten(&plan.responses).into(), connection).await?;
    let mut writes = vec![
        pages_written(plan),
        presentations_added(&plan.new_presentations),
        presentations_written(&plan.presentations),
        responses_added(&plan.new_responses),
        responses_written(&plan.responses),
        answers_added(plan.new_responses.iter().chain(&plan.responses))?,
        texts_added(plan.new_responses.iter().chain(&plan.responses)),
    ];
    let journaled = Journaled::of(&plan.changes, held, &plan.next_numbers)?;
    writes.extend(journaled.written());
    run_together(writes, connection).await
}

fn pages_written(plan: &Plan) -> Statement<'_> {
    let pages = plan.pages.iter();
    let rows = Rows::new()
        .texts(pages.clone().map(|(site, ..)| site.as_str()))
        .texts(pages.clone().map(|(_, page, _)| page.as_str()))
        .integers(pages.map(|(.., day)| i64::from(*day)));
    sql("INSERT INTO pages (site, page, first_day) {rows} ON CONFLICT (site, page) DO NOTHING").rows(rows)
}

/// The columns that say where something is counted.
fn anchor_rows<'a>(anchors: impl Iterator<Item = &'a Anchor> + Clone) -> Rows<'a> {
    Rows::new()
        .texts(anchors.clone().map(|anchor| anchor.site.as_str()))
        .integers(anchors.clone().map(|anchor| i64::from(anchor.day)))
        .texts(anchors.clone().map(|anchor| anchor.page.as_str()))
        .texts(anchors.clone().map(|anchor| anchor.survey.as_str()))
        .integers(anchors.clone().map(|anchor| i64::from(anchor.version)))
        .texts(anchors.map(|anchor| anchor.segment.as_str()))
}

/// As [`presentation_rows`] has them.
macro_rules! presentation_columns {
    () => {
        "site, day, page, survey, version, segment, response_id, stages, flags, standing, number, rev"
    };
}

/// Nobody else adds any while the ledgers are held; and of what is new, a database need not look whether it is.
fn presentations_added(presentations: &[(ResponseKey, Presentation)]) -> Statement<'_> {
    sql(concat!("INSERT INTO presentations (", presentation_columns!(), ") {rows}"))
        .rows(presentation_rows(presentations))
}

pub(super) fn presentations_written(presentations: &[(ResponseKey, Presentation)]) -> Statement<'_> {
    sql(concat!(
        "INSERT INTO presentations (",
        presentation_columns!(),
        ") {rows} ON CONFLICT (site, response_id)
         DO UPDATE SET segment = excluded.segment, stages = excluded.stages, flags = excluded.flags, standing = excluded.standing,
                       number = excluded.number, rev = excluded.rev"
    ))
    .rows(presentation_rows(presentations))
}

fn presentation_rows(presentations: &[(ResponseKey, Presentation)]) -> Rows<'_> {
    let states = presentations.iter().map(|(_, presentation)| presentation);
    let responses = states.clone().map(|state| state.response.as_ref());
    anchor_rows(states.clone().map(|state| &*state.anchor))
        .ids(presentations.iter().map(|(key, _)| key.id))
        .integers(states.clone().map(|state| i64::from(state.stages.bits())))
        .integers(states.clone().map(|state| i64::from(state.flags.bits())))
        .integers(states.map(|state| state.standing.code()))
        .integers(responses.clone().map(|response| response.map(|response| response.number)))
        .integers(responses.map(|response| response.map(|response| i64::from(response.rev))))
}

/// As [`response_rows`] has them.
macro_rules! response_columns {
    () => {
        "site, number, response_id, survey, version, page, day, completed, answered_at, received_at, title, referrer, device,
         language, viewport_width, viewport_height, visible_ms, scroll_percent, signal"
    };
}

fn responses_added(responses: &[ResponseState]) -> Statement<'_> {
    sql(concat!("INSERT INTO responses (", response_columns!(), ") {rows}")).rows(response_rows(responses))
}

/// Writes each response's latest revision. Where, when and how the first one was given stays.
fn responses_written(responses: &[ResponseState]) -> Statement<'_> {
    sql(concat!(
        "INSERT INTO responses (",
        response_columns!(),
        ") {rows} ON CONFLICT (site, number) DO UPDATE SET completed = excluded.completed"
    ))
    .rows(response_rows(responses))
}

fn response_rows(responses: &[ResponseState]) -> Rows<'_> {
    let visits = responses.iter().map(ResponseState::visit);
    Rows::new()
        .texts(responses.iter().map(|response| response.anchor.site.as_str()))
        .integers(responses.iter().map(|response| response.number))
        .ids(responses.iter().map(ResponseState::response_id))
        .texts(responses.iter().map(|response| response.anchor.survey.as_str()))
        .integers(responses.iter().map(|response| i64::from(response.anchor.version)))
        .texts(responses.iter().map(|response| response.anchor.page.as_str()))
        .integers(responses.iter().map(|response| i64::from(response.anchor.day)))
        .integers(responses.iter().map(|response| i64::from(response.is_completed)))
        .integers(responses.iter().map(|response| response.answered_at))
        .integers(responses.iter().map(|response| response.received_at))
        .texts(visits.clone().map(|visit| visit.title.as_str()))
        .texts(visits.clone().map(|visit| visit.referrer.as_str()))
        .texts(visits.clone().map(|visit| visit.device.as_str()))
        .texts(visits.clone().map(|visit| visit.language.as_str()))
        .integers(visits.clone().map(|visit| i64::from(visit.viewport.0)))
        .integers(visits.clone().map(|visit| i64::from(visit.viewport.1)))
        // A column holds 63 bits; 292 million years are enough.
        .integers(visits.clone().map(|visit| i64::try_from(visit.visible_ms).unwrap_or(i64::MAX)))
        .integers(visits.clone().map(|visit| i64::from(visit.scroll_percent)))
        .texts(visits.map(|visit| visit.signal.map(|signal| signal.as_str())))
}

/// Makes room for the present answers of those that were revised. Served by the primary keys of `answers` and `texts`.
fn earlier_answers_forgotten(responses: &[ResponseState]) -> [Statement<'_>; 2] {
    let rows = Rows::new()
        .texts(responses.iter().map(|response| response.anchor.site.as_str()))
        .integers(responses.iter().map(|response| response.number));
    [
        sql("DELETE FROM answers WHERE (site, response) IN ({rows})").rows(rows.clone()),
        sql("DELETE FROM texts WHERE (site, response) IN ({rows})").rows(rows),
    ]
}

fn texts_added<'a>(responses: impl Iterator<Item = &'a ResponseState>) -> Statement<'a> {
    let said = responses.filter_map(|response| Some((response, response.said.as_ref()?)));
    text_added(said.map(|(response, said)| {
        let Anchor { site, day, page, .. } = &*response.anchor;
        (site, response.number, *day, said.written(page))
    }))
}

/// What some responses can be found by: each with its site, its number and its day.
pub(super) fn text_added<'a>(said: impl Iterator<Item = (&'a SiteKey, i64, Day, String)>) -> Statement<'a> {
    let said: Vec<_> = said.collect();
    let rows = Rows::new()
        .texts(said.iter().map(|(site, ..)| site.as_str()).collect::<Vec<_>>())
        .integers(said.iter().map(|(_, number, ..)| *number))
        .integers(said.iter().map(|(_, _, day, _)| i64::from(*day)))
        .made_texts(said.into_iter().map(|(.., terms)| terms));
    sql("INSERT INTO texts (site, response, day, terms) {rows} ON CONFLICT (site, response) DO NOTHING").rows(rows)
}

fn answers_added<'a>(responses: impl Iterator<Item = &'a ResponseState>) -> Result<Statement<'a>, StoreError> {
    let write = sql("INSERT INTO answers (site, response, question, point, text, choices, contact) {rows}");
    Ok(write.rows(answer_rows(responses)?))
}

fn answer_rows<'a>(responses: impl Iterator<Item = &'a ResponseState>) -> Result<Rows<'a>, StoreError> {
    let mut places = Vec::new();
    let mut stored = Vec::new();
    for response in responses {
        for answer in &response.submission.answers {
            places.push((response.anchor.site.as_str(), response.number, answer.question.as_str()));
            stored.push(StoredAnswer::of(answer)?);
        }
    }
    let rows = Rows::new()
        .texts(places.iter().map(|(site, ..)| *site))
        .integers(places.iter().map(|(_, number, _)| *number))
        .texts(places.iter().map(|(.., question)| *question))
        .integers(stored.iter().map(|answer| answer.point))
        .texts(stored.iter().map(|answer| answer.text));
    let (choices, contact): (Vec<_>, Vec<_>) =
        stored.into_iter().map(|answer| (answer.choices, answer.contact)).unzip();
    Ok(rows.made_texts(choices).made_texts(contact))
}

/// An answer as it is stored. Each kind has columns of its own, so that what somebody left to be written back to can never be
/// taken for a comment.
#[derive(Default)]
struct StoredAnswer<'a> {
    point: Option<i64>,
    text: Option<&'a str>,
    choices: Option<String>,
    contact: Option<String>,
}

impl<'a> StoredAnswer<'a> {
    fn of(answer: &'a AcceptedAnswer) -> Result<Self, StoreError> {
        Ok(match &answer.value {
            AcceptedValue::Score(score) => Self { point: Some(score.point().into()), ..Self::default() },
            AcceptedValue::Text(text) => Self { text: Some(text.as_str()), ..Self::default() },
            AcceptedValue::Choices(given) => {
                let places = given.picked.iter().map(|choice| choice.as_str()).zip(given.places.iter().copied());
                let choices = Some(to_json(&places.collect::<BTreeMap<_, _>>())?);
                Self { choices, text: given.other.as_ref().map(|text| text.as_str()), ..Self::default() }
            }
            AcceptedValue::Contact(fields) => {
                let fields: Vec<_> = fields.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
                Self { contact: Some(to_json(&fields)?), ..Self::default() }
            }
        })
    }
}
