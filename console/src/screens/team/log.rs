//! Who did what on a site, newest first.

use leptos::prelude::*;
use survey::api::people::{LogEntry, LogReport};

use crate::api::people;
use crate::attempt::Attempt;
use crate::feed::{Feed, Pace};
use crate::parts::{FeedNotice, SaveTable};
use crate::tables;
use crate::text::{actor_in_words, deed_in_words, details_in_words, moment_in_words, subject_in_words};

#[component]
pub fn LogSection(site: StoredValue<String>) -> impl IntoView {
    let feed = Feed::new(Pace::Live, move || async move { people::log(&site.get_value(), None).await });
    let body = move || feed.latest().get().map(|newest| view! { <Lines site=site newest=newest/> });
    view! {
        <section class="section" aria-labelledby="log-title">
            <h2 id="log-title">{tr!("Log")}</h2>
            <p class="secondary">{tr!("Every change on this site by a person, a program or the command line. The newest 10,000 are kept.")}</p>
            <FeedNotice state=feed.state()/>
            {body}
        </section>
    }
}

#[component]
fn Lines(site: StoredValue<String>, newest: LogReport) -> impl IntoView {
    let attempt = Attempt::new("log", &[]);
    let (entries, next) = (RwSignal::new(newest.entries), RwSignal::new(newest.next));
    let older = move |_| {
        let before = next.get_untracked();
        let asked = async move { people::log(&site.get_value(), before).await };
        attempt.make(asked, move |LogReport { entries: older, next: then }| {
            entries.update(|entries| entries.extend(older));
            next.set(then);
        });
    };
    view! {
        <div class="table-frame" tabindex="0" role="group" aria-label=tr!("Lines of the log")>
            <table class="log">
                <thead>
                    <tr>
                        <th scope="col">{tr!("When")}</th>
                        <th scope="col">{tr!("Who")}</th>
                        <th scope="col">{tr!("of the log" => "What")}</th>
                        <th scope="col">{tr!("Of what")}</th>
                        <th scope="col">{tr!("From what to what")}</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || entries.get() key=|entry| entry.number children=line/>
                </tbody>
            </table>
        </div>
        <SaveTable name="log" make=Callback::new(move |()| entries.with_untracked(|entries| tables::log(entries)))/>
        <Show when=move || next.get().is_some()>
            <button type="button" class="button" on:click=older>
                {move || if attempt.is_busy().get() { tr!("Reading …") } else { tr!("Older ones") }}
            </button>
        </Show>
        <p class="refused" role="alert">
            {attempt.refusal()}
        </p>
    }
}

fn line(entry: LogEntry) -> impl IntoView {
    let LogEntry { at, who, deed, subject, details, .. } = entry;
    view! {
        <tr>
            <td class="nowrap">{moment_in_words(&at)}</td>
            <td>
                <bdi>{actor_in_words(&who)}</bdi>
            </td>
            <td>{deed_in_words(&deed)}</td>
            <td>
                <bdi>{subject_in_words(&deed, &subject)}</bdi>
            </td>
            <td class="secondary">
                <bdi>{details_in_words(&deed, &details)}</bdi>
            </td>
        </tr>
    }
}
