//! The tags of one answer: seen by everybody, and for whoever may change them a field and a button at each.

use leptos::prelude::*;

/// Names the list of suggestions, which all fields of a screen share.
pub const SUGGESTIONS: &str = "known-tags";

#[component]
pub fn TagLine(
    /// The answer's number: which tells the fields of a screen apart.
    number: i64,
    #[prop(into)] tags: Signal<Vec<String>>,
    #[prop(into)] may_edit: Signal<bool>,
    /// Set while the collector is asked to keep them.
    #[prop(into)]
    is_saving: Signal<bool>,
    /// Why it did not.
    #[prop(into)]
    refused: Signal<Option<String>>,
    typed: RwSignal<String>,
    on_add: Callback<()>,
    on_remove: Callback<String>,
) -> impl IntoView {
    let (id, refused_id) = (field_of(number), format!("{}-refused", field_of(number)));
    let described_by = refused_id.clone();
    let chip = move |tag: String| {
        let (label, told) = (tr!("Take {tag} off answer {number}", tag, number), tag.clone());
        view! {
            <li class="tag own">
                <bdi>{tag}</bdi>
                <Show when=move || may_edit.get()>
                    <button
                        type="button"
                        class="tag-off"
                        aria-label=label.clone()
                        on:click={
                            let told = told.clone();
                            move |_| on_remove.run(told.clone())
                        }
                    >
                        <span aria-hidden="true">"×"</span>
                    </button>
                </Show>
            </li>
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        on_add.run(());
    };
    view! {
        <div class="tags" class:saving=is_saving hidden=move || !may_edit.get() && tags.with(Vec::is_empty)>
            <ul class="tag-list" aria-label=tr!("Tags of answer {number}", number)>
                <For each=move || tags.get() key=String::clone children=chip/>
            </ul>
            <Show when=move || may_edit.get()>
                <form class="tag-add" on:submit=submit>
                    <input
                        id=id.clone()
                        type="text"
                        list=SUGGESTIONS
                        autocomplete="off"
                        autocapitalize="none"
                        placeholder=tr!("+ Tag")
                        aria-label=tr!("Add a tag to answer {number}", number)
                        aria-describedby=described_by.clone()
                        aria-invalid=move || refused.with(Option::is_some).to_string()
                        prop:value=typed
                        on:input:target=move |event| typed.set(event.target().value())
                    />
                    <button type="submit" class="button small">
                        {tr!("a tag" => "Add")}
                    </button>
                </form>
            </Show>
            <p class="unseen" role="status">
                {move || if is_saving.get() { tr!("Saving …") } else { "" }}
            </p>
            <p id=refused_id class="refused" role="alert">
                {refused}
            </p>
        </div>
    }
}

/// The id of an answer's field.
pub fn field_of(number: i64) -> String {
    format!("tag-{number}")
}
