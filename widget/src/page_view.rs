//! One page view: what has happened since the visitor came to a page, and until they leave it.
//!
//! Pure: the time is an argument, in milliseconds of a clock that never goes back. Nothing here outlives the page, so a trigger
//! armed on one page never fires on another: whoever sees the address change drops this and begins the next.

use survey::targeting::{Candidate, ExitSeen, Happening, PageMoment, Signal, Trigger};
use uuid::Uuid;

/// For how long after a route began its scroll position says nothing: applications change the address first, and the content
/// and the position later.
const SETTLING_MS: f64 = 500.0;

/// How long a visitor must have been elsewhere before coming back is a signal.
const AWAY_MS: f64 = 1_000.0;

/// How soon after a route began what is told of going back is about that.
const JUST_BEGUN_MS: f64 = 100.0;

#[derive(Default)]
pub struct PageView {
    /// For how long it was visible before, and since when it is so now.
    visible_before_ms: f64,
    visible_since: Option<f64>,
    hidden_since: Option<f64>,
    /// How long it had been visible when the visitor last did something.
    active_at_visible_ms: f64,
    settles_at: f64,
    deepest_scroll: u8,
    exit: Option<ExitSeen>,
    happened: Vec<Happening>,
    /// The selectors of elements that have been seen. Each is seen once.
    sighted: Vec<String>,
    presented: Vec<Presented>,
    /// Whether a survey was on the screen here.
    asked: bool,
}

/// A survey that met the visitor here.
struct Presented {
    place: usize,
    /// Of its presentation, from the first event to the last.
    id: Uuid,
    /// Whether it has been shown, so that showing it again is another presentation.
    is_shown: bool,
}

impl PageView {
    /// Of a document that has been loaded: it stands as it will.
    pub fn of_document() -> Self {
        Self::default()
    }

    /// Of a route that an application has just gone to.
    pub fn of_route(at: f64) -> Self {
        Self { settles_at: at + SETTLING_MS, ..Self::default() }
    }

    /// The page has come into sight. Says whether the visitor had been elsewhere for long.
    pub fn come_into_sight(&mut self, at: f64) -> bool {
        self.visible_before_ms = self.visible_ms(at);
        self.visible_since = Some(at);
        self.hidden_since.take().is_some_and(|since| at - since >= AWAY_MS)
    }

    pub fn go_out_of_sight(&mut self, at: f64) {
        self.visible_before_ms = self.visible_ms(at);
        self.visible_since = None;
        self.hidden_since = Some(at);
    }

    /// The visitor has done something, whatever it was.
    pub fn note_activity(&mut self, at: f64) {
        self.active_at_visible_ms = self.visible_ms(at);
    }

    /// Takes how far down the page the window's lower edge is, in percent. Browsers that let pages be pulled beyond their ends
    /// tell of less than nothing and more than all.
    pub fn note_scroll(&mut self, percent: f64, at: f64) {
        if self.settles_in(at) == 0 {
            self.deepest_scroll = self.deepest_scroll.max(percent.clamp(0.0, 100.0) as u8);
        }
    }

    /// In how many milliseconds the scroll position will mean something.
    pub fn settles_in(&self, at: f64) -> u64 {
        (self.settles_at - at).max(0.0).ceil() as u64
    }

    /// The visitor seems to be leaving. That they went back counts once they have stayed, so no later sign takes its place.
    pub fn note_exit(&mut self, signal: Signal, at: f64) {
        if self.exit.is_some_and(|exit| exit.signal == Signal::BackWithinSite) {
            return;
        }
        self.exit = Some(ExitSeen { signal, visible_ms: self.visible_ms(at) as u64 });
    }

    /// The visitor was taken here by "back" or "forward". Browsers tell so a moment before or after the address changes, and
    /// also when it hardly does.
    pub fn note_way_back(&mut self, at: f64) {
        if at - (self.settles_at - SETTLING_MS) < JUST_BEGUN_MS {
            self.note_exit(Signal::BackWithinSite, at);
        }
    }

    pub fn note_happening(&mut self, signal: Signal, what: &str) {
        let happening = Happening { signal, what: what.to_owned() };
        if !self.happened.contains(&happening) {
            self.happened.push(happening);
        }
    }

    /// Something that the selector matches is in sight.
    pub fn note_sight(&mut self, selector: &str) {
        if !self.has_sighted(selector) {
            self.sighted.push(selector.to_owned());
            self.note_happening(Signal::ElementVisible, selector);
        }
    }

