//! The gate as the browser runs it: never narrower than the rules.

use serde_json::{Value, json};
use survey::gate::Gate;
use survey::page::canonical_path;
use survey::targeting::{Condition, VisitorFacts};
use tests::Setting;

const RULES: [&str; 8] = [
    r#"{"path":{"is":"/pricing"}}"#,
    r#"{"path":{"is":"/café"}}"#,
    r#"{"path":{"is":"/a.b/c%20d"}}"#,
    r#"{"path":{"glob":"/help/**"}}"#,
    r#"{"path":{"glob":"/product/*/reviews"}}"#,
    r#"{"all":[{"path":{"glob":"/**"}},{"not":{"path":{"is":"/cart"}}}]}"#,
    r#"{"path":{"is":"/"}}"#,
    r#"{"path":{"glob":"/помощь/*"}}"#,
];

const PATHS: [&str; 18] = [
    "/",
    "/pricing",
    "/Pricing/",
    "/%70ricing",
    "/pricing//",
    "/cafe",
    "/caf%C3%A9",
    "/a.b/c%20d",
    "/axb/c%20d",
    "/help",
    "/help/returns/eu",
    "/helpers",
    "/product/x/reviews",
    "/product/reviews",
    "/cart",
    "/%",
    "/%D0%BF%D0%BE%D0%BC%D0%BE%D1%89%D1%8C/x",
    "/a%2Fb",
];

#[tokio::test]
async fn in_the_browser_too_the_gate_admits_wherever_the_rules_hold() {
    let browser = Setting::Mouse.browser().await.unwrap();
    // The loader's own line, whatever it is today.
    let loader = include_str!("../../widget/loader.js");
    let line = loader.lines().find(|line| line.contains("__GATE__")).unwrap();
    let admitted = line.split("return ").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    assert!(admitted.contains("test(decodeURI(location.pathname)"), "the loader's gate has another form: {line}");
    let (mut held, mut refused) = (0, 0);
    for rule in RULES {
        let condition: Condition = serde_json::from_str(rule).unwrap();
        let gate = serde_json::to_string(&Gate::of_condition(&condition).to_regex()).unwrap();
        let admitted = admitted.replace("__GATE__", &gate);
        let script = format!(
            "return {}.map(pathname => {{ const location = {{ pathname }}; try {{ return {admitted} }} catch {{ return true }} }})",
            json!(PATHS)
        );
        let admits: Vec<Value> = browser.run(&script).await.unwrap().as_array().unwrap().clone();
        for (path, admits) in PATHS.iter().zip(admits) {
            let holds = condition.holds(&VisitorFacts::on(&canonical_path(path)));
            assert!(!holds || admits == json!(true), "{rule} holds on {path}, but the gate is shut: {gate}");
            held += usize::from(holds);
            refused += usize::from(admits == json!(false));
        }
    }
    assert!(held > 20 && refused > 60, "the examples have become too tame: {held} held, {refused} refused");
}
