//! The first screen: which pages hurt, and how sure is that? Answered without a click.

use leptos::prelude::*;
use survey::definition::Metric;
use survey::report::{AnswersReport, PagesReport, ScaleReport};

use crate::address::{Place, Scope, change_parameter, parameter};
use crate::api;
use crate::app::set_title;
use crate::clock;
use crate::feed::{Feed, Pace};
use crate::parts::{
    Choice, Empty, FeedBody, FirstSteps, FirstStepsList, PagesTable, ResponseRate, RowsOf, Search, Segments, SiteFigure,
};
use crate::ranking::{Order, WORST_FIRST, rows};
use crate::reading::{Kind, ScaleName, headline, most_scored, on_scale};
use crate::sections::{COMMENTS, Comments, OfAllVisitors, Periods, Visitors, has_run};
use crate::text::{metric_label, shares_one_host, span_in_words};

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Overview {
    report: PagesReport,
    /// Nothing for whoever may see figures alone.
    comments: Option<AnswersReport>,
    /// Set on a site that nobody has ever answered on.
    first_steps: Option<FirstSteps>,
}

async fn overview(scope: Scope) -> Result<Overview, api::Failure> {
    let (site, report) = (&scope.site, api::pages(&scope).await?);
    if scope.is_guest() {
        return Ok(Overview { report, comments: None, first_steps: None });
    }
    let comments = Some(api::answers(site, &since(&report.period.days.first_day)).await?);
    // Surveys are asked for only while there is no score to show.
    let first_steps =
        if report.site.scores.is_empty() { FirstSteps::of(&report.site, &api::surveys(site).await?) } else { None };
    // Most page views are not counted, and a check is not among those that are.
    let first_steps = first_steps.map(|steps| FirstSteps { is_seen: steps.is_seen || has_run(site), ..steps });
    Ok(Overview { report, comments, first_steps })
}

/// The comments of the days of a report.
fn since(first_day: &str) -> api::Answers {
    api::Answers { from: Some(first_day.to_owned()), limit: COMMENTS, ..api::Answers::default() }
}

#[component]
pub fn PagesScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || place.site.get().name);
    let feed = Feed::new(Pace::Live, move || overview(place.scope()));
    let latest = feed.latest();
    view! {
        <Header period=Signal::derive(move || latest.with(|latest| latest.as_ref().map(period_in_words)))/>
        <FeedBody state=feed.state()>
            <Report latest=latest/>
        </FeedBody>
    }
}

fn period_in_words(overview: &Overview) -> String {
    let period = &overview.report.period.days;
    span_in_words(&period.first_day, &period.last_day)
}

/// Whose pages, and in which period.
#[component]
fn Header(#[prop(into)] period: Signal<Option<String>>) -> impl IntoView {
    let place = Place::here();
    let compared = move || {
        period.get().map(|period| {
            tr!(
                "{period}, compared with the {n} day before"
                    | "{period}, compared with the {n} days before" % place.days.get().into(),
                period
            )
        })
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{move || place.site.get().name}</h1>
                <p class="secondary">{compared}</p>
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

#[component]
fn Report(latest: ReadSignal<Option<Overview>>) -> impl IntoView {
    let place = Place::here();
    let now = clock::now();
    let report = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|overview| overview.report.clone())));
    let comments = Memo::new(move |_| latest.with(|latest| latest.as_ref()?.comments.clone()));
    let newest = Signal::derive(move || comments.get().unwrap_or(AnswersReport { answers: Vec::new(), next: None }));
    let one_host = Memo::new(move |_| {
        report.with(|report| {
            report.as_ref().is_none_or(|report| shares_one_host(report.pages.iter().map(|page| page.page.as_str())))
        })
    });
    let which = Signal::derive(move || {
        report.with(|report| {
            report.as_ref().map_or_else(api::Answers::default, |report| since(&report.period.days.first_day))
        })
    });
    let link = Callback::new(move |page: String| place.page_href(&page));
    let first_steps = Memo::new(move |_| latest.with(|latest| latest.as_ref()?.first_steps));
    let screen_link = Callback::new(move |path: &'static str| place.href(path, &[]));
    let words = move || {
        view! {
            <section class="aside" aria-labelledby="comments-title">
                <h2 id="comments-title">{tr!("Newest comments")}</h2>
                <OfAllVisitors/>
                <Comments newest=newest which=which one_host=one_host now=now link=link/>
            </section>
        }
    };
    let scores = move || {
        view! {
            <SiteFigures report=report/>
            <div class="columns" class:figures-alone=place.is_shared()>
                <PagesThatHurt report=report link=link/>
                {(!place.is_shared()).then(words)}
            </div>
        }
    };
    let is_new = Memo::new(move |_| first_steps.with(Option::is_some));
    move || {
        if is_new.get() {
            let steps = move || first_steps.get().unwrap_or_default();
            view! { <FirstStepsList steps=Signal::derive(steps) link=screen_link/> }.into_any()
        } else {
            scores().into_any()
        }
    }
}

