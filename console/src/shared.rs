//! What somebody sees who comes by a link that was shared: the figures of one site, and no way to anything else.
//!
//! The link's secret stays behind the `#` of the address, on every screen, so that each can be reloaded and passed on.

use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;
use survey::api::sharing::SharedSite;

use crate::address::Place;
use crate::api;
use crate::app::{BrandMark, NoScreen, Session, focus_new_screens, set_title};
use crate::feed::{Feed, Pace};
use crate::parts::{FeedNotice, LanguageChoice};
use crate::screens::{PageScreen, PagesScreen};
use crate::text::moment_in_words;

#[component]
pub fn SharedApp() -> impl IntoView {
    let hash = use_location().hash;
    let secret = Memo::new(move |_| hash.with(|hash| hash.trim_start_matches('#').to_owned()));
    move || view! { <Shared secret=secret.get()/> }
}

/// What one link shows, as long as it shows anything.
#[component]
fn Shared(secret: String) -> impl IntoView {
    let session = Session::provide_unasked();
    let asked = secret.clone();
    let feed = Feed::new(Pace::Once, move || {
        let secret = asked.clone();
        async move { api::shared(&secret).await }
    });
    let is_over = Memo::new(move |_| session.is_over());
    move || match (is_over.get(), feed.latest().get()) {
        (true, _) => view! { <LinkIsOver/> }.into_any(),
        (false, Some(site)) => view! { <SharedFrame site=site secret=secret.clone()/> }.into_any(),
        (false, None) => view! { <main><FeedNotice state=feed.state()/></main> }.into_any(),
    }
}

#[component]
fn LinkIsOver() -> impl IntoView {
    set_title(|| tr!("Link without figures").to_owned());
    view! {
        <main class="link-is-over">
            <h1 tabindex="-1">{tr!("This link shows nothing any more")}</h1>
            <p>
                {tr!("It has expired, or somebody has withdrawn it; or a part of it was lost on the way. Whoever gave it to you can make another.")}
            </p>
        </main>
    }
}

#[component]
fn SharedFrame(site: SharedSite, secret: String) -> impl IntoView {
    let until = moment_in_words(&site.expires_at);
    Place::provide_shared(site, secret);
    focus_new_screens();
    view! {
        <div class="shared">
            <header class="shared-mark">
                <span class="brand">
                    <BrandMark/>
                    "Pagepoll"
                </span>
                <span class="tag">{tr!("Shared, read only")}</span>
                <span class="secondary">{tr!("Until {until}", until)}</span>
            </header>
            <main id="main">
                <Routes fallback=|| view! { <NoScreen/> }>
                    <Route path=path!("/shared") view=PagesScreen/>
                    <Route path=path!("/shared/page") view=PageScreen/>
                </Routes>
            </main>
            <footer class="shared-foot">
                <LanguageChoice/>
            </footer>
        </div>
    }
}
