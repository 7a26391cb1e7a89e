//! The survey as visitors would see it, beside the form: the real widget in a page of the collector's own, anew with each save.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::{Form, Standing};
use crate::address::{Place, with_query};
use crate::api::editing;
use crate::browser;
use crate::parts::{Choice, Segments};

const FRAME: &str = "stage-frame";

/// On what it is seen: the name of a class, and what it is called.
const DEVICES: [(&str, &str); 3] = [("phone", "Phone"), ("tablet", "Tablet"), ("desktop", "Desktop")];

const SCHEMES: [(&str, &str); 2] = [("light", "Light"), ("dark", "Dark")];

fn choices(of: &[(&str, &str)]) -> Vec<Choice> {
    of.iter().map(|(value, label)| Choice { value: (*value).to_owned(), label: (*label).to_owned() }).collect()
}

/// Leave to see the draft, out of a preview link.
fn leave(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    query.split('&').find_map(|part| part.strip_prefix("pagepoll=")).map(str::to_owned)
}

#[component]
pub fn Stage() -> impl IntoView {
    let (form, place) = (Form::here(), Place::here());
    let token = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let (device, scheme) = (RwSignal::new("phone".to_owned()), RwSignal::new("light".to_owned()));
    let origin = place.site.get_untracked().origins.first().cloned().unwrap_or_default();
    spawn_local(async move {
        match editing::preview_link(&form.site(), &form.survey(), format!("{origin}/")).await {
            Ok(link) => token.try_set(leave(&link.url)),
            Err(failure) => {
                refused.try_set(Some(failure.to_string()));
                None
            }
        };
    });
    // What is on the collector: it changes with a save, and not with every letter.
    let saved = Memo::new(move |before: Option<&(u32, u32)>| {
        let (revision, is_saved) = (form.revision.get().unwrap_or_default(), form.standing.get() == Standing::Saved);
        match before {
            Some((known, round)) if *known == revision || !is_saved => (*known, *round),
            Some((_, round)) => (revision, round + 1),
            None => (revision, 0),
        }
    });
    let within = form.read(|document| document.word("format.inline"));
    let address = move || {
        let (token, round) = (token.get()?, saved.get().1.to_string());
        let (language, within) = (form.language.get(), within.get());
        let query = [("pagepoll", token.as_str()), ("l", &language), ("within", &within), ("r", &round)];
        let query: Vec<_> = query.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Some(with_query(&format!("/preview/{}", form.site()), &query))
    };
    let frame = move || {
        let address = address()?;
        let language = form.language.get();
        Some(view! {
            <div class=move || format!("stage {} {}", device.get(), scheme.get())>
                <iframe id=FRAME src=address title=format!("The survey as visitors see it, in {language}")></iframe>
            </div>
        })
    };
    let kept = StoredValue::new_local(Some(browser::keep_focus_from(FRAME)));
    on_cleanup(move || kept.dispose());
    form.may_edit.then(|| {
        view! {
            <aside class="editor-stage" aria-labelledby="stage-title">
                <h2 id="stage-title">"As visitors see it"</h2>
                <div class="stage-choices">
                    <Segments
                        legend="On what"
                        name="stage-device"
                        choices=choices(&DEVICES)
                        chosen=device
                        on_choose=Callback::new(move |chosen| device.set(chosen))
                    />
                    <Segments
                        legend="In what light"
                        name="stage-scheme"
                        choices=choices(&SCHEMES)
                        chosen=scheme
                        on_choose=Callback::new(move |chosen| scheme.set(chosen))
                    />
                </div>
                {frame}
                <p class="refused" role="alert">
                    {refused}
                </p>
                <p class="secondary">"With what was last saved, and without rules or frequency. Nothing of it is sent or counted."</p>
            </aside>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::leave;

    #[test]
    fn leave_is_read_out_of_a_link() {
        assert_eq!(leave("https://shop.example/?a=b&pagepoll=why.T-_x"), Some("why.T-_x".into()));
        assert_eq!(leave("https://shop.example/"), None);
    }
}
