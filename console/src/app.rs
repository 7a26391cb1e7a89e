//! The app around the screens: who is signed in, which site, the way from screen to screen.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::{NavigateOptions, path};
use survey::api::{Account, SiteSummary};

use crate::address::{Place, SHARED, parameter, with_query};
use crate::api::{self, Failure};
use crate::browser;
use crate::entrance::{JoinScreen, NewSiteScreen, NoSite, SetupScreen, SignInScreen};
use crate::feed::{Feed, Pace};
use crate::late;
use crate::parts::{FeedNotice, Notice, Waiting};
use crate::renewal::RenewalDialog;
use crate::screens::{PageScreen, PagesScreen};
use crate::shared::SharedApp;
use crate::unsaved;

/// Who is signed in, for everything below.
#[derive(Clone, Copy)]
pub struct Session(RwSignal<SignIn>);

#[derive(Clone, PartialEq)]
enum SignIn {
    Unknown,
    SignedOut { was_here: bool },
    SignedIn(Account),
    Unclear(Failure),
}

impl Session {
    fn provide() -> Self {
        let session = Self::provide_unasked();
        session.ask();
        session
    }

    /// For whoever comes by a link: nobody is signed in, and what can end is the link.
    pub fn provide_unasked() -> Self {
        let session = Self(RwSignal::new(SignIn::Unknown));
        provide_context(session);
        session
    }

    /// Whether the collector has said that it does not know whoever asks any more.
    pub fn is_over(self) -> bool {
        self.0.with(|sign_in| matches!(sign_in, SignIn::SignedOut { was_here: true }))
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// Asks the collector.
    fn ask(self) {
        spawn_local(async move {
            self.0.set(match api::account().await {
                Ok(account) => SignIn::SignedIn(account),
                Err(Failure::SignedOut) => SignIn::SignedOut { was_here: false },
                Err(failure) => SignIn::Unclear(failure),
            });
        });
    }

    /// Whoever is signed in.
    pub fn email(self) -> String {
        self.0.with_untracked(|sign_in| match sign_in {
            SignIn::SignedIn(account) => account.email.clone(),
            _ => String::new(),
        })
    }

    pub fn begun(self, account: Account) {
        if account.email != self.email() {
            unsaved::forget();
        }
        self.0.set(SignIn::SignedIn(account));
    }

    /// The collector no longer knows whoever was signed in.
    pub fn ended(self) {
        self.0.set(SignIn::SignedOut { was_here: true });
    }

    /// Signs out. If the collector cannot be reached, the session goes on, and so does the screen.
    pub fn end(self) {
        spawn_local(async move {
            match api::sign_out().await {
                Ok(()) | Err(Failure::SignedOut) => self.0.set(SignIn::SignedOut { was_here: false }),
                Err(failure) => self.0.set(SignIn::Unclear(failure)),
            }
        });
    }
}

/// What the collector serves beside the console.
const DOCUMENTATION: &str = "/docs/";

/// Names the tab.
pub fn set_title(title: impl Fn() -> String + 'static) {
    Effect::new(move || browser::set_title(&format!("{} · Pagepoll", title())));
}

#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Entrance/>
        </Router>
    }
}

/// By which door somebody comes in: those who come by a link are not asked to sign in.
#[derive(Clone, Copy, PartialEq)]
enum Door {
    Shared,
    Join,
    Setup,
    Team,
}

impl Door {
    fn at(path: &str) -> Self {
        let is_shared = path.strip_prefix(SHARED).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match path {
            _ if is_shared => Self::Shared,
            "/join" => Self::Join,
            "/setup" => Self::Setup,
            _ => Self::Team,
        }
    }
}

#[component]
fn Entrance() -> impl IntoView {
    let path = use_location().pathname;
    let door = Memo::new(move |_| path.with(|path| Door::at(path)));
    move || match door.get() {
        Door::Shared => view! { <SharedApp/> }.into_any(),
        Door::Join => view! { <JoinScreen/> }.into_any(),
        Door::Setup => view! { <SetupScreen/> }.into_any(),
        Door::Team => view! { <TeamApp/> }.into_any(),
    }
}

