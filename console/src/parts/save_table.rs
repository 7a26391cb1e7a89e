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
            on:click=move |_| browser::save_file(&format!("{name}.csv"), "text/csv", &make.run(()))
        >
            {tr!("Save as CSV")}
        </button>
    }
}
