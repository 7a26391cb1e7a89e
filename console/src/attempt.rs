//! One press of a form's button: what has become of it, and what was refused at which field. What has been typed is the form's own, and
//! stays whatever happens.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::browser;
use crate::reasons::reason_in_words;

/// A form that asks the collector for something.
#[derive(Clone, Copy)]
pub struct Attempt {
    /// Begins the ids of its fields: `invite` of `invite-email`.
    form: &'static str,
    /// As the API names them.
    fields: &'static [&'static str],
    is_busy: RwSignal<bool>,
    refused: RwSignal<Option<Refusal>>,
}

#[derive(Clone, PartialEq, Debug)]
struct Refusal {
    /// Nothing where it is about no field of the form.
    field: Option<&'static str>,
    /// The same, as the API names it: `page_groups[1].name`.
    place: String,
    reason: String,
}

impl Attempt {
    pub fn new(form: &'static str, fields: &'static [&'static str]) -> Self {
        Self { form, fields, is_busy: RwSignal::new(false), refused: RwSignal::new(None) }
    }

    /// The id of a field.
    pub fn id(self, field: &str) -> String {
        format!("{}-{field}", self.form)
    }

    /// The id of what stands at a place within a field: `groups-page_groups-1-name`.
    pub fn id_in(self, place: &str) -> String {
        let letters: String =
            place.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        format!("{}-{}", self.form, letters.replace("--", "-"))
    }

    pub fn is_busy(self) -> Signal<bool> {
        self.is_busy.into()
    }

    /// What was refused of a field.
    pub fn mistake_at(self, field: &'static str) -> Signal<Option<String>> {
        self.said(Some(field))
    }

    /// What was refused at exactly this place within a field.
    pub fn mistake_in(self, place: String) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.refused.with(|refused| Some(refused.as_ref().filter(|refusal| refusal.place == place)?.reason.clone()))
        })
    }

    /// What was refused otherwise.
    pub fn refusal(self) -> Signal<Option<String>> {
        self.said(None)
    }

    fn said(self, field: Option<&'static str>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let refusal = self.refused.get().filter(|refusal| refusal.field == field);
            refusal.map(|refusal| refusal.reason)
        })
    }

    /// Asks, unless an earlier press is still being answered.
    pub fn make<T: 'static>(
        self,
        asked: impl Future<Output = Result<T, Failure>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let outcome = asked.await;
            if self.is_busy.try_set(false).is_some() {
                // The form is gone.
                return;
            }
            match outcome {
                Ok(made) => done(made),
                Err(failure) => self.refuse(refusal_of(&failure, self.fields)),
            }
        });
    }

    fn refuse(self, refusal: Refusal) {
        if let Some(field) = refusal.field {
            browser::focus(&self.id(field));
            browser::focus(&self.id_in(&refusal.place));
        }
        self.refused.set(Some(refusal));
    }
}

/// Days as somebody types them into a field.
pub fn whole_days(typed: &str, field: &str) -> Result<u16, Failure> {
    typed.trim().parse().map_err(|_| Failure::Refused {
        field: field.to_owned(),
        reason: tr!("Write a whole number of days, like 90.").to_owned(),
    })
}

/// Why a change that is about one field was refused; right by the field, it need not be named again.
pub fn reason_at(field: &'static str, failure: &Failure) -> String {
    refusal_of(failure, &[field]).reason
}

fn refusal_of(failure: &Failure, fields: &[&'static str]) -> Refusal {
    match failure {
        Failure::Refused { field, reason } => {
            let root = field.split(['.', '[']).next().unwrap_or_default();
            let named = fields.iter().find(|known| **known == root).copied();
            // Right by the field, it need not be named again.
            let bare = named.and_then(|_| reason.strip_prefix(field.as_str())?.strip_prefix(": "));
            Refusal { field: named, place: field.clone(), reason: reason_in_words(bare.unwrap_or(reason)) }
        }
        other => Refusal { field: None, place: String::new(), reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stands_at_its_field_and_does_not_name_it_again() {
        let refused = |field: &str, reason: &str| {
            let failure = Failure::Refused { field: field.into(), reason: reason.into() };
            let Refusal { field, reason, .. } = refusal_of(&failure, &["email", "origins"]);
            (field, reason)
        };
        assert_eq!(refused("email", "email: \"x\" is no address"), (Some("email"), "\"x\" is no address".into()));
        assert_eq!(refused("origins[1]", "origins[1]: none"), (Some("origins"), "none".into()));
        assert_eq!(refused("role", "role: none"), (None, "role: none".into()));
        assert_eq!(refusal_of(&Failure::SignedOut, &["email"]).field, None);
    }

    #[test]
    fn days_are_whole() {
        assert_eq!(whole_days(" 30 ", "days"), Ok(30));
        for wrong in ["", "soon", "1.5", "-1"] {
            assert!(whole_days(wrong, "days").is_err(), "{wrong}");
        }
    }
}
