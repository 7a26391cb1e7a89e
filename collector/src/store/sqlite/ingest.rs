//! Storing a group of events: one transaction, a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use survey::accept::{AcceptedAnswer, AcceptedChoices, AcceptedValue};
use survey::definition::QuestionId;
use uuid::Uuid;

use super::{Store, StoreError, fitting, from_json, parsed, to_json};
use crate::ingest::commit::Verdicts;
use crate::ingest::item::Item;
use crate::ingest::rollup::{
    self, Anchor, Bin, Known, KnownResponse, Plan, PointKey, PresentationState, ResponseState, Stages,
};

impl Store {
    /// Stores a group of events and what they change in the counts, all or nothing. Returns once it is on disk.
    pub async fn commit(&self, items: Vec<Item>) -> Result<Verdicts, StoreError> {
        self.write(async |connection| {
            let known = known_presentations(connection, &items).await?;
            let plan = rollup::plan(known, items);
            carry_out(connection, &plan).await?;
            Ok(plan.verdicts)
        })
        .await
    }
}

async fn carry_out(connection: &mut SqliteConnection, plan: &Plan) -> Result<(), StoreError> {
    write_presentations(connection, &plan.presentations).await?;
    write_responses(connection, &plan.responses).await?;
    write_answers(connection, &plan.responses).await?;
    add_to_histograms(connection, &plan.histogram_changes).await?;
    add_to_funnel(connection, plan).await?;
    add_to_answered(connection, plan).await
}

/// What is stored of the presentations that the items speak of. Served by the primary key of `presentations`, the unique
/// index of `responses` and the primary key of `answers`.
async fn known_presentations(
    connection: &mut SqliteConnection,
    items: &[Item],
) -> Result<HashMap<Uuid, Known>, StoreError> {
    let ids: Vec<String> = items.iter().map(|item| hex(item.response_id())).collect();
    let rows = sqlx::query(
        "SELECT p.response_id, p.site, p.survey, p.version, p.page, p.day, p.segment, p.stages, r.rev,
                (SELECT json_group_array(json_object('question', a.question, 'point', a.point, 'choices', json(a.choices)))
                 FROM answers AS a
                 WHERE a.response = r.number AND (a.point IS NOT NULL OR a.choices IS NOT NULL)) AS counted
         FROM json_each($1) AS wanted
         CROSS JOIN presentations AS p ON p.response_id = unhex(wanted.value)
         LEFT JOIN responses AS r ON r.response_id = p.response_id",
    )
    .bind(to_json(&ids)?)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((response_id(row)?, known(row)?))).collect()
}

fn response_id(row: &SqliteRow) -> Result<Uuid, StoreError> {
    let bytes: Vec<u8> = row.try_get("response_id")?;
    Uuid::from_slice(&bytes)
        .map_err(|error| StoreError::Unreadable { what: "a response id", reason: error.to_string() })
}

fn known(row: &SqliteRow) -> Result<Known, StoreError> {
    let anchor = Anchor {
        site: parsed("a site key", row.try_get("site")?)?,
        survey: parsed("a survey id", row.try_get("survey")?)?,
        version: fitting("a version", row.try_get("version")?)?,
        page: row.try_get("page")?,
        day: fitting("a day", row.try_get("day")?)?,
        segment: row.try_get("segment")?,
    };
    let response = match row.try_get::<Option<i64>, _>("rev")? {
        Some(rev) => Some(KnownResponse {
            rev: fitting("a rev", rev)?,
            bins: from_json::<Vec<Counted>>("a response's answers", row.try_get("counted")?)?
                .into_iter()
                .flat_map(Counted::bins)
                .collect::<BTreeSet<Bin>>(),
        }),
        None => None,
    };
    let stages = Stages::from_bits(fitting("a set of stages", row.try_get("stages")?)?);
    Ok(Known { anchor: Arc::new(anchor), stages, response })
}

/// An answer that is counted, as it is stored.
#[derive(Deserialize)]
struct Counted {
    question: QuestionId,
    point: Option<u8>,
    choices: Option<BTreeMap<String, u8>>,
}

impl Counted {
    /// As [`AcceptedValue::bins`] had them when it was accepted.
    fn bins(self) -> Vec<Bin> {
        let Self { question, point, choices } = self;
        let answered = choices.as_ref().map(|_| AcceptedValue::ANSWERED);
        let bins = point.into_iter().chain(choices.into_iter().flat_map(BTreeMap::into_values)).chain(answered);
        bins.map(|bin| (question.clone(), bin)).collect()
    }
}

