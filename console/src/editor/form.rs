//! The form: the document as it stands, what was before, what is wrong with it, and how saving goes. Whatever is typed is saved by itself,
//! a moment later; what could not be saved stays here, and is tried again.

use std::future::Future;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use survey::api::editing::{DraftConflict, EditedSurvey, FieldProblem, SavedDraft, TranslationNeeds};

use super::document::{Document, is_language};
use super::history::History;
use super::kept::Drawer;
use crate::api::Failure;
use crate::api::editing::{self, NotDone};
use crate::app::Session;
use crate::reasons::reason_in_words;

/// How long after the last letter a draft is saved.
const AFTER_MS: u32 = 700;
/// When it is tried again after a failure.
const AGAIN_MS: u32 = 5_000;
const LOOK_AGAIN_MS: u32 = 50;

/// How the document stands to what the collector has.
#[derive(Clone, PartialEq, Debug)]
pub enum SaveState {
    Saved,
    Unsaved,
    Saving,
    Failed(Failure),
    /// Somebody else has changed it.
    Changed(Box<DraftConflict>),
}

/// All that the parts of the editor share.
#[derive(Clone, Copy)]
pub struct Form {
    site: StoredValue<String>,
    survey: StoredValue<String>,
    drawer: StoredValue<Drawer>,
    pub document: RwSignal<Document>,
    history: RwSignal<History>,
    /// The language in which texts are written now.
    pub language: RwSignal<String>,
    pub problems: RwSignal<Vec<FieldProblem>>,
    /// What publishing would change, in sentences.
    pub changes: RwSignal<Vec<String>>,
    /// What its languages need.
    translations: RwSignal<Vec<TranslationNeeds>>,
    /// That of the draft on the collector; none where there is no draft.
    pub revision: RwSignal<Option<u32>>,
    pub save_state: RwSignal<SaveState>,
    /// Set while the collector is asked to end the draft: to publish it, or to throw it away.
    is_ending: StoredValue<bool>,
    /// Rises when lists have other items: whoever shows a list shows it anew.
    structure: RwSignal<u32>,
    pub may_edit: bool,
}

impl Form {
    pub fn provide(site: String, survey: &EditedSurvey, may_edit: bool) -> Self {
        let document = RwSignal::new(Document::default());
        let drawer = Drawer::of(&site, &survey.id, &Session::here().email());
        let form = Self {
            drawer: StoredValue::new(drawer),
            site: StoredValue::new(site),
            survey: StoredValue::new(survey.id.clone()),
            document,
            history: RwSignal::default(),
            language: RwSignal::new(String::new()),
            problems: RwSignal::default(),
            changes: RwSignal::default(),
            translations: RwSignal::default(),
            revision: RwSignal::new(None),
            save_state: RwSignal::new(SaveState::Saved),
            is_ending: StoredValue::new(false),
            structure: RwSignal::new(0),
            may_edit,
        };
        form.take(survey);
        if may_edit {
            form.keep_what_is_typed();
        }
        provide_context(form);
        form
    }

    /// Takes up what an earlier visit of the same person could not save; from now on, has the browser keep whatever the collector has not.
    fn keep_what_is_typed(self) {
        let drawer = self.drawer.get_value();
        if let Some((revision, document)) = drawer.find()
            && self.document.with_untracked(|shown| *shown != document)
        {
            self.act(|shown| *shown = document);
            // If somebody else has saved since, the collector says so.
            self.revision.set(revision);
        }
        Effect::new(move || match self.save_state.get() {
            SaveState::Saved => drawer.forget(),
            _ => self.document.with(|document| drawer.keep(self.revision.get_untracked(), document)),
        });
    }

    pub fn here() -> Self {
        expect_context()
    }

    pub fn site(self) -> String {
        self.site.get_value()
    }

    pub fn survey(self) -> String {
        self.survey.get_value()
    }

    /// Shows what the collector has.
    pub fn take(self, survey: &EditedSurvey) {
        let shown = survey.draft.as_ref().map(|draft| &draft.document).or(survey.published.as_ref());
        let document = Document::of(shown.cloned().unwrap_or_else(|| Value::Object(Default::default())));
        if self.language.with_untracked(|language| !document.languages().contains(language)) {
            self.language.set(document.own_language());
        }
        self.document.set(document);
        self.revision.set(survey.draft.as_ref().map(|draft| draft.saved.stamp.revision));
        let saved = survey.draft.as_ref().map(|draft| draft.saved.clone());
        let (problems, changes, translations) =
            saved.map(|saved| (saved.problems, saved.changes, saved.translations)).unwrap_or_default();
        self.problems.set(problems);
        self.changes.set(changes);
        self.translations.set(translations);
        self.save_state.set(SaveState::Saved);
        self.structure.update(|number| *number += 1);
    }

