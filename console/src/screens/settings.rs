//! What holds for all of a site's surveys. What has been typed stays, whatever becomes of saving it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::api::SiteSummary;
use survey::api::people::Role;
use survey::definition::{SiteSettings, StorageMode};

use crate::address::Place;
use crate::api::{self, Failure};
use crate::app::set_title;
use crate::browser;
use crate::draft::{Draft, Field, Mistake};
use crate::feed::{Feed, Pace};
use crate::parts::{FeedNotice, Hinted, Lines, TextLine};
use crate::sections::{RespondentSection, Sharing, SiteRemoval, SiteSection};
use crate::translation::text;
use crate::unsaved;

/// What the settings are called here, and what each means to visitors.
const STORAGE: [(StorageMode, &str, &str); 3] = [
    (
        StorageMode::Local,
        marked!("From visit to visit"),
        marked!("A survey that shows once stays away. In the browser’s local storage."),
    ),
    (
        StorageMode::Session,
        marked!("Until the tab is closed"),
        marked!("Whoever comes back counts as somebody new. In the browser’s session storage."),
    ),
    (
        StorageMode::Memory,
        marked!("Not at all"),
        marked!(
            "Each page load counts as somebody new: frequency, quiet period and sample hold only until the page is left."
        ),
    ),
];

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Kept {
    site: String,
    settings: SiteSettings,
    role: Role,
}

async fn settings(site: String) -> Result<Kept, Failure> {
    let settings = api::settings(&site).await?;
    let role = api::role(&site).await?;
    Ok(Kept { site, settings, role })
}

#[component]
pub fn SettingsScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Settings"), place.site.get().name));
    let feed = Feed::new(Pace::Once, move || settings(place.site.get().key));
    let latest = feed.latest();
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("Settings")}</h1>
                <p class="secondary">{move || tr!("For all surveys on {site}.", site = place.site.get().name)}</p>
                <p>
                    <a href=move || place.href("/settings/look", &[])>{tr!("How surveys look: colours, fonts, shape, logo")}</a>
                </p>
            </div>
        </header>
        <FeedNotice state=feed.state()/>
        {move || {
            latest
                .get()
                .map(|kept| {
                    let role = kept.role;
                    let shared = (role >= Role::Editor).then(|| kept.site.clone());
                    view! {
                        <SettingsForm kept=kept/>
                        {shared.map(|site| view! { <Sharing site=site/> })}
                        {(role >= Role::Owner).then(|| view! { <ForOwners site=place.site.get_untracked()/> })}
                    }
                })
        }}
    }
}

/// What only owners may change.
#[component]
fn ForOwners(site: SiteSummary) -> impl IntoView {
    let key = StoredValue::new(site.key.clone());
    view! {
        <SiteSection site=site.clone()/>
        <RespondentSection site=key/>
        <SiteRemoval site=site/>
    }
}

/// The form and what has become of it.
#[derive(Clone, Copy)]
struct Form {
    draft: RwSignal<Draft>,
    /// What the collector has.
    kept: RwSignal<Draft>,
    mistakes: RwSignal<Vec<Mistake>>,
    /// After how many days answers would be deleted, once that was asked about.
    warned: RwSignal<Option<u16>>,
    is_saving: RwSignal<bool>,
    /// Whether something has been saved since the screen was opened.
    has_saved: RwSignal<bool>,
}

impl Form {
    fn of(site: &str, settings: &SiteSettings) -> Self {
        let form = format!("settings {site}");
        let begun = Draft::of(settings);
        let draft = RwSignal::new(unsaved::typed_into(&form, &begun));
        let kept = RwSignal::new(begun);
        unsaved::remember(form, draft, kept);
        Self {
            draft,
            kept,
            mistakes: RwSignal::new(Vec::new()),
            warned: RwSignal::new(None),
            is_saving: RwSignal::new(false),
            has_saved: RwSignal::new(false),
        }
    }

    /// Takes what was typed into `field`; what was wrong with it before need not be any more.
    fn typed(self, field: Field, change: impl FnOnce(&mut Draft)) {
        self.draft.update(change);
        self.warned.set(None);
        self.mistakes.update(|mistakes| mistakes.retain(|mistake| mistake.field != Some(field)));
    }

