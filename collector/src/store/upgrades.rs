//! Databases of earlier versions: what was stored then is there after the upgrade.

use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions, Connection};
use survey::definition::{Band, SiteKey};
use survey::report::{Days, Timeline};
use survey::targeting::Trigger;

use super::sql::sqlite::{MIGRATIONS, options};
use super::{AnswerQuery, DatabaseAddress, Store, WhichAnswers};
use crate::comments::Search;
use crate::counts::Cut;

/// The schema as it was before a migration.
fn up_to(version: i64) -> Migrator {
    let mut earlier = Migrator::DEFAULT;
    earlier.migrations = MIGRATIONS.iter().filter(|migration| migration.version <= version).cloned().collect();
    earlier
}

#[tokio::test]
async fn a_database_from_before_targeting_keeps_its_sites_and_knows_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pagepoll.db");
    let mut connection = options(&path).create_if_missing(true).connect().await.unwrap();
    up_to(2).run(&mut connection).await.unwrap();
    let earlier = "INSERT INTO sites (key, name, origins, keep_query, demo)
                   VALUES ('shop', 'Shop', '[\"https://shop.example\"]', '[\"q\"]', 0);
                   INSERT INTO funnel SELECT 'shop', day.value, 'a.b/', 'help', 1, 'phone', 9, 8, 7, 6, 5, 4
                   FROM json_each('[1, 2]') AS day;";
    sqlx::raw_sql(earlier).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let store = Store::open(&DatabaseAddress::SqliteFile(path)).await.unwrap();
    let key: SiteKey = "shop".parse().unwrap();
    let site = store.site(&key).await.unwrap().unwrap();
    assert_eq!(site.settings.keep_query, ["q"]);
    assert_eq!(site.settings.page_view_sample_percent, 1.0);
    assert_eq!(store.answered().await.unwrap()[&(key, "help".parse().unwrap())], 12);
    store.close().await;
}

/// As the version before wrote it: with thanks for everybody, and the tab's label within the trigger.
const EARLIER_DEFINITION: &str = r#"{
    "id": "help", "version": 1, "name": "Help", "when": {"path": {"glob": "/help/**"}},
    "triggers": ["immediately", {"feedback_tab": {"label": "Your \"view\""}}, {"visible_seconds": 5}],
    "frequency": "once", "sample_percent": 100.0, "priority": 0,
    "questions": [{"id": "ease", "prompt": "Easy?", "kind": {"score": {
                      "scale": {"metric": "ces", "first": 1, "values": [1, 2, 3, 4, 5, 6, 7],
                                "direction": "higher_is_better", "positive": [5, 6, 7], "negative": [1, 2, 3]},
                      "look": "numbers", "low": "No", "high": "Yes"}}},
                  {"id": "why", "prompt": "Why?", "kind": {"comment": {"placeholder": ""}}}],
    "thanks": {"title": "Thanks", "text": "We read it."}}"#;

#[tokio::test]
async fn a_database_from_before_endings_keeps_its_surveys_and_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pagepoll.db");
    let mut connection = options(&path).create_if_missing(true).connect().await.unwrap();
    up_to(3).run(&mut connection).await.unwrap();
    let earlier = "INSERT INTO sites (key, name, origins, demo) VALUES ('shop', 'Shop', '[]', 0);
                   INSERT INTO presentations VALUES (x'00000000000000000000000000000001', 'shop', 'help', 1, 'a.b/', 1, 'phone', 15);
                   INSERT INTO responses VALUES (1, x'00000000000000000000000000000001', 'shop', 'help', 1, 'a.b/', 1, 'phone', 1, 0, 0, 0,
                                                 '', '', 'en', 1, 1, 1, 1, NULL);
                   INSERT INTO answers VALUES (1, 'ease', 6, NULL), (1, 'why', NULL, 'Clear');";
    sqlx::raw_sql(earlier).execute(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO surveys (site, id, version, definition) VALUES ('shop', 'help', 1, $1)")
        .bind(EARLIER_DEFINITION)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();

    let store = Store::open(&DatabaseAddress::SqliteFile(path)).await.unwrap();
    let stored = store.sites_with_surveys().await.unwrap().remove(0);
    let survey = stored.surveys[0].definition.clone().unwrap();
    assert_eq!(survey.own(&survey.endings()[0].title), "Thanks");
    assert_eq!(survey.tab_label().map(|label| survey.own(label)), Some("Your \"view\""));
    let expected = [Trigger::Immediately, Trigger::FeedbackTab, Trigger::VisibleSeconds(5)];
    assert_eq!(survey.triggers(), expected);

    let key: SiteKey = "shop".parse().unwrap();
    let query = AnswerQuery::newest(key.clone(), WhichAnswers::WithComments, 9);
    let given = store.answers(&query).await.unwrap().remove(0).given;
    assert_eq!((given[0].point, given[1].text.as_deref()), (Some(6), Some("Clear")));
    let search = Some(Search::parse("clear").unwrap());
    let found = store.answers(&AnswerQuery { search, band: Some(Band::Positive), ..query }).await.unwrap();
    assert_eq!(found.len(), 1, "it can be searched now");
    // It was counted otherwise then.
    let recount = store.recount(&key).await.unwrap();
    assert_eq!((recount.presentations, recount.differences), (1, Vec::new()));
    let timeline = Timeline::of(Days { first: 0, last: 2 });
    let counts = store.counts(&key, &timeline, &Cut::with("device", "phone")).await.unwrap();
    assert_eq!(
        counts.of_page("a.b/").unwrap().iter().map(|count| (count.bin, count.count)).collect::<Vec<_>>(),
        [(6, 1)]
    );
    store.close().await;
}

#[tokio::test]
async fn a_database_from_before_drafts_knows_from_its_log_who_published_what() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pagepoll.db");
    let mut connection = options(&path).create_if_missing(true).connect().await.unwrap();
    up_to(9).run(&mut connection).await.unwrap();
    let earlier = "INSERT INTO sites (key, name, origins, settings, demo) VALUES ('shop', 'Shop', '[]', '{}', 0);
                   INSERT INTO surveys (site, id, version, number, definition)
                   VALUES ('shop', 'help', 1, 1, '{}'), ('shop', 'help', 10, 2, '{}');
                   INSERT INTO audit_log (site, number, done_at, actor, deed, subject, details)
                   VALUES ('shop', 1, 70, 'ben@shop.example', 'survey_published', 'help', 'version 10: Help'),
                          ('shop', 2, 80, 'anna@shop.example', 'survey_stopped', 'help', '');";
    sqlx::raw_sql(earlier).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let store = Store::open(&DatabaseAddress::SqliteFile(path)).await.unwrap();
    let versions = store.versions(&"shop".parse().unwrap(), &"help".parse().unwrap()).await.unwrap();
    let told: Vec<_> = versions.into_iter().map(|one| (one.version, one.published_at, one.published_by)).collect();
    assert_eq!(told, [(1, None, None), (10, Some(70), Some("ben@shop.example".to_owned()))]);
    store.close().await;
}
