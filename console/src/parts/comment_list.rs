//! What visitors said, newest first, each with the score they gave.

use std::collections::BTreeMap;

use leptos::prelude::*;
use survey::report::{AnswerReport, ChoicesGiven, PointBand, ScoreGiven};

use super::distribution::band_class;
use crate::text::{ago, band_name, device_name, metric_abbreviation, page_label};

/// Both lists as one, newest first. Where both know an answer, the newer list knows it better.
pub fn merged(newest: &[AnswerReport], older: &[AnswerReport]) -> Vec<AnswerReport> {
    let all: BTreeMap<i64, &AnswerReport> = older.iter().chain(newest).map(|answer| (answer.number, answer)).collect();
    all.into_values().rev().cloned().collect()
}

#[component]
pub fn CommentList(
    #[prop(into)] answers: Signal<Vec<AnswerReport>>,
    #[prop(into)] now: Signal<i64>,
    /// The address of a page's screen; none where all comments are of one page.
    #[prop(optional_no_strip)]
    link: Option<Callback<String, String>>,
    /// Whether paths are enough to tell pages apart.
    #[prop(into)]
    one_host: Signal<bool>,
    /// What stands below an answer.
    below: Callback<i64, AnyView>,
) -> impl IntoView {
    // What is there when the list is first drawn is not news.
    let seen = answers.with_untracked(|answers| answers.iter().map(|answer| answer.number).max());
    let item = move |answer: AnswerReport| {
        let is_news = seen.is_some_and(|seen| answer.number > seen);
        let AnswerReport { number, page, answered_at, device, language, scores, choices, comments, .. } = answer;
        let (label, title) = (page.clone(), page.clone());
        view! {
            <li class="comment" class:news=is_news>
                {comments
                    .into_iter()
                    .map(|comment| {
                        view! {
                            <p class="comment-prompt" dir="auto">
                                {comment.prompt}
                            </p>
                            <p class="comment-text" dir="auto">
                                {comment.text}
                            </p>
                        }
                    })
                    .collect_view()}
                <div class="comment-origin">
                    {scores.first().map(badge)}
                    {choices.iter().map(picked).collect_view()}
                    {link
                        .map(|link| {
                            view! {
                                <a class="comment-page" href=move || link.run(page.clone()) title=title>
                                    <bdi dir="ltr">{move || page_label(&label, one_host.get()).to_owned()}</bdi>
                                </a>
                            }
                        })}
                    <span class="comment-visit">
                        <span>{device_name(device)}</span>
                        {(!language.is_empty()).then(|| view! { <span>{language}</span> })}
                        <span>{move || ago(answered_at, now.get())}</span>
                    </span>
                </div>
                {below.run(number)}
            </li>
        }
    };
    view! {
        <ol class="comments">
            <For each=move || answers.get() key=identity children=item/>
        </ol>
    }
}

/// An answer that has been changed is drawn anew, but for its tags: somebody may be typing one.
fn identity(answer: &AnswerReport) -> (i64, Vec<u8>, Vec<String>) {
    let points = answer.scores.iter().map(|score| score.point).collect();
    let picked = answer.choices.iter().flat_map(|choices| choices.picked.clone());
    (answer.number, points, picked.chain(answer.comments.iter().map(|comment| comment.text.clone())).collect())
}

/// What was picked, as far as it stands in one line.
fn picked(choices: &ChoicesGiven) -> impl IntoView + use<> {
    view! {
        <span class="tag picked" dir="auto" title=choices.prompt.clone()>
            {choices.picked.join(", ")}
        </span>
    }
}

/// "CES 2 of 7", in the colour of its band.
pub fn badge(score: &ScoreGiven) -> impl IntoView + use<> {
    let class = match score.band {
        PointBand::Neutral => "tag".to_owned(),
        band => format!("tag {}", band_class(band)),
    };
    view! {
        <span class=class>
            {tr!("{metric} {point} of {last}", metric = metric_abbreviation(score.metric), point = score.point, last = score.last_point)}
            <span class="unseen">{format!(", {}", band_name(score.metric, score.band))}</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::sample::answer;

    #[test]
    fn a_comment_stands_in_the_list_once_and_as_it_was_last_written() {
        let newest = [answer(9, "nine"), answer(8, "eight, corrected")];
        let older = [answer(8, "eight"), answer(3, "three")];
        let all = merged(&newest, &older);
        let texts: Vec<&str> = all.iter().map(|answer| answer.comments[0].text.as_str()).collect();
        assert_eq!(texts, ["nine", "eight, corrected", "three"]);
    }

    #[test]
    fn a_corrected_comment_is_drawn_anew() {
        assert_eq!(identity(&answer(1, "a")), identity(&answer(1, "a")));
        assert_ne!(identity(&answer(1, "a")), identity(&answer(1, "b")));
    }
}
