//! One's own account: the password, and the browsers in which one is signed in.

use leptos::prelude::*;
use survey::api::people::{PasswordChange, SessionSummary};

use crate::api::people;
use crate::app::{Session, set_title};
use crate::attempt::Attempt;
use crate::deeds::Deeds;
use crate::feed::{Feed, Pace};
use crate::parts::{DeedNotice, Entry, FeedNotice, LanguageChoice, Submit};
use crate::text::moment_in_words;

#[component]
pub fn AccountScreen() -> impl IntoView {
    set_title(|| tr!("Your account").to_owned());
    view! {
        <header class="screen-header">
            <div>
                <h1 tabindex="-1">{tr!("Your account")}</h1>
                <p class="secondary">{tr!("The same on every site that you are a member of.")}</p>
            </div>
        </header>
        <div class="sections">
            <OwnLanguage/>
            <NewPassword/>
            <Sessions/>
        </div>
    }
}

#[component]
fn OwnLanguage() -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="language-title">
            <h2 id="language-title">{tr!("Language")}</h2>
            <p class="secondary">
                {tr!("Of this console, in this browser. Surveys have languages of their own.")}
            </p>
            <LanguageChoice/>
        </section>
    }
}

#[component]
fn NewPassword() -> impl IntoView {
    let attempt = Attempt::new("password", &["old", "new"]);
    let (old, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let is_changed = RwSignal::new(false);
    let email = Session::here().email();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_changed.set(false);
        let change = PasswordChange { old: old.get_untracked(), new: new.get_untracked() };
        attempt.make(async move { people::change_password(&change).await }, move |()| {
            old.set(String::new());
            new.set(String::new());
            is_changed.set(true);
        });
    };
    view! {
        <section class="section" aria-labelledby="password-title">
            <h2 id="password-title">{tr!("Password")}</h2>
            <form class="new-item" on:submit=submit novalidate aria-label=tr!("Change the password")>
                // For whoever lets the browser remember passwords: of whom it is.
                <input type="email" class="unseen" tabindex="-1" aria-hidden="true" autocomplete="username" readonly value=email/>
                <Entry attempt=attempt field="old" label=tr!("Present password") kind="password" fills="current-password" value=old/>
                <Entry
                    attempt=attempt
                    field="new"
                    label=tr!("New password")
                    kind="password"
                    fills="new-password"
                    hint=tr!("Ten characters or more.")
                    value=new
                />
                <Submit attempt=attempt label=tr!("Change the password") busy=tr!("Changing it …")/>
                <p class="secondary" role="status">
                    {move || is_changed.get().then_some(tr!("Changed. All other browsers are signed out."))}
                </p>
            </form>
        </section>
    }
}

#[component]
fn Sessions() -> impl IntoView {
    let feed = Feed::new(Pace::Once, people::sessions);
    let deeds = Deeds::on(feed.state());
    let end = Callback::new(move |id: String| deeds.run(async move { people::end_session(&id).await }));
    view! {
        <section class="section" aria-labelledby="sessions-title">
            <h2 id="sessions-title">{tr!("Where you are signed in")}</h2>
            <FeedNotice state=feed.state()/>
            <DeedNotice deeds=deeds/>
            <ul class="items">
                <For
                    each=move || feed.latest().get().unwrap_or_default()
                    key=|session| session.id.clone()
                    children=move |session| view! { <OneSession session=session on_end=end/> }
                />
            </ul>
        </section>
    }
}

#[component]
fn OneSession(session: SessionSummary, on_end: Callback<String>) -> impl IntoView {
    let SessionSummary { id, signed_in_at, used_at, browser, is_present } = session;
    let about = tr!(
        "Since {since}, last used {used}",
        since = moment_in_words(&signed_in_at),
        used = moment_in_words(&used_at)
    );
    let browser = browser_in_words(&browser);
    let label = tr!("Sign out {browser}", browser);
    view! {
        <li class="item">
            <div>
                <strong>{browser}</strong>
                " "
                {is_present.then(|| view! { <span class="tag">{tr!("This one")}</span> })}
                <p class="secondary">{about}</p>
            </div>
            <div class="item-end">
                {(!is_present)
                    .then(|| {
                        view! {
                            <button type="button" class="button" aria-label=label on:click=move |_| on_end.run(id.clone())>
                                {tr!("Sign out")}
                            </button>
                        }
                    })}
            </div>
        </li>
    }
}

/// `firefox on linux`, as people write it.
fn browser_in_words(browser: &str) -> String {
    let written = |word: &str| match word {
        "on" => tr!("of a browser and a system" => "on").to_owned(),
        "ios" => "iOS".to_owned(),
        "macos" => "macOS".to_owned(),
        "chromeos" => "ChromeOS".to_owned(),
        other => other[..1].to_uppercase() + &other[1..],
    };
    match browser {
        "other on other" => tr!("A program").to_owned(),
        known => known
            .split(' ')
            .filter(|word| word.is_ascii() && !word.is_empty())
            .map(written)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::browser_in_words;

    #[test]
    fn browsers_are_named_as_people_write_them() {
        for (told, written) in [
            ("firefox on linux", "Firefox on Linux"),
            ("safari on ios", "Safari on iOS"),
            ("other on other", "A program"),
            ("", ""),
        ] {
            assert_eq!(browser_in_words(told), written);
        }
    }
}
