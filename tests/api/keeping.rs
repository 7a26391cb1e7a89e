//! Keeping data: checked, backed up, restored, copied and carried to another collector, also when something is killed on the way.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use tests::postgres::Postgres;
use tests::{Chore, Collector, Rows, TestSite, asking_everything, ces_on, change_past_the_collector, program};

/// Enough that copying them takes a moment.
const MANY_PAGE_VIEWS: &str = "
    WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 60000)
    INSERT INTO page_views (site, day, page, referrer, device, browser, os, language, sampled, stands_for)
    SELECT 'test-site', unixepoch() / 86400 - n % 7, 'shop.example/' || n, '', 'phone', '', '', 'de', n, n * 0.1 FROM count";

async fn says(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    Chore { arguments, input: "" }.run(folder).await.map_err(|error| error.to_string())
}

async fn site_with_answers() -> TestSite {
    let site = TestSite::with_survey(asking_everything("/help")).await.unwrap();
    for score in 1..=7 {
        let answers = serde_json::json!([
            { "question": "score", "value": { "score": score } },
            { "question": "topics", "value": { "choices": { "picked": ["size", "other"], "other": "=1+1" } } },
            { "question": "why", "value": { "text": "@SUM(A1:A9)" } },
            { "question": "mail", "value": { "text": "ann@home.example" } },
            { "question": "who", "value": { "contact": [["name", "-2+3"], ["message", "\t=1"]] } },
        ]);
        let visitor = site.visitor();
        let answered = visitor.sends(&[visitor.submission_of(1, answers, "/help")]).await.unwrap();
        assert_eq!(answered.status, StatusCode::NO_CONTENT, "{answered:?}");
        site.visitor().reaches("shown", "/help").await.unwrap();
    }
    site
}

/// What is told of the answers, but for their numbers.
fn answers_of(report: &Value) -> Vec<String> {
    let mut answers: Vec<Value> = report["answers"].as_array().unwrap().clone();
    answers.iter_mut().for_each(|answer| answer["number"] = Value::Null);
    let mut told: Vec<String> = answers.iter().map(Value::to_string).collect();
    told.sort();
    told
}

#[tokio::test]
async fn a_check_finds_counts_that_are_not_what_the_rows_say() {
    let site = site_with_answers().await;
    let folder = site.collector.folder();
    let well = says(folder, &["check", "--public-url", "https://polls.example"]).await.unwrap();
    for expected in [
        "ok     public URL https://polls.example",
        "MB free where the database is",
        "has this version's schema",
        "its pages and references are whole",
        "site test-site: counts are those of 14 rows",
        "clock: no answer is from its future",
        "no --metrics-listen",
    ] {
        assert!(well.contains(expected), "{expected}\n{well}");
    }
    site.rows_once_folded().await.unwrap();
    let database = site.collector.database();
    change_past_the_collector(&database, "DELETE FROM counts WHERE grain = 0 AND cut = 0").await.unwrap();
    let ill = says(folder, &["check"]).await.unwrap_err();
    assert!(ill.contains("things are wrong"), "{ill}");
    let mended = says(folder, &["check", "--rebuild-counts"]).await.unwrap();
    assert!(mended.contains("site test-site: its 14 rows are counted anew"), "{mended}");
    let well = says(folder, &["check"]).await.unwrap();
    assert!(well.contains("site test-site: counts are those of 14 rows"), "{well}");
    site.rows().await.unwrap().assert_counted_right();
    change_past_the_collector(&database, "UPDATE responses SET received_at = received_at * 2").await.unwrap();
    let ill = says(folder, &["check"]).await.unwrap_err();
    assert!(ill.contains("one thing is wrong"), "{ill}");
}

#[tokio::test]
async fn nobody_else_on_the_machine_may_read_a_database_or_a_backup_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let add = ["site", "add", "my-shop", "--name", "My shop", "--origin", "https://shop.example"];
    says(folder.path(), &add).await.unwrap();
    says(folder.path(), &["backup", "--to", "kept.db"]).await.unwrap();
    says(folder.path(), &["restore", "--from", "kept.db", "--database", "sqlite:again.db"]).await.unwrap();
    for file in ["pagepoll.db", "kept.db", "again.db"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}: {mode:o}");
    }
}