    fn mistake_at(self, field: Field) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.mistakes.with(|mistakes| {
                let mistake = mistakes.iter().find(|mistake| mistake.field == Some(field))?;
                Some(mistake.reason.clone())
            })
        })
    }

    fn refuse(self, mistakes: Vec<Mistake>) {
        // What is about no field is said by the button, as an alert.
        if let Some(field) = mistakes.iter().find_map(|mistake| mistake.field) {
            browser::focus(field.id());
        }
        self.mistakes.set(mistakes);
    }

    fn save(self, site: String) {
        if self.is_saving.get_untracked() {
            return;
        }
        let sent = self.draft.get_untracked();
        let deletes = self.kept.with_untracked(|kept| sent.deletes_sooner(kept));
        if deletes.is_some() && self.warned.get_untracked() != deletes {
            return self.warned.set(deletes);
        }
        self.warned.set(None);
        let patch = match self.kept.with_untracked(|kept| sent.patch(kept)) {
            Ok(patch) => patch,
            Err(_) => return self.refuse(sent.mistakes()),
        };
        self.mistakes.set(Vec::new());
        self.is_saving.set(true);
        spawn_local(async move {
            let outcome = api::save_settings(&site, &patch).await;
            if self.is_saving.try_set(false).is_some() {
                // The form is gone.
                return;
            }
            match outcome {
                Ok(settings) => {
                    unsaved::saved(self.draft, self.kept, &sent, Draft::of(&settings));
                    self.has_saved.set(true);
                }
                Err(failure) => self.refuse(vec![mistake_of(&failure)]),
            }
        });
    }

    /// How it stands, for the line beside the button.
    fn standing(self) -> &'static str {
        match (
            self.is_saving.get(),
            self.draft.with(|draft| self.kept.with(|kept| draft != kept)),
            self.has_saved.get(),
        ) {
            (true, ..) => tr!("Saving …"),
            (_, true, _) => tr!("Not saved yet."),
            (_, _, true) => tr!("Saved. The site’s pages follow within a minute."),
            _ => "",
        }
    }
}

fn mistake_of(failure: &Failure) -> Mistake {
    match failure {
        Failure::Refused { field, reason } => Mistake::of_refusal(field, reason),
        other => Mistake { field: None, reason: other.to_string() },
    }
}

#[component]
fn SettingsForm(kept: Kept) -> impl IntoView {
    let Kept { site, settings, role } = kept;
    let may_edit = role >= Role::Editor;
    let form = Form::of(&site, &settings);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.save(site.clone());
    };
    let refused = move || {
        form.mistakes.with(|mistakes| {
            let mistake = mistakes.iter().find(|mistake| mistake.field.is_none())?;
            Some(mistake.reason.clone())
        })
    };
    view! {
        <form on:submit=submit novalidate>
            {(!may_edit)
                .then(|| {
                    view! { <p class="read-only">{tr!("You may read these settings. An editor or owner of the site may change them.")}</p> }
                })}
            <fieldset class="settings" disabled=!may_edit>
                <legend class="unseen">{tr!("Settings")}</legend>
                <QuietPeriod form=form/>
                <Storage form=form/>
                <Signals form=form/>
                <KeptQuery form=form/>
                <Reports form=form/>
                <Privacy form=form/>
                <PageViewSample form=form/>
            </fieldset>
            {may_edit.then(|| view! { <SaveLine form=form refused=Signal::derive(refused)/> })}
        </form>
    }
}

/// The button, and what has become of pressing it.
#[component]
fn SaveLine(form: Form, refused: Signal<Option<String>>) -> impl IntoView {
    view! {
            <div class="save">
                <button type="submit" class="button primary">
                    {tr!("Save settings")}
                </button>
                <span class="secondary" role="status">
                    {move || form.standing()}
                </span>
                <p class="ask-first" role="alert">
                    {move || {
                        form.warned.get().map(|days| {
                            tr!("Answers older than {n} day will be deleted within the hour, for good. Press again to save." | "Answers older than {n} days will be deleted within the hour, for good. Press again to save." % days.into())
                        })
                    }}
                </p>
                <p class="refused" role="alert">
                    {refused}
                </p>
            </div>
    }
}

#[component]
fn QuietPeriod(form: Form) -> impl IntoView {
    view! {
        <section class="setting">
            <h2>{tr!("Quiet period")}</h2>
            <TextLine
                id=Field::QuietDays.id()
                label=tr!("Days between any two surveys")
                keys="decimal"
                unit=tr!("days")
                hint=tr!("After any survey, a visitor is left alone for this many days. 0 for no pause.")
                value=Signal::derive(move || form.draft.with(|draft| draft.quiet_days.clone()))
                mistake=form.mistake_at(Field::QuietDays)
                on_type=Callback::new(move |text| form.typed(Field::QuietDays, |draft| draft.quiet_days = text))
            />
        </section>
    }
}

#[component]
fn Storage(form: Form) -> impl IntoView {
    let choice = move |(mode, label, hint): (StorageMode, &'static str, &'static str)| {
        let is_chosen = Signal::derive(move || form.draft.with(|draft| draft.storage == mode));
        let choose = Callback::new(move |_| form.draft.update(|draft| draft.storage = mode));
        view! { <Hinted kind="radio" name="storage" label=text(label) hint=text(hint) is_checked=is_chosen on_change=choose/> }
    };
    view! {
        <fieldset class="setting">
            <legend>
                <h2>{tr!("What the browser remembers")}</h2>
            </legend>
            {STORAGE.map(choice)}
        </fieldset>
    }
}

