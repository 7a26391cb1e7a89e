//! Links to a site's figures: made, listed, and withdrawn.

use leptos::prelude::*;
use survey::api::sharing::{Share, ShareMade, ShareRequest, Shown};

use crate::api;
use crate::attempt::{Attempt, whole_days};
use crate::deeds::Deeds;
use crate::feed::{Feed, Pace};
use crate::parts::{AskFirst, CopyText, DeedNotice, Entry, FeedNotice, Hinted, Submit};
use crate::text::{day_in_words, moment_in_words};

/// What can be shared, what that is called here, and what it means.
const SHOWN: [(Shown, &str, &str); 2] = [
    (
        Shown::Figures,
        "All figures, read only",
        "Scores of the site and its pages. For people: whoever has the link may pass it on.",
    ),
    (
        Shown::Badges,
        "Badges alone",
        "Pictures of single scores. For READMEs and other places where everybody can read the link.",
    ),
];

const USUAL_DAYS: &str = "90";

#[component]
pub fn Sharing(site: String) -> impl IntoView {
    let (asked, site) = (site.clone(), StoredValue::new(site));
    let feed = Feed::new(Pace::Once, move || {
        let site = asked.clone();
        async move { api::shares(&site).await }
    });
    let deeds = Deeds::on(feed.state());
    let withdraw = Callback::new(move |id: String| {
        deeds.run(async move { api::withdraw_share(&site.get_value(), &id).await });
    });
    view! {
        <section class="section" aria-labelledby="sharing-title">
            <h2 id="sharing-title">"Share links"</h2>
            <p class="secondary">
                "Whoever has such a link looks at this site’s figures without an account, and at nothing else: no comments, no contact details, no settings."
            </p>
            <FeedNotice state=feed.state()/>
            <DeedNotice deeds=deeds/>
            <ul class="items">
                <For
                    each=move || feed.latest().get().unwrap_or_default()
                    key=|share| share.id.clone()
                    children=move |share| view! { <OneShare share=share on_withdraw=withdraw/> }
                />
            </ul>
            <NewShare site=site on_made=Callback::new(move |()| feed.state().again())/>
        </section>
    }
}

/// A link that is good, and the way to end it.
#[component]
fn OneShare(share: Share, on_withdraw: Callback<String>) -> impl IntoView {
    let Share { id, name, shows, made_by, expires_at, last_used, .. } = share;
    let used = last_used.map_or("never used".to_owned(), |day| format!("last used {}", day_in_words(&day)));
    let shows = if shows == Shown::Badges { "badges" } else { "figures" };
    let about = format!("Shows {shows} until {}, made by {made_by}, {used}", moment_in_words(&expires_at));
    view! {
        <li class="item">
            <div>
                <strong>
                    <bdi>{name.clone()}</bdi>
                </strong>
                <p class="secondary">{about}</p>
            </div>
            <div class="item-end">
                <AskFirst
                    label="Withdraw"
                    of=name
                    warning="Whoever has it sees nothing any more."
                    yes="Withdraw it"
                    no="Keep it"
                    on_yes=Callback::new(move |()| on_withdraw.run(id.clone()))
                />
            </div>
        </li>
    }
}

#[component]
fn NewShare(site: StoredValue<String>, on_made: Callback<()>) -> impl IntoView {
    let attempt = Attempt::new("share", &["name", "days"]);
    let (name, days) = (RwSignal::new(String::new()), RwSignal::new(USUAL_DAYS.to_owned()));
    let (shows, made) = (RwSignal::new(Shown::Figures), RwSignal::new(None::<ShareMade>));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        made.set(None);
        let (typed, shows) = ((name.get_untracked(), days.get_untracked()), shows.get_untracked());
        let asked = async move {
            let days = whole_days(&typed.1, "days")?;
            let wanted = ShareRequest { name: typed.0.trim().to_owned(), shows, days: Some(days) };
            api::make_share(&site.get_value(), &wanted).await
        };
        attempt.make(asked, move |share| {
            name.set(String::new());
            made.set(Some(share));
            on_made.run(());
        });
    };
    let choice = move |(shown, label, hint): (Shown, &'static str, &'static str)| {
        let is_chosen = Signal::derive(move || shows.get() == shown);
        let choose = Callback::new(move |_| shows.set(shown));
        view! { <Hinted kind="radio" name="share-shows" label=label hint=hint is_checked=is_chosen on_change=choose/> }
    };
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label="A new link">
            <Entry attempt=attempt field="name" label="For whom, or for what" value=name/>
            <fieldset>
                <legend class="unseen">"What it shows"</legend>
                {SHOWN.map(choice)}
            </fieldset>
            <Entry attempt=attempt field="days" label="Ends after so many days" hint="At most 365." value=days/>
            <Submit attempt=attempt label="Make the link" busy="Making the link …"/>
            <div role="status">{move || made.get().map(|made| view! { <MadeShare made=made/> })}</div>
        </form>
    }
}

#[component]
fn MadeShare(made: ShareMade) -> impl IntoView {
    let ShareMade { link, badge, .. } = made;
    view! {
        <p class="secondary">"Copy it now: it is not shown again."</p>
        {match link {
            Some(link) => view! { <CopyText text=link what="the link"/> }.into_any(),
            None => {
                view! {
                    <CopyText text=badge what="the badge’s address"/>
                    <p class="secondary">
                        "Of the whole site. Behind it, " <code>"?page=shop.example/help"</code> " makes it one of a page, and "
                        <code>"?metric=ces"</code> " of another score."
                    </p>
                }
                    .into_any()
            }
        }}
    }
}
