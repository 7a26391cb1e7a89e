//! The command line: what an operator is told, and what is refused with the place and the way out.

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tests::{Chore, Collector, TestSite, asking_everything, ces_on, change_past_the_collector, program};

/// What a verb says; its complaint, if it fails.
async fn says(collector: &Collector, arguments: &[&str]) -> String {
    match collector.also(Chore { arguments, input: "" }).await {
        Ok(said) => said,
        Err(refused) => refused.to_string(),
    }
}

/// What `pagepoll survey check` says of a survey that is changed in one member.
async fn check_with(collector: &Collector, member: &str, value: Value) -> String {
    let mut survey = ces_on("/help");
    survey[member] = value;
    check(collector, &survey.to_string()).await
}

async fn check(collector: &Collector, text: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    says(collector, &["survey", "check", &file.path().to_string_lossy()]).await
}

#[tokio::test]
async fn a_survey_that_is_checked_is_said_in_words_and_not_published() {
    let site = TestSite::with_survey(ces_on("/other")).await.unwrap();
    let mut survey = ces_on("/help");
    survey["frequency"] = json!({ "every_days": 30 });
    survey["sample_percent"] = json!(12.5);
    survey["quota"] = json!(100);
    survey["ends_at"] = json!("2030-01-01T00:00:00+01:00");
    let said = check(&site.collector, &survey.to_string()).await;
    for expected in [
        "where      path is /help",
        "when       when the visitor is about to leave, after 1 second or more on the page",
        "how often  every 30 days",
        "to whom    12.5 % of visitors",
        "until      100 visitors have answered",
        "to         2029-12-31T23:00:00Z",
        "asks       score: How was it?",
        "ease (CES), 1 to 7: Bad … Good, required",
        "as         a card in the bottom right corner",
        "in         en: complete",
        "ends       for everybody: Thank you.",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(site.publish(&ces_on("/other")).await.unwrap().contains("already"), "nothing was published");
}

#[tokio::test]
async fn whoever_adds_a_site_that_is_there_is_told_which_origins_it_has_lost() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let add = ["site", "add", "test-site", "--name", "Shop", "--origin"];
    let said = says(&site.collector, &[&add[..], &["https://new.example"]].concat()).await;
    assert!(said.contains("at https://new.example now, and no more at https://shop.example"), "{said}");
    let again = says(&site.collector, &[&add[..], &["https://new.example"]].concat()).await;
    assert!(again.contains("publish a survey on it"), "{again}");
}

#[tokio::test]
async fn whoever_mistypes_a_name_is_told_what_was_probably_meant() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for arguments in [
        &["survey", "list", "test-sight"][..],
        &["survey", "stop", "test-sit", "page-ces"],
        &["export", "tset-site"],
        &["token", "add", "test-sie", "--name", "a"],
    ] {
        let said = says(&site.collector, arguments).await;
        assert!(said.contains("does not exist") && said.contains("; did you mean \"test-site\"?"), "{said}");
    }
    let said = says(&site.collector, &["survey", "list", "unlike"]).await;
    assert!(said.contains("does not exist") && !said.contains("did you mean"), "{said}");
    let said = says(&site.collector, &["survey", "template", "page-cess"]).await;
    assert!(said.contains("there is no template \"page-cess\"; did you mean \"page-ces\"?"), "{said}");
}

#[tokio::test]
async fn a_backup_is_restored_into_nothing_but_an_empty_database() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    says(&site.collector, &["backup", "--to", "copy.db"]).await;
    let said = says(&site.collector, &["restore", "--from", "copy.db"]).await;
    assert!(said.contains("already; restore into an empty database"), "{said}");
}

