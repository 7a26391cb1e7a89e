//! The form of a site's page groups and of the stages of its journey.

use leptos::prelude::*;
use survey::page::PageGroup;

use crate::address::Place;
use crate::api::{self, Failure};
use crate::attempt::Attempt;
use crate::browser;
use crate::feed::{Feed, Pace};
use crate::grouping::{TypedGroup, TypedGroups};
use crate::parts::{FeedBody, Labelled, Lines, Submit, described};

/// Adds to a site's page groups.
pub async fn declare_group(site: &str, group: PageGroup) -> Result<(), Failure> {
    let kept = TypedGroups::of(&api::settings(site).await?);
    let mut typed = kept.clone();
    typed.rows.push(TypedGroup { name: group.name, pattern: group.pattern.to_string(), stage: String::new() });
    api::save_groups(site, &typed.patch(&kept)).await
}

/// Saves groups, unless somebody has changed them since they were read.
async fn save(site: &str, begun: &TypedGroups, typed: &TypedGroups) -> Result<(), Failure> {
    if TypedGroups::of(&api::settings(site).await?) != *begun {
        let reason = tr!(
            "Somebody has changed the groups since this form was opened. Reload the page to see them as they are now."
        );
        return Err(Failure::Refused { field: String::new(), reason: reason.to_owned() });
    }
    api::save_groups(site, &typed.patch(begun)).await
}

/// Folded until somebody wants it.
#[component]
pub fn GroupsForm(
    /// Once they are saved.
    on_change: Callback<()>,
) -> impl IntoView {
    let was_opened = RwSignal::new(false);
    view! {
        <details class="grouping" on:toggle=move |_| was_opened.set(true)>
            <summary>{tr!("Edit groups and stages")}</summary>
            <Show when=move || was_opened.get()>
                <Opened on_change=on_change/>
            </Show>
        </details>
    }
}

#[component]
fn Opened(on_change: Callback<()>) -> impl IntoView {
    let place = Place::here();
    let feed = Feed::new(Pace::Once, move || {
        let site = place.site.get().key;
        async move { Ok((TypedGroups::of(&api::settings(&site).await?), site)) }
    });
    let (latest, state) = (feed.latest(), feed.state());
    view! {
        <FeedBody state=state>
            {move || latest.get().map(|(begun, site)| view! { <Fields site=site begun=begun on_change=on_change/> })}
        </FeedBody>
    }
}

/// What the rows need of the form around them.
#[derive(Clone, Copy)]
struct Rows {
    attempt: Attempt,
    typed: RwSignal<TypedGroups>,
    /// Rises when there are others, or in another order.
    structure: RwSignal<u32>,
}

impl Rows {
    fn act(self, deed: impl FnOnce(&mut TypedGroups)) {
        self.typed.update(deed);
        self.structure.update(|structure| *structure += 1);
    }

    fn type_in(self, at: usize, deed: impl FnOnce(&mut TypedGroup)) {
        self.typed.update(|typed| typed.rows.get_mut(at).map(deed).unwrap_or_default());
    }
}

#[component]
fn Fields(site: String, begun: TypedGroups, on_change: Callback<()>) -> impl IntoView {
    let attempt = Attempt::new("grouping", &["page_groups", "stages"]);
    let rows = Rows { attempt, typed: RwSignal::new(begun.clone()), structure: RwSignal::new(0) };
    let (site, begun) = (StoredValue::new(site), RwSignal::new(begun));
    let is_saved = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        let sent = rows.typed.get_untracked();
        let asked = {
            let sent = sent.clone();
            async move { save(&site.get_value(), &begun.get_untracked(), &sent).await }
        };
        attempt.make(asked, move |()| {
            begun.set(sent);
            is_saved.set(true);
            on_change.run(());
        });
    };
    let standing = move || match (rows.typed.with(|typed| begun.with(|begun| typed != begun)), is_saved.get()) {
        (true, _) => tr!("Not saved yet."),
        (false, true) => tr!("Saved. Reports of the past follow at once."),
        (false, false) => "",
    };
    let list = move || {
        rows.structure.track();
        let count = rows.typed.with_untracked(|typed| typed.rows.len());
        (0..count).map(|at| view! { <GroupRow rows=rows at=at/> }).collect_view()
    };
    let add = move |_| {
        rows.act(TypedGroups::add);
        let last = rows.typed.with_untracked(|typed| typed.rows.len()).saturating_sub(1);
        browser::focus(&attempt.id_in(&place_of(last, "name")));
    };
    view! {
        <form class="grouping-form" on:submit=submit novalidate aria-label=tr!("Page groups and stages")>
            <p class="secondary">
                {tr!("A page is in the first group whose pattern it matches. * stands for any part of one segment of an address, ** for any number of segments.")}
            </p>
            <ol class="group-rows">{list}</ol>
            <p class="refused" role="alert">
                {attempt.mistake_in("page_groups".to_owned())}
            </p>
            <button type="button" class="button" on:click=add>
                {tr!("Add a group")}
            </button>
            <Lines
                id="grouping-stages"
                label=tr!("Stages of the journey, one on each line")
                value=Signal::derive(move || rows.typed.with(|typed| typed.stages.clone()))
                mistake=attempt.mistake_at("stages")
                on_type=Callback::new(move |text| rows.typed.update(|typed| typed.type_stages(text)))
            >
                {tr!("In the order in which visitors come by: find, choose, buy. Each needs a group; a group says above which stage it belongs to.")}
            </Lines>
            <Submit attempt=attempt label=tr!("Save groups and stages") busy=tr!("Saving …")/>
            <p class="secondary" role="status">
                {standing}
            </p>
        </form>
    }
}

