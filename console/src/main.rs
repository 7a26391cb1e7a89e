//! The console: where the people who own a site's pages read how easy, satisfying and recommendable each one is.
//!
//! A static app without a server side of its own: everything it shows comes from the collector's public API, on the same
//! origin. `screens` and their `sections` fetch, `parts` draw what they are given, `text` and `reading` put figures into words,
//! and `translation` puts words into the reader's language.

// Before all that uses its macros.
#[macro_use]
mod translation;

mod address;
mod api;
mod app;
mod attempt;
mod browser;
mod clock;
mod deeds;
mod draft;
mod editor;
mod entrance;
mod feed;
mod grouping;
mod late;
mod markup;
mod parts;
mod ranking;
mod reading;
mod reasons;
mod renewal;
mod screens;
mod sections;
mod shared;
mod tables;
mod text;
mod theme;
mod unsaved;

fn main() {
    std::panic::set_hook(Box::new(|panic| browser::log_error(&panic.to_string())));
    browser::let_markup_through(markup::is_harmless);
    browser::ask_before_leaving(unsaved::is_any);
    browser::never_lose_focus();
    translation::begin(|| leptos::mount::mount_to_body(app::App));
}