async fn write_presentations(
    connection: &mut SqliteConnection,
    presentations: &[PresentationState],
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        response_id: String,
        #[serde(flatten)]
        place: Place<'a>,
        stages: u8,
    }
    let rows: Vec<Row> = presentations
        .iter()
        .map(|presentation| Row {
            response_id: hex(presentation.response_id),
            place: Place::of(&presentation.anchor),
            stages: presentation.stages.bits(),
        })
        .collect();
    run(
        connection,
        "INSERT INTO presentations (response_id, site, survey, version, page, day, segment, stages)
         SELECT unhex(value ->> 'response_id'), value ->> 'site', value ->> 'survey', value ->> 'version',
                value ->> 'page', value ->> 'day', value ->> 'segment', value ->> 'stages'
         FROM json_each($1) WHERE true
         ON CONFLICT (response_id) DO UPDATE SET stages = excluded.stages",
        &rows,
    )
    .await
}

/// Writes each response's latest revision. Where, when and how the first one was given stays.
async fn write_responses(connection: &mut SqliteConnection, responses: &[ResponseState]) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        response_id: String,
        #[serde(flatten)]
        place: Place<'a>,
        rev: u32,
        completed: u8,
        answered_at: i64,
        received_at: i64,
        title: &'a str,
        referrer: &'a str,
        language: &'a str,
        viewport: (u32, u32),
        visible_ms: i64,
        scroll_percent: u8,
        signal: Option<&'a str>,
    }
    let rows: Vec<Row> = responses
        .iter()
        .map(|response| Row {
            response_id: hex(response.response_id()),
            place: Place::of(&response.anchor),
            rev: response.submission.rev,
            completed: response.submission.completed.into(),
            answered_at: response.answered_at,
            received_at: response.received_at,
            title: &response.visit().title,
            referrer: &response.visit().referrer,
            language: &response.visit().language,
            viewport: response.visit().viewport,
            // A column holds 63 bits; 292 million years are enough.
            visible_ms: i64::try_from(response.visit().visible_ms).unwrap_or(i64::MAX),
            scroll_percent: response.visit().scroll_percent,
            signal: response.visit().signal.map(|signal| signal.as_str()),
        })
        .collect();
    run(
        connection,
        "INSERT INTO responses (response_id, site, survey, version, page, day, segment, rev, completed, answered_at,
                received_at, title, referrer, language, viewport_width, viewport_height, visible_ms, scroll_percent, signal)
         SELECT unhex(value ->> 'response_id'), value ->> 'site', value ->> 'survey', value ->> 'version',
                value ->> 'page', value ->> 'day', value ->> 'segment', value ->> 'rev', value ->> 'completed',
                value ->> 'answered_at', value ->> 'received_at', value ->> 'title', value ->> 'referrer',
                value ->> 'language', value ->> '$.viewport[0]', value ->> '$.viewport[1]', value ->> 'visible_ms',
                value ->> 'scroll_percent', value ->> 'signal'
         FROM json_each($1) WHERE true
         ON CONFLICT (response_id) DO UPDATE SET rev = excluded.rev, completed = excluded.completed",
        &rows,
    )
    .await
}

/// Puts each response's present answers in the place of its earlier ones. Served by the unique index of `responses` and the
/// primary key of `answers`.
async fn write_answers(connection: &mut SqliteConnection, responses: &[ResponseState]) -> Result<(), StoreError> {
    let ids: Vec<String> = responses.iter().map(|response| hex(response.response_id())).collect();
    run(
        connection,
        "DELETE FROM answers WHERE response IN (
             SELECT r.number FROM json_each($1) AS changed
             CROSS JOIN responses AS r ON r.response_id = unhex(changed.value))",
        &ids,
    )
    .await?;
    let answers = responses.iter().flat_map(|response| {
        let response_id = hex(response.response_id());
        response.submission.answers.iter().map(move |answer| AnswerRow::of(response_id.clone(), answer))
    });
    run(
        connection,
        "INSERT INTO answers (response, question, point, text, choices, contact)
         SELECT r.number, given.value ->> 'question', given.value ->> 'point', given.value ->> 'text',
                given.value -> 'choices', given.value -> 'contact'
         FROM json_each($1) AS given
         CROSS JOIN responses AS r ON r.response_id = unhex(given.value ->> 'response_id')",
        &answers.collect::<Vec<_>>(),
    )
    .await
}

/// An answer as it is stored. Each kind has columns of its own, so that what somebody left to be written back to can never be
/// taken for a comment.
#[derive(Serialize)]
struct AnswerRow<'a> {
    response_id: String,
    question: &'a str,
    point: Option<u8>,
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<BTreeMap<&'a str, u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Vec<(&'a str, &'a str)>>,
}