/// The site as a whole: one figure for each scale, and the response rate.
#[component]
fn SiteFigures(report: Memo<Option<PagesReport>>) -> impl IntoView {
    let scores =
        move || report.with(|report| report.as_ref().map(|report| report.site.scores.clone())).unwrap_or_default();
    let shown = Memo::new(move |_| figures_to_show(&scores()));
    let figure = move |(metric, scale): (Metric, Option<ScaleName>)| {
        let scales: Vec<ScaleName> = shown.get_untracked().into_iter().filter_map(|(_, scale)| scale).collect();
        let title = scale.map_or_else(|| metric_label(metric), |scale| scale.label(&scales));
        let score = move || report.with(|report| on_scale(&report.as_ref()?.site, scale?).cloned());
        view! { <SiteFigure title=title metric=metric score=Signal::derive(score)/> }
    };
    let funnel = move || report.with(|report| report.as_ref().map(|report| report.site.funnel)).unwrap_or_default();
    view! {
        <dl class="figures" aria-label=tr!("The site as a whole")>
            {move || shown.get().into_iter().map(figure).collect_view()}
            <ResponseRate funnel=Signal::derive(funnel)/>
        </dl>
    }
}

/// Every scale with answers; each metric at least once, so that what is missing shows.
fn figures_to_show(scores: &[ScaleReport]) -> Vec<(Metric, Option<ScaleName>)> {
    let mut figures = Vec::new();
    for metric in [Metric::Ces, Metric::Csat, Metric::Nps] {
        let before = figures.len();
        let scales = scores.iter().filter(|score| score.metric == metric).map(ScaleName::of);
        figures.extend(scales.map(|scale| (metric, Some(scale))));
        if figures.len() == before {
            figures.push((metric, None));
        }
    }
    figures
}

#[component]
fn PagesThatHurt(report: Memo<Option<PagesReport>>, link: Callback<String, String>) -> impl IntoView {
    let scales = Memo::new(move |_| {
        report
            .with(|report| report.iter().flat_map(|report| &report.site.scores).map(ScaleName::of).collect::<Vec<_>>())
    });
    let named = parameter("scale");
    let scale = Memo::new(move |_| {
        let named = named.get().and_then(|token| scales.get().into_iter().find(|scale| scale.token() == token));
        named.or_else(|| report.with(|report| most_scored(report.as_ref()?)))
    });
    let shown = Memo::new(move |_| report.with(|report| report.as_ref().map_or(0, |report| report.site.funnel.shown)));
    let order = RwSignal::new(WORST_FIRST);
    let search = RwSignal::new(parameter("search").get_untracked().unwrap_or_default());
    let table = move |scale: ScaleName| {
        let rows = Signal::derive(move || {
            report.with(|report| report.as_ref().map(|report| rows(report, scale))).unwrap_or_default()
        });
        let site = Signal::derive(move || report.with(|report| on_scale(&report.as_ref()?.site, scale).cloned()));
        view! {
            <div class="section-header">
                <p class="caption secondary">{move || caption(scale, site.get().as_ref(), order.get())}</p>
                <Search label=tr!("Search pages") text=search on_type=Callback::new(move |text| search.set(text))/>
            </div>
            <PagesTable scale=scale of=RowsOf::Pages rows=rows site=site order=order search=search link=link/>
        }
    };
    view! {
        <section class="pages-section" aria-labelledby="pages-title">
            <div class="section-header">
                <h2 id="pages-title">{tr!("Pages that hurt")}</h2>
                <ScaleChoice scales=scales scale=scale/>
            </div>
            {move || match scale.get() {
                Some(scale) => table(scale).into_any(),
                None => view! { <NoAnswers shown=shown/> }.into_any(),
            }}
        </section>
    }
}

