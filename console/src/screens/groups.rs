//! Kinds of pages, and the stages of the visitors' journey: which of them hurt, and which groups might be declared.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::page::{GroupSuggestion, PageGroup};
use survey::report::{GroupsReport, StagesReport};

use crate::address::{Place, Scope, change_parameter, parameter};
use crate::api::{self, Failure};
use crate::app::set_title;
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, Empty, FeedBody, Notice, PagesTable, RowsOf, Segments, SiteFigure};
use crate::ranking::{WORST_FIRST, group_rows};
use crate::reading::{ScaleName, on_scale};
use crate::sections::{GroupsForm, Periods, Visitors, declare_group};
use crate::text::span_in_words;

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Kinds {
    groups: GroupsReport,
    stages: StagesReport,
    suggested: Vec<GroupSuggestion>,
    may_edit: bool,
}

async fn kinds(scope: Scope) -> Result<Kinds, Failure> {
    Ok(Kinds {
        groups: api::groups(&scope).await?,
        stages: api::stages(&scope).await?,
        suggested: api::suggested_groups(&scope).await?,
        may_edit: api::may_edit(&scope.site).await?,
    })
}

#[component]
pub fn GroupsScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Groups"), place.site.get().name));
    let feed = Feed::new(Pace::Live, move || kinds(place.scope()));
    let latest = feed.latest();
    let period = move || {
        let days = latest.with(|latest| latest.as_ref().map(|kinds| kinds.groups.period.days.clone()))?;
        Some(span_in_words(&days.first_day, &days.last_day))
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("Groups and journey")}</h1>
                <p class="secondary">{period}</p>
            </div>
            <Visitors/>
            <Periods/>
        </header>
        <FeedBody state=feed.state()>
            <Told latest=latest on_change=Callback::new(move |()| feed.state().again())/>
        </FeedBody>
    }
}

#[component]
fn Told(latest: ReadSignal<Option<Kinds>>, on_change: Callback<()>) -> impl IntoView {
    let groups = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|kinds| kinds.groups.clone())));
    let stages = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|kinds| kinds.stages.clone())));
    let suggested = Memo::new(move |_| {
        latest.with(|latest| latest.as_ref().map(|kinds| kinds.suggested.clone()).unwrap_or_default())
    });
    let may_edit = Memo::new(move |_| latest.with(|latest| latest.as_ref().is_some_and(|kinds| kinds.may_edit)));
    let scales = Memo::new(move |_| {
        groups.with(|groups| groups.iter().flat_map(|told| &told.site.scores).map(ScaleName::of).collect::<Vec<_>>())
    });
    let named = parameter("scale");
    let scale = Memo::new(move |_| {
        let all = scales.get();
        let named = named.get().and_then(|token| all.iter().copied().find(|scale| scale.token() == token));
        named.or_else(|| {
            groups.with(|groups| {
                groups.as_ref()?.site.scores.iter().max_by_key(|score| score.figures.n).map(ScaleName::of)
            })
        })
    });
    let has_groups =
        Memo::new(move |_| groups.with(|groups| groups.as_ref().is_some_and(|told| !told.groups.is_empty())));
    let choices = Memo::new(move |_| {
        let all = scales.get();
        all.iter().map(|scale| Choice { value: scale.token(), label: scale.label(&all) }).collect::<Vec<_>>()
    });
    view! {
        <Show when=move || choices.with(|choices| choices.len() > 1)>
            <div class="section-header filters">
                <Segments
                    legend=tr!("Score")
                    name="scale"
                    choices=choices
                    chosen=Signal::derive(move || scale.get().map(|scale| scale.token()).unwrap_or_default())
                    on_choose=change_parameter("scale")
                />
            </div>
        </Show>
        {move || scale.get().map(|scale| view! { <Journey stages=stages scale=scale/> })}
        <section class="pages-section" aria-labelledby="groups-title">
            <h2 id="groups-title">{tr!("Page groups")}</h2>
            <Show when=move || has_groups.get() fallback=|| view! { <NoGroups/> }>
                {move || scale.get().map(|scale| view! { <Groups groups=groups scale=scale/> })}
            </Show>
            <Show when=move || may_edit.get()>
                <GroupsForm on_change=on_change/>
            </Show>
        </section>
        <Show when=move || suggested.with(|suggested| !suggested.is_empty())>
            <Suggestions suggested=suggested may_edit=may_edit on_change=on_change/>
        </Show>
    }
}