#[tokio::test]
async fn a_backup_under_load_is_whole_and_becomes_the_database_again() {
    let site = site_with_answers().await;
    let folder = site.collector.folder();
    let load = tokio::spawn({
        let visitor = site.visitor();
        async move {
            for score in (1..=7).cycle().take(200) {
                visitor.another().answers(score, "/help").await.unwrap();
            }
        }
    });
    let said = says(folder, &["backup", "--to", "kept.db"]).await.unwrap();
    assert!(said.contains("kept.db is whole: 1 sites"), "{said}");
    load.await.unwrap();
    let refused = says(folder, &["backup", "--to", "kept.db"]).await.unwrap_err();
    assert!(refused.contains("kept.db is there already; name another file"), "{refused}");
    let nowhere = says(folder, &["backup", "--to", "nowhere/kept.db"]).await.unwrap_err();
    assert!(nowhere.contains("cannot write nowhere/kept.db") && nowhere.contains("--to"), "{nowhere}");

    let restored = says(folder, &["restore", "--from", "kept.db", "--database", "sqlite:again.db"]).await.unwrap();
    assert!(restored.contains("sqlite:again.db has what kept.db had: 1 sites"), "{restored}");
    let rows = Rows::of(&folder.join("again.db")).await.unwrap();
    rows.assert_counted_right();
    assert!(rows.responses.len() >= 7, "{} responses", rows.responses.len());
    let known = site.rows().await.unwrap();
    assert!(rows.responses.iter().all(|response| known.response(response.id) == Some(response)));

    let full = says(folder, &["restore", "--from", "kept.db"]).await.unwrap_err();
    assert!(full.contains("there is something in sqlite:pagepoll.db already"), "{full}");
    std::fs::write(folder.join("noise.db"), "no database at all, and long enough to be read as one".repeat(99))
        .unwrap();
    let noise = says(folder, &["restore", "--from", "noise.db", "--database", "sqlite:other.db"]).await.unwrap_err();
    assert!(noise.contains("noise.db cannot be used as a backup"), "{noise}");
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{left:?}");
}

#[tokio::test]
async fn a_backup_that_is_killed_leaves_nothing_under_its_name() {
    let site = site_with_answers().await;
    change_past_the_collector(&site.collector.database(), MANY_PAGE_VIEWS).await.unwrap();
    let folder = site.collector.folder();
    for after_ms in [5, 20, 40, 80, 120] {
        let mut backup = std::process::Command::new(program().unwrap());
        let backup = backup.args(["backup", "--to", "kept.db"]).current_dir(folder).stdout(Stdio::null());
        let mut backup = backup.stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        backup.kill().unwrap();
        backup.wait().unwrap();
        if folder.join("kept.db").exists() {
            assert_eq!(tests::damage(&folder.join("kept.db")).await.unwrap(), Vec::<String>::new());
            std::fs::remove_file(folder.join("kept.db")).unwrap();
        }
    }
    says(folder, &["backup", "--to", "kept.db"]).await.unwrap();
}

/// Copies while the copy is killed again and again; tells how often it was.
async fn copies_through_kills(folder: &Path, to: &str) -> usize {
    let mut kills = 0;
    for after_ms in [60, 90, 120, 150, 180, 210] {
        let mut copy = std::process::Command::new(program().unwrap());
        let copy =
            copy.args(["copy", "--from", "sqlite:pagepoll.db", "--to", to]).current_dir(folder).stdout(Stdio::null());
        let mut copy = copy.stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        if copy.try_wait().unwrap().is_some() {
            break;
        }
        copy.kill().unwrap();
        copy.wait().unwrap();
        kills += 1;
    }
    kills
}