/// As the API calls it.
fn place_of(at: usize, member: &str) -> String {
    format!("page_groups[{at}].{member}")
}

#[component]
fn GroupRow(rows: Rows, at: usize) -> impl IntoView {
    let number = at + 1;
    view! {
        <li class="field-row">
            <GroupLine rows=rows at=at member="name" label=tr!("Group {number}", number) part=|row| &mut row.name/>
            <GroupLine rows=rows at=at member="pattern" label=tr!("Its pages, like /product/*") part=|row| &mut row.pattern/>
            <StageChoice rows=rows at=at/>
            <div class="group-deeds">
                <button
                    type="button"
                    class="button quiet small"
                    aria-label=tr!("Move group {number} up", number)
                    disabled=at == 0
                    on:click=move |_| rows.act(|typed| typed.raise(at))
                >
                    {tr!("Up")}
                </button>
                <button
                    type="button"
                    class="button quiet small"
                    aria-label=tr!("Remove group {number}", number)
                    on:click=move |_| rows.act(|typed| typed.remove(at))
                >
                    {tr!("Remove")}
                </button>
            </div>
        </li>
    }
}

#[component]
fn GroupLine(
    rows: Rows,
    at: usize,
    /// As the API calls it.
    member: &'static str,
    #[prop(into)] label: String,
    part: fn(&mut TypedGroup) -> &mut String,
) -> impl IntoView {
    let place = place_of(at, member);
    let (id, mistake) = (rows.attempt.id_in(&place), rows.attempt.mistake_in(place));
    let value =
        move || rows.typed.with(|typed| typed.rows.get(at).cloned().map(|mut row| std::mem::take(part(&mut row))));
    view! {
        <Labelled id=id.clone() label=label mistake=mistake hint=()>
            <input
                id=id.clone()
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-describedby=described(&id)
                aria-invalid=move || mistake.with(Option::is_some).to_string()
                prop:value=value
                on:input:target=move |event| rows.type_in(at, |row| *part(row) = event.target().value())
            />
        </Labelled>
    }
}

#[component]
fn StageChoice(rows: Rows, at: usize) -> impl IntoView {
    let id = rows.attempt.id_in(&place_of(at, "stage"));
    let names = Memo::new(move |_| rows.typed.with(TypedGroups::stage_names));
    let chosen = Memo::new(move |_| {
        rows.typed.with(|typed| typed.rows.get(at).map(|row| row.stage.clone())).unwrap_or_default()
    });
    let option = move |name: String| {
        let (value, label) = (name.clone(), name.clone());
        view! {
            <option value=value prop:selected=move || chosen.with(|chosen| *chosen == name)>
                {label}
            </option>
        }
    };
    view! {
        <Labelled id=id.clone() label=tr!("Its stage") hint=()>
            <select id=id on:change:target=move |event| rows.type_in(at, |row| row.stage = event.target().value())>
                <option value="" prop:selected=move || chosen.with(String::is_empty)>
                    {tr!("No stage")}
                </option>
                {move || names.get().into_iter().map(option).collect_view()}
            </select>
        </Labelled>
    }
}
