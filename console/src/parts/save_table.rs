//! A table as a file, by one press.

use leptos::prelude::*;

use crate::browser;
use crate::tables::Sheet;

#[component]
pub fn SaveTable(
    /// Of the file, without its ending.
    name: &'static str,
    make: Callback<(), Sheet>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button quiet small save-table"
            on:click=move |_| browser::save_file(&format!("{name}.csv"), "text/csv", &marked(make.run(())))
        >
            {tr!("Save as CSV")}
        </button>
    }
}

/// Begun with a byte-order mark: without it, Excel takes UTF-8 for something else.
fn marked(sheet: Sheet) -> Sheet {
    "\u{feff}".bytes().chain(sheet).collect()
}
