//! The fields of a theme, for whoever keeps one: a site, or a survey that differs from it.

use leptos::prelude::*;

use super::{Labelled, described};
use crate::reasons::reason_in_words;
use crate::theme::{GROUPS, Group, Kind, Member, Mistake, TypedTheme};
use crate::translation::text;

/// Shown by a colour's own picker where none is written.
const UNSAID: &str = "#808080";

#[component]
pub fn ThemeFields(
    /// Begins the ids of the fields.
    form: &'static str,
    #[prop(into)] typed: Signal<TypedTheme>,
    #[prop(into)] mistakes: Signal<Vec<Mistake>>,
    is_read_only: bool,
    /// Told the member and what stands in its field now.
    on_type: Callback<(&'static str, String)>,
) -> impl IntoView {
    let group = move |Group { name, members }: Group| {
        view! {
            <fieldset class="theme-group" disabled=is_read_only>
                <legend>{text(name)}</legend>
                <div class="field-row">
                    {members
                        .iter()
                        .map(|member| {
                            view! { <OneField form=form member=*member typed=typed mistakes=mistakes on_type=on_type/> }
                        })
                        .collect_view()}
                </div>
            </fieldset>
        }
    };
    view! { <div class="theme-fields">{GROUPS.map(group)}</div> }
}

/// The id of a member's field.
pub fn theme_field_id(form: &str, place: &str) -> String {
    format!("{form}-{}", place.replace('.', "-"))
}

#[component]
fn OneField(
    form: &'static str,
    member: Member,
    typed: Signal<TypedTheme>,
    mistakes: Signal<Vec<Mistake>>,
    on_type: Callback<(&'static str, String)>,
) -> impl IntoView {
    let Member { place, label, kind, hint } = member;
    let (label, hint) = (text(label), text(hint));
    let id = theme_field_id(form, place);
    let value = Memo::new(move |_| typed.with(|typed| typed.get(place).to_owned()));
    let reason = Signal::derive(move || {
        let here = |mistakes: &Vec<Mistake>| mistakes.iter().find(|mistake| mistake.place == place).cloned();
        mistakes.with(here).map(|mistake| reason_in_words(&mistake.reason))
    });
    let control = Control { id: id.clone(), place, value, reason, on_type };
    view! {
        <Labelled id=id label=label mistake=reason hint=hint>
            {match kind {
                Kind::Colour => control.colour(label),
                Kind::OneOf(choices) => control.choice(choices),
                Kind::StyleSheet => control.sheet(),
                Kind::Pixels => control.line("decimal"),
                Kind::Line => control.line("text"),
            }}
        </Labelled>
    }
}

/// What is written or chosen in.
struct Control {
    id: String,
    place: &'static str,
    value: Memo<String>,
    reason: Signal<Option<String>>,
    on_type: Callback<(&'static str, String)>,
}

impl Control {
    fn line(self, keys: &'static str) -> AnyView {
        let Self { id, place, value, reason, on_type } = self;
        view! {
            <input
                id=id.clone()
                type="text"
                inputmode=keys
                autocomplete="off"
                spellcheck="false"
                aria-describedby=described(&id)
                aria-invalid=move || reason.with(Option::is_some).to_string()
                prop:value=value
                on:input:target=move |event| on_type.run((place, event.target().value()))
            />
        }
        .into_any()
    }

    /// The text and the browser's own picker, of one colour.
    fn colour(self, label: &'static str) -> AnyView {
        let (place, value, on_type) = (self.place, self.value, self.on_type);
        let picked = move || value.with(|value| if value.len() == 7 { value.clone() } else { UNSAID.to_owned() });
        view! {
            <div class="colour-line">
                <input
                    type="color"
                    class:unsaid=move || value.with(String::is_empty)
                    aria-label=tr!("{label}: pick a colour", label)
                    prop:value=picked
                    on:input:target=move |event| on_type.run((place, event.target().value()))
                />
                {self.line("text")}
            </div>
        }
        .into_any()
    }

    fn choice(self, choices: &'static [(&'static str, &'static str)]) -> AnyView {
        let Self { id, place, value, on_type, .. } = self;
        let option = move |(name, label): &(&'static str, &'static str)| {
            let name = *name;
            view! {
                <option value=name prop:selected=move || value.with(|value| value == name)>
                    {text(label)}
                </option>
            }
        };
        view! {
            <select
                id=id.clone()
                aria-describedby=described(&id)
                on:change:target=move |event| on_type.run((place, event.target().value()))
            >
                <option value="" prop:selected=move || value.with(String::is_empty)>
                    {tr!("As usual")}
                </option>
                {choices.iter().map(option).collect_view()}
            </select>
        }
        .into_any()
    }

    fn sheet(self) -> AnyView {
        let Self { id, place, value, reason, on_type } = self;
        view! {
            <textarea
                id=id.clone()
                rows="5"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=described(&id)
                aria-invalid=move || reason.with(Option::is_some).to_string()
                prop:value=value
                on:input:target=move |event| on_type.run((place, event.target().value()))
            ></textarea>
        }
        .into_any()
    }
}