    pub fn has_sighted(&self, selector: &str) -> bool {
        self.sighted.iter().any(|sighted| sighted == selector)
    }

    /// A survey is on the screen here, perhaps since the page before.
    pub fn note_asked(&mut self) {
        self.asked = true;
    }

    /// The survey has been shown. What set it off has had its effect.
    pub fn note_shown(&mut self, place: usize, survey: &Candidate) {
        self.note_asked();
        self.presented.iter_mut().filter(|known| known.place == place).for_each(|known| known.is_shown = true);
        self.exit = None;
        self.happened.retain(|happening| !concerns(happening, survey));
    }

    /// The id of the survey's presentation, until it is shown the next time. `make` is asked for a new one.
    pub fn presentation(&mut self, place: usize, make: impl FnOnce() -> Option<Uuid>) -> Option<Uuid> {
        let known = self.presented.iter().find(|known| known.place == place && !known.is_shown).map(|known| known.id);
        known.or_else(|| {
            let id = make()?;
            self.presented.push(Presented { place, id, is_shown: false });
            Some(id)
        })
    }

    pub fn has_presented(&self, place: usize) -> bool {
        self.presented.iter().any(|known| known.place == place)
    }

    /// The page as a decision sees it. What only the browser knows, its caller adds.
    pub fn moment(&self, at: f64) -> PageMoment {
        let visible_ms = self.visible_ms(at);
        PageMoment {
            visible_ms: visible_ms as u64,
            inactive_ms: (visible_ms - self.active_at_visible_ms) as u64,
            scroll_percent: self.deepest_scroll,
            exit: self.exit,
            happened: self.happened.clone(),
            asked: self.asked,
            ..PageMoment::default()
        }
    }

    fn visible_ms(&self, at: f64) -> f64 {
        self.visible_before_ms + self.visible_since.map_or(0.0, |since| (at - since).max(0.0))
    }
}

/// Whether a happening is what this survey waits for.
fn concerns(happening: &Happening, survey: &Candidate) -> bool {
    let is_its_trigger = |trigger: &Trigger| match (happening.signal, trigger) {
        (Signal::Click, Trigger::Click(what))
        | (Signal::ElementVisible, Trigger::ElementVisible(what))
        | (Signal::Event, Trigger::Event(what)) => *what == happening.what,
        _ => false,
    };
    happening.what == survey.id.as_str() || survey.triggers.iter().any(is_its_trigger)
}

#[cfg(test)]
mod tests {
    use survey::definition::Survey;

    use super::*;

    fn in_sight(at: f64) -> PageView {
        let mut page = PageView::of_document();
        page.come_into_sight(at);
        page
    }

