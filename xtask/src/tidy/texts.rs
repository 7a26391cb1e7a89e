//! What people read in the console can be read in every language: each text is marked in the source, each marked one has a translation
//! with the same blanks, and no translation is left over. What the collector says is translated where it is shown
//! (`console/src/reasons.rs`): each such translation is of something that it says.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::source::Source;
use super::tokens::{self, Token};
use super::tree::Project;
use crate::translations::{self, Catalogue, Translation, key};

const ROOM: &str = "console/src/";
const STYLE: &str = "console/style.css";
/// Where the macros are made, with texts of its own for tests alone.
const MARKERS: &str = "console/src/translation.rs";

/// How the contexts of what the collector says begin, and where it says it.
const OF_COLLECTOR: &str = "of the collector";
const COLLECTORS_ROOMS: [&str; 2] = ["survey/src/", "collector/src/"];

/// The product's name is the same everywhere.
const BRAND: &str = "Pagepoll";

/// A marked text.
struct Marked {
    path: String,
    line: usize,
    /// In English, for many; none where it depends on no number.
    many: Option<String>,
    /// What its blanks are filled with; none where that is said elsewhere.
    given: Option<BTreeSet<String>>,
}

fn code(source: &Source) -> Vec<(usize, Token)> {
    let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
    tokens::of(code)
}

fn console<'a>(project: &'a Project) -> impl Iterator<Item = &'a Source> {
    project.sources.iter().filter(|source| source.is_rust() && source.is_under(ROOM) && source.path != MARKERS)
}

/// Catalogues fit the source.
pub fn are_translated(project: &Project) -> Vec<Finding> {
    let mut marked = BTreeMap::new();
    let mut findings = Vec::new();
    for source in console(project) {
        let code = code(source);
        let calls = code.windows(3).enumerate().filter(|(_, next)| next[1].1.is_sign('!') && next[2].1.is_sign('('));
        for (place, next) in calls {
            if matches!(&next[0].1, Token::Word(word) if word == "tr") && is_shown_as_written(&code[..place]) {
                findings.push(source.finding(next[0].0, "shows readers the source", "put the macro in braces"));
            }
            let found = match &next[0].1 {
                Token::Word(word) if word == "tr" => translated(source, &code[place + 3..]),
                Token::Word(word) if word == "marked" => constant(source, &code[place + 3..]),
                _ => continue,
            };
            match found {
                Some((key, text)) => {
                    findings.extend(misfilled(&key, &text));
                    marked.insert(key, text);
                }
                None => findings.push(source.finding(next[0].0, "marks what is no plain text", "write a string there")),
            }
        }
    }
    let said = said_by_collector(project);
    match translations::all() {
        Ok(catalogues) => findings.extend(
            catalogues
                .iter()
                .flat_map(|catalogue| mismatches(&marked, catalogue).into_iter().chain(unsaid(&said, catalogue))),
        ),
        Err(mistake) => findings.push(Finding {
            path: "console".to_owned(),
            line: 1,
            why: format!("{mistake:#}"),
            way_out: "mend the catalogue",
        }),
    }
    findings
}

/// Whether what follows is text of a view: right behind a tag, or where a view begins.
fn is_shown_as_written(before: &[(usize, Token)]) -> bool {
    match before {
        [.., (_, Token::Word(name)), (_, bang), (_, brace)] if name == "view" => {
            bang.is_sign('!') && brace.is_sign('{')
        }
        [.., (_, arrow), (_, end)] => end.is_sign('>') && !arrow.is_sign('=') && !arrow.is_sign('-'),
        _ => false,
    }
}

