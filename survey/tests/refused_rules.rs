//! Rules that are refused where they are saved: each with its place, its reason and the way out.

#![allow(clippy::unwrap_used)]

use survey::definition::Survey;
use survey::targeting::Condition;

fn refusal(rule: &str) -> String {
    match serde_json::from_str::<Condition>(rule) {
        Ok(accepted) => panic!("{rule} was accepted as {accepted:?}"),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn refused_with(rule: &str, parts: &[&str]) {
    let refusal = refusal(rule);
    for part in parts {
        assert!(refusal.contains(part), "{rule}\n  was refused with: {refusal}\n  which lacks: {part}");
    }
}

#[test]
fn an_unknown_field_or_operator_is_named_with_the_one_that_was_meant() {
    refused_with(r#"{"pth":{"is":"/help"}}"#, &["\"pth\" is not a field", "did you mean \"path\"?"]);
    refused_with(
        r#"{"any":[{"path":{"is":"/"}},{"not":{"devise":{"is":"phone"}}}]}"#,
        &["any[1].not.devise: ", "did you mean \"device\"?"],
    );
    refused_with(r#"{"timezone":{"is":"Europe/Berlin"}}"#, &["did you mean \"time_zone\"?"]);
    refused_with(r#"{"colour":{"is":"red"}}"#, &["there are: host, path"]);
    refused_with(r#"{"path":{"equals":"/help"}}"#, &["path.equals: ", "is not an operator", "is, is_not"]);
    refused_with(r#"{"path":{"start_with":"/help"}}"#, &["did you mean \"starts_with\"?"]);
    refused_with(r#"{"al":[]}"#, &["did you mean \"all\"?"]);
}

#[test]
fn a_rule_has_one_member_of_the_right_shape() {
    for wrong in ["[]", "true", "\"path\"", "{}", r#"{"path":{"is":"/"},"device":{"is":"phone"}}"#] {
        refused_with(wrong, &["an object with one member"]);
    }
    refused_with(r#"{"all":{"path":{"is":"/"}}}"#, &["all: takes a list"]);
    refused_with(r#"{"path":"/help"}"#, &["path: compare it with one operator"]);
    refused_with(r#"{"path":{"is":"/a","glob":"/b"}}"#, &["path: compare it with one operator"]);
    refused_with(r#"{"path":{"is":["/a"]}}"#, &["path.is: takes a text"]);
    refused_with(r#"{"path":{"one_of":"/a"}}"#, &["path.one_of: takes a list"]);
    refused_with(r#"{"path":{"one_of":[]}}"#, &["lists 0 values"]);
    refused_with(r#"{"cookie":{"is":"x"}}"#, &["say which, after a colon", "\"cookie:plan\""]);
    refused_with(r#"{"path:x":{"is":"/"}}"#, &["there is only one path"]);
    refused_with(r#"{"query:q":{"exists":"yes"}}"#, &["query:q.exists: takes true or false"]);
    let deep = (0..12).fold(r#"{"path":{"is":"/"}}"#.to_owned(), |inner, _| format!(r#"{{"not":{inner}}}"#));
    refused_with(&deep, &["nested more than 8 deep"]);
}

#[test]
fn an_operator_must_fit_its_field() {
    refused_with(r#"{"path":{"<":"5"}}"#, &["path.<: path cannot be compared so", "starts_with"]);
    refused_with(r#"{"visits":{"contains":"1"}}"#, &["visits cannot be compared so", "<, >"]);
    refused_with(r#"{"returning":{"is":"often"}}"#, &["\"often\" is not true or false"]);
    refused_with(r#"{"visits":{"is":"many"}}"#, &["\"many\" is not a number"]);
    refused_with(r#"{"visits":{">":"5"}}"#, &["visits.>: takes a number"]);
}

#[test]
fn a_path_rule_is_a_path() {
    refused_with(r#"{"path":{"is":"pricing"}}"#, &["does not begin with a slash", "\"/pricing\""]);
    refused_with(
        r#"{"path":{"is":"/pricing?plan=a"}}"#,
        &["has a query or a fragment", "write \"/pricing\"", "query:NAME"],
    );
    refused_with(r##"{"path":{"glob":"/pricing#faq"}}"##, &["has a query or a fragment"]);
    refused_with(r#"{"path":{"is":"https://shop.example/pricing"}}"#, &["is an address", "write \"/pricing\""]);
    refused_with(r#"{"path":{"is":"/a/../b"}}"#, &["dot segments"]);
    refused_with(r#"{"path":{"starts_with":"blog"}}"#, &["write \"/blog\""]);
    refused_with(r#"{"path":{"contains":""}}"#, &["every text has nothing in it"]);
    refused_with(&format!(r#"{{"path":{{"is":"/{}"}}}}"#, "x".repeat(300)), &["at most 256 bytes"]);
}

#[test]
fn what_is_saved_can_be_read_again_and_is_the_same() {
    // Found by fuzzing: each was saved, and refused or changed when it was read from the database.
    refused_with(&format!(r#"{{"path":{{"starts_with":"/{}"}}}}"#, "[".repeat(100)), &["at most 256 bytes", "301"]);
    refused_with(r#"{"path":{"is":"/%2e%2E/b"}}"#, &["dot segments"]);
    for rule in
        [r###"{"hash":{"is":"##top"}}"###, r#"{"path":{"ends_with":"x//"}}"#, r#"{"host":{"is":"www.www.a.b"}}"#]
    {
        let condition: Condition = serde_json::from_str(rule).unwrap();
        let saved = serde_json::to_string(&condition).unwrap();
        assert_eq!(serde_json::from_str::<Condition>(&saved).unwrap(), condition, "{saved}");
    }
}

#[test]
fn a_host_rule_is_a_host() {
    refused_with(
        r#"{"host":{"is":"https://shop.example/"}}"#,
        &["scheme, port and path are not compared", "\"shop.example\""],
    );
    refused_with(r#"{"host":{"is":"shop.example:8080"}}"#, &["write \"shop.example\""]);
    refused_with(r#"{"host":{"is":"shop example"}}"#, &["is not a host name"]);
    refused_with(r#"{"host":{"glob":"*.shop.example/x"}}"#, &["more than a host name"]);
}

#[test]
fn a_value_of_which_all_are_known_is_one_of_them() {
    refused_with(r#"{"device":{"is":"mobile"}}"#, &["no device is called \"mobile\"", "did you mean \"phone\"?"]);
    refused_with(r#"{"browser":{"is":"chrom"}}"#, &["did you mean \"chrome\"?"]);
    refused_with(r#"{"os":{"is":"OSX"}}"#, &["did you mean \"macos\"?"]);
    refused_with(r#"{"country":{"is":"Germany"}}"#, &["write its two letters"]);
    refused_with(r#"{"utm:sorce":{"is":"x"}}"#, &["did you mean \"source\"?"]);
    refused_with(r#"{"answered:Page CES":{"is":true}}"#, &["is not a name"]);
    refused_with(r#"{"score:page-ces":{">":3}}"#, &["name survey and question"]);
}

#[test]
fn a_regular_expression_cannot_run_away() {
    let begun = std::time::Instant::now();
    refused_with(r#"{"path":{"regex":"a(b"}}"#, &["path.regex: ", "unclosed group"]);
    refused_with(r#"{"path":{"regex":"(a)\\1"}}"#, &["backreferences are not supported"]);
    refused_with(r#"{"path":{"regex":"(?=a)b"}}"#, &["look-around"]);
    refused_with(r#"{"path":{"regex":"([ab]*a[ab]{200})+"}}"#, &["too large"]);
    refused_with(r#"{"path":{"regex":"(((a{100}){100}){100}){100}"}}"#, &["too large"]);
    refused_with(&format!(r#"{{"path":{{"regex":"{}"}}}}"#, "a?".repeat(200)), &["at most 256 bytes"]);
    let many = vec![r#"{"path":{"regex":"(a{1,9}){1,9}é"}}"#; 31].join(",");
    refused_with(&format!(r#"{{"not":{{"any":[{many}]}}}}"#), &["names 31 regular expressions; at most 30"]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "refusing took {:?}", begun.elapsed());
}

#[test]
fn a_rule_that_contradicts_itself_is_refused_with_both_sides() {
    let both = |a: &str, b: &str, parts: &[&str]| {
        refused_with(&format!(r#"{{"all":[{a},{b}]}}"#), &[&["never holds"], parts].concat())
    };
    both(
        r#"{"path":{"is":"/a"}}"#,
        r#"{"path":{"is":"/b"}}"#,
        &["all: ", "path is /a and path is /b exclude each other"],
    );
    both(r#"{"path":{"is":"/a"}}"#, r#"{"not":{"path":{"is":"/a/"}}}"#, &["path is /a and not path is /a"]);
    both(r#"{"path":{"is":"/a/x"}}"#, r#"{"path":{"glob":"/b/*"}}"#, &["path is like /b/*"]);
    both(
        r#"{"path":{"one_of":["/a","/b"]}}"#,
        r#"{"path":{"starts_with":"/c"}}"#,
        &["path is /a or /b", "starts with /c"],
    );
    both(r#"{"path":{"is":"/a"}}"#, r#"{"path":{"regex":"^/b"}}"#, &["matches /^/b/"]);
    both(r#"{"device":{"is":"phone"}}"#, r#"{"device":{"is_not":"phone"}}"#, &["device is not phone"]);
    both(r#"{"visits":{">":5}}"#, r#"{"visits":{"<":6}}"#, &["leave nothing in between"]);
    both(r#"{"trait:age":{">":5}}"#, r#"{"trait:age":{"<":5}}"#, &["leave nothing in between"]);
    both(r#"{"visits":{"is":3}}"#, r#"{"visits":{">":3}}"#, &["visits is 3 and visits is more than 3"]);
    both(r#"{"cookie:a":{"exists":false}}"#, r#"{"cookie:a":{"contains":"x"}}"#, &["cookie:a is not there"]);
    both(r#"{"returning":{"is":true}}"#, r#"{"returning":{"is":false}}"#, &["returning is true"]);
    let nested = r#"{"any":[{"path":{"is":"/"}},{"all":[{"os":{"is":"ios"}},{"all":[{"os":{"is":"macos"}}]}]}]}"#;
    refused_with(nested, &["any[1].all: never holds"]);
    refused_with(r#"{"any":[]}"#, &["any of nothing never holds"]);
    refused_with(r#"{"not":{"all":[]}}"#, &["leaves nobody"]);
}

#[test]
fn what_can_hold_is_accepted() {
    for rule in [
        r#"{"all":[{"path":{"glob":"/shop/**"}},{"not":{"path":{"is":"/shop/cart"}}}]}"#,
        r#"{"all":[{"query:a":{"is":"1"}},{"query:b":{"is":"2"}}]}"#,
        r#"{"all":[{"language":{"is":"de"}},{"language":{"is_not":"de-ch"}}]}"#,
        r#"{"all":[{"trait:age":{">":5}},{"trait:age":{"<":6}}]}"#,
        r#"{"any":[{"path":{"is":"/a"}},{"path":{"is":"/b"}}]}"#,
        r#"{"all":[{"path":{"one_of":["/a","/b"]}},{"path":{"is_not":"/a"}}]}"#,
    ] {
        serde_json::from_str::<Condition>(rule).unwrap_or_else(|error| panic!("{rule}: {error}"));
    }
}

fn survey_refusal(members: &str) -> String {
    let survey = format!(
        r#"{{"id":"a","name":"n",{members},"questions":[{{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}],
            "endings":[{{"title":"Thanks","text":""}}]}}"#
    );
    serde_json::from_str::<Survey>(&survey).unwrap_err().to_string()
}

#[test]
fn a_survey_that_could_never_appear_is_refused() {
    let at_once = r#""triggers":["immediately"]"#;
    let with = |member: &str| survey_refusal(&format!("{at_once},{member}"));
    assert!(with(r#""whenn":{"path":{"is":"/"}}"#).contains("unknown field `whenn`"));
    assert!(with(r#""sample_percent":0"#).contains("from 0.01 to 100"));
    assert!(with(r#""frequency":{"at_most":0}"#).contains("at most 0 times is never"));
    assert!(with(r#""frequency":{"every_days":0}"#).contains("every 0 days"));
    assert!(with(r#""frequency":"always""#).contains("triggers[0]: a survey whose frequency is \"always\" waits"));
    assert!(with(r#""quota":0"#).contains("0 answers is none"));
    assert!(with(r#""starts_at":"tomorrow""#).contains("2026-12-01T09:00:00Z"));
    assert!(
        with(r#""starts_at":"2026-12-01T09:00:00Z","ends_at":"2026-12-01T10:00:00+01:00""#).contains("is not after")
    );
    assert!(survey_refusal(r#""triggers":[{"scroll_percent":150}]"#).contains("triggers[0]: 150 percent"));
    assert!(survey_refusal(r#""triggers":["immediately",{"visible_seconds":100000}]"#).contains("triggers[1]: "));
    assert!(survey_refusal(r#""triggers":[{"click":" "}]"#).contains("1 to 256 bytes"));
    assert!(survey_refusal(r#""triggers":["later"]"#).contains("unknown variant `later`"));
}