#[component]
fn TeamApp() -> impl IntoView {
    let session = Session::provide();
    let sign_in = Memo::new(move |_| session.0.get());
    move || match sign_in.get() {
        SignIn::Unknown => view! { <main><Waiting/></main> }.into_any(),
        SignIn::SignedOut { was_here } => view! { <SignInScreen was_here=was_here/> }.into_any(),
        SignIn::SignedIn(account) => view! {
            <SignedIn account=account/>
            <RenewalDialog/>
        }
        .into_any(),
        SignIn::Unclear(failure) => {
            let retry = Callback::new(move |()| session.ask());
            view! { <main><Notice failure=failure on_retry=retry/></main> }.into_any()
        }
    }
}

/// Everything behind the sign-in, once it is known which sites there are.
#[component]
fn SignedIn(account: Account) -> impl IntoView {
    let feed = Feed::new(Pace::Once, api::sites);
    let account = StoredValue::new(account);
    let body = move || match feed.latest().get() {
        None => view! { <main><FeedNotice state=feed.state()/></main> }.into_any(),
        Some(sites) => match sites.first().cloned() {
            Some(first) => view! { <Frame account=account.get_value() sites=sites first=first/> }.into_any(),
            None => view! { <NoSite/> }.into_any(),
        },
    };
    view! { {body} }
}

/// The navigation, and the screen that the address names.
#[component]
fn Frame(account: Account, sites: Vec<SiteSummary>, first: SiteSummary) -> impl IntoView {
    Place::provide(sites, first);
    focus_new_screens();
    late::fetch_ahead();
    view! {
        <a class="skip" href="#main">
            {tr!("Skip to the content")}
        </a>
        <div class="frame">
            <Navigation account=account/>
            <main id="main">
                <OtherSite/>
                <Routes fallback=|| view! { <NoScreen/> }>
                    <Route path=path!("/") view=PagesScreen/>
                    <Route path=path!("/page") view=PageScreen/>
                    <Route path=path!("/groups") view=late::groups/>
                    <Route path=path!("/comments") view=late::comments/>
                    <Route path=path!("/patterns") view=late::heat_map/>
                    <Route path=path!("/patterns/drivers") view=late::drivers/>
                    <Route path=path!("/patterns/cross-table") view=late::cross_table/>
                    <Route path=path!("/surveys") view=late::surveys/>
                    <Route path=path!("/survey") view=late::editor/>
                    <Route path=path!("/install") view=late::install/>
                    <Route path=path!("/settings") view=late::settings/>
                    <Route path=path!("/settings/look") view=late::look/>
                    <Route path=path!("/team") view=late::team/>
                    <Route path=path!("/new-site") view=NewSiteScreen/>
                    <Route path=path!("/account") view=late::account/>
                </Routes>
            </main>
        </div>
    }
}

/// Said where the address names a site that is not there, so that nobody takes another one's figures for its own.
#[component]
fn OtherSite() -> impl IntoView {
    let (place, named) = (Place::here(), parameter("site"));
    let missing = move || named.get().filter(|named| *named != place.site.get().key);
    move || {
        missing().map(|site| {
            let name = place.site.get().name;
            view! {
                <p class="read-only" role="status">
                    {tr!("There is no site “{site}” here, or it is not shared with you. This is {name}.", site, name)}
                </p>
            }
        })
    }
}

#[component]
pub fn NoScreen() -> impl IntoView {
    let place = Place::here();
    set_title(|| tr!("Not found").to_owned());
    view! {
        <h1 tabindex="-1">{tr!("There is nothing at this address")}</h1>
        <p>
            <a href=move || place.href("/", &[])>{tr!("See the site’s pages")}</a>
        </p>
    }
}

