//! Links to a site's figures: made, listed, and withdrawn.

use leptos::prelude::*;
use survey::api::sharing::{Share, ShareMade, ShareRequest, Shown};

use crate::api;
use crate::attempt::{Attempt, whole_days};
use crate::deeds::Deeds;
use crate::feed::{Feed, Pace};
use crate::parts::{AskFirst, CopyText, DeedNotice, Entry, FeedNotice, Hinted, Submit};
use crate::text::{last_used_in_words, moment_in_words};

/// What can be shared, what that is called here, and what it means.
fn shown() -> [(Shown, &'static str, &'static str); 2] {
    [
        (
            Shown::Figures,
            tr!("All figures, read only"),
            tr!("Scores of the site and its pages. For people: whoever has the link may pass it on."),
        ),
        (
            Shown::Badges,
            tr!("Badges alone"),
            tr!("Pictures of single scores. For READMEs and other places where everybody can read the link."),
        ),
    ]
}

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
            <h2 id="sharing-title">{tr!("Share links")}</h2>
            <p class="secondary">
                {tr!("Whoever has such a link looks at this site’s figures without an account, and at nothing else: no comments, no contact details, no settings.")}
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
    let used = last_used_in_words(last_used.as_deref());
    let shows = if shows == Shown::Badges { tr!("badges") } else { tr!("figures") };
    let until = moment_in_words(&expires_at);
    let about = tr!("Shows {shows} until {until}, made by {by}, {used}", shows, until, by = made_by, used);
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
                    label=tr!("Withdraw")
                    of=name
                    warning=tr!("Whoever has it sees nothing any more.")
                    yes=tr!("Withdraw it")
                    no=tr!("Keep it")
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
        <form class="new-item" on:submit=submit novalidate aria-label=tr!("A new link")>
            <Entry attempt=attempt field="name" label=tr!("For whom, or for what") value=name/>
            <fieldset>
                <legend class="unseen">{tr!("What it shows")}</legend>
                {shown().map(choice)}
            </fieldset>
            <Entry attempt=attempt field="days" label=tr!("Ends after so many days") hint=tr!("At most 365.") value=days/>
            <Submit attempt=attempt label=tr!("Make the link") busy=tr!("Making the link …")/>
            <div role="status">{move || made.get().map(|made| view! { <MadeShare made=made/> })}</div>
        </form>
    }
}

#[component]
fn MadeShare(made: ShareMade) -> impl IntoView {
    let ShareMade { link, badge, .. } = made;
    view! {
        <p class="secondary">{tr!("Copy it now: it is not shown again.")}</p>
        {match link {
            Some(link) => view! { <CopyText text=link what=tr!("the link")/> }.into_any(),
            None => {
                view! {
                    <CopyText text=badge what=tr!("the badge’s address")/>
                    <p class="secondary">
                        {tr!("Of the whole site. Behind it, ")} <code>"?page=shop.example/help"</code> {tr!(" makes it one of a page, and ")}
                        <code>"?metric=ces"</code> {tr!(" of another score.")}
                    </p>
                }
                    .into_any()
            }
        }}
    }
}
