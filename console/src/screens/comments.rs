//! All comments of a site: searched, by score, and the words that they have in common. And the answers that are set apart.

use leptos::prelude::*;
use survey::comments::WordsReport;
use survey::report::{AnswersReport, PointBand};

use crate::address::{Place, change_parameter, parameter, with_query};
use crate::api::{self, AnswerList};
use crate::app::set_title;
use crate::clock;
use crate::feed::{Feed, Pace};
use crate::parts::{Choice, ContactList, FeedBody, Picker, Search, Segments, WordList};
use crate::sections::{COMMENTS, Comments, Periods, Tagging, is_same};
use crate::text::{shares_one_host, span_in_words};
use crate::translation::text;

/// What this screen shows.
#[derive(Clone, PartialEq)]
struct Said {
    /// Nothing of answers that are set apart.
    words: Option<WordsReport>,
    newest: AnswersReport,
    /// What older ones are asked for by.
    which: api::Answers,
}

/// The words, which say which days the period has, and then the comments of those days. What is set apart waits to be looked at, however
/// old it is.
async fn said(site: String, days: u32, asked: api::Answers) -> Result<Said, api::Failure> {
    let words = match asked.list {
        AnswerList::Comments => Some(api::words(&site, days, &asked).await?),
        AnswerList::SetApart => None,
    };
    let from = words.as_ref().map(|words| words.period.first_day.clone());
    let which = api::Answers { from, ..asked };
    let newest = api::answers(&site, &which).await?;
    Ok(Said { words, newest, which })
}

#[component]
pub fn CommentsScreen() -> impl IntoView {
    let place = Place::here();
    set_title(move || format!("{} – {}", tr!("Comments"), place.site.get().name));
    let (search, band, tag) = (parameter("search"), parameter("band"), parameter("tag"));
    let list = parameter("list");
    let tagging = Tagging::begin();
    let asked = Memo::new(move |_| api::Answers {
        list: list.get().as_deref().map_or(AnswerList::Comments, list_named),
        search: search.get().filter(|search| !search.trim().is_empty()),
        tag: tag.get(),
        band: band.get().as_deref().and_then(band_named),
        limit: COMMENTS,
        ..api::Answers::default()
    });
    let feed = Feed::new(Pace::Live, move || said(place.site.get().key, place.days.get(), asked.get()));
    let latest = feed.latest();
    let period = move || {
        latest.with(|latest| {
            let period = &latest.as_ref()?.words.as_ref()?.period;
            Some(span_in_words(&period.first_day, &period.last_day))
        })
    };
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("Comments")}</h1>
                <p class="secondary">{period}</p>
            </div>
            <Show when=move || asked.with(|asked| asked.list == AnswerList::Comments)>
                <Periods/>
            </Show>
        </header>
        <div class="section-header filters">
            <Segments
                legend=tr!("Scores that came with them")
                name="band"
                choices=BANDS.map(|(band, label)| Choice { value: value_of(band).to_owned(), label: text(label).to_owned() }).to_vec()
                chosen=Signal::derive(move || value_of(asked.with(|asked| asked.band)).to_owned())
                on_choose=change_parameter("band")
            />
            <TagFilter tagging=tagging chosen=tag/>
            <Picker
                label=tr!("Answers")
                choices=Signal::derive(|| LISTS.map(|(list, label)| Choice { value: list_in_address(list).to_owned(), label: text(label).to_owned() }).to_vec())
                chosen=Signal::derive(move || list_in_address(asked.with(|asked| asked.list)).to_owned())
                on_choose=change_parameter("list")
            />
            <Search
                label=tr!("Search comments")
                text=Signal::derive(move || search.get().unwrap_or_default())
                on_type=change_parameter("search")
            />
        </div>
        <FeedBody state=feed.state()>
            <Told latest=latest tagging=tagging/>
        </FeedBody>
    }
}

/// Comments of one tag; nothing to choose where the site has none.
#[component]
fn TagFilter(tagging: Tagging, chosen: Memo<Option<String>>) -> impl IntoView {
    let tags = tagging.tags();
    let spelled = Memo::new(move |_| {
        let named = chosen.get()?;
        Some(tags.with(|tags| tags.iter().find(|tag| is_same(tag, &named)).cloned()).unwrap_or(named))
    });
    let choices = Memo::new(move |_| {
        let (known, named) = (tags.get(), spelled.get());
        // What is in the address stays to be seen there, even when no answer has it any more.
        let gone = named.filter(|named| !known.contains(named));
        let all = Choice { value: String::new(), label: tr!("any tag" => "All").to_owned() };
        let tags = known.into_iter().chain(gone).map(|tag| Choice { label: tag.clone(), value: tag });
        std::iter::once(all).chain(tags).collect::<Vec<_>>()
    });
    view! {
        <Show when=move || choices.with(|choices| choices.len() > 1)>
            <Picker
                label=tr!("Tag")
                choices=choices
                chosen=Signal::derive(move || spelled.get().unwrap_or_default())
                on_choose=change_parameter("tag")
            />
        </Show>
    }
}

