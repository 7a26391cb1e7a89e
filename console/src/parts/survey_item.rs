//! One survey in words: whether it runs, where, when and to whom it appears, how far it has come, and what it asks.

use leptos::prelude::*;
use survey::api::{EndingSummary, QuestionSummary, SurveyState, SurveySummary};

use super::meter::{Extent, Meter};
use crate::address::Place;
use crate::reasons::{SURVEYS, told_in_words};
use crate::text::{
    count, languages_in_words, part, reach_in_words, sample_in_words, schedule_in_words, state_name, state_reason,
};

#[component]
pub fn SurveyItem(
    survey: SurveySummary,
    /// Whether all of it is shown at first.
    is_open: bool,
) -> impl IntoView {
    let (name, state) = (survey.name.clone(), survey.state);
    view! {
        <li class="survey" class:resting=state != SurveyState::Running>
            <details open=is_open>
                <summary>
                    <h2>
                        <bdi>{name}</bdi>
                    </h2>
                    <StateBadge state=state/>
                    <span class="secondary survey-line">{in_short(&survey)}</span>
                </summary>
                <Everything survey=survey/>
            </details>
        </li>
    }
}

#[component]
fn Everything(survey: SurveySummary) -> impl IntoView {
    let questions: Vec<_> = survey.questions.iter().map(question).collect();
    let endings: Vec<_> = survey.endings.iter().map(ending).collect();
    let (place, id) = (Place::here(), survey.id.clone());
    let editor = move || place.href("/survey", &[("survey", &id)]);
    view! {
        <div class="survey-body">
            <div class="survey-head">
                {state_reason(survey.state).map(|reason| view! { <p class="survey-reason">{reason}</p> })}
                <p class="secondary">{names(&survey)}</p>
                <p>
                    <a class="button" href=editor>
                        {tr!("Open")}
                    </a>
                </p>
            </div>
            <dl class="rules">
                {rules(&survey).into_iter().map(|(name, text)| view! { <dt>{name}</dt> <dd>{text}</dd> }).collect_view()}
                {(!questions.is_empty())
                    .then(|| {
                        view! {
                            <dt>{tr!("Asks")}</dt>
                            <dd>
                                <ol class="questions">{questions}</ol>
                            </dd>
                        }
                    })}
                {(!endings.is_empty())
                    .then(|| {
                        view! {
                            <dt>{tr!("Ends")}</dt>
                            <dd>
                                <ul class="questions">{endings}</ul>
                            </dd>
                        }
                    })}
            </dl>
            <dl class="measures">
                <Answers answered=survey.answered quota=survey.quota/>
                <ReachMeasure survey=survey/>
            </dl>
        </div>
    }
}

/// What tells a survey from the others: "path is /help or below · 1,204 answers".
fn in_short(survey: &SurveySummary) -> String {
    let answers = match survey.quota {
        None => tr!("{n} answer" | "{n} answers" % survey.answered),
        Some(quota) => {
            tr!("{part} of {n} answer" | "{part} of {n} answers" % quota.into(), part = count(survey.answered))
        }
    };
    // Of rules that are not understood, nobody knows where they hold.
    if survey.state == SurveyState::NotUnderstood { answers } else { format!("{} · {answers}", survey.shown_where) }
}

/// "help-ces, version 3, priority 5".
fn names(survey: &SurveySummary) -> String {
    let SurveySummary { id, version, priority, .. } = survey;
    let version =
        version.map_or_else(|| tr!("never published").to_owned(), |version| tr!("version {version}", version));
    match priority {
        0 => format!("{id}, {version}"),
        priority => {
            let sign = if *priority < 0 { "−" } else { "" };
            tr!(
                "{id}, {version}, priority {priority}",
                id,
                version,
                priority = format!("{sign}{}", priority.unsigned_abs())
            )
        }
    }
}

/// What is known of a survey's rules, each with its name. Of one that is not understood, that is nothing.
fn rules(survey: &SurveySummary) -> Vec<(&'static str, String)> {
    if survey.state == SurveyState::NotUnderstood {
        return Vec::new();
    }
    let schedule = schedule_in_words(survey.starts_at.as_deref(), survey.ends_at.as_deref());
    let mut rules = vec![
        (tr!("Where"), survey.shown_where.clone()),
        (tr!("When"), survey.shown_when.join(tr!(", or "))),
        (tr!("How often"), survey.frequency.clone()),
        (tr!("To whom"), sample_in_words(survey.sample_percent)),
        (tr!("Shown as"), told_in_words(SURVEYS, &survey.format)),
        (tr!("Languages"), languages_in_words(&survey.languages)),
    ];
    rules.extend(schedule.map(|schedule| (tr!("From – until"), schedule)));
    rules
}

