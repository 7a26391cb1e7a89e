//! The widget and the console in real browsers: Chromium with a mouse, Chromium as a phone, Firefox, and WebKitGTK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

/// Makes tests of sentences: functions of a [`tests::Setting`]. Each is held in the settings before it.
macro_rules! held {
    ($([$($setting:ident),+] $sentence:ident;)+) => {$(
        mod $sentence {
            $(#[tokio::test]
            async fn $setting() {
                let setting = held!(@ $setting);
                if setting.is_here() {
                    super::$sentence(setting).await;
                }
            })+
        }
    )+};
    (@ mouse) => { tests::Setting::Mouse };
    (@ finger) => { tests::Setting::Finger };
    (@ firefox) => { tests::Setting::Firefox };
    (@ webkit) => { tests::Setting::WebKit };
}

mod access;
mod acting;
mod apart;
mod calls;
mod consent;
mod console;
mod console_focus;
mod delivery;
mod editor;
mod exit;
mod first_run;
mod focus;
mod formats;
mod frequency;
mod gate;
mod groups;
mod host_page;
mod hostile;
mod isolation;
mod journey;
mod keyboard;
mod languages;
mod late;
mod look;
mod many_pages;
mod memory;
mod page_cost;
mod patterns;
mod payloads;
mod policy;
mod preview;
mod promptness;
mod questions;
mod renewal;
mod routes;
mod shared;
mod stored;
mod tags;
mod team;
mod translated;
mod trial;
mod triggers;
mod waits;
mod why;