#[component]
fn Navigation(account: Account) -> impl IntoView {
    let session = Session::here();
    let (place, location) = (Place::here(), use_location());
    let is_leaving = RwSignal::new(false);
    let entry = move |path: &'static str, label: &'static str| {
        let current = move || {
            let here = location.pathname.get();
            is_below(&here, path).then_some("page")
        };
        view! {
            <li>
                <a href=move || place.href(path, &[]) aria-current=current>
                    {label}
                </a>
            </li>
        }
    };
    view! {
        <nav class="navigation" aria-label=tr!("Console")>
            <div class="navigation-inside">
                <span class="brand">
                    <BrandMark/>
                    "Pagepoll"
                </span>
                <SitePicker/>
                <ul>
                    {entry("/", tr!("Pages"))} {entry("/groups", tr!("Groups"))} {entry("/patterns", tr!("Patterns"))} {entry("/comments", tr!("Comments"))}
                    {entry("/surveys", tr!("Surveys"))} {entry("/install", tr!("Install"))} {entry("/settings", tr!("Settings"))}
                    {entry("/team", tr!("Team"))}
                    <li><a href=DOCUMENTATION rel="external">{tr!("Docs")}</a></li>
                </ul>
                <div class="account">
                    <a class="account-email" href=move || place.href("/account", &[]) title=account.email.clone() data-short=tr!("Account")>
                        {account.email.clone()}
                    </a>
                    <button
                        type="button"
                        class="button quiet"
                        disabled=is_leaving
                        on:click=move |_| {
                            is_leaving.set(true);
                            session.end();
                        }
                    >
                        {move || if is_leaving.get() { tr!("Signing out …") } else { tr!("Sign out") }}
                    </button>
                </div>
            </div>
        </nav>
    }
}

/// Whether an entry of the navigation leads to the screen at `here`, or to where it belongs. A page's own screen is one of the pages, and a
/// survey's one of the surveys.
fn is_below(here: &str, entry: &str) -> bool {
    let is_within = here.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_within || matches!((entry, here), ("/", "/page") | ("/surveys", "/survey"))
}

/// The site that is being looked at, and the others, where there are several.
#[component]
fn SitePicker() -> impl IntoView {
    let (place, location) = (Place::here(), use_location());
    let navigate = use_navigate();
    let choose = move |site: String| {
        // The page that is being looked at is of the site that is being left.
        let path = Some(location.pathname.get_untracked()).filter(|path| path != "/page");
        let days = place.days.get_untracked().to_string();
        let query = [("site", site.as_str()), ("days", days.as_str())];
        navigate(&with_query(path.as_deref().unwrap_or("/"), &query), NavigateOptions::default());
    };
    let picker = move || {
        let sites = place.sites.get();
        (sites.len() > 1).then(|| {
            let option = |site: SiteSummary| {
                let key = site.key.clone();
                view! {
                    <option value=site.key prop:selected=move || place.site.get().key == key>
                        {site.name}
                    </option>
                }
            };
            view! {
                <label class="picker">
                    <span class="unseen">{tr!("Site")}</span>
                    <select on:change:target={
                        let choose = choose.clone();
                        move |event| choose(event.target().value())
                    }>
                        {sites.into_iter().map(option).collect_view()}
                    </select>
                </label>
            }
        })
    };
    view! { {picker} }
}

/// The mark: a score on the bar of its interval.
#[component]
pub fn BrandMark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 22 22" width="22" height="22" aria-hidden="true">
            <rect x="1" y="7.5" width="20" height="7" rx="3.5"/>
            <circle cx="13" cy="11" r="5.5"/>
        </svg>
    }
}

/// Whoever goes to another screen by keyboard goes on from its title.
pub fn focus_new_screens() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            browser::focus_title();
        }
        path
    });
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn an_entry_of_the_navigation_is_current_on_all_that_belongs_to_it() {
        for (here, entry) in
            [("/", "/"), ("/page", "/"), ("/patterns", "/patterns"), ("/patterns/drivers", "/patterns")]
        {
            assert!(is_below(here, entry), "{here} {entry}");
        }
        assert!(!is_below("/patterns", "/") && !is_below("/patterns-2", "/patterns") && !is_below("/", "/groups"));
    }
}
