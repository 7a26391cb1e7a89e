//! A frame with the real widget in it, on a page of the collector's own, as some device shows it.

use leptos::prelude::*;

use super::{Choice, Segments};
use crate::browser;
use crate::translation::text;

const FRAME: &str = "stage-frame";

/// On what it is seen: the name of a class, and what it is called.
const DEVICES: [(&str, &str); 3] =
    [("phone", marked!("Phone")), ("tablet", marked!("Tablet")), ("desktop", marked!("Desktop"))];

const SCHEMES: [(&str, &str); 2] = [("light", marked!("Light")), ("dark", marked!("Dark"))];

fn choices(of: &[(&str, &'static str)]) -> Vec<Choice> {
    of.iter().map(|(value, label)| Choice { value: (*value).to_owned(), label: text(label).to_owned() }).collect()
}

/// Leave to see a draft, out of a preview link.
pub fn leave(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    query.split('&').find_map(|part| part.strip_prefix("pagepoll=")).map(str::to_owned)
}

#[component]
pub fn StageFrame(
    /// Nothing while it is not known.
    #[prop(into)]
    address: Signal<Option<String>>,
    #[prop(into)] title: Signal<String>,
) -> impl IntoView {
    let (device, scheme) = (RwSignal::new("phone".to_owned()), RwSignal::new("light".to_owned()));
    let frame = move || {
        let address = address.get()?;
        Some(view! {
            <div class=move || format!("stage {} {}", device.get(), scheme.get())>
                <iframe id=FRAME src=address title=title></iframe>
            </div>
        })
    };
    let kept = StoredValue::new_local(Some(browser::keep_focus_from(FRAME)));
    on_cleanup(move || kept.dispose());
    view! {
        <div class="stage-choices">
            <Segments
                legend=tr!("On what")
                name="stage-device"
                choices=choices(&DEVICES)
                chosen=device
                on_choose=Callback::new(move |chosen| device.set(chosen))
            />
            <Segments
                legend=tr!("In what light")
                name="stage-scheme"
                choices=choices(&SCHEMES)
                chosen=scheme
                on_choose=Callback::new(move |chosen| scheme.set(chosen))
            />
        </div>
        {frame}
    }
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
