//! Pages coming and going, within one document too: a page view is of one address.

use std::rc::Rc;

use survey::page::PageKey;
use survey::targeting::Signal;

use super::Watch;
use crate::host::browser;
use crate::host::facts::Visited;
use crate::page_view::PageView;

/// The page that the visitor is on.
pub struct Here {
    pub key: PageKey,
    /// The fragment, in applications that keep their route there.
    route: String,
    pub view: PageView,
}

impl Watch {
    /// The loader has seen that the address became another, or that the page was brought back as it was.
    pub fn move_on(self: &Rc<Self>, how: &str, visited: &str) {
        self.visited.replace(Rc::new(Visited::parse(visited)));
        if how == "pageshow" {
            self.here.take();
        }
        self.enter();
        let at = browser::monotonic_ms();
        if matches!(how, "popstate" | "pageshow") && browser::is_touch() {
            self.note(|view| view.note_way_back(at));
        }
        self.look();
    }

    /// Begins a new page view if the address has become another page's; hands back the page's key, if it can have a score.
    pub(super) fn enter(&self) -> Option<PageKey> {
        let key = browser::page_key(&self.config.keep_query);
        let fragment = browser::read_text("location.hash");
        let is_route = fragment.starts_with("#/") || fragment.starts_with("#!");
        let route = if is_route { fragment } else { String::new() };
        let mut here = self.here.borrow_mut();
        if here.as_ref().is_some_and(|here| Some(&here.key) == key.as_ref() && here.route == route) {
            return key;
        }
        *here = key.clone().map(|key| Here { key, route, view: self.new_view() });
        key
    }

    fn new_view(&self) -> PageView {
        let now = browser::monotonic_ms();
        let began = self.began.take().unwrap_or(now);
        let is_document = began == 0.0;
        let mut view = if is_document { PageView::of_document() } else { PageView::of_route(began) };
        if browser::is_visible() {
            view.come_into_sight(began);
        }
        if is_document && browser::is_touch() && browser::came_back() {
            view.note_exit(Signal::BackWithinSite, began);
        }
        view
    }
}
