//! The words and phrases of comments: how often each was said, with which score, and which go with low scores.

use leptos::prelude::*;
use survey::comments::{ScaleRead, SentimentReport, WordReport, WordsReport};

use super::SaveTable;
use crate::reading::headline;
use crate::tables;
use crate::text::{count, metric_abbreviation};

#[component]
pub fn WordList(
    #[prop(into)] report: Signal<WordsReport>,
    /// Told the word that somebody wants to see the comments of.
    on_choose: Callback<String>,
) -> impl IntoView {
    let head = move || {
        report.with(|report| {
            let scale = report.scale.map(|scale| metric_abbreviation(scale.metric)).unwrap_or_default();
            view! { <th scope="col" class="number">{scale}</th> }
        })
    };
    let words =
        move || report.with(|report| report.words.iter().map(|word| row(report.scale, word, on_choose)).collect_view());
    view! {
        <Show
            when=move || report.with(|report| !report.words.is_empty())
            fallback=|| view! { <p class="secondary">{tr!("There are too few comments to tell words that are typical of them.")}</p> }
        >
            <table class="words">
                <caption class="unseen">{tr!("Words of the comments")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{tr!("Word or phrase")}</th>
                        <th scope="col" class="number">
                            {tr!("Comments")}
                        </th>
                        {head}
                    </tr>
                </thead>
                <tbody>{words}</tbody>
            </table>
            <SaveTable name="words" make=Callback::new(move |()| report.with_untracked(tables::words))/>
        </Show>
        {move || report.with(|report| report.sentiment.iter().map(sound).collect_view())}
        <p class="secondary">{move || report.with(read_in_words)}</p>
    }
}

fn row(scale: Option<ScaleRead>, word: &WordReport, on_choose: Callback<String>) -> impl IntoView + use<> {
    let (text, chosen) = (word.text.clone(), word.text.clone());
    let score = scale.zip(word.figures).map(|(scale, figures)| headline(scale.metric, &figures).shown());
    let stands_out = word.contrast.is_some_and(|contrast| contrast.stands_out);
    view! {
        <tr class:faint=word.low_confidence>
            <th scope="row">
                <button type="button" class="word" on:click=move |_| on_choose.run(chosen.clone())>
                    {text}
                </button>
                {stands_out
                    .then(|| {
                        view! {
                            <span class="tag bad" title=tr!("Said more often with low scores than chance would have it")>
                                {tr!("with low scores")}
                            </span>
                        }
                    })}
            </th>
            <td class="number">{count(word.n)}</td>
            <td class="number">{score}</td>
        </tr>
    }
}

/// How comments sound to a lexicon.
fn sound(sentiment: &SentimentReport) -> impl IntoView + use<> {
    let SentimentReport { lexicon, comments, positive, neutral, negative, .. } = sentiment;
    let told = tr!(
        "Of {all}, {good} sound good, {neither} neither, {bad} bad",
        all = count(*comments),
        good = count(*positive),
        neither = count(*neutral),
        bad = count(*negative)
    );
    let title = tr!("By the lexicon {lexicon}, which weighs words and understands nothing", lexicon);
    view! {
        <p class="secondary" title=title>
            {told}
            {tr!(" (indicative).")}
        </p>
    }
}

fn read_in_words(report: &WordsReport) -> String {
    let languages: Vec<String> = report
        .languages
        .iter()
        .take(5)
        .map(|told| format!("{} {}", told.language.as_deref().unwrap_or(tr!("unclear")), count(told.comments)))
        .collect();
    let of = if !report.all_counted {
        tr!("From {n} comment; looking through the others takes too long"
            | "From {n} comments; looking through the others takes too long" % report.read)
    } else if report.read < report.comments {
        tr!(
            "From the newest {read} of {n} comment" | "From the newest {read} of {n} comments" % report.comments,
            read = count(report.read)
        )
    } else {
        tr!("From {n} comment" | "From {n} comments" % report.comments)
    };
    if languages.is_empty() {
        format!("{of}.")
    } else {
        tr!("{of}. Written in: {languages}.", of, languages = languages.join(", "))
    }
}