#[component]
fn Signals(form: Form) -> impl IntoView {
    let gpc = Signal::derive(move || form.draft.with(|draft| draft.honour_gpc));
    let dnt = Signal::derive(move || form.draft.with(|draft| draft.honour_dnt));
    view! {
        <fieldset class="setting">
            <legend>
                <h2>{tr!("Visitors who ask for privacy")}</h2>
            </legend>
            <Hinted
                kind="checkbox"
                name="honour-gpc"
                label=tr!("Leave those alone who send Global Privacy Control")
                hint=tr!("They see no survey, and nothing is stored or counted of them.")
                is_checked=gpc
                on_change=Callback::new(move |on| form.draft.update(|draft| draft.honour_gpc = on))
            />
            <Hinted
                kind="checkbox"
                name="honour-dnt"
                label=tr!("Leave those alone who send Do Not Track")
                hint=tr!("The older signal, which some browsers still send.")
                is_checked=dnt
                on_change=Callback::new(move |on| form.draft.update(|draft| draft.honour_dnt = on))
            />
        </fieldset>
    }
}

#[component]
fn KeptQuery(form: Form) -> impl IntoView {
    let field = Field::KeepQuery;
    view! {
        <section class="setting">
            <h2>{tr!("What makes another page")}</h2>
            <Lines
                id=field.id()
                label=tr!("Query parameters to keep, one on each line")
                value=Signal::derive(move || form.draft.with(|draft| draft.keep_query.clone()))
                mistake=form.mistake_at(field)
                on_type=Callback::new(move |text| form.typed(field, |draft| draft.keep_query = text))
            >
                {tr!("Pages are told apart by their path. With ")}
                <code>"id"</code>
                {tr!(" here, ")}
                <code>"/item?id=1"</code>
                {tr!(" and ")}
                <code>"/item?id=2"</code>
                {tr!(" are two pages. All other parameters are taken away before anything is sent.")}
            </Lines>
        </section>
    }
}

#[component]
fn Reports(form: Form) -> impl IntoView {
    let field = Field::Dimensions;
    view! {
        <section class="setting">
            <h2>{tr!("What reports tell apart")}</h2>
            <TextLine
                id=Field::TimeZone.id()
                label=tr!("Time zone in which days begin")
                keys="text"
                unit=""
                hint=tr!("Like Europe/Berlin, or UTC. What was counted before stays on its day.")
                value=Signal::derive(move || form.draft.with(|draft| draft.time_zone.clone()))
                mistake=form.mistake_at(Field::TimeZone)
                on_type=Callback::new(move |text| form.typed(Field::TimeZone, |draft| draft.time_zone = text))
            />
            <Lines
                id=field.id()
                label=tr!("What visitors are told apart by, one on each line")
                value=Signal::derive(move || form.draft.with(|draft| draft.dimensions.clone()))
                mistake=form.mistake_at(field)
                on_type=Callback::new(move |text| form.typed(field, |draft| draft.dimensions = text))
            >
                {tr!("Beside device, language, country and trigger, up to seven of: ")}
                <code>"returning"</code>
                ", "
                <code>"browser"</code>
                ", "
                <code>"os"</code>
                ", "
                <code>"utm:source"</code>
                {tr!(", or a trait that your pages tell, like ")}
                <code>"trait:plan"</code>
                {tr!(". Known of what is shown and answered from now on.")}
            </Lines>
        </section>
    }
}

#[component]
fn Privacy(form: Form) -> impl IntoView {
    let scrubs = Signal::derive(move || form.draft.with(|draft| draft.scrub_comments));
    view! {
        <section class="setting">
            <h2>{tr!("What is kept of answers")}</h2>
            <Hinted
                kind="checkbox"
                name="scrub-comments"
                label=tr!("Take e-mail addresses, card and telephone numbers out of comments")
                hint=tr!("Before anything is stored. What visitors leave to be written back to stays.")
                is_checked=scrubs
                on_change=Callback::new(move |on| form.draft.update(|draft| draft.scrub_comments = on))
            />
            <TextLine
                id=Field::RetentionDays.id()
                label=tr!("Delete answers after")
                keys="decimal"
                unit=tr!("days")
                hint=tr!("Leave it empty to keep them for ever.")
                value=Signal::derive(move || form.draft.with(|draft| draft.retention_days.clone()))
                mistake=form.mistake_at(Field::RetentionDays)
                on_type=Callback::new(move |text| form.typed(Field::RetentionDays, |draft| draft.retention_days = text))
            />
        </section>
    }
}

#[component]
fn PageViewSample(form: Form) -> impl IntoView {
    view! {
        <section class="setting">
            <h2>{tr!("Counting page views")}</h2>
            <TextLine
                id=Field::PageViewSample.id()
                label=tr!("Share of page views that are counted")
                keys="decimal"
                unit="%"
                hint=tr!("From these, Pagepoll estimates how many page views a survey would reach. Page, referrer’s site, device, browser and language are counted, and nobody’s name or address. 0 for none.")
                value=Signal::derive(move || form.draft.with(|draft| draft.page_view_sample.clone()))
                mistake=form.mistake_at(Field::PageViewSample)
                on_type=Callback::new(move |text| form.typed(Field::PageViewSample, |draft| draft.page_view_sample = text))
            />
        </section>
    }
}
