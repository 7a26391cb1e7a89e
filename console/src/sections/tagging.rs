//! Tags below comments: what a site's team calls answers. Whoever may change them sees each change at once; they are kept one after the other,
//! and what is refused is taken back and said at the field.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::report::AnswerReport;

use crate::address::Place;
use crate::api::{self, Failure};
use crate::attempt::reason_at;
use crate::browser;
use crate::feed::{Feed, FeedState, Pace};
use crate::parts::{SUGGESTIONS, TagLine, field_of};

/// What is known of a site's tags.
#[derive(Clone, PartialEq)]
struct Known {
    tags: Vec<String>,
    may_edit: bool,
}

async fn known(site: String) -> Result<Known, Failure> {
    let tags = api::tags(&site).await?.into_iter().map(|known| known.tag).collect();
    Ok(Known { tags, may_edit: api::may_edit(&site).await? })
}

/// A site's tags, and whether whoever looks may change those of answers.
#[derive(Clone, Copy)]
pub struct Tagging {
    place: Place,
    latest: ReadSignal<Option<Known>>,
    state: FeedState,
}

impl Tagging {
    pub fn begin() -> Self {
        let place = Place::here();
        let feed = Feed::new(Pace::Unhurried, move || known(place.site.get().key));
        Self { place, latest: feed.latest(), state: feed.state() }
    }

    /// In the order of the alphabet.
    pub fn tags(self) -> Memo<Vec<String>> {
        self.known(|known| known.tags.clone())
    }

    /// Whether whoever looks may change them.
    pub fn may_edit(self) -> Memo<bool> {
        self.known(|known| known.may_edit)
    }

    /// What was known stays while the collector does not answer: a field must not go from under whoever types.
    fn known<T: Clone + Default + PartialEq + Send + Sync + 'static>(self, part: fn(&Known) -> T) -> Memo<T> {
        Memo::new(move |before: Option<&T>| {
            let now = self.latest.with(|known| known.as_ref().map(part));
            now.or_else(|| before.cloned()).unwrap_or_default()
        })
    }

    /// As it is written on the site, if it is there.
    fn spelled(self, tag: &str) -> String {
        let known =
            self.latest.with_untracked(|known| known.as_ref()?.tags.iter().find(|known| is_same(known, tag)).cloned());
        known.unwrap_or_else(|| tag.to_owned())
    }
}

/// As the collector compares them, as far as a screen has to: it has the last word.
pub fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.trim().to_lowercase()
}

/// What fields suggest.
#[component]
pub fn TagSuggestions(tagging: Tagging) -> impl IntoView {
    let tags = tagging.tags();
    view! {
        <datalist id=SUGGESTIONS>
            {move || tags.get().into_iter().map(|tag| view! { <option value=tag></option> }).collect_view()}
        </datalist>
    }
}

/// The tags of one answer out of a list.
#[component]
pub fn AnswerTags(tagging: Tagging, number: i64, #[prop(into)] answers: Signal<Vec<AnswerReport>>) -> impl IntoView {
    let listed = Memo::new(move |_| {
        let tags = |answers: &Vec<AnswerReport>| Some(answers.iter().find(|one| one.number == number)?.tags.clone());
        answers.with(tags).unwrap_or_default()
    });
    let change = Change {
        tagging,
        number,
        listed,
        told: RwSignal::new(None),
        wanted: RwSignal::new(None),
        refused: RwSignal::new(None),
        typed: RwSignal::new(String::new()),
    };
    Effect::new(move |before: Option<()>| {
        listed.track();
        if before.is_some() {
            change.told.set(None);
        }
    });
    view! {
        <TagLine
            number=number
            tags=Signal::derive(move || change.shown())
            may_edit=tagging.may_edit()
            is_saving=Signal::derive(move || change.wanted.with(Option::is_some))
            refused=change.refused
            typed=change.typed
            on_add=Callback::new(move |()| change.add())
            on_remove=Callback::new(move |tag: String| change.remove(&tag))
        />
    }
}

/// What becomes of the tags of an answer.
#[derive(Clone, Copy)]
struct Change {
    tagging: Tagging,
    number: i64,
    /// As the list has them.
    listed: Memo<Vec<String>>,
    /// As the collector has told since; nothing once the list knows.
    told: RwSignal<Option<Vec<String>>>,
    /// What they are to be, while the collector is asked.
    wanted: RwSignal<Option<Vec<String>>>,
    refused: RwSignal<Option<String>>,
    typed: RwSignal<String>,
}

impl Change {
    /// What is wanted stands there at once.
    fn shown(self) -> Vec<String> {
        self.wanted.get().unwrap_or_else(|| self.kept())
    }

    fn kept(self) -> Vec<String> {
        self.told.get().unwrap_or_else(|| self.listed.get())
    }

    fn add(self) {
        let typed = self.typed.with_untracked(|typed| typed.trim().to_owned());
        self.typed.set(String::new());
        let mut tags = untrack(|| self.shown());
        if !typed.is_empty() && !tags.iter().any(|tag| is_same(tag, &typed)) {
            tags.push(self.tagging.spelled(&typed));
            self.ask(tags);
        }
    }

    fn remove(self, tag: &str) {
        let mut tags = untrack(|| self.shown());
        tags.retain(|known| known != tag);
        self.ask(tags);
        // The button that had it is gone.
        browser::focus(&field_of(self.number));
    }

    /// Asks, or leaves it to whoever is asking.
    fn ask(self, tags: Vec<String>) {
        let is_under_way = self.wanted.with_untracked(Option::is_some);
        self.refused.set(None);
        self.wanted.set(Some(tags));
        if !is_under_way {
            let site = self.tagging.place.site.get_untracked().key;
            spawn_local(async move { self.keep(&site).await });
        }
    }

    /// Until nothing else is wanted. The answer may leave the screen meanwhile; what was asked for is kept all the same.
    async fn keep(self, site: &str) {
        while let Some(Some(asked)) = self.wanted.try_get_untracked() {
            match api::set_tags(site, self.number, &asked).await {
                Ok(tags) if self.wanted.try_get_untracked().flatten().as_ref() == Some(&asked) => {
                    self.told.try_set(Some(tags));
                    self.wanted.try_set(None);
                    self.tagging.state.again();
                }
                Ok(_) => {}
                Err(failure) => self.take_back(&asked, &failure),
            }
        }
    }

    /// What was refused stands in the field again, unless something else does.
    fn take_back(self, asked: &[String], failure: &Failure) {
        let Some(kept) =
            untrack(|| Some(self.told.try_get()?.unwrap_or_else(|| self.listed.try_get().unwrap_or_default())))
        else {
            return;
        };
        if let Some(added) = asked.iter().rfind(|tag| !kept.contains(tag)) {
            self.typed.update(|typed| {
                if typed.is_empty() {
                    typed.clone_from(added);
                }
            });
        }
        self.wanted.set(None);
        self.refused.set(Some(reason_at("tags", failure)));
    }
}
