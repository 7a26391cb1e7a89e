//! Screens whose code is fetched when somebody opens one, or when the first screen has settled: so that one is there sooner.
//!
//! Each function behind `wasm_split` begins a module of its own, together with those of the same name; `cargo xtask dist` takes out what
//! only they reach (xtask/src/dist/split.rs). They hand back what draws the screen, and draw nothing themselves: drawing belongs to
//! whoever asked, who waits or has gone elsewhere by then.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use crate::app::set_title;
use crate::browser;
use crate::editor::EditorScreen;
use crate::parts::Waiting;
use crate::screens::{
    AccountScreen, CommentsScreen, CrossTableScreen, DriversScreen, GroupsScreen, HeatMapScreen, InstallScreen,
    LookScreen, SettingsScreen, SurveysScreen, TeamScreen,
};

/// What a module brings: something that draws.
type Fetched = Result<fn() -> AnyView, SplitLoaderError>;
type Fetching = Pin<Box<dyn Future<Output = Fetched>>>;

/// `NAME in MODULE draws SCREEN`: a view of that name, of a screen that comes in that module.
macro_rules! late {
    ($($name:ident in $module:ident draws $screen:ident;)*) => {
        mod fetching {
            use super::*;

            $(
                pub fn $name() -> Fetching {
                    #[wasm_split($module, wasm_split_path = leptos::wasm_split, fallible)]
                    fn $name() -> Fetched {
                        Ok(|| view! { <$screen/> }.into_any())
                    }
                    Box::pin($name())
                }
            )*

            pub const ALL: &[fn() -> Fetching] = &[$($name),*];
        }

        $(
            pub fn $name() -> AnyView {
                once_fetched(fetching::$name)
            }
        )*
    };
}

// Few modules: whatever two of them reach and the first does not becomes one more, of the two.
late! {
    groups in reports draws GroupsScreen;
    comments in reports draws CommentsScreen;
    heat_map in reports draws HeatMapScreen;
    drivers in reports draws DriversScreen;
    cross_table in reports draws CrossTableScreen;
    surveys in setup draws SurveysScreen;
    install in setup draws InstallScreen;
    look in setup draws LookScreen;
    settings in setup draws SettingsScreen;
    team in setup draws TeamScreen;
    account in setup draws AccountScreen;
    editor in editor draws EditorScreen;
}

/// After this, the first screen has what it needs, and the others may be fetched.
const SETTLED_MS: u32 = 2_000;

/// Fetches all that may be opened next, one after the other: then it is there at once, and without a connection, too.
pub fn fetch_ahead() {
    spawn_local(async {
        TimeoutFuture::new(SETTLED_MS).await;
        for fetch in fetching::ALL {
            // Whoever opens it will ask again, and be told.
            let _ = fetch().await;
        }
    });
}

#[derive(Clone, Copy)]
enum Progress {
    Waiting,
    Here(fn() -> AnyView),
    Failed,
}

fn once_fetched(fetch: fn() -> Fetching) -> AnyView {
    let progress = RwSignal::new(Progress::Waiting);
    let ask = move || {
        let mut fetching = fetch();
        // What is here already is drawn at once.
        if let Poll::Ready(fetched) = fetching.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return progress.set(Progress::of(fetched));
        }
        progress.set(Progress::Waiting);
        spawn_local(async move {
            // Nobody waits any more on a screen that was left.
            progress.try_set(Progress::of(fetching.await));
            browser::focus_missed_title();
        });
    };
    ask();
    let retry = Callback::new(move |()| {
        browser::focus_title();
        ask();
    });
    let shown = move || match progress.get() {
        Progress::Waiting => view! { <Waiting/> }.into_any(),
        Progress::Here(draw) => draw(),
        Progress::Failed => view! { <NotFetched on_retry=retry/> }.into_any(),
    };
    shown.into_any()
}

impl Progress {
    fn of(fetched: Fetched) -> Self {
        fetched.map_or(Self::Failed, Self::Here)
    }
}

/// No connection; or somebody replaced the collector by another version, which has other files.
#[component]
fn NotFetched(on_retry: Callback<()>) -> impl IntoView {
    set_title(|| tr!("Not loaded").to_owned());
    view! {
        <h1 tabindex="-1">{tr!("This screen could not be loaded")}</h1>
        <div class="notice" role="alert">
            <p>
                {tr!("Check that the collector is running and that this computer is online, and try again. If Pagepoll was updated a moment ago, reload the page.")}
            </p>
            <button type="button" class="button" on:click=move |_| on_retry.run(())>
                {tr!("Try again")}
            </button>
            <button type="button" class="button" on:click=move |_| browser::reload()>
                {tr!("Reload the page")}
            </button>
        </div>
    }
}
