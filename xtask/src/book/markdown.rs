//! Markdown: what a document says of its own structure, and how it reads as HTML.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::summary::html_of;

/// Headings and links of a document.
#[derive(Default)]
pub struct Outline {
    pub headings: Vec<Heading>,
    pub links: Vec<Link>,
}

pub struct Heading {
    pub level: u8,
    /// What an anchor calls it; the same on code forges, in mdBook and here.
    pub id: String,
    pub title: String,
}

/// A link, or a picture.
pub struct Link {
    pub to: String,
    /// From 1.
    pub line: usize,
}

pub fn outline(markdown: &str) -> Outline {
    let mut outline = Outline::default();
    let mut heading: Option<Heading> = None;
    let mut taken: HashMap<String, usize> = HashMap::new();
    for (event, place) in parser(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some(Heading { level: level as u8, id: String::new(), title: String::new() });
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.title.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(mut heading) = heading.take() {
                    let id = id_of(&heading.title);
                    let count = taken.entry(id.clone()).or_default();
                    heading.id = if *count == 0 { id } else { format!("{id}-{count}") };
                    *count += 1;
                    outline.headings.push(heading);
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let line = markdown[..place.start].matches('\n').count() + 1;
                outline.links.push(Link { to: dest_url.into_string(), line });
            }
            _ => {}
        }
    }
    outline
}

fn id_of(title: &str) -> String {
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect::<String>().to_lowercase()
}

/// The document as HTML, with links that lead within the book; what it links to outside of it is only named.
pub fn html(markdown: &str) -> String {
    let mut ids = outline(markdown).headings.into_iter().map(|heading| heading.id);
    // For each link that is open, whether it leads anywhere.
    let mut open = Vec::new();
    let events = parser(markdown).filter_map(|event| match event {
        Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
            Some(Event::Start(Tag::Heading { level, id: ids.next().map(CowStr::from), classes, attrs }))
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let address = address(&dest_url);
            open.push(address.is_some());
            Some(Event::Start(Tag::Link { link_type, dest_url: address?.into(), title, id }))
        }
        Event::End(TagEnd::Link) => open.pop().unwrap_or_default().then_some(Event::End(TagEnd::Link)),
        // Comments, which are for those who write.
        Event::Html(_) | Event::InlineHtml(_) => None,
        event => Some(event),
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    // Whatever scrolls can be scrolled by keyboard. Text has no such marks in it: there they are escaped.
    html.replace("<pre>", "<pre tabindex=\"0\">")
        .replace("<table>", "<div class=\"table\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>")
        // A head that says nothing is none.
        .replace("<th></th>", "<td></td>")
        .replace(" style=\"text-align: right\"", " class=\"right\"")
        .replace(" style=\"text-align: center\"", " class=\"centre\"")
        .replace(" style=\"text-align: left\"", "")
}

/// Where a link of the sources leads in the book; nowhere, if that is a file outside of it.
fn address(link: &str) -> Option<String> {
    if link.contains(':') {
        return Some(link.to_owned());
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let anchor = anchor.map_or_else(String::new, |anchor| format!("#{anchor}"));
    (!file.starts_with("../")).then(|| html_of(file) + &anchor)
}

/// As text or in a quoted attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_called_as_everywhere_else() {
        let outline = outline("# What: `js`\n\n## Why does it show, or not?\n\n## Late\n\n## Late\n");
        let ids: Vec<_> = outline.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["what-js", "why-does-it-show-or-not", "late", "late-1"]);
        assert_eq!(html("## Late\n"), "<h2 id=\"late\">Late</h2>\n");
    }

    #[test]
    fn links_are_found_with_their_lines_and_not_in_code() {
        let outline = outline("a\n\n[b](c.md#d) `[x](y)`\n![e](f.png)\n\n```text\n[g](h)\n```\n");
        let links: Vec<_> = outline.links.iter().map(|link| (link.line, link.to.as_str())).collect();
        assert_eq!(links, [(3, "c.md#d"), (4, "f.png")]);
    }

    #[test]
    fn links_lead_to_pages_of_the_book_and_nowhere_else() {
        let paragraph = html("[a](team.md#roles) [b](README.md) [c](../deploy) [d](https://a.example/x.md) [e](#f)");
        assert_eq!(
            paragraph,
            "<p><a href=\"team.html#roles\">a</a> <a href=\"index.html\">b</a> c <a href=\"https://a.example/x.md\">d</a> <a href=\"#f\">e</a></p>\n"
        );
    }

    #[test]
    fn nothing_becomes_an_inline_style() {
        let table = html("| a | b |\n|---|--:|\n| 1 | <b>2</b> |\n");
        assert!(html("| a | |\n|---|---|\n| 1 | 2 |\n").contains("<th>a</th><td></td>"));
        assert!(table.contains("<td class=\"right\">2</td>") && !table.contains("style"), "{table}");
    }
}
