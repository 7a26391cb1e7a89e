//! Addresses and rules: a table of cases (`cases.txt`), each of them judged by the rule and by the gate.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use survey::definition::Survey;
use survey::gate::Gate;
use survey::page::{PageKey, UrlParts};
use survey::targeting::{Condition, Field, FieldKind, Value, VisitorFacts};
use url::Url;

struct Case<'a> {
    address: &'a str,
    rule: &'a str,
    holds: bool,
}

impl<'a> Case<'a> {
    fn all() -> impl Iterator<Item = Case<'static>> {
        let lines = include_str!("cases.txt").lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        lines.map(Case::read)
    }

    /// The address ends where the rule begins; the rule ends with its last brace.
    fn read(line: &'a str) -> Self {
        let (begin, end) = (line.find(" {").unwrap(), line.rfind('}').unwrap() + 1);
        let verdict = line[end..].split("//").next().unwrap().trim();
        let holds = match verdict {
            "yes" => true,
            "no" => false,
            other => panic!("{line}: neither yes nor no but {other:?}"),
        };
        Self { address: line[..begin].trim_end(), rule: line[begin..end].trim(), holds }
    }

    fn url(&self) -> Url {
        self.address.parse().unwrap_or_else(|error| panic!("{}: {error}", self.address))
    }

    /// What a browser on this page would tell: see `widget/src/host/facts.rs`.
    fn facts(&self) -> VisitorFacts {
        let url = self.url();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let parts = UrlParts { host: url.host_str().unwrap(), path: url.path(), query: &query };
        let page = PageKey::new(parts, &[]).unwrap_or_else(|error| panic!("{}: {error}", self.address));
        let mut values = vec![
            (Field::of(FieldKind::Host), value(page.host())),
            (Field::of(FieldKind::Path), Value::of_path(page.path())),
        ];
        if let Some(hash) = url.fragment().filter(|hash| !hash.is_empty()) {
            values.push((Field::of(FieldKind::Hash), value(hash)));
        }
        // The first of a name is found first.
        for (name, text) in url.query_pairs() {
            values.push((Field::named(FieldKind::Query, &name), value(&text)));
            if let Some(utm) = name.strip_prefix("utm_") {
                values.push((Field::named(FieldKind::Utm, utm), value(&text)));
            }
        }
        VisitorFacts { values, ..VisitorFacts::default() }
    }
}

fn value(text: &str) -> Value {
    Value { text: text.into(), folded: text.to_lowercase(), number: text.parse().ok() }
}

/// What the loader makes of `location.pathname`: JavaScript's `decodeURI`, then no trailing slash. It lets through what cannot be
/// decoded.
fn as_the_loader_sees_it(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = more.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = u8::from_str_radix(code?, 16).ok()?;
        if b";/?:@&=+$,#".contains(&byte) {
            bytes.push(b'%');
        } else {
            bytes.push(byte);
            rest = &more[2..];
        }
    }
    Some(String::from_utf8(bytes).ok()?.trim_end_matches('/').to_owned())
}

#[test]
fn every_rule_holds_where_it_should_and_nowhere_else() {
    let mut wrong = String::new();
    let mut count = 0;
    for case in Case::all() {
        let rule: Condition = serde_json::from_str(case.rule).unwrap_or_else(|error| panic!("{}: {error}", case.rule));
        if rule.holds(&case.facts()) != case.holds {
            let _ = writeln!(
                wrong,
                "{} should {}hold on {}",
                case.rule,
                if case.holds { "" } else { "not " },
                case.address
            );
        }
        count += 1;
    }
    println!("{count} cases");
    assert!(count >= 150, "only {count} cases");
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn wherever_a_rule_holds_the_gate_admits() {
    for case in Case::all().filter(|case| case.holds) {
        let rule: Condition = serde_json::from_str(case.rule).unwrap();
        let regex = Gate::of_condition(&rule).to_regex();
        let gate = regex::RegexBuilder::new(&regex).case_insensitive(true).build().unwrap();
        let admits = as_the_loader_sees_it(case.url().path()).is_none_or(|path| gate.is_match(&path));
        assert!(admits, "{}: {regex} on {}", case.rule, case.address);
    }
}

/// The promise is 1 ms for 20 rules on a CPU slowed to a quarter. A build without optimisation is slower than that.
#[test]
fn twenty_hard_rules_are_judged_within_a_millisecond() {
    let path = format!("/{}", "abcdefgh-1234/".repeat(20));
    let when = r#"{"all":[{"path":{"regex":"^/([a-z]+-[0-9]+/)+x$"}},{"path":{"glob":"/**/a*b*c*/**/z"}},
        {"any":[{"title":{"contains":"größe"}},{"cookie:plan":{"one_of":["a","b","c","d"]}},{"path":{"contains":"zz"}}]}]}"#;
    let when = when.replacen("all", "any", 1);
    let survey = |n: usize| -> Survey {
        serde_json::from_str(&format!(
            r#"{{"id":"s{n}","name":"n","when":{when},"triggers":[{{"visible_seconds":5}}],
                "questions":[{{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}],
                "endings":[{{"title":"Thanks","text":""}}]}}"#
        ))
        .unwrap()
    };
    let surveys: Vec<_> = (0..20).map(|n| survey(n).candidate().clone()).collect();
    let mut facts = VisitorFacts::on(&path);
    facts.values.push((Field::of(FieldKind::Title), value(&"Ein sehr langer Titel ".repeat(10))));
    facts.values.push((Field::named(FieldKind::Cookie, "plan"), value("free")));
    let rules = survey::targeting::Rules { surveys: &surveys, quiet_days: 0 };
    let mut times: Vec<_> = (0..101)
        .map(|_| {
            let begun = std::time::Instant::now();
            let decision = survey::targeting::decide(rules, &facts);
            assert!(decision.show.is_none());
            begun.elapsed()
        })
        .collect();
    times.sort();
    println!("20 rules: median {:?}, 99 % within {:?}", times[50], times[99]);
    assert!(times[50] < std::time::Duration::from_millis(1), "median {:?}", times[50]);
}
