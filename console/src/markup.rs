//! Markup that may become part of the page. Leptos draws what never changes in a view from a string; the browser hands each such string to
//! [`is_harmless`] first, and refuses what it does not let through (Trusted Types). So no other string ever becomes markup.

/// Elements that views have and that do nothing by themselves.
const ELEMENTS: &[&str] = &[
    "a", "aside", "b", "bdi", "br", "button", "caption", "circle", "code", "datalist", "dd", "details", "div", "dl",
    "dt", "fieldset", "footer", "g", "h1", "h2", "h3", "header", "kbd", "label", "legend", "li", "line", "main", "nav",
    "ol", "option", "p", "path", "pre", "rect", "section", "small", "span", "strong", "summary", "svg", "table",
    "tbody", "td", "th", "thead", "title", "tr", "ul",
];

/// Attributes that run nothing and load nothing. `aria-…` is known by its beginning, and `href` leads to a place on the page or to
/// another of the collector's own.
const ATTRIBUTES: &[&str] = &[
    "class", "colspan", "cx", "cy", "d", "dir", "for", "height", "href", "id", "overflow", "r", "rel", "role",
    "rowspan", "rx", "scope", "tabindex", "title", "type", "value", "viewBox", "width", "x", "x1", "x2", "y", "y1",
    "y2",
];

/// Whether a string is well-formed markup of nothing but these.
pub fn is_harmless(markup: &str) -> bool {
    let mut pieces = markup.split('<');
    // What comes before the first tag, and behind each, is text.
    let text = pieces.next().unwrap_or_default();
    !text.contains('>') && pieces.all(is_harmless_tag)
}

/// `p class="x">text`, `/p>text`.
fn is_harmless_tag(piece: &str) -> bool {
    if let Some(end) = piece.strip_prefix('/') {
        return end.split_once('>').is_some_and(|(name, text)| ELEMENTS.contains(&name) && !text.contains('>'));
    }
    let name_end = piece.find([' ', '>', '/']).unwrap_or(piece.len());
    let (name, mut rest) = piece.split_at(name_end);
    if !ELEMENTS.contains(&name) {
        return false;
    }
    loop {
        if let Some(text) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("/>")) {
            return !text.contains('>');
        }
        match rest.strip_prefix(' ').and_then(after_attribute) {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

/// What follows a harmless attribute, `class="x"` or `hidden`.
fn after_attribute(text: &str) -> Option<&str> {
    let name_end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))?;
    let (name, rest) = text.split_at(name_end);
    if !(ATTRIBUTES.contains(&name) || name.starts_with("aria-")) {
        return None;
    }
    let (value, after) = rest.strip_prefix("=\"")?.split_once('"')?;
    (name != "href" || is_own_address(value)).then_some(after)
}

fn is_own_address(value: &str) -> bool {
    value.starts_with('#') || value.strip_prefix('/').is_some_and(|path| !path.starts_with(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn what_views_are_made_of_is_let_through() {
        for markup in [
            "<h2>Surveys</h2>",
            "<span class=\"tag\" title=\"Of fewer than 10: too few\">small sample</span>",
            "<a class=\"skip\" href=\"#main\">Skip to the content</a>",
            "<p>It’s <code>pagepoll</code> &lt;b&gt;<br></p>",
            "<svg viewBox=\"0 0 22 22\" aria-hidden=\"true\"><path d=\"M3 5 L-2 10\"></path></svg>",
            "<rect x=\"1\"/>",
            "<a href=\"/team\" rel=\"external\">Team</a>",
            "",
        ] {
            assert!(is_harmless(markup), "{markup}");
        }
    }

    #[test]
    fn what_runs_or_loads_something_is_not() {
        for markup in [
            "<script>alert(1)</script>",
            "<img src=\"x\" onerror=\"alert(1)\">",
            "<p onclick=\"alert(1)\">x</p>",
            "<p class=x onclick=alert(1)>x</p>",
            "<p class=\"x\"onclick=\"alert(1)\">x</p>",
            "<p class='x' onclick='alert(1)'>x</p>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"//elsewhere.example\">x</a>",
            "<a href=\"/\\elsewhere.example\">x</a>",
            "<a href=\" #x\">x</a>",
            "<svg/onload=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<iframe srcdoc=\"x\"></iframe>",
            "<p style=\"background: url(//x)\">x</p>",
            "<p\nonclick=\"alert(1)\">x</p>",
            "<P>x</P>",
            "<!-- x -->",
            "<p",
            "<",
            "</script>",
            "x > y",
        ] {
            assert!(!is_harmless(markup), "{markup}");
        }
    }

    /// Else something would be missing on a screen that no test opens.
    #[test]
    fn every_element_and_attribute_of_the_views_is_known() {
        let mut unknown = Vec::new();
        for (file, source) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            for view in code.split("view! {").skip(1) {
                unknown
                    .extend(inert_tags(view).filter(|tag| !is_harmless_tag(tag)).map(|tag| format!("{file}: <{tag}")));
            }
        }
        assert!(unknown.is_empty(), "{unknown:#?}");
    }

    /// Tags without anything that changes: Leptos draws no other from a string.
    fn inert_tags(view: &str) -> impl Iterator<Item = String> {
        let tags = view
            .split('<')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('>')?.0))
            .filter(|tag| !tag.starts_with(' '));
        let written = tags.map(|tag| format!("{}>", tag.split_whitespace().collect::<Vec<_>>().join(" ")));
        written.filter(|tag| {
            let is_element = tag.starts_with(|first: char| first.is_ascii_lowercase());
            let name_end = tag.find([' ', '>']).unwrap_or_default();
            let is_plain = tag[name_end..].split('"').step_by(2).all(|code| code.split(' ').all(is_plain_code));
            let is_path = tag[..name_end].contains("::");
            is_element && is_plain && !is_path && !OTHERS.contains(&tag[..name_end].trim_end_matches('/'))
        })
    }

    /// `class=` and the end of a tag; of what changes, a value follows the name at once.
    fn is_plain_code(code: &str) -> bool {
        code.trim_end_matches(['>', '/'])
            .split_once('=')
            .is_none_or(|(name, value)| !name.contains(':') && value.is_empty())
    }

    /// What stands behind `<` in code and texts, and elements that always have something that changes.
    const OTHERS: &[&str] = &[
        "str", "u8", "u16", "u32", "u64", "i64", "f64", "usize", "bool", "_", "input", "select", "optgroup",
        "textarea", "head",
    ];

    fn sources(folder: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| match path.is_dir() {
                true => sources(&path),
                false => vec![(path.display().to_string(), fs::read_to_string(&path).unwrap())],
            })
            .collect()
    }
}