#[tokio::test]
async fn a_rule_that_cannot_be_meant_is_refused_with_place_and_suggestion() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let all = |rule: Value| json!({ "all": [{ "path": { "is": "/a" } }, rule] });
    for (member, value, told) in [
        ("whenn", json!({}), r#"whenn: "whenn" is not known here; did you mean "when"?"#),
        (
            "when",
            all(json!({ "pth": { "is": "/b" } })),
            r#"when.all[1].pth: "pth" is not a field; did you mean "path"?"#,
        ),
        ("when", json!({ "path": { "iss": "/a" } }), r#"when.path.iss: "iss" is not an operator; did you mean "is"?"#),
        (
            "when",
            json!({ "device": { "is": "mobile" } }),
            r#"when.device.is: no device is called "mobile"; did you mean "phone"?"#,
        ),
        ("when", json!({ "visits": { "contains": "1" } }), "when.visits.contains: visits cannot be compared so"),
        ("when", json!({ "path": { "is": "/a?b=c" } }), "when.path.is: \"/a?b=c\" has a query or a fragment"),
        (
            "when",
            all(json!({ "path": { "is": "/b" } })),
            "when.all: never holds: path is /a and path is /b exclude each other",
        ),
        ("when", json!({ "any": [] }), "when.any: any of nothing never holds"),
        (
            "when",
            json!({ "path": { "regex": "(?:[ab]*a[ab]{40})c" } }),
            "when.path.regex: \"(?:[ab]*a[ab]{40})c\" is too large",
        ),
        (
            "when",
            json!({ "path": { "regex": "(a)\\1" } }),
            "when.path.regex: \"(a)\\\\1\" is not a regular expression: backreferences",
        ),
        (
            "when",
            json!({ "path": { "regex": "a".repeat(257) } }),
            "when.path.regex: a text in a rule has at most 256 bytes",
        ),
        (
            "triggers",
            json!([{ "scrol_percent": 5 }]),
            r#"triggers[0]: "scrol_percent" is not known here; did you mean "scroll_percent"?"#,
        ),
        ("triggers", json!([]), "triggers: none given"),
        (
            "frequency",
            json!({ "every_day": 3 }),
            r#"frequency: "every_day" is not known here; did you mean "every_days"?"#,
        ),
        ("sample_percent", json!(0.001), "sample_percent: 0.001 is not a share"),
        ("quota", json!(-1), "quota: -1 stands where a whole number that is not negative is wanted"),
        ("priority", json!(200), "priority: 200 stands where "),
        ("starts_at", json!("tomorrow"), r#"starts_at: "tomorrow" is not a moment"#),
        ("id", json!("Page CES"), r#"id: "Page CES" is not a name"#),
    ] {
        let said = check_with(&site.collector, member, value).await;
        assert!(said.contains(told), "{said}\nshould say\n{told}");
    }
    let dates = json!({ "starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z" });
    let mut survey = ces_on("/help");
    survey.as_object_mut().unwrap().extend(dates.as_object().unwrap().clone());
    assert!(check(&site.collector, &survey.to_string()).await.contains("ends_at: 2030-01-01T00:00:00Z is not after"));
}

#[tokio::test]
async fn a_survey_that_leads_nowhere_is_refused_by_the_name_of_the_question() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let leading = |next: Value| {
        let mut survey = asking_everything("/help");
        survey["questions"][0]["next"] = next;
        survey
    };
    let mut endless = asking_everything("/help");
    endless["questions"][3]["next"] = json!([{ "go": "topics" }]);
    let mut unknown_blank = asking_everything("/help");
    unknown_blank["questions"][0]["prompt"] = json!("{{answer.nobody}}?");
    let mut picky = asking_everything("/help");
    picky["endings"].as_array_mut().unwrap().pop();
    let mut script = asking_everything("/help");
    script["endings"][1]["link"] = json!({ "label": "On", "url": "javascript:alert(1)" });
    for (survey, told) in [
        (leading(json!([{ "go": "one" }])), "question topics is never reached"),
        (leading(json!([{ "go": "nowhere" }])), "questions[0].next[0]: there is no question nowhere"),
        (
            leading(json!([{ "if": { "chosen": ["price"] }, "go": "end" }])),
            "question score has no choices to ask about",
        ),
        (leading(json!([{ "if": { "score": { "from": 0, "to": 9 } }, "go": "end" }])), "has no points from 0 to 9"),
        (leading(json!([{ "if": "skipped", "go": "end" }])), "it never applies: no answer to score is left for it"),
        (endless, "the conversation goes round in circles"),
        (unknown_blank, "{{answer.nobody}}: no question of this name is asked before"),
        (picky, "endings[0].when: the last ending is for everybody"),
        (script, "is not an address; begin with https://"),
    ] {
        let said = check(&site.collector, &survey.to_string()).await;
        assert!(said.contains(told), "{said}\nshould say\n{told}");
        assert!(site.publish(&survey).await.unwrap_err().to_string().contains(told), "{told}");
    }
}

#[tokio::test]
async fn a_survey_that_is_checked_says_its_languages_its_logic_and_its_endings() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let said = check(&site.collector, &asking_everything("/help").to_string()).await;
    for expected in [
        "as         a bar along the top",
        "in         en: complete",
        "in         ru: lacks 18 texts, read in the survey's own language:\n             questions[0].kind.score.low\n",
        "asks       score: How was it?\n             ease (CES), 1 to 7: Bad … Good, required\n             if the score is good, on to “What is missing?”\n",
        "any of: Price, Size, Something else",
        "contact details: name, message",
        "ends       if at “How was it?”, the score is bad: Sorry",
        "ends       for everybody else: Thank you.",
    ] {
        assert!(said.contains(expected), "{said}\nshould say\n{expected}");
    }
}

#[tokio::test]
async fn what_is_refused_by_check_is_not_published_either() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let mut survey = ces_on("/help");
    survey["when"] = json!({ "pth": { "is": "/" } });
    let refused = site.publish(&survey).await.unwrap_err().to_string();
    assert!(refused.contains("is not a survey that can be shown") && refused.contains("when.pth"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_json_is_refused_with_line_and_column() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (text, told) in [
        ("{\n  \"id\": \"a\"\n  \"name\": \"A\"\n}", "this is not JSON: expected `,` or `}` at line 3 column 3"),
        ("", "this is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{ \"id\": \"a\", }", "this is not JSON: key must be a string at line 1 column 14"),
    ] {
        let said = check(&site.collector, text).await;
        assert!(said.contains(told), "{said}");
    }
    let missing = says(&site.collector, &["survey", "check", "no-such-file.json"]).await;
    assert!(missing.contains("cannot read no-such-file.json"), "{missing}");
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_shown() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let set =
        async |arguments: &[&str]| says(&site.collector, &[&["site", "set", "test-site"], arguments].concat()).await;
    let said =
        set(&["--quiet-days", "30", "--storage", "session", "--honour-gpc", "true", "--keep-query", "q[],page"]).await;
    for expected in ["30 quiet days", "session storage", "honours GPC", "1 % of page views", "q[], page"] {
        assert!(said.contains(expected), "{said}");
    }
    set(&["--page-view-sample", "12.5", "--honour-dnt", "true", "--keep-query", ""]).await;
    let listed = says(&site.collector, &["site", "list"]).await;
    for expected in
        ["test-site: Test, at https://shop.example", "30 quiet days", "honours GPC and DNT", "12.5 %", "kept: none"]
    {
        assert!(listed.contains(expected), "{listed}");
    }
    // To be added again, with other origins, changes no setting.
    let add = ["site", "add", "test-site", "--name", "Test", "--origin", "https://other.example"];
    says(&site.collector, &add).await;
    assert!(says(&site.collector, &["site", "list"]).await.contains("30 quiet days"));
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_by_name() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (arguments, told) in [
        (&["--quiet-days", "367"][..], "quiet_days: 367 is more than a year"),
        (&["--quiet-days", "-1"], "unexpected argument"),
        (&["--page-view-sample", "100.1"], "page_view_sample_percent: 100.1 is not a percentage"),
        (&["--page-view-sample", "NaN"], "page_view_sample_percent: NaN is not a percentage"),
        (&["--storage", "cookie"], "possible values: local, session, memory"),
        (&["--honour-gpc", "yes"], "possible values: true, false"),
        (&["--keep-query", "a&b"], "keep_query: \"a&b\" is not the name"),
        (&[], "nothing to change"),
        (&["--quiet-days", "0"], "nothing to change"),
    ] {
        let said = says(&site.collector, &[&["site", "set", "test-site"], arguments].concat()).await;
        assert!(said.contains(told), "{said}");
    }
    let nowhere = says(&site.collector, &["site", "set", "nowhere", "--quiet-days", "1"]).await;
    assert!(nowhere.contains("site nowhere does not exist;"), "{nowhere}");
}

#[tokio::test]
async fn a_survey_or_site_that_is_not_there_is_named() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    for (arguments, told) in [
        (
            ["survey", "stop", "test-site", "nothing"],
            "site test-site has no survey nothing; `pagepoll survey list test-site`",
        ),
        (["survey", "resume", "test-site", "nothing"], "site test-site has no survey nothing"),
        (["survey", "stop", "nowhere", "page-ces"], "site nowhere does not exist"),
        (["survey", "stop", "test-site", "Page CES"], "is not a name"),
    ] {
        let said = says(&site.collector, &arguments).await;
        assert!(said.contains(told), "{said}");
    }
    assert!(says(&site.collector, &["survey", "list", "nowhere"]).await.contains("site nowhere does not exist"));
    for (url, told) in [
        ("https://evil.example/", "is not on site test-site, whose pages live at https://shop.example"),
        ("/help", "is not an address"),
        ("javascript:alert(1)", "is not an address"),
    ] {
        let said = says(&site.collector, &["why-link", "test-site", url]).await;
        assert!(said.contains(told), "{said}");
    }
}

/// Fails unless it is refused in one line that says so.
async fn refused(folder: &std::path::Path, arguments: &[&str], told: &str) {
    let refused = Chore { arguments, input: "" }.run(folder).await.expect_err("it is refused").to_string();
    let (_, said) = refused.split_once("failed: ").unwrap();
    assert!(said.contains(told), "{arguments:?}: {said}\nshould say\n{told}");
    assert!(said.starts_with("pagepoll: ") && said.trim_end().lines().count() == 1, "{arguments:?}: {said}");
}

#[tokio::test]
async fn whatever_keeps_a_collector_from_serving_is_said_in_one_line_with_the_way_out() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let folder = site.collector.folder();
    let taken = site.collector.origin().replace("http://", "");
    std::fs::create_dir(folder.join("folder.db")).unwrap();
    std::fs::write(folder.join("noise.db"), "this is no database, whatever its name says".repeat(99)).unwrap();
    let free = "127.0.0.1:0";
    for (arguments, told) in [
        (
            &["serve", "--listen", "nowhere"][..],
            "invalid value 'nowhere' for '--listen <LISTEN>': write an address of this",
        ),
        (&["serve", "--listen", "192.0.2.1:0"], "take an address of this machine, or give another with --listen"),
        (&["serve", "--listen", &taken], "stop what uses the port, or give another with --listen"),
        (&["serve", "--listen", free, "--metrics-listen", &taken], "or give another with --metrics-listen"),
        (&["serve", "--listen", free, "--public-url", "polls.example"], "write it like https://shop.example"),
        (&["serve", "--listen", free, "--stop-notice", "301"], "301 is not in 0..=300"),
        (
            &["serve", "--listen", free, "--trusted-proxy", "proxy"],
            "invalid value 'proxy' for '--trusted-proxy <CIDR>'",
        ),
        (
            &["serve", "--listen", free, "--databse", "x"],
            "unexpected argument '--databse' found; tip: a similar argument exists: '--database'; see --help",
        ),
        (&["serv"], "unrecognized subcommand 'serv'; tip: some similar subcommands exist"),
        (&["serve", "--listen", free, "--database", "mysql://localhost/x"], "is not a database this version can use"),
        (&["serve", "--listen", free, "--database", "sqlite:folder.db"], "database folder.db: it is a folder"),
        (&["serve", "--listen", free, "--database", "sqlite:noise.db"], "file is not a database"),
        (
            &["serve", "--listen", free, "--database", "sqlite:nowhere/pagepoll.db"],
            "cannot open the database nowhere/pagepoll.db: there is no folder nowhere; make it, or name another",
        ),
        (&["serve", "--listen", free, "--database", "sqlite:/proc/pagepoll.db"], "name another with --database"),
        (
            &["serve", "--listen", free, "--database", "postgres://nobody@127.0.0.1:1/x"],
            "cannot open the database postgres://nobody@127.0.0.1:1/x",
        ),
        (&["check", "--database", "sqlite:missing.db"], "there is no database at missing.db"),
        (&["migrate", "--database", "sqlite:missing.db"], "there is no database at missing.db"),
        (&["backup", "--database", "sqlite:missing.db", "--to", "kept.db"], "there is no database at missing.db"),
        (&["restore", "--from", "missing.db", "--database", "sqlite:new.db"], "cannot read missing.db"),
        (&["copy", "--from", "sqlite:pagepoll.db", "--to", "sqlite:pagepoll.db"], "name two databases"),
        (&["export", "nobody"], "site nobody does not exist"),
        (&["snippet", "test-site"], "say it with --public-url"),
        (&["snippet", "nobody", "--public-url", "https://polls.example"], "site nobody does not exist"),
    ] {
        refused(folder, arguments, told).await;
    }
    assert!(!folder.join("missing.db").exists(), "a mistyped name begins no database");
    let snippet = says(&site.collector, &["snippet", "test-site", "--public-url", "https://polls.example"]).await;
    assert_eq!(snippet, "<script async src=\"https://polls.example/w/test-site.js\"></script>\n");
    assert!(says(&site.collector, &["completions", "bash"]).await.contains("_pagepoll()"));
}

