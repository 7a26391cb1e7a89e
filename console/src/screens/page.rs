//! One page: its scores with all their figures, how the answers spread, how far surveys got, and what was said.

use leptos::prelude::*;
use survey::report::{AnswersReport, PageDetails, ScaleReport, TrendUnit};

use crate::address::{Place, Scope, address_of_page, is_known_by_path, parameter};
use crate::api;
use crate::app::set_title;
use crate::clock;
use crate::feed::{Feed, Pace};
use crate::parts::{
    ChoiceBars, ContactList, Distribution, Empty, FeedBody, FigureBeside, FunnelTable, ResponseRate, SiteFigure,
    TrendChart,
};
use crate::reading::{Kind, ScaleName, beside, on_scale};
use crate::sections::{COMMENTS, Comments, OfAllVisitors, Periods, Visitors};
use crate::text::page_label;

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Details {
    page: PageDetails,
    /// Nothing for whoever may see figures alone.
    words: Option<Words>,
}

/// What visitors have said and left on the page.
#[derive(Clone, PartialEq)]
struct Words {
    comments: AnswersReport,
    contacts: AnswersReport,
}

async fn details(scope: Scope, page: String) -> Result<Details, api::Failure> {
    let details = api::page(&scope, &page).await?;
    let asked = on_page(page, &details.period.days.first_day);
    let words = if scope.is_guest() { None } else { Some(words(&scope.site, asked).await?) };
    Ok(Details { page: details, words })
}

async fn words(site: &str, asked: api::Answers) -> Result<Words, api::Failure> {
    let contacts = api::contacts(site, asked.page.as_deref()).await?;
    Ok(Words { comments: api::answers(site, &asked).await?, contacts })
}

/// The comments of one page, of the days of a report.
fn on_page(page: String, first_day: &str) -> api::Answers {
    api::Answers { page: Some(page), from: Some(first_day.to_owned()), limit: COMMENTS, ..api::Answers::default() }
}

#[component]
pub fn PageScreen() -> impl IntoView {
    let place = Place::here();
    let named = parameter("page");
    let page = Memo::new(move |_| named.get().unwrap_or_default());
    let name = Memo::new(move |_| {
        let page = page.get();
        page_label(&page, is_known_by_path(&page, &place.site.get().origins)).to_owned()
    });
    set_title(move || format!("{} – {}", name.get(), place.site.get().name));
    let feed = Feed::new(Pace::Live, move || details(place.scope(), page.get()));
    let latest = feed.latest();
    view! {
        <Header page=page name=name title=Signal::derive(move || latest.with(|latest| latest.as_ref()?.page.report.title.clone()))/>
        <FeedBody state=feed.state()>
            <Report latest=latest page=page/>
        </FeedBody>
    }
}

#[component]
fn Header(
    page: Memo<String>,
    /// The page as people know it.
    name: Memo<String>,
    /// What it calls itself.
    title: Signal<Option<String>>,
) -> impl IntoView {
    let place = Place::here();
    let visit = move || address_of_page(&page.get(), &place.site.get().origins);
    view! {
        <header class="screen-header">
            <div>
                <a class="back" href=move || place.href("/", &[])>
                    {tr!("← All pages")}
                </a>
                <h1 tabindex="-1" class="page-name">
                    <bdi dir="ltr">{name}</bdi>
                </h1>
                {move || title.get().map(|title| view! { <p class="secondary page-title">{title}</p> })}
                {move || visit().map(|address| view! { <Ways address=address/> })}
            </div>
            <Show when=move || place.site.get().demo>
                <strong class="tag demo" title=tr!("The answers of this site are made up")>
                    {tr!("DEMO DATA")}
                </strong>
            </Show>
            <Visitors/>
            <Periods/>
        </header>
    }
}

/// Where to go from a page's scores: to the page itself, and to what it has to say about its surveys.
#[component]
fn Ways(address: String) -> impl IntoView {
    let place = Place::here();
    let about = address.clone();
    view! {
        <p class="ways">
            <a href=address target="_blank" rel="noopener noreferrer">
                {tr!("Visit the page")}
                <span class="unseen">{tr!(" (opens a new tab)")}</span>
                <span aria-hidden="true">" ↗"</span>
            </a>
            <a href=move || place.href("/surveys", &[("about", &about)])>{tr!("Why does a survey (not) show here?")}</a>
        </p>
    }
}

