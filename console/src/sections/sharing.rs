//! Links to a site's figures: made, listed, and withdrawn.

use leptos::prelude::*;
use leptos::task::spawn_local;
use survey::api::sharing::{Share, ShareMade, ShareRequest, Shown};

use crate::api::{self, Failure};
use crate::browser;
use crate::feed::{Feed, Pace};
use crate::parts::{AskFirst, CopyText, FeedNotice, Hinted, TextLine};
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

const NAME: &str = "share-name";
const DAYS: &str = "share-days";
const USUAL_DAYS: &str = "90";

#[component]
pub fn Sharing(site: String) -> impl IntoView {
    let (asked, site) = (site.clone(), StoredValue::new(site));
    let feed = Feed::new(Pace::Once, move || {
        let site = asked.clone();
        async move { api::shares(&site).await }
    });
    let state = feed.state();
    let failure = RwSignal::new(None::<String>);
    let withdraw = Callback::new(move |id: String| {
        spawn_local(async move {
            let outcome = api::withdraw_share(&site.get_value(), &id).await;
            failure.try_set(outcome.err().map(|failure| failure.to_string()));
            state.again();
        });
    });
    view! {
        <section class="section" aria-labelledby="sharing-title">
            <h2 id="sharing-title">"Share links"</h2>
            <p class="secondary">
                "Whoever has such a link looks at this site’s figures without an account, and at nothing else: no comments, no contact details, no settings."
            </p>
            <FeedNotice state=state/>
            <p class="refused" role="alert">
                {failure}
            </p>
            <ul class="items">
                <For
                    each=move || feed.latest().get().unwrap_or_default()
                    key=|share| share.id.clone()
                    children=move |share| view! { <OneShare share=share on_withdraw=withdraw/> }
                />
            </ul>
            <NewShare site=site on_made=Callback::new(move |()| state.again())/>
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

/// What has become of asking for a link.
#[derive(Clone, PartialEq)]
enum Outcome {
    None,
    Asking,
    Refused { field: String, reason: String },
    Made(ShareMade),
}

#[component]
fn NewShare(site: StoredValue<String>, on_made: Callback<()>) -> impl IntoView {
    let (name, days) = (RwSignal::new(String::new()), RwSignal::new(USUAL_DAYS.to_owned()));
    let shows = RwSignal::new(Shown::Figures);
    let outcome = RwSignal::new(Outcome::None);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if outcome.get_untracked() == Outcome::Asking {
            return;
        }
        let wanted = match wanted(&name.get_untracked(), shows.get_untracked(), &days.get_untracked()) {
            Ok(wanted) => wanted,
            Err(refused) => return refuse(outcome, refused),
        };
        outcome.set(Outcome::Asking);
        spawn_local(async move {
            match api::make_share(&site.get_value(), &wanted).await {
                Ok(made) => {
                    name.try_set(String::new());
                    outcome.try_set(Outcome::Made(made));
                    on_made.run(());
                }
                Err(failure) => refuse(outcome, refusal(&failure)),
            }
        });
    };
    let mistake_at = move |at: &'static str| {
        Signal::derive(move || match outcome.get() {
            Outcome::Refused { field, reason } if field == at => Some(reason),
            _ => None,
        })
    };
    let made = move || match outcome.get() {
        Outcome::Made(made) => Some(made),
        _ => None,
    };
    let choice = move |(shown, label, hint): (Shown, &'static str, &'static str)| {
        let is_chosen = Signal::derive(move || shows.get() == shown);
        let choose = Callback::new(move |_| shows.set(shown));
        view! { <Hinted kind="radio" name="share-shows" label=label hint=hint is_checked=is_chosen on_change=choose/> }
    };
    let name_mistake = mistake_at("name");
    view! {
        <form class="new-item" on:submit=submit novalidate aria-label="A new link">
            <div class="field">
                <label for=NAME>"For whom, or for what"</label>
                <input
                    id=NAME
                    type="text"
                    maxlength="60"
                    autocomplete="off"
                    aria-describedby="share-name-mistake"
                    aria-invalid=move || name_mistake.with(Option::is_some).to_string()
                    prop:value=name
                    on:input:target=move |event| name.set(event.target().value())
                />
                <p id="share-name-mistake" class="refused">
                    {name_mistake}
                </p>
            </div>
            <fieldset>
                <legend class="unseen">"What it shows"</legend>
                {SHOWN.map(choice)}
            </fieldset>
            <TextLine
                id=DAYS
                label="Ends after"
                keys="decimal"
                unit="days"
                hint="At most 365."
                value=days
                mistake=mistake_at("days")
                on_type=Callback::new(move |text| days.set(text))
            />
            <div class="copy-row">
                <button type="submit" class="button">
                    {move || if outcome.get() == Outcome::Asking { "Making the link …" } else { "Make the link" }}
                </button>
            </div>
            <p class="refused" role="alert">
                {mistake_at("")}
            </p>
            <div role="status">{move || made().map(|made| view! { <MadeShare made=made/> })}</div>
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

/// What is asked for; or the field that makes no sense, and why.
fn wanted(name: &str, shows: Shown, days: &str) -> Result<ShareRequest, (String, String)> {
    let days =
        days.trim().parse().map_err(|_| ("days".to_owned(), "Write a whole number of days, like 90.".to_owned()));
    Ok(ShareRequest { name: name.trim().to_owned(), shows, days: Some(days?) })
}

/// The form stays, also where nobody is signed in any more.
fn refusal(failure: &Failure) -> (String, String) {
    match failure {
        Failure::Refused { field, reason } if ["name", "days"].contains(&field.as_str()) => {
            (field.clone(), reason.clone())
        }
        other => (String::new(), other.to_string()),
    }
}

fn refuse(outcome: RwSignal<Outcome>, (field, reason): (String, String)) {
    match field.as_str() {
        "name" => browser::focus(NAME),
        "days" => browser::focus(DAYS),
        _ => {}
    }
    outcome.try_set(Outcome::Refused { field, reason });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_asked_for_with_a_whole_number_of_days() {
        let wanted = |days| super::wanted(" Board ", Shown::Badges, days);
        let expected = ShareRequest { name: "Board".into(), shows: Shown::Badges, days: Some(30) };
        assert_eq!(wanted(" 30 "), Ok(expected));
        for wrong in ["", "soon", "1.5", "-1"] {
            assert_eq!(wanted(wrong).unwrap_err().0, "days", "{wrong}");
        }
    }

    #[test]
    fn what_the_collector_refuses_stands_at_its_field() {
        let refused = |field: &str| Failure::Refused { field: field.into(), reason: "why".into() };
        assert_eq!(refusal(&refused("name")).0, "name");
        assert_eq!(refusal(&refused("elsewhere")).0, "");
        assert_eq!(refusal(&Failure::SignedOut).0, "");
    }
}
