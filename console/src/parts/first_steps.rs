//! A new site's first steps: what is done, and what comes next.

use leptos::prelude::*;
use survey::api::SurveySummary;
use survey::report::PageReport;

/// How far a site has come before its first answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FirstSteps {
    /// Whether there is a survey, be it a draft.
    pub is_begun: bool,
    pub is_published: bool,
    /// Whether a page with the snippet has been visited.
    pub is_seen: bool,
}

impl FirstSteps {
    /// Nothing for a site that has been answered on, whenever that was. `site` is the site as a whole.
    pub fn of(site: &PageReport, surveys: &[SurveySummary]) -> Option<Self> {
        let is_answered = site.funnel.answered > 0 || surveys.iter().any(|survey| survey.answered > 0);
        let has_views = |survey: &SurveySummary| survey.reach.as_ref().is_some_and(|reach| reach.page_views > 0);
        (!is_answered).then(|| Self {
            is_begun: !surveys.is_empty(),
            is_published: surveys.iter().any(|survey| survey.version.is_some()),
            is_seen: site.funnel.eligible > 0 || surveys.iter().any(has_views),
        })
    }
}

#[component]
pub fn FirstStepsList(
    #[prop(into)] steps: Signal<FirstSteps>,
    /// The address of the screen at a path.
    link: Callback<&'static str, String>,
) -> impl IntoView {
    let begin = move || {
        if steps.get().is_begun {
            view! { {tr!("It is under ")} <a href=move || link.run("/surveys")>{tr!("Surveys")}</a> "." }.into_any()
        } else {
            view! {
                <a href=move || link.run("/surveys")>{tr!("Choose a template")}</a>
                {tr!(" for what you want to know. Every text of it can be changed before anybody sees it.")}
            }
            .into_any()
        }
    };
    let publish = move || {
        if steps.get().is_published {
            view! {
                {tr!("A survey is published: see ")} <a href=move || link.run("/surveys")>{tr!("where and when it appears")}</a> "."
            }
            .into_any()
        } else {
            view! {
                {tr!("Open it under ")} <a href=move || link.run("/surveys")>{tr!("Surveys")}</a>
                {tr!(", look at it on one of your pages, and publish it. It can be paused at any time.")}
            }
            .into_any()
        }
    };
    let paste = move || {
        if steps.get().is_seen {
            view! { {tr!("A page with the line has been visited.")} }.into_any()
        } else {
            view! {
                {tr!("One line, ")} <a href=move || link.run("/install")>{tr!("to be copied and checked here")}</a>
                {tr!(". No visit to a page with it has been counted so far.")}
            }
            .into_any()
        }
    };
    let answer = move || {
        let why = move || {
            view! { {tr!(" If the survey does not appear, ")} <a href=move || link.run("/surveys")>{tr!("ask why")}</a> "." }
        };
        view! {
            {tr!("Answer on the site yourself: it stands here within two seconds.")}
            {move || steps.get().is_published.then(why)}
        }
    };
    view! {
        <section class="first-steps" aria-labelledby="first-steps-title">
            <h2 id="first-steps-title">{tr!("Four steps to the first score")}</h2>
            <ol>
                <Step title=tr!("Begin a survey") is_done=Signal::derive(move || steps.get().is_begun)>
                    {begin}
                </Step>
                <Step title=tr!("Paste the line into the site’s pages") is_done=Signal::derive(move || steps.get().is_seen)>
                    {paste}
                </Step>
                <Step title=tr!("Publish the survey") is_done=Signal::derive(move || steps.get().is_published)>
                    {publish}
                </Step>
                <Step title=tr!("Get the first answer") is_done=false>
                    {answer}
                </Step>
            </ol>
        </section>
    }
}

#[component]
fn Step(title: &'static str, #[prop(into)] is_done: Signal<bool>, children: Children) -> impl IntoView {
    view! {
        <li class="step" class:done=is_done>
            <svg class="step-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <circle cx="10" cy="10" r="8.5"/>
                <Show when=move || is_done.get()>
                    <path d="M6 10.5 L9 13.5 L14.5 7"/>
                </Show>
            </svg>
            <div>
                <h3>
                    {title} <span class="unseen">{move || if is_done.get() { tr!(": done") } else { tr!(": to do") }}</span>
                </h3>
                <p>{children()}</p>
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use survey::reach::Reach;
    use survey::report::Funnel;

    use super::*;
    use crate::parts::sample::{page, survey};

    #[test]
    fn a_new_site_has_everything_before_it() {
        let steps = FirstSteps::of(&page("", None), &[]);
        assert_eq!(steps, Some(FirstSteps::default()));
    }

    #[test]
    fn a_counted_page_view_or_an_eligible_one_shows_that_the_snippet_is_there() {
        let reach = Reach { days: 7, page_views: 100, sampled: 1, at_least: 0, at_most: 0, unknown: Vec::new() };
        let seen = SurveySummary { reach: Some(reach), ..survey("a") };
        assert!(FirstSteps::of(&page("", None), &[seen]).is_some_and(|steps| steps.is_seen));
        let eligible = PageReport { funnel: Funnel { eligible: 1, ..Funnel::default() }, ..page("", None) };
        assert!(FirstSteps::of(&eligible, &[]).is_some_and(|steps| steps.is_seen));
    }

    #[test]
    fn whoever_was_answered_once_needs_no_first_steps() {
        let answered = SurveySummary { answered: 1, ..survey("a") };
        assert_eq!(FirstSteps::of(&page("", None), &[answered]), None);
    }
}