    fn survey(id: &str, triggers: &str) -> Candidate {
        let json = format!(
            r#"{{"id":"{id}","name":"n","triggers":{triggers},"endings":[{{"title":"Thanks","text":""}}],
                "questions":[{{"id":"why","prompt":"Why?","kind":{{"comment":{{"placeholder":""}}}}}}]}}"#
        );
        serde_json::from_str::<Survey>(&json).unwrap().candidate().clone()
    }

    #[test]
    fn only_the_time_in_sight_counts() {
        let mut page = in_sight(1_000.0);
        page.go_out_of_sight(4_000.0);
        assert_eq!(page.moment(9_000.0).visible_ms, 3_000);
        page.come_into_sight(10_000.0);
        assert_eq!(page.moment(10_500.0).visible_ms, 3_500);
    }

    #[test]
    fn a_page_that_was_never_in_sight_has_no_time() {
        assert_eq!(PageView::of_document().moment(60_000.0).visible_ms, 0);
    }

    #[test]
    fn coming_back_is_a_signal_after_a_second_elsewhere() {
        let mut page = in_sight(0.0);
        page.go_out_of_sight(100.0);
        assert!(!page.come_into_sight(1_000.0));
        page.go_out_of_sight(2_000.0);
        assert!(page.come_into_sight(3_000.0));
    }

    #[test]
    fn whoever_does_nothing_while_the_page_is_in_sight_is_inactive() {
        let mut page = in_sight(0.0);
        page.note_activity(2_000.0);
        page.go_out_of_sight(5_000.0);
        page.come_into_sight(60_000.0);
        assert_eq!(page.moment(61_000.0).inactive_ms, 4_000);
        page.note_activity(61_000.0);
        assert_eq!(page.moment(61_000.0).inactive_ms, 0);
    }

    #[test]
    fn the_deepest_scroll_position_counts_and_stays_between_nothing_and_all() {
        let mut page = in_sight(0.0);
        for percent in [-12.0, 40.0, 30.0, f64::NAN] {
            page.note_scroll(percent, 1.0);
        }
        assert_eq!(page.moment(2.0).scroll_percent, 40);
        page.note_scroll(104.5, 2.0);
        assert_eq!(page.moment(2.0).scroll_percent, 100);
    }

    #[test]
    fn the_position_that_the_last_route_left_behind_is_not_this_ones() {
        let mut page = PageView::of_route(1_000.0);
        page.note_scroll(90.0, 1_100.0);
        assert_eq!((page.moment(1_100.0).scroll_percent, page.settles_in(1_100.0)), (0, 400));
        page.note_scroll(10.0, 1_500.0);
        assert_eq!((page.moment(1_500.0).scroll_percent, page.settles_in(1_500.0)), (10, 0));
    }

    #[test]
    fn going_back_is_told_of_a_route_that_has_just_begun() {
        let mut page = PageView::of_route(1_000.0);
        page.note_way_back(1_200.0);
        assert!(page.moment(1_200.0).exit.is_none());
        page.note_way_back(1_002.0);
        assert_eq!(page.moment(1_002.0).exit.unwrap().signal, Signal::BackWithinSite);
    }

    #[test]
    fn having_come_back_outlasts_a_sweep_before_the_stay_is_over() {
        let mut page = in_sight(0.0);
        page.note_exit(Signal::BackWithinSite, 0.0);
        page.note_exit(Signal::FastScrollUp, 1_000.0);
        let leaving = survey("a", r#"[{"exit_intent":{"after_seconds":5}}]"#);
        let signal = |at| leaving.triggers[0].signal(&page.moment(at));
        assert_eq!([signal(4_999.0), signal(5_000.0)], [None, Some(Signal::BackWithinSite)]);
    }

    #[test]
    fn a_sign_of_leaving_knows_how_long_the_visitor_had_stayed() {
        let mut page = in_sight(1_000.0);
        page.note_exit(Signal::PointerLeftTop, 3_500.0);
        let exit = page.moment(9_000.0).exit.unwrap();
        assert_eq!((exit.signal, exit.visible_ms), (Signal::PointerLeftTop, 2_500));
    }

    #[test]
    fn what_set_a_survey_off_does_not_set_it_off_again() {
        let asked = survey("a", r##"[{"click":"#buy"},{"event":"paid"},{"exit_intent":{"after_seconds":0}}]"##);
        let mut page = in_sight(0.0);
        page.note_happening(Signal::Click, "#buy");
        page.note_happening(Signal::Programmatic, "a");
        page.note_happening(Signal::Programmatic, "b");
        page.note_exit(Signal::PointerLeftTop, 1.0);
        page.note_shown(0, &asked);
        let moment = page.moment(2.0);
        assert!(moment.asked && moment.exit.is_none());
        assert_eq!(moment.happened, [Happening { signal: Signal::Programmatic, what: "b".into() }]);
    }

    #[test]
    fn an_element_is_seen_once() {
        let asked = survey("a", r#"[{"element_visible":".end"}]"#);
        let mut page = in_sight(0.0);
        page.note_sight(".end");
        assert_eq!(page.moment(1.0).happened.len(), 1);
        page.note_shown(0, &asked);
        page.note_sight(".end");
        assert!(page.moment(2.0).happened.is_empty() && page.has_sighted(".end"));
    }

    #[test]
    fn a_presentation_keeps_its_id_until_the_survey_is_shown_again() {
        let mut page = in_sight(0.0);
        assert_eq!(page.presentation(2, || None), None);
        assert_eq!(page.presentation(2, || Some(Uuid::from_u128(7))), Some(Uuid::from_u128(7)));
        assert_eq!(page.presentation(2, || Some(Uuid::from_u128(8))), Some(Uuid::from_u128(7)));
        page.note_shown(2, &survey("a", r#"["immediately"]"#));
        assert_eq!(page.presentation(2, || Some(Uuid::from_u128(8))), Some(Uuid::from_u128(8)));
        assert!(page.has_presented(2) && !page.has_presented(0));
    }
}