/// Stage after stage, as visitors go through them.
#[component]
fn Journey(stages: Memo<Option<StagesReport>>, scale: ScaleName) -> impl IntoView {
    let names = Memo::new(move |_| {
        stages.with(|stages| {
            stages.iter().flat_map(|told| &told.stages).map(|stage| stage.name.clone()).collect::<Vec<String>>()
        })
    });
    let figure = move |(place, name): (usize, String)| {
        let score = move || {
            stages.with(|stages| {
                let scores = &stages.as_ref()?.stages.get(place)?.scores;
                scores.iter().find(|score| ScaleName::of(score) == scale).cloned()
            })
        };
        view! { <SiteFigure title=format!("{}. {name}", place + 1) metric=scale.metric score=Signal::derive(score)/> }
    };
    view! {
        <Show when=move || names.with(|names| !names.is_empty())>
            <section aria-labelledby="journey-title">
                <h2 id="journey-title">{tr!("Journey")}</h2>
                <dl class="figures" aria-labelledby="journey-title">
                    {move || names.get().into_iter().enumerate().map(figure).collect_view()}
                </dl>
            </section>
        </Show>
    }
}

#[component]
fn Groups(groups: Memo<Option<GroupsReport>>, scale: ScaleName) -> impl IntoView {
    let place = Place::here();
    let rows = Signal::derive(move || {
        groups.with(|groups| groups.as_ref().map(|told| group_rows(told, scale))).unwrap_or_default()
    });
    let site = Signal::derive(move || groups.with(|groups| on_scale(&groups.as_ref()?.site, scale).cloned()));
    // The pages of a group are those that have the fixed beginning of its pattern.
    let link = Callback::new(move |group: String| {
        let pattern = groups.with(|groups| {
            let found = groups.as_ref()?.groups.iter().find(|told| told.name == group)?;
            found.pattern.split('*').next().map(str::to_owned)
        });
        place.href("/", &[("search", &pattern.unwrap_or_default()), ("scale", &scale.token())])
    });
    let others = move || {
        let others =
            groups.with(|groups| groups.as_ref().map(|told| told.ungrouped)).filter(|others| others.pages > 0)?;
        let pages = tr!("{n} page" | "{n} pages" % others.pages as u64);
        Some(tr!(
            "{pages} with {n} answer are in no group." | "{pages} with {n} answers are in no group." % others.answered,
            pages
        ))
    };
    view! {
        <PagesTable
            scale=scale
            of=RowsOf::Groups
            rows=rows
            site=site
            order=RwSignal::new(WORST_FIRST)
            search=Signal::derive(String::new)
            link=link
        />
        <p class="secondary">{others}</p>
    }
}

#[component]
fn NoGroups() -> impl IntoView {
    view! {
        <Empty title=tr!("No groups yet")>
            <p>
                {tr!("Pages of one kind, like all products, can be read together: each has few answers, and all of them many. Take one that is suggested below, or declare your own.")}
            </p>
        </Empty>
    }
}

/// Groups that pages seem to belong to.
#[component]
fn Suggestions(suggested: Memo<Vec<GroupSuggestion>>, may_edit: Memo<bool>, on_change: Callback<()>) -> impl IntoView {
    let place = Place::here();
    let failure = RwSignal::new(None::<Failure>);
    let is_saving = RwSignal::new(false);
    let declare = Callback::new(move |group: PageGroup| {
        if is_saving.get_untracked() {
            return;
        }
        let site = place.site.get_untracked().key;
        is_saving.set(true);
        spawn_local(async move {
            let saved = declare_group(&site, group).await;
            if is_saving.try_set(false).is_some() {
                return;
            }
            failure.set(saved.err());
            on_change.run(());
        });
    });
    let item = move |told: GroupSuggestion| {
        let group = PageGroup { name: told.name.clone(), pattern: told.pattern.clone() };
        let button = move || {
            let group = group.clone();
            may_edit.get().then(|| {
                view! {
                    <button type="button" class="button" disabled=is_saving on:click=move |_| declare.run(group.clone())>
                        {tr!("Make it a group")}
                    </button>
                }
            })
        };
        let (pages, answers) =
            (tr!("{n} page" | "{n} pages" % told.pages as u64), tr!("{n} answer" | "{n} answers" % told.answers));
        view! {
            <li class="suggestion">
                <div>
                    <code>{told.pattern.to_string()}</code>
                    <p class="secondary">{tr!("{pages}, {answers}; like {examples}", pages, answers, examples = told.examples.join(", "))}</p>
                </div>
                {button}
            </li>
        }
    };
    view! {
        <section class="suggestions" aria-labelledby="suggested-title">
            <h2 id="suggested-title">{tr!("Suggested")}</h2>
            <p class="secondary">{tr!("Pages whose addresses differ in one part. Reports of the past follow at once.")}</p>
            {move || failure.get().map(|reason| view! { <Notice failure=reason on_retry=Callback::new(move |()| failure.set(None))/> })}
            <ul>
                <For each=move || suggested.get() key=|told| (told.pattern.to_string(), told.pages, told.answers) children=item/>
            </ul>
        </section>
    }
}