/// `"Sign in")`, `"of a survey" => "Open")`, `"{n} page" | "{n} pages" % n, name = value)`.
fn translated(source: &Source, call: &[(usize, Token)]) -> Option<(String, Marked)> {
    let text = |place: usize| match &call.get(place)?.1 {
        Token::Text(text) => Some(text.clone()),
        _ => None,
    };
    let is = |place: usize, sign: char| call.get(place).is_some_and(|(_, token)| token.is_sign(sign));
    let first = text(0)?;
    let (key, many, rest) = if is(1, '=') && is(2, '>') {
        (key(Some(&first), &text(3)?), None, 4)
    } else if is(1, '|') {
        (first, Some(text(2)?), 3)
    } else {
        (first, None, 1)
    };
    let mut given = names_given(&call[rest..]);
    if many.is_some() {
        given.insert("n".to_owned());
    }
    Some((key, Marked { path: source.path.clone(), line: call.first()?.0, many, given: Some(given) }))
}

fn constant(source: &Source, call: &[(usize, Token)]) -> Option<(String, Marked)> {
    let (line, Token::Text(text)) = call.first()? else { return None };
    Some((text.clone(), Marked { path: source.path.clone(), line: *line, many: None, given: None }))
}

/// The names behind each comma of a call, up to its end.
fn names_given(call: &[(usize, Token)]) -> BTreeSet<String> {
    let mut depth = 0;
    let mut names = BTreeSet::new();
    for (place, (_, token)) in call.iter().enumerate() {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') if depth == 0 => break,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            Token::Sign(',') if depth == 0 => {
                if let Some((_, Token::Word(name))) = call.get(place + 1) {
                    names.insert(name.clone());
                }
            }
            _ => {}
        }
    }
    names
}

/// What is to be filled in: `day` of "Until {day}".
fn blanks(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}

fn misfilled(key: &str, text: &Marked) -> Option<Finding> {
    let given = text.given.as_ref()?;
    let mut wanted = blanks(key);
    wanted.extend(text.many.iter().flat_map(|many| blanks(many)));
    wanted.extend(text.many.as_ref().map(|_| "n".to_owned()));
    (wanted != *given).then(|| Finding {
        path: text.path.clone(),
        line: text.line,
        why: format!("{key:?} has the blanks {wanted:?} and is given {given:?}"),
        way_out: "give it each blank by its name, and nothing else",
    })
}

fn mismatches(marked: &BTreeMap<String, Marked>, catalogue: &Catalogue) -> Vec<Finding> {
    let own = catalogue.texts.keys().filter(|key| !key.starts_with(OF_COLLECTOR));
    let left_over = own.filter(|key| !marked.contains_key(*key)).map(|key| Finding {
        path: catalogue.path.clone(),
        line: 1,
        why: format!("translates {key:?}, which nothing says"),
        way_out: "take it out, or mark the text in the source",
    });
    let wrong = marked.iter().filter_map(|(key, text)| {
        let why = wrong(key, text, catalogue.texts.get(key), catalogue.plurals)?;
        let why = format!("{key:?} in {}: {why}", catalogue.path);
        Some(Finding { path: text.path.clone(), line: text.line, why, way_out: "see “Texts” in ARCHITECTURE.md" })
    });
    left_over.chain(wrong).collect()
}

/// What is wrong with a translation.
fn wrong(key: &str, text: &Marked, translation: Option<&Translation>, plurals: usize) -> Option<String> {
    let Some(Translation { many, forms }) = translation else { return Some("is missing".to_owned()) };
    if *many != text.many {
        return Some("depends on a number in one of the two alone, or is another text for many".to_owned());
    }
    let wanted = if many.is_some() { plurals } else { 1 };
    if forms.len() != wanted || forms.iter().any(String::is_empty) {
        return Some(format!("needs {wanted} forms"));
    }
    let own = blanks(many.as_deref().unwrap_or(key));
    let other = forms.iter().find(|form| blanks(form) != own)?;
    Some(format!("{other:?} has other blanks"))
}

/// The collector's source, with strings as they come out of it.
fn said_by_collector(project: &Project) -> String {
    let is_said = |source: &&Source| source.is_rust() && COLLECTORS_ROOMS.iter().any(|room| source.is_under(room));
    let texts: Vec<&str> = project.sources.iter().filter(is_said).map(|source| source.text.as_str()).collect();
    texts.join("\n").replace("\\\"", "\"").replace("}}", "}")
}

