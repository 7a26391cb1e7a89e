//! The ways in: the first account, an invitation, signing in, and the first site of whoever has none.

mod join;
mod new_site;
mod setup;
mod sign_in;

use leptos::prelude::*;

pub use join::JoinScreen;
pub use new_site::{NewSiteScreen, NoSite};
pub use setup::SetupScreen;
pub use sign_in::{SignInForm, SignInScreen};

use crate::app::BrandMark;
use crate::browser;
use crate::parts::LanguageChoice;

/// What stands behind the `#` of a link: a secret that browsers send to nobody.
fn secret() -> String {
    browser::hash().trim_start_matches('#').to_owned()
}

/// A card in the middle of an otherwise empty page.
#[component]
fn Card(children: Children) -> impl IntoView {
    view! {
        <main class="sign-in">
            <p class="brand">
                <BrandMark/>
                "Pagepoll"
            </p>
            {children()}
            <LanguageChoice/>
        </main>
    }
}