    /// Reads the document for a view, which is told when it changes.
    pub fn read<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Document) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Memo::new(move |_| self.document.with(&read)).into()
    }

    /// Shown anew when lists have other items.
    pub fn track_structure(self) {
        self.structure.track();
    }

    /// Takes what was typed at a place.
    pub fn typed(self, place: &str, change: impl FnOnce(&mut Document)) {
        let before = self.document.get_untracked();
        self.history.update(|history| history.note_typing(place, before));
        self.document.update(change);
        self.later();
    }

    /// Changes something by one press; it can be taken back by one.
    pub fn act(self, change: impl FnOnce(&mut Document)) {
        let before = self.document.get_untracked();
        self.document.update(change);
        if self.document.with_untracked(|document| *document == before) {
            return;
        }
        self.history.update(|history| history.note(before));
        self.structure.update(|number| *number += 1);
        self.later();
    }

    pub fn undo(self) {
        self.step(History::back);
    }

    pub fn redo(self) {
        self.step(History::forward);
    }

    fn step(self, step: fn(&mut History, Document) -> Option<Document>) {
        let present = self.document.get_untracked();
        let mut other = None;
        self.history.update(|history| other = step(history, present));
        if let Some(other) = other {
            self.document.update(|document| *document = other.begun_as(document));
            self.structure.update(|number| *number += 1);
            self.later();
        }
    }

    pub fn can_undo(self) -> bool {
        self.history.with(History::has_past)
    }

    pub fn can_redo(self) -> bool {
        self.history.with(History::has_future)
    }

    /// How many texts a language lacks, and how many say what the survey's own language no longer does; tracked.
    pub fn needs_of(self, language: &str) -> (usize, usize) {
        self.translations.with(|all| {
            let needs = all.iter().find(|needs| needs.tag == language);
            needs.map_or((0, 0), |needs| (needs.missing.len(), needs.outdated.len()))
        })
    }

    /// Whether the text at a place says, in the language that is being written, what the original no longer does; tracked.
    pub fn is_outdated(self, place: &str) -> bool {
        let language = self.language.get();
        self.translations.with(|all| {
            all.iter().any(|needs| needs.tag == language && needs.outdated.iter().any(|outdated| outdated == place))
        })
    }

    /// What is wrong at a place; of a text, in any language.
    pub fn problem_at(self, place: String) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problems.with(|problems| {
                let is_here = |problem: &&FieldProblem| is_at(&problem.field, &place);
                problems.iter().find(is_here).map(|problem| reason_in_words(&problem.reason))
            })
        })
    }

    /// The first thing that is wrong at a place or within it.
    pub fn problem_within(self, place: String) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problems.with(|problems| {
                let is_here = |problem: &&FieldProblem| is_within(&problem.field, &place);
                problems.iter().find(is_here).map(|problem| reason_in_words(&problem.reason))
            })
        })
    }

    /// Whether something is wrong within a place.
    pub fn has_problem_in(self, place: String) -> Signal<bool> {
        Signal::derive(move || {
            self.problems.with(|problems| problems.iter().any(|problem| is_within(&problem.field, &place)))
        })
    }

    fn later(self) {
        // What somebody else has done is to be settled first.
        if matches!(self.save_state.get_untracked(), SaveState::Changed(_)) {
            return;
        }
        let is_saving = self.save_state.get_untracked() == SaveState::Saving;
        if !is_saving {
            self.save_state.set(SaveState::Unsaved);
            self.save_after(AFTER_MS);
        }
    }

    fn save_after(self, pause: u32) {
        spawn_local(async move {
            let Some(noted) = self.document.try_get_untracked() else { return };
            TimeoutFuture::new(pause).await;
            // What becomes of the draft says what is to be saved, if anything is.
            while self.is_ending.try_get_value() == Some(true) {
                TimeoutFuture::new(LOOK_AGAIN_MS).await;
            }
            // Who goes on typing is saved when they stop.
            let is_newest = self.document.try_with_untracked(|document| *document == noted).unwrap_or(false);
            let waits = matches!(self.save_state.try_get_untracked(), Some(SaveState::Unsaved | SaveState::Failed(_)));
            if is_newest && waits {
                self.save().await;
            }
        });
    }

    /// Waits until nothing is asked that changes the draft. One at a time: two that know the same revision would take each other for
    /// somebody else.
    pub async fn until_still(self) {
        let is_saving = || self.save_state.try_get_untracked() == Some(SaveState::Saving);
        while is_saving() || self.is_ending.try_get_value() == Some(true) {
            TimeoutFuture::new(LOOK_AGAIN_MS).await;
        }
    }

    /// Asks the collector to end the draft. What is typed meanwhile is saved afterwards.
    pub async fn end<T>(self, asked: impl Future<Output = T>) -> T {
        self.is_ending.try_set_value(true);
        let outcome = asked.await;
        self.is_ending.try_set_value(false);
        outcome
    }

    /// Waits until the collector has all that was typed; tells whether it does.
    pub async fn settle(self) -> bool {
        self.until_still().await;
        match self.save_state.try_get_untracked() {
            Some(SaveState::Saved) => true,
            Some(SaveState::Unsaved | SaveState::Failed(_)) => self.save().await,
            _ => false,
        }
    }

    /// Saves what there is now; tells whether the collector has it.
    async fn save(self) -> bool {
        self.save_state.set(SaveState::Saving);
        let sent = self.document.get_untracked();
        let (site, survey) = (self.site(), self.survey());
        let outcome = editing::save(&site, &survey, self.revision.get_untracked(), sent.value()).await;
        if self.save_state.try_get_untracked().is_none() {
            return false;
        }
        match outcome {
            Ok(saved) => self.saved(&sent, saved),
            Err(NotDone::Changed(changed)) => self.save_state.set(SaveState::Changed(changed)),
            Err(NotDone::Failed(failure)) => {
                self.save_state.set(SaveState::Failed(failure));
                self.save_after(AGAIN_MS);
            }
            // Only whoever publishes is told so.
            Err(NotDone::NotPublishable(_) | NotDone::PublishedSince) => {}
        }
        self.save_state.get_untracked() == SaveState::Saved
    }

    fn saved(self, sent: &Document, saved: SavedDraft) {
        self.revision.set(Some(saved.stamp.revision));
        self.problems.set(saved.problems);
        self.changes.set(saved.changes);
        self.translations.set(saved.translations);
        if self.document.with_untracked(|document| document == sent) {
            self.save_state.set(SaveState::Saved);
        } else {
            self.save_state.set(SaveState::Unsaved);
            self.save_after(AFTER_MS);
        }
    }

    /// Hears that what was written until `sent` is published, and its draft over. What was typed meanwhile is a draft of its own.
    pub fn published(self, survey: &EditedSurvey, sent: &Document) {
        if self.document.with_untracked(|document| document == sent) {
            return self.take(survey);
        }
        self.revision.set(None);
        self.document.update(|document| document.go_on_from(survey.version));
        self.save_state.set(SaveState::Unsaved);
        self.save_after(AFTER_MS);
    }

    /// The draft that can be thrown away on the collector; none where there is only what was typed here.
    pub fn stored_draft(self) -> Option<u32> {
        let is_gone = |save_state: &SaveState| matches!(save_state, SaveState::Changed(conflict) if !conflict.is_there);
        self.revision.get_untracked().filter(|_| !self.save_state.with_untracked(is_gone))
    }

    /// Lets go of what was typed here, where nothing is to be shown in its place.
    pub fn let_go(self) {
        self.drawer.with_value(Drawer::forget);
        self.save_state.set(SaveState::Saved);
    }

    /// Puts what is here in the place of what somebody else has saved.
    pub fn overwrite(self, conflict: &DraftConflict) {
        self.revision.set(conflict.is_there.then_some(conflict.stamp.revision));
        spawn_local(async move {
            self.save().await;
        });
    }

    /// Shows what somebody else has saved. What was here can be brought back by one step.
    pub fn take_theirs(self) {
        spawn_local(async move {
            match editing::survey(&self.site(), &self.survey()).await {
                Ok(theirs) => {
                    let mine = self.document.get_untracked();
                    self.take(&theirs);
                    self.history.update(|history| history.note(mine));
                }
                Err(failure) => self.save_state.set(SaveState::Failed(failure)),
            }
        });
    }
}

/// Whether a field is at a place, or in it: `questions[1].prompt` is in `questions[1]`, and not in `questions[10]`.
fn is_within(field: &str, place: &str) -> bool {
    field.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether a field is at a place, or is its text in one language: `questions[1].prompt.ru`.
fn is_at(field: &str, place: &str) -> bool {
    let rest = field.strip_prefix(place);
    let is_text = !place.ends_with(']');
    rest.is_some_and(|rest| rest.is_empty() || (is_text && rest.strip_prefix('.').is_some_and(is_language)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_a_text_is_at_the_text_in_whatever_language() {
        assert!(is_at("questions[1].prompt", "questions[1].prompt") && is_at("name.pt-BR", "name"));
        assert!(!is_at("questions[1].id", "questions[1]") && !is_at("endings[0].when", "endings[0]"));
    }

    #[test]
    fn a_problem_is_within_what_has_its_field() {
        assert!(is_within("questions[1].prompt", "questions[1]") && is_within("when.all[0]", "when"));
        assert!(!is_within("questions[10].prompt", "questions[1]") && !is_within("whenever", "when"));
    }
}