/// Translations of what the collector does not say, and such with other blanks.
fn unsaid(said: &str, catalogue: &Catalogue) -> Vec<Finding> {
    let finding = |key: &str, why: &str| Finding {
        path: catalogue.path.clone(),
        line: 1,
        why: format!("{key:?} {why}"),
        way_out: "write the collector's sentence, with a blank for whatever it fills in",
    };
    let of_collector = catalogue.texts.iter().filter_map(|(key, text)| {
        let (context, sentence) = key.split_once('\u{4}')?;
        context.starts_with(OF_COLLECTOR).then_some((sentence, text))
    });
    of_collector
        .filter_map(|(key, text)| {
            if !literals(key).all(|literal| said.contains(&literal.replace("}}", "}"))) {
                return Some(finding(key, "is nothing that the collector says"));
            }
            let has_same = text.forms.iter().all(|form| blanks(form) == blanks(key));
            (!has_same).then(|| finding(key, "is translated with other blanks"))
        })
        .collect()
}

/// What stands between the blanks.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').enumerate().map(|(place, piece)| match piece.split_once('}') {
        Some((_, literal)) if place > 0 => literal,
        _ => piece,
    })
}

/// Attributes and properties that people read or hear.
const SPOKEN: &[&str] = &[
    "label",
    "title",
    "placeholder",
    "hint",
    "busy",
    "legend",
    "alt",
    "warning",
    "yes",
    "no",
    "what",
    "unit",
    "caption",
    "head",
];

/// Texts are marked: in views whatever stands between tags or in an attribute that people read, and elsewhere whatever looks like a
/// sentence.
pub fn are_marked(project: &Project) -> Vec<Finding> {
    let styles = project.sources.iter().filter(|source| source.path == STYLE);
    console(project).flat_map(unmarked).chain(styles.flat_map(words_in_style)).collect()
}

/// What a style sheet says can have no translation.
fn words_in_style(source: &Source) -> Vec<Finding> {
    let says = |line: &str| {
        let said = line.split_once("content: \"")?.1.split('"').next()?;
        said.split(' ').any(|word| word.len() > 1 && word.chars().all(char::is_alphabetic)).then_some(())
    };
    let lines = source.lines().filter(|(_, line)| says(line).is_some());
    lines
        .map(|(number, _)| {
            source.finding(
                number,
                "says words in English alone",
                "write attr(data-label), and data-label=tr!(…) in the view",
            )
        })
        .collect()
}

fn unmarked(source: &Source) -> Vec<Finding> {
    let code = code(source);
    let in_views = in_calls(&code, &["view"]);
    let marked = in_calls(&code, &["tr", "marked", "untranslated"]);
    let mut findings = Vec::new();
    for (place, (line, token)) in code.iter().enumerate() {
        let Token::Text(text) = token else { continue };
        let is_excused = marked[place]
            || text == BRAND
            || is_code(&code[..place])
            || is_drawn(&code[..place])
            || is_for_the_log(&code[..place]);
        if !is_excused && (is_sentence(text) || in_views[place] && is_read(&code, place)) {
            let why = format!("{text:?} is said in English alone");
            findings.push(source.finding(*line, why, "write tr!(…), and the translation into console/*.po"));
        }
    }
    findings
}