#[tokio::test]
async fn whoever_reads_no_further_ends_a_command_quietly() {
    let mut command = Command::new(program().unwrap());
    command.args(["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_or_brought_up_to_date_by_whoever_says_so() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let (folder, database) = (site.collector.folder(), site.collector.database());
    assert!(says(&site.collector, &["migrate"]).await.contains("is up to date already"));
    let older = "CREATE TABLE kept AS SELECT * FROM _sqlx_migrations ORDER BY version DESC LIMIT 1";
    change_past_the_collector(&database, older).await.unwrap();
    let older = "DELETE FROM _sqlx_migrations WHERE version IN (SELECT version FROM kept)";
    change_past_the_collector(&database, older).await.unwrap();
    for arguments in [&["check"][..], &["site", "list"], &["backup", "--to", "kept.db"]] {
        refused(folder, arguments, "back it up and bring it up to date with `pagepoll migrate`").await;
    }
    let again = "INSERT INTO _sqlx_migrations SELECT * FROM kept";
    change_past_the_collector(&database, again).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'of the future', 1, x'00', 0)";
    change_past_the_collector(&database, newer).await.unwrap();
    for arguments in
        [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["site", "list"], &["backup", "--to", "kept.db"]]
    {
        refused(folder, arguments, "has schema 9999, and this version of Pagepoll only knows").await;
    }
    assert!(!folder.join("kept.db").exists());
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named() {
    let site = TestSite::with_survey(ces_on("/help")).await.unwrap();
    let elsewhere = ["--database", "sqlite:no-such-folder/pagepoll.db"];
    let said = says(&site.collector, &["site", "list", elsewhere[0], elsewhere[1]]).await;
    assert!(said.contains("there is no database at no-such-folder/pagepoll.db") && said.contains("site add"), "{said}");
    let add = ["site", "add", "new", "--name", "New", "--origin", "https://new.example", elsewhere[0], elsewhere[1]];
    let said = says(&site.collector, &add).await;
    assert!(
        said.contains("cannot open the database no-such-folder/pagepoll.db") && said.contains("--database"),
        "{said}"
    );
}