fn question(question: &QuestionSummary) -> impl IntoView + use<> {
    let QuestionSummary { prompt, asks, required, leads, .. } = question.clone();
    let must = if required { "" } else { tr!("; may be left out") };
    view! {
        <li>
            <span dir="auto">{prompt}</span>
            <span class="secondary">{told_in_words(SURVEYS, &asks)} {must}</span>
            {ways(leads)}
        </li>
    }
}

fn ending(ending: &EndingSummary) -> impl IntoView + use<> {
    let EndingSummary { for_whom, title, leads } = ending.clone();
    view! {
        <li>
            <span dir="auto">{title}</span>
            <span class="secondary">{told_in_words(SURVEYS, &for_whom)}</span>
            {ways(leads)}
        </li>
    }
}

/// Where something leads; nothing, if it is only on to the next.
fn ways(leads: Vec<String>) -> impl IntoView {
    let way = |lead: String| view! { <li>{told_in_words(SURVEYS, &lead)}</li> };
    (!leads.is_empty()).then(|| view! { <ul class="leads">{leads.into_iter().map(way).collect_view()}</ul> })
}

/// The word says it; mark and colour say it again.
#[component]
pub fn StateBadge(state: SurveyState) -> impl IntoView {
    let class = match state {
        SurveyState::Running => "tag state good",
        SurveyState::NotUnderstood => "tag state bad",
        SurveyState::Scheduled => "tag state coming",
        SurveyState::Ended
        | SurveyState::QuotaFull
        | SurveyState::Paused
        | SurveyState::Archived
        | SurveyState::Draft => "tag state",
    };
    view! { <span class=class>{state_name(state)}</span> }
}

/// How many have answered, and of how many that are wanted; to be put in a `dl`.
#[component]
fn Answers(answered: u64, quota: Option<u32>) -> impl IntoView {
    let Some(quota) = quota.map(u64::from) else {
        return view! {
            <div>
                <dt>{tr!("Answers")}</dt>
                <dd>
                    {count(answered)}
                    <span class="secondary">{tr!(", no quota")}</span>
                </dd>
            </div>
        }
        .into_any();
    };
    let share = part(answered, quota).map(|share| format!(" ({share})"));
    view! {
        <div>
            <dt>{tr!("Quota")}</dt>
            <dd>
                {tr!("{part} of {n} answer" | "{part} of {n} answers" % quota, part = count(answered))} {share}
                {Extent::of(answered, answered, quota).map(|extent| view! { <Meter extent=extent/> })}
            </dd>
        </div>
    }
    .into_any()
}

/// How many page views the rules admit; to be put in a `dl`.
#[component]
fn ReachMeasure(survey: SurveySummary) -> impl IntoView {
    // Of rules that are not understood, nobody knows what they admit.
    if survey.state == SurveyState::NotUnderstood {
        return None;
    }
    let reach = survey.reach;
    let extent = reach.as_ref().and_then(|reach| Extent::of(reach.at_least, reach.at_most, reach.page_views));
    Some(view! {
        <div>
            <dt>{tr!("Reach")}</dt>
            <dd>
                {reach_in_words(reach.as_ref())} {extent.map(|extent| view! { <Meter extent=extent/> })}
            </dd>
        </div>
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::survey;

    #[test]
    fn only_rules_that_there_are_are_named() {
        let plain: Vec<&str> = rules(&survey("a")).into_iter().map(|(name, _)| name).collect();
        assert_eq!(plain, ["Where", "When", "How often", "To whom", "Shown as", "Languages"]);
        let ends = SurveySummary { ends_at: Some("2026-12-24T18:00:00Z".into()), ..survey("a") };
        assert!(rules(&ends).contains(&("From – until", "until 24 Dec 2026, 18:00 UTC".to_owned())));
    }

    #[test]
    fn of_a_survey_that_is_not_understood_nothing_is_made_up() {
        let strange = SurveySummary { state: SurveyState::NotUnderstood, ..survey("a") };
        assert_eq!(rules(&strange), []);
    }

    #[test]
    fn in_short_a_survey_is_where_it_shows_and_how_far_it_has_come() {
        assert_eq!(in_short(&SurveySummary { answered: 1_204, ..survey("a") }), "path is /help · 1,204 answers");
        let half = SurveySummary { answered: 50, quota: Some(100), ..survey("a") };
        assert_eq!(in_short(&half), "path is /help · 50 of 100 answers");
        let strange = SurveySummary { state: SurveyState::NotUnderstood, answered: 1, ..survey("a") };
        assert_eq!(in_short(&strange), "1 answer");
    }

    #[test]
    fn a_priority_is_named_where_it_was_given() {
        assert_eq!(names(&survey("a")), "a, version 1");
        assert_eq!(names(&SurveySummary { priority: -2, ..survey("a") }), "a, version 1, priority −2");
    }
}