/// Of each token, whether it is within a call of one of these macros.
fn in_calls(code: &[(usize, Token)], macros: &[&str]) -> Vec<bool> {
    let mut within = vec![false; code.len()];
    for place in 0..code.len().saturating_sub(2) {
        let is_call = macros.iter().any(|name| code[place].1.is_word(name)) && code[place + 1].1.is_sign('!');
        if !is_call {
            continue;
        }
        let mut depth = 0;
        for (token, within) in code.iter().zip(&mut within).skip(place + 2) {
            match token.1 {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
            *within = true;
            if depth == 0 {
                break;
            }
        }
    }
    within
}

/// Two words or more that begin, end or are parted as sentences do. Classes and addresses are not like that.
fn is_sentence(text: &str) -> bool {
    let parts: Vec<&str> = text.split(' ').filter(|part| !part.is_empty()).collect();
    let has_words = parts.len() > 1 && parts.iter().any(|part| part.starts_with(char::is_alphabetic));
    let is_punctuated = text.contains(['.', ',', ';', ':', '?', '!', '’', '“', '…']);
    has_words && (is_punctuated || text.starts_with(char::is_uppercase))
}

/// Whether a string in a view stands between tags, or is an attribute that people read.
fn is_read(code: &[(usize, Token)], place: usize) -> bool {
    let Some((_, Token::Text(text))) = code.get(place) else { return false };
    if !text.chars().any(char::is_alphabetic) {
        return false;
    }
    let before = place.checked_sub(1).map(|before| &code[before].1);
    let after = code.get(place + 1).map(|(_, token)| token);
    match before {
        Some(Token::Sign('=')) => {
            let name = place.checked_sub(2).map(|name| &code[name].1);
            matches!(name, Some(Token::Word(name)) if SPOKEN.contains(&name.as_str()))
        }
        Some(Token::Sign('>') | Token::Text(_)) => !matches!(after, Some(Token::Sign(',' | ')' | '.'))),
        Some(Token::Sign('}')) => true,
        // `view! { "Done" <br/> }`; and not `if is_open { "open" }`, which may be a class.
        Some(Token::Sign('{')) => matches!(after, Some(Token::Sign('<'))),
        _ => false,
    }
}

/// `<code>"<head>"</code>`: said as it is in every language.
fn is_code(before: &[(usize, Token)]) -> bool {
    matches!(before, [.., (_, Token::Sign('<')), (_, Token::Word(name)), (_, Token::Sign('>'))] if name == "code")
}

/// `d="M3 5 L-2 10"` and the like.
fn is_drawn(before: &[(usize, Token)]) -> bool {
    const SILENT: [&str; 3] = ["d", "class", "keyshortcuts"];
    matches!(before, [.., (_, Token::Word(name)), (_, Token::Sign('='))] if SILENT.contains(&name.as_str()))
}

/// What the browser's console gets is for whoever mends the program.
fn is_for_the_log(before: &[(usize, Token)]) -> bool {
    before.iter().rev().take(8).any(|(_, token)| token.is_word("log_error") || token.is_word("expect"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source { path: "console/src/screens/x.rs".to_owned(), text: text.to_owned() }
    }

    fn found(text: &str) -> Vec<String> {
        unmarked(&source(text)).into_iter().map(|finding| finding.why).collect()
    }

    fn texts(code: &str) -> Vec<(String, Option<String>)> {
        let source = source(code);
        let code = code_of(&source);
        let starts = code.iter().enumerate().filter(|(_, (_, token))| token.is_word("tr"));
        starts
            .filter_map(|(place, _)| translated(&source, &code[place + 3..]))
            .map(|(key, text)| (key, text.many))
            .collect()
    }

    fn code_of(source: &Source) -> Vec<(usize, Token)> {
        code(source)
    }

    #[test]
    fn marked_texts_are_found_with_their_context_and_plural() {
        assert_eq!(texts("tr!(\"Sign in\")"), [("Sign in".to_owned(), None)]);
        assert_eq!(texts("tr!(\"of a survey\" => \"Open\")"), [("of a survey\u{4}Open".to_owned(), None)]);
        let counted = texts("tr!(\"{n} page\" | \"{n} pages\" % pages(a, b), of = 3)");
        assert_eq!(counted, [("{n} page".to_owned(), Some("{n} pages".to_owned()))]);
    }

    #[test]
    fn a_blank_that_nothing_fills_is_found() {
        let misfilled_in = |code: &str| {
            let source = source(code);
            translated(&source, &code_of(&source)[3..]).and_then(|(key, text)| misfilled(&key, &text)).is_some()
        };
        assert!(!misfilled_in("tr!(\"Until {day}\", day = words(a, b))"));
        assert!(!misfilled_in("tr!(\"{n} page\" | \"{n} pages\" % n)"));
        assert!(misfilled_in("tr!(\"Until {day}\")"));
        assert!(misfilled_in("tr!(\"Until {day}\", date)"));
    }

    #[test]
    fn a_translation_has_the_same_blanks_and_all_forms() {
        let text =
            |many: Option<&str>| Marked { path: String::new(), line: 1, many: many.map(str::to_owned), given: None };
        let said = |many: Option<&str>, forms: &[&str]| Translation {
            many: many.map(str::to_owned),
            forms: forms.iter().map(|form| (*form).to_owned()).collect(),
        };
        let many = Some("{n} pages");
        assert_eq!(wrong("To {day}", &text(None), Some(&said(None, &["До {day}"])), 3), None);
        assert!(wrong("To {day}", &text(None), None, 3).is_some());
        assert!(wrong("To {day}", &text(None), Some(&said(None, &["До {дня}"])), 3).is_some());
        assert!(wrong("To {day}", &text(None), Some(&said(None, &[""])), 3).is_some());
        assert_eq!(wrong("{n} page", &text(many), Some(&said(many, &["{n} а", "{n} б", "{n} в"])), 3), None);
        assert!(wrong("{n} page", &text(many), Some(&said(many, &["{n} а", "{n} б"])), 3).is_some());
        assert!(wrong("{n} page", &text(many), Some(&said(None, &["{n} а"])), 3).is_some());
    }

    #[test]
    fn a_text_that_is_not_marked_is_found() {
        for unmarked in [
            "view! { <p>\"Pages\"</p> }",
            "view! { <p> \"See \" <a>{x}</a> \".\" </p> }",
            "view! { <Entry label=\"Password\"/> }",
            "view! { <nav aria-label=\"Console\"></nav> }",
            "fn reason() -> &'static str { \"It has ended.\" }",
            "format!(\"Until {until}\", until = words())",
        ] {
            assert_eq!(found(unmarked).len(), 1, "{unmarked}: {:?}", found(unmarked));
        }
    }

    #[test]
    fn what_the_collector_does_not_say_is_found() {
        let catalogue = |key: &str, form: &str| Catalogue {
            path: "x.po".into(),
            tag: "x".into(),
            plurals: 3,
            texts: [(format!("{OF_COLLECTOR}\u{4}{key}"), Translation { many: None, forms: vec![form.to_owned()] })]
                .into(),
        };
        let said = "format!(\"{} pages; at most {MAX}\")";
        let findings = |key: &str, form: &str| unsaid(said, &catalogue(key, form)).len();
        assert_eq!(findings("{n} pages; at most {most}", "{n}, не больше {most}"), 0);
        assert_eq!(findings("{n} sites; at most {most}", "{n}, не больше {most}"), 1);
        assert_eq!(findings("{n} pages; at most {most}", "{n}, не больше {least}"), 1);
    }

    #[test]
    fn words_in_a_style_sheet_are_found_and_signs_are_not() {
        let lines = |text: &str| words_in_style(&source(text)).len();
        assert_eq!(
            lines(".a::after { content: \" response\"; }\n.b::before { content: \"n \" }\n.c { content: \"\" }"),
            1
        );
    }

    #[test]
    fn what_is_marked_or_not_read_is_left_alone() {
        for fine in [
            "view! { <p class=\"secondary small\">{tr!(\"Pages\")}</p> }",
            "view! { <a href=\"/pages\">{label}</a> }",
            "view! { <p>\"–\"</p> }",
            "view! { <code>\"Authorization: Bearer …\"</code> }",
            "json!({ \"title\": untranslated!(\"Thank you for telling us\") })",
            "const NAMES: [&str; 1] = [marked!(\"Whole period\")];",
            "browser::log_error(\"the browser takes no policy, alas\")",
            "#[cfg(test)] mod tests { const A: &str = \"It has ended.\"; }",
        ] {
            assert_eq!(found(fine), Vec::<String>::new(), "{fine}");
        }
    }
}