async fn a_copy_that_is_killed_goes_on(to: &str) -> (TestSite, String) {
    let mut site = site_with_answers().await;
    change_past_the_collector(&site.collector.database(), MANY_PAGE_VIEWS).await.unwrap();
    site.collector.stop().await.unwrap();
    let folder = site.collector.folder();
    let kills = copies_through_kills(folder, to).await;
    let unfinished = says(folder, &["site", "list", "--database", to]).await;
    let said = says(folder, &["copy", "--from", "sqlite:pagepoll.db", "--to", to]).await;
    println!("{kills} kills; {said:?}");
    // Unless it was killed before it had begun to copy.
    if let Err(refused) = unfinished {
        let states = ["has a part of a copy and no more; start the same", "there is no database", "has schema"];
        assert!(states.iter().any(|state| refused.contains(state)), "{refused}");
    }
    let said = said.unwrap();
    assert!(kills > 1, "the copy was never interrupted");
    assert!(
        said.contains("page_views: 60000 rows, like the original") && said.contains("presentations: 14 rows"),
        "{said}"
    );
    let again = says(folder, &["copy", "--from", "sqlite:pagepoll.db", "--to", to]).await.unwrap_err();
    assert!(again.contains("already; copy into an empty database"), "{again}");
    (site, said)
}

#[tokio::test]
async fn a_copy_that_is_killed_again_and_again_ends_like_the_original() {
    let (site, _) = a_copy_that_is_killed_goes_on("sqlite:copy.db").await;
    let rows = Rows::of(&site.collector.folder().join("copy.db")).await.unwrap();
    rows.assert_counted_right();
    assert_eq!(rows.responses, site.rows().await.unwrap().responses);
}

#[tokio::test]
async fn a_copy_into_postgres_serves_the_same_and_its_backup_is_the_way_back() {
    if let Some(missing) = Postgres::missing() {
        println!("skipped: {missing}");
        return;
    }
    let server = Postgres::start().await.unwrap();
    let url = Postgres::url(server.port(), &server.create_database().await.unwrap());
    let (site, _) = a_copy_that_is_killed_goes_on(&url).await;
    let folder = site.collector.folder();
    let rows = Rows::of_postgres(&url).await.unwrap();
    rows.assert_counted_right();
    assert_eq!(rows.responses, site.rows().await.unwrap().responses);
    // Numbers go on where they were: a new user does not get the number of one who is there.
    let add = ["user", "add", "new@example.com", "--site", "test-site", "--database", &url];
    Chore { arguments: &add, input: "a long enough password" }.run(folder).await.unwrap();

    says(folder, &["backup", "--database", &url, "--to", "kept.db"]).await.unwrap();
    says(folder, &["restore", "--from", "kept.db", "--database", "sqlite:again.db"]).await.unwrap();
    let again = Rows::of(&folder.join("again.db")).await.unwrap();
    again.assert_counted_right();
    assert_eq!(again.responses, rows.responses);
    assert!(says(folder, &["check", "--database", &url]).await.unwrap().contains("counts are those of 14 rows"));
}

#[tokio::test]
async fn a_copy_beside_a_running_collector_says_what_it_lacks() {
    let site = site_with_answers().await;
    let folder = site.collector.folder();
    let load = tokio::spawn({
        let visitor = site.visitor();
        async move {
            loop {
                visitor.another().answers(5, "/help").await.unwrap();
            }
        }
    });
    change_past_the_collector(&site.collector.database(), MANY_PAGE_VIEWS).await.unwrap();
    let said = says(folder, &["copy", "--from", "sqlite:pagepoll.db", "--to", "sqlite:copy.db"]).await.unwrap_err();
    load.abort();
    assert!(said.contains("presentations") && said.contains("stop every collector"), "{said}");
    Rows::of(&folder.join("copy.db")).await.unwrap().assert_counted_right();
}