#[component]
fn Told(latest: ReadSignal<Option<Said>>, tagging: Tagging) -> impl IntoView {
    let place = Place::here();
    let now = clock::now();
    let newest = Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|told| told.newest.clone())));
    let newest = Signal::derive(move || newest.get().unwrap_or(AnswersReport { answers: Vec::new(), next: None }));
    let which =
        Memo::new(move |_| latest.with(|latest| latest.as_ref().map(|told| told.which.clone()).unwrap_or_default()));
    let words = Memo::new(move |_| latest.with(|latest| latest.as_ref()?.words.clone()));
    let are_comments = Memo::new(move |_| which.with(|which| which.list == AnswerList::Comments));
    let one_host = Memo::new(move |_| {
        newest.with(|newest| shares_one_host(newest.answers.iter().map(|answer| answer.page.as_str())))
    });
    let link = Callback::new(move |page: String| place.page_href(&page));
    let choose = change_parameter("search");
    let export = move || {
        words.with(|words| {
            let period = words.as_ref().map(|words| &words.period);
            let days = period.map(|period| (period.first_day.as_str(), period.last_day.as_str())).unwrap_or_default();
            with_query(
                &format!("/api/sites/{}/export", place.site.get().key),
                &[("format", "csv"), ("from", days.0), ("to", days.1)],
            )
        })
    };
    view! {
        <div class="columns words-aside">
            <section aria-labelledby="newest-title">
                <h2 id="newest-title">{tr!("Newest first")}</h2>
                <Comments newest=newest which=which one_host=one_host now=now tagging=tagging link=link/>
                <Show when=move || are_comments.get()>
                    <p class="all-answers">
                        <a href=export download="">
                            {tr!("All answers of these days as CSV")}
                        </a>
                    </p>
                </Show>
            </section>
            <Show when=move || are_comments.get() fallback=|| view! { <WhySetApart/> }>
                <section class="aside" aria-labelledby="words-title">
                    <h2 id="words-title">{tr!("What they speak of")}</h2>
                    <Show when=move || words.with(Option::is_some)>
                        {move || words.get().map(|report| view! { <WordList report=report on_choose=choose/> })}
                    </Show>
                    <ToWriteBackTo now=now link=link/>
                </section>
            </Show>
        </div>
    }
}

/// Visitors of whatever page who wait for an answer.
#[component]
fn ToWriteBackTo(#[prop(into)] now: Signal<i64>, link: Callback<String, String>) -> impl IntoView {
    let place = Place::here();
    let feed = Feed::new(Pace::Unhurried, move || {
        let site = place.site.get().key;
        async move { api::contacts(&site, None).await }
    });
    let latest = feed.latest();
    let contacts =
        Memo::new(move |_| latest.with(|latest| latest.clone().map(|told| told.answers)).unwrap_or_default());
    view! {
        <Show when=move || contacts.with(|contacts| !contacts.is_empty())>
            <h2 class="further">{tr!("Left to be written back to")}</h2>
            <ContactList answers=contacts now=now link=link/>
        </Show>
    }
}

/// What keeps answers out of the figures, and that somebody may think otherwise.
#[component]
fn WhySetApart() -> impl IntoView {
    view! {
        <section class="aside" aria-labelledby="apart-title">
            <h2 id="apart-title">{tr!("Why answers are set apart")}</h2>
            <p class="secondary">
                {tr!("What a program says in a visitor’s place would be worth less than nothing. Answers with a doubt about them are kept, but stand in no figure until an editor counts them.")}
            </p>
            <p class="secondary">
                {tr!("An editor can set any other answer apart, too: a test of your own, or spam. Each decision is in the log of your team.")}
            </p>
            <p>
                <a href="/docs/privacy.html#doubts">{tr!("What is doubtful")}</a>
            </p>
        </section>
    }
}

const LISTS: [(AnswerList, &str); 2] =
    [(AnswerList::Comments, marked!("With words")), (AnswerList::SetApart, marked!("Set apart"))];

/// As it stands in the address; nothing of the one that is shown first.
fn list_in_address(list: AnswerList) -> &'static str {
    match list {
        AnswerList::Comments => "",
        AnswerList::SetApart => list.as_asked(),
    }
}

fn list_named(name: &str) -> AnswerList {
    LISTS.into_iter().map(|(list, _)| list).find(|list| list_in_address(*list) == name).unwrap_or_default()
}

const BANDS: [(Option<PointBand>, &str); 4] = [
    (None, marked!("All")),
    (Some(PointBand::Negative), marked!("Low scores")),
    (Some(PointBand::Neutral), marked!("Between")),
    (Some(PointBand::Positive), marked!("High scores")),
];

/// As it stands in the address.
fn value_of(band: Option<PointBand>) -> &'static str {
    band.map_or("", api::band_as_asked)
}

fn band_named(name: &str) -> Option<PointBand> {
    BANDS.into_iter().filter_map(|(band, _)| band).find(|band| api::band_as_asked(*band) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_is_found_by_its_place_in_the_address_and_nothing_else_is() {
        for (band, _) in BANDS {
            assert_eq!(band_named(value_of(band)), band);
        }
        assert_eq!(band_named("best"), None);
    }
}