#[component]
fn Report(latest: ReadSignal<Option<Details>>, page: Memo<String>) -> impl IntoView {
    let (place, now) = (Place::here(), clock::now());
    let report = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|details| details.page.report.clone())));
    let choices = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|details| details.page.choices.clone())));
    let contacts = Memo::new(move |_| {
        latest.with(|latest| Some(latest.as_ref()?.words.as_ref()?.contacts.answers.clone())).unwrap_or_default()
    });
    let comments = Memo::new(move |_| latest.with(|latest| Some(latest.as_ref()?.words.as_ref()?.comments.clone())));
    let newest = Signal::derive(move || comments.get().unwrap_or(AnswersReport { answers: Vec::new(), next: None }));
    let which = Signal::derive(move || {
        let first_day = latest.with(|latest| latest.as_ref().map(|details| details.page.period.days.first_day.clone()));
        on_page(page.get(), &first_day.unwrap_or_default())
    });
    let scales = Memo::new(move |_| {
        report.with(|report| report.iter().flat_map(|report| &report.scores).map(ScaleName::of).collect::<Vec<_>>())
    });
    let unit = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|details| details.page.period.trend)));
    let score_of = move |scale| Memo::new(move |_| report.with(|report| on_scale(report.as_ref()?, scale).cloned()));
    let funnel =
        Memo::new(move |_| report.with(|report| report.as_ref().map(|report| report.funnel)).unwrap_or_default());
    let figures = move || {
        let all = scales.get();
        let figure = |scale: &ScaleName| {
            view! { <SiteFigure title=scale.label(&all) metric=scale.metric score=score_of(*scale)/> }
        };
        all.iter().map(figure).collect_view()
    };
    let sections = move || {
        let all = scales.get();
        let section = |scale: &ScaleName| {
            view! { <ScaleSection title=scale.label(&all) scale=*scale score=score_of(*scale) unit=unit/> }
        };
        all.iter().map(section).collect_view()
    };
    let words = move || {
        view! {
            <section class="aside" aria-labelledby="comments-title">
                <h2 id="comments-title">{tr!("Comments")}</h2>
                <OfAllVisitors/>
                <Comments newest=newest which=which one_host=true now=now/>
                <Show when=move || contacts.with(|contacts| !contacts.is_empty())>
                    <h2 class="further">{tr!("Left to be written back to")}</h2>
                    <p class="secondary">{tr!("Contact details of visitors. They stand here alone, with the answer that they came with.")}</p>
                    <ContactList answers=contacts now=now/>
                </Show>
            </section>
        }
    };
    view! {
        <dl class="figures" aria-label=tr!("The page as a whole")>
            {figures}
            <ResponseRate funnel=funnel/>
        </dl>
        <div class="columns" class:figures-alone=place.is_shared()>
            <div class="scales">
                {sections}
                {move || choices.get().unwrap_or_default().into_iter().map(|report| view! { <ChoiceBars report=report/> }).collect_view()}
                <Show when=move || scales.with(Vec::is_empty)>
                    <Empty title=tr!("No score in this period")>
                        <p>{tr!("Nobody has answered here yet. Choose a longer period, or wait for the first answer.")}</p>
                    </Empty>
                </Show>
                <section aria-labelledby="funnel-title">
                    <h2 id="funnel-title">{tr!("From page view to answer")}</h2>
                    <FunnelTable funnel=funnel/>
                </section>
            </div>
            {(!place.is_shared()).then(words)}
        </div>
    }
}

/// Everything about one scale.
#[component]
fn ScaleSection(
    title: String,
    scale: ScaleName,
    score: Memo<Option<ScaleReport>>,
    unit: Memo<Option<TrendUnit>>,
) -> impl IntoView {
    let kind = Kind::headline(scale.metric);
    let others = move || {
        score.with(|score| score.as_ref().map(|score| beside(scale.metric, &score.figures))).unwrap_or_default()
    };
    let distribution = move || score.get().map(|score| score.distribution).unwrap_or_default();
    let trend = move || score.get().map(|score| score.trend).unwrap_or_default();
    let name = title.clone();
    view! {
        <section class="scale" aria-label=name>
            <div class="section-header">
                <h2>{title}</h2>
                <dl class="beside-list">
                    {move || {
                        others()
                            .into_iter()
                            .map(|reading| view! { <FigureBeside metric=scale.metric reading=reading/> })
                            .collect_view()
                    }}
                </dl>
            </div>
            <div class="scale-charts">
                <div>
                    <h3>{tr!("Answers")}</h3>
                    <Distribution metric=scale.metric distribution=Signal::derive(distribution)/>
                </div>
                <div>
                    <h3>{move || trend_title(unit.get())}</h3>
                    <TrendChart trend=Signal::derive(trend) kind=kind ends=kind.ends(scale)/>
                </div>
            </div>
        </section>
    }
}

fn trend_title(unit: Option<TrendUnit>) -> &'static str {
    match unit {
        None => tr!("Trend"),
        Some(TrendUnit::Day) => tr!("Trend by day"),
        Some(TrendUnit::Week) => tr!("Trend by week"),
        Some(TrendUnit::Month) => tr!("Trend by month"),
    }
}