#[tokio::test]
async fn a_site_moves_to_another_collector_and_moving_it_twice_changes_nothing() {
    let site = site_with_answers().await;
    says(site.collector.folder(), &["survey", "stop", "test-site", "everything"]).await.unwrap();
    let tagged = site.team.put("/api/sites/test-site/answers/1/tags", &serde_json::json!({ "tags": ["Bug"] })).await;
    assert!(tagged.unwrap().status.is_success());
    let exported = says(site.collector.folder(), &["export", "test-site"]).await.unwrap();
    assert!(exported.contains("\"tags\":[\"Bug\"]"), "{exported}");
    let ids: Vec<String> =
        site.rows().await.unwrap().responses.iter().map(|response| response.id.to_string()).collect();
    assert!(
        ids.iter().all(|id| !exported.contains(id) && !exported.contains(&id.replace('-', ""))),
        "a response id leaks"
    );

    let add = ["site", "add", "another", "--name", "Another", "--origin", "https://another.example"];
    let there = Collector::start(&[Chore { arguments: &add, input: "" }]).await.unwrap();
    // Pages that the site has no more, and what stands for many, come along.
    let exported = exported.replacen("\"page\":\"shop.example/", "\"page\":\"old.example/", 1);
    let exported = exported.replacen("\"page\":\"shop.example/help\"", "\"page\":\"(other)\"", 1);
    assert!(exported.contains("old.example/") && exported.contains("(other)"), "{exported}");
    std::fs::write(there.folder().join("moved.ndjson"), &exported).unwrap();
    let import = ["import", "--from", "moved.ndjson"];
    let said = says(there.folder(), &import).await.unwrap();
    assert!(said.contains("site test-site: 7 answers taken over, 0 were there already"), "{said}");
    // As if it had been stopped before its tags.
    change_past_the_collector(&there.database(), "DELETE FROM tags").await.unwrap();
    let said = says(there.folder(), &import).await.unwrap();
    assert!(said.contains("0 answers taken over, 7 were there already"), "{said}");
    there.rows().await.unwrap().assert_counted_right();
    let again = says(there.folder(), &["export", "test-site"]).await.unwrap();
    let report = |export: &str| {
        let answers: Vec<Value> = export
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok()?.get("answer").cloned())
            .collect();
        answers_of(&serde_json::json!({ "answers": answers }))
    };
    assert_eq!(report(&again), report(&exported));
    assert!(again.contains("\"tags\":[\"Bug\"]"), "{again}");
    assert!(says(there.folder(), &["survey", "list", "test-site"]).await.unwrap().contains("paused, 7 answers"));
    assert!(says(there.folder(), &["check"]).await.unwrap().contains("counts are those of 7 rows"));
}

#[tokio::test]
async fn what_is_imported_must_have_been_exported() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let folder = site.collector.folder();
    let exported = says(folder, &["export", "test-site"]).await.unwrap();
    for (text, told) in [
        (String::new(), "does not begin with a site"),
        ("nonsense".to_owned(), "does not begin with a site"),
        (format!("{exported}{{\"answer\":{{}}}}\n"), "line 3 is no line of an export"),
        (
            exported.replace("\"version\":1,\"definition\"", "\"version\":3,\"definition\""),
            "version 3 would become 2 here",
        ),
        (
            exported.replace("\"retention_days\":null", "\"retention_days\":0"),
            "retention_days: answers cannot be kept for 0",
        ),
        (exported.replace("https://shop.example", "shop.example"), "\"shop.example\" is not an origin"),
        (exported.replace("How was it?", "And how was it?"), "another version 1 of survey page-ces"),
    ] {
        std::fs::write(folder.join("moved.ndjson"), text).unwrap();
        let said = says(folder, &["import", "--from", "moved.ndjson"]).await.unwrap_err();
        assert!(said.contains(told), "{said}\nshould say\n{told}");
    }
    let missing = says(folder, &["import", "--from", "missing.ndjson"]).await.unwrap_err();
    assert!(missing.contains("cannot read missing.ndjson"), "{missing}");
}

#[tokio::test]
async fn a_sheet_has_no_formula_and_no_response_id() {
    let site = site_with_answers().await;
    let sheet = says(site.collector.folder(), &["export", "test-site", "--format", "csv"]).await.unwrap();
    assert_eq!(sheet.lines().count(), 1 + 7 * 5, "{sheet}");
    for expected in
        ["number,answered_at,page", "shop.example/help", "size other", "'=1+1", "'@SUM(A1:A9)", "'-2+3", "'\t'=1"]
    {
        assert!(sheet.contains(expected), "{expected}\n{sheet}");
    }
    assert!(
        sheet.split([',', '\n']).all(|cell| !cell.trim_matches('"').starts_with(['=', '+', '-', '@', '\t'])),
        "{sheet}"
    );
    let nobody = says(site.collector.folder(), &["export", "nobody", "--format", "csv"]).await.unwrap_err();
    assert!(nobody.contains("site nobody does not exist"), "{nobody}");
}