impl<'a> AnswerRow<'a> {
    fn of(response_id: String, answer: &'a AcceptedAnswer) -> Self {
        let question = answer.question.as_str();
        let nothing = Self { response_id, question, point: None, text: None, choices: None, contact: None };
        match &answer.value {
            AcceptedValue::Score(score) => Self { point: Some(score.point()), ..nothing },
            AcceptedValue::Text(text) => Self { text: Some(text.as_str()), ..nothing },
            AcceptedValue::Choices(AcceptedChoices { places, picked, other }) => {
                let choices = picked.iter().map(|choice| choice.as_str()).zip(places.iter().copied()).collect();
                Self { choices: Some(choices), text: other.as_ref().map(|text| text.as_str()), ..nothing }
            }
            AcceptedValue::Contact(fields) => {
                let contact = fields.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
                Self { contact: Some(contact), ..nothing }
            }
        }
    }
}

/// Served by the primary key of `histograms`.
async fn add_to_histograms(connection: &mut SqliteConnection, changes: &[(PointKey, i64)]) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        #[serde(flatten)]
        place: Place<'a>,
        question: &'a str,
        point: u8,
        change: i64,
    }
    let rows: Vec<Row> = changes
        .iter()
        .map(|(key, change)| Row {
            place: Place::of(&key.anchor),
            question: key.question.as_str(),
            point: key.point,
            change: *change,
        })
        .collect();
    run(
        connection,
        "INSERT INTO histograms (site, day, page, survey, version, segment, question, point, count)
         SELECT value ->> 'site', value ->> 'day', value ->> 'page', value ->> 'survey', value ->> 'version',
                value ->> 'segment', value ->> 'question', value ->> 'point', value ->> 'change'
         FROM json_each($1) WHERE true
         ON CONFLICT (site, day, page, survey, version, segment, question, point)
         DO UPDATE SET count = count + excluded.count",
        &rows,
    )
    .await
}

/// Served by the primary key of `funnel`.
async fn add_to_funnel(connection: &mut SqliteConnection, plan: &Plan) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        #[serde(flatten)]
        place: Place<'a>,
        reached: survey::report::Funnel,
    }
    let rows: Vec<Row> = plan
        .funnel_changes
        .iter()
        .map(|(anchor, reached)| Row { place: Place::of(anchor), reached: *reached })
        .collect();
    run(
        connection,
        "INSERT INTO funnel (site, day, page, survey, version, segment,
                eligible, shown, started, answered, completed, dismissed)
         SELECT value ->> 'site', value ->> 'day', value ->> 'page', value ->> 'survey', value ->> 'version',
                value ->> 'segment', value ->> '$.reached.eligible', value ->> '$.reached.shown',
                value ->> '$.reached.started', value ->> '$.reached.answered', value ->> '$.reached.completed',
                value ->> '$.reached.dismissed'
         FROM json_each($1) WHERE true
         ON CONFLICT (site, day, page, survey, version, segment)
         DO UPDATE SET eligible = eligible + excluded.eligible, shown = shown + excluded.shown,
                       started = started + excluded.started, answered = answered + excluded.answered,
                       completed = completed + excluded.completed, dismissed = dismissed + excluded.dismissed",
        &rows,
    )
    .await
}

/// Served by the primary key of `answered`.
async fn add_to_answered(connection: &mut SqliteConnection, plan: &Plan) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        site: &'a str,
        survey: &'a str,
        count: u64,
    }
    let changes = plan.funnel_changes.iter().filter(|(_, reached)| reached.answered > 0);
    let rows: Vec<Row> = changes
        .map(|(anchor, reached)| Row {
            site: anchor.site.as_str(),
            survey: anchor.survey.as_str(),
            count: reached.answered,
        })
        .collect();
    run(
        connection,
        "INSERT INTO answered (site, survey, count)
         SELECT value ->> 'site', value ->> 'survey', value ->> 'count' FROM json_each($1) WHERE true
         ON CONFLICT (site, survey) DO UPDATE SET count = count + excluded.count",
        &rows,
    )
    .await
}

/// The columns that say where something is counted.
#[derive(Serialize)]
struct Place<'a> {
    site: &'a str,
    survey: &'a str,
    version: u32,
    page: &'a str,
    day: i32,
    segment: &'a str,
}

impl<'a> Place<'a> {
    fn of(anchor: &'a Anchor) -> Self {
        Self {
            site: anchor.site.as_str(),
            survey: anchor.survey.as_str(),
            version: anchor.version,
            page: &anchor.page,
            day: anchor.day,
            segment: &anchor.segment,
        }
    }
}

/// Runs a statement on rows that travel as one JSON array; on none, there is nothing to do.
async fn run<T: Serialize>(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: &[T],
) -> Result<(), StoreError> {
    if !rows.is_empty() {
        sqlx::query(statement).bind(to_json(rows)?).execute(connection).await?;
    }
    Ok(())
}

fn hex(response_id: Uuid) -> String {
    response_id.simple().to_string()
}
