//! Tags below comments: what a site's team calls answers. Whoever may change them sees each change at once; they are kept one after the other,
//! and what is refused is taken back and said at the field.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::report::{AnswerReport, TagsChange};

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
        wishes: RwSignal::new(Vec::new()),
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
            is_saving=Signal::derive(move || change.wishes.with(|wishes| !wishes.is_empty()))
            refused=change.refused
            typed=change.typed
            on_add=Callback::new(move |()| change.add())
            on_remove=Callback::new(move |tag: String| change.remove(tag))
        />
    }
}

/// That an answer has a tag, or has it no more. Of all its other tags, whoever wishes so says nothing: somebody else may be changing them.
#[derive(Clone, PartialEq, Debug)]
struct Wish {
    tag: String,
    is_on: bool,
}

/// Tags as they are once all wishes are met.
fn granted(mut tags: Vec<String>, wishes: &[Wish]) -> Vec<String> {
    for Wish { tag, is_on } in wishes {
        match tags.iter().position(|known| is_same(known, tag)) {
            Some(place) if !is_on => drop(tags.remove(place)),
            None if *is_on => tags.push(tag.clone()),
            _ => {}
        }
    }
    tags
}

/// As one request. What was wished last of a tag counts.
fn asked(wishes: &[Wish]) -> TagsChange {
    let mut change = TagsChange::default();
    for Wish { tag, is_on } in wishes {
        change.add.retain(|known| !is_same(known, tag));
        change.remove.retain(|known| !is_same(known, tag));
        if *is_on { &mut change.add } else { &mut change.remove }.push(tag.clone());
    }
    change
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
    /// What is still to be kept, in the order in which it was pressed.
    wishes: RwSignal<Vec<Wish>>,
    refused: RwSignal<Option<String>>,
    typed: RwSignal<String>,
}

impl Change {
    /// What is wished stands there at once.
    fn shown(self) -> Vec<String> {
        self.wishes.with(|wishes| granted(self.kept(), wishes))
    }

    fn kept(self) -> Vec<String> {
        self.told.get().unwrap_or_else(|| self.listed.get())
    }

    fn add(self) {
        let typed = self.typed.with_untracked(|typed| typed.trim().to_owned());
        self.typed.set(String::new());
        let is_there = untrack(|| self.shown()).iter().any(|tag| is_same(tag, &typed));
        if !typed.is_empty() && !is_there {
            self.ask(Wish { tag: self.tagging.spelled(&typed), is_on: true });
        }
    }

    fn remove(self, tag: String) {
        self.ask(Wish { tag, is_on: false });
        // The button that had it is gone.
        browser::focus(&field_of(self.number));
    }

    /// Asks, or leaves it to whoever is asking.
    fn ask(self, wish: Wish) {
        let is_under_way = self.wishes.with_untracked(|wishes| !wishes.is_empty());
        self.refused.set(None);
        self.wishes.update(|wishes| wishes.push(wish));
        if !is_under_way {
            let site = self.tagging.place.site.get_untracked().key;
            spawn_local(async move { self.keep(&site).await });
        }
    }

    /// Until nothing else is wished. The answer may leave the screen meanwhile; what was asked for is kept all the same.
    async fn keep(self, site: &str) {
        while let Some(wishes) = self.wishes.try_get_untracked().filter(|wishes| !wishes.is_empty()) {
            let outcome = api::change_tags(site, self.number, &asked(&wishes)).await;
            match outcome {
                Ok(tags) => drop(self.told.try_set(Some(tags))),
                Err(failure) => self.take_back(&wishes, &failure),
            }
            if self.wishes.try_update(|left| drop(left.drain(..wishes.len()))).is_none() {
                return;
            }
        }
        self.tagging.state.again();
    }

    /// What was refused stands in the field again, unless something else does.
    fn take_back(self, wishes: &[Wish], failure: &Failure) {
        if let Some(added) = wishes.iter().rfind(|wish| wish.is_on) {
            self.typed.try_update(|typed| {
                if typed.is_empty() {
                    typed.clone_from(&added.tag);
                }
            });
        }
        self.refused.try_set(Some(reason_at("add", failure)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(pressed: &str) -> Vec<Wish> {
        let wish = |press: &str| Wish { tag: press[1..].to_owned(), is_on: press.starts_with('+') };
        pressed.split(' ').map(wish).collect()
    }

    fn list(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn a_wish_is_about_its_own_tag_and_leaves_those_alone_that_somebody_else_has_set_since() {
        let wished = wishes("+Bug -praise");
        assert_eq!(granted(list(&["praise", "theirs"]), &wished), ["theirs", "Bug"]);
        assert_eq!(asked(&wished), TagsChange { add: list(&["Bug"]), remove: list(&["praise"]) });
        assert_eq!(granted(list(&["BUG"]), &wished), ["BUG"], "there already");
    }

    #[test]
    fn what_was_wished_last_of_a_tag_counts() {
        let wished = wishes("-Bug +slow +bug -slow");
        assert_eq!(asked(&wished), TagsChange { add: list(&["bug"]), remove: list(&["slow"]) });
        assert_eq!(granted(list(&["Bug"]), &wished), ["bug"]);
    }
}