/// What the table's order and bars mean.
fn caption(scale: ScaleName, site: Option<&ScaleReport>, order: Order) -> String {
    let sorted = if order == WORST_FIRST {
        tr!(
            "Worst first; pages with few answers are ranked nearer to the site’s score. Of those marked “Hurts”, at most 5 % are expected not to lie below the site. "
        )
    } else {
        ""
    };
    let dashed = site.map(|site| {
        let shown = headline(scale.metric, &site.figures).shown();
        tr!("; the dashed line is the site’s {shown}", shown)
    });
    let unit = match Kind::headline(scale.metric) {
        Kind::Mean => tr!("The mean from {first} to {last}", first = scale.first_point, last = scale.last_point),
        Kind::Share => tr!("The share of satisfied answers").to_owned(),
        Kind::Net => tr!("Promoters less detractors").to_owned(),
    };
    tr!("{sorted}{unit}, with its 95 % interval{dashed}.", sorted, unit, dashed = dashed.unwrap_or_default())
}

#[component]
fn ScaleChoice(scales: Memo<Vec<ScaleName>>, scale: Memo<Option<ScaleName>>) -> impl IntoView {
    let choices = Memo::new(move |_| {
        let all = scales.get();
        all.iter().map(|scale| Choice { value: scale.token(), label: scale.label(&all) }).collect::<Vec<_>>()
    });
    let chosen = move || scale.get().map(|scale| scale.token()).unwrap_or_default();
    let choose = change_parameter("scale");
    view! {
        <Show when=move || choices.with(|choices| choices.len() > 1)>
            <Segments legend=tr!("Score") name="scale" choices=choices chosen=Signal::derive(chosen) on_choose=choose/>
        </Show>
    }
}

#[component]
fn NoAnswers(#[prop(into)] shown: Signal<u64>) -> impl IntoView {
    let place = Place::here();
    let so_far = move || match shown.get() {
        0 => tr!("No survey has been shown either.").to_owned(),
        shown => tr!("Surveys have been shown {n} time, so the snippet works."
            | "Surveys have been shown {n} times, so the snippet works." % shown),
    };
    if place.is_shared() {
        return view! {
            <Empty title=tr!("No answers in this period")>
                <p>{tr!("Choose a longer period. The first answer stands here within two seconds.")}</p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty title=tr!("No answers in this period")>
            <p>
                {so_far} {tr!(" Choose a longer period, see ")} <a href=move || place.href("/surveys", &[])>{tr!("which surveys appear where")}</a>
                {tr!(", or check that ")} <a href=move || place.href("/install", &[])>{tr!("the snippet")}</a>
                {tr!(" is on the site’s pages. The first answer stands here within two seconds.")}
            </p>
        </Empty>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::{page, scale};

    #[test]
    fn a_metric_without_answers_still_has_its_place() {
        let scores = page("", 50.0).scores;
        let figures = figures_to_show(&scores);
        assert_eq!(figures, [(Metric::Ces, Some(scale())), (Metric::Csat, None), (Metric::Nps, None)]);
    }

    #[test]
    fn two_scales_of_a_metric_are_two_figures() {
        let mut scores = page("", 50.0).scores;
        scores.push(ScaleReport { last_point: 5, ..scores[0].clone() });
        assert_eq!(figures_to_show(&scores).len(), 4);
    }

    #[test]
    fn the_caption_says_what_the_order_means_only_while_it_holds() {
        assert!(caption(scale(), None, WORST_FIRST).starts_with("Worst first"));
        let turned = WORST_FIRST.pressed(crate::ranking::Column::Page);
        assert_eq!(caption(scale(), None, turned), "The mean from 1 to 7, with its 95 % interval.");
    }
}
