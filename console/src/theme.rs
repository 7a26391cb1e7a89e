//! A theme while it is being typed: what a theme may say, in words, and texts that may not make sense yet. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use survey::theme::{MAX_RADIUS, Theme};

use crate::unsaved::Typed;

/// One thing that a theme may say.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Member {
    /// As the API names it within a theme: `light.accent`.
    pub place: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub hint: &'static str,
}

/// How it is chosen or written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// As `#3355dd`.
    Colour,
    /// One of a few, each with what it is called.
    OneOf(&'static [(&'static str, &'static str)]),
    Pixels,
    Line,
    StyleSheet,
}

const fn member(place: &'static str, label: &'static str, kind: Kind, hint: &'static str) -> Member {
    Member { place, label, kind, hint }
}

const MODES: Kind = Kind::OneOf(&[
    ("auto", marked!("As the page and the device are")),
    ("light", marked!("Light")),
    ("dark", marked!("Dark")),
]);
const SPACINGS: Kind =
    Kind::OneOf(&[("compact", marked!("Compact")), ("normal", marked!("Normal")), ("roomy", marked!("Roomy"))]);

/// What belongs together on the screen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Group {
    pub name: &'static str,
    pub members: &'static [Member],
}

/// All that a theme may say.
pub const GROUPS: [Group; 5] = [
    Group {
        name: marked!("By day"),
        members: &[
            member("light.accent", marked!("Buttons and links"), Kind::Colour, ""),
            member("light.paper", marked!("Ground"), Kind::Colour, ""),
            member("light.ink", marked!("Text"), Kind::Colour, ""),
        ],
    },
    Group {
        name: marked!("By night"),
        members: &[
            member("dark.accent", marked!("Buttons and links"), Kind::Colour, ""),
            member("dark.paper", marked!("Ground"), Kind::Colour, ""),
            member("dark.ink", marked!("Text"), Kind::Colour, ""),
        ],
    },
    Group {
        name: marked!("Type and shape"),
        members: &[
            member(
                "font",
                marked!("Fonts"),
                Kind::Line,
                marked!("As CSS lists them. The page must have them: none is loaded."),
            ),
            member("radius", marked!("Roundness of buttons"), Kind::Pixels, ""),
            member("spacing", marked!("Room around what is asked"), SPACINGS, ""),
            member("mode", marked!("Light or dark"), MODES, ""),
        ],
    },
    Group {
        name: marked!("Logo"),
        members: &[
            member(
                "logo.url",
                marked!("Address of a picture"),
                Kind::Line,
                marked!("https://…, or a path on the site: /images/logo.svg"),
            ),
            member("logo.label", marked!("Whose logo it is"), Kind::Line, marked!("For those who do not see it.")),
        ],
    },
    Group {
        name: marked!("A style sheet of your own"),
        members: &[member(
            "css",
            "CSS",
            Kind::StyleSheet,
            marked!(
                "Comes after the widget’s own, and reaches nothing else. Which classes there are stands in the documentation."
            ),
        )],
    },
];

/// Begins the places of what a logo says.
const LOGO: &str = "logo.";

fn members() -> impl Iterator<Item = &'static Member> {
    GROUPS.iter().flat_map(|group| group.members)
}

/// A theme as it stands in its fields; what is empty is not said.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TypedTheme(BTreeMap<&'static str, String>);

/// What is wrong with it, and with which member.
#[derive(Clone, PartialEq, Debug)]
pub struct Mistake {
    pub place: String,
    pub reason: String,
}

impl TypedTheme {
    pub fn of(theme: &Theme) -> Self {
        // It fails for no theme.
        Self::of_json(&serde_json::to_value(theme).unwrap_or_default())
    }

    /// From JSON that need not make sense.
    pub fn of_json(theme: &Value) -> Self {
        let word = |member: &Member| match theme.pointer(&format!("/{}", member.place.replace('.', "/")))? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Self(members().filter_map(|member| Some((member.place, word(member)?))).collect())
    }

    pub fn get(&self, place: &str) -> &str {
        self.0.get(place).map_or("", String::as_str)
    }

    pub fn set(&mut self, place: &'static str, text: String) {
        if text.trim().is_empty() {
            self.0.remove(place);
        } else {
            self.0.insert(place, text);
        }
    }

    /// Takes the colours, fonts and shape of another; the logo and the style sheet stay.
    pub fn take_look(&mut self, theme: &Theme) {
        let stays = |place: &str| place.starts_with(LOGO) || place == "css";
        self.0.retain(|place, _| stays(place));
        self.0.extend(Self::of(theme).0.into_iter().filter(|(place, _)| !stays(place)));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What it says, and nothing else.
    pub fn to_json(&self) -> Value {
        let mut theme = Map::new();
        for (place, text) in &self.0 {
            put(&mut theme, place, written(place, text));
        }
        Value::Object(theme)
    }

    /// A merge patch that says what is not as the collector has it. A logo is one thing, and goes as a whole.
    pub fn patch(&self, kept: &Self) -> Value {
        let mut patch = Map::new();
        for member in members().filter(|member| self.differs_at(kept, member.place)) {
            let text = self.0.get(member.place);
            put(&mut patch, member.place, text.map_or(Value::Null, |text| written(member.place, text)));
        }
        let has_logo = self.0.keys().any(|place| place.starts_with(LOGO));
        if let Some(logo) = patch.get_mut("logo").filter(|_| !has_logo) {
            *logo = Value::Null;
        }
        Value::Object(patch)
    }

    fn differs_at(&self, other: &Self, place: &str) -> bool {
        let differs = |place: &str| self.get(place) != other.get(place);
        differs(place)
            || (place.starts_with(LOGO) && members().any(|it| it.place.starts_with(LOGO) && differs(it.place)))
    }

    /// # Errors
    /// Names each member that makes no sense, and the way out. How colours go together is told once each can be read.
    pub fn read(&self) -> Result<Theme, Vec<Mistake>> {
        let mut mistakes: Vec<Mistake> = self.odd_radius().into_iter().chain(self.half_a_logo()).collect();
        for mistake in self.unreadable() {
            if mistakes.iter().all(|known| known.place != mistake.place) {
                mistakes.push(mistake);
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let theme: Theme = serde_json::from_value(self.to_json())
            .map_err(|error| vec![Mistake { place: String::new(), reason: error.to_string() }])?;
        theme.check().map_err(|error| vec![Mistake::of_refusal(&error.to_string())])?;
        Ok(theme)
    }

    fn odd_radius(&self) -> Option<Mistake> {
        let typed = self.0.get("radius").filter(|typed| typed.trim().parse::<u8>().is_err())?;
        let reason = tr!("“{typed}” is not a number of pixels; write one from 0 to {most}", typed, most = MAX_RADIUS);
        Some(Mistake { place: "radius".to_owned(), reason })
    }

    fn half_a_logo(&self) -> Option<Mistake> {
        let missing = match ["logo.url", "logo.label"].map(|place| self.0.contains_key(place)) {
            [true, false] => "logo.label",
            [false, true] => "logo.url",
            _ => return None,
        };
        let reason = tr!("a logo has an address and the name of whose it is").to_owned();
        Some(Mistake { place: missing.to_owned(), reason })
    }

    /// The members that cannot be read by themselves. The two of a logo cannot be told apart, and any label can be read.
    fn unreadable(&self) -> impl Iterator<Item = Mistake> {
        let alone = |place: &&'static str| {
            let group = parts(place).0;
            let only =
                self.0.iter().filter(|(other, _)| *other == place || (group == "logo" && other.starts_with("logo")));
            Self(only.map(|(place, text)| (*place, text.clone())).collect())
        };
        self.0.keys().filter_map(move |place| {
            let error = serde_json::from_value::<Theme>(alone(place).to_json()).err()?;
            let place = if *place == "logo.label" { "logo.url" } else { place };
            Some(Mistake { place: place.to_owned(), reason: error.to_string() })
        })
    }
}

impl Mistake {
    /// From a refusal, which names the member first: `light.accent: …`, and maybe the setting before it.
    pub fn of_refusal(reason: &str) -> Self {
        let reason = reason.strip_prefix("theme.").unwrap_or(reason);
        let named = reason.split_once(": ").filter(|(place, _)| members().any(|member| member.place == *place));
        let (place, reason) = named.unwrap_or(("", reason));
        Self { place: place.to_owned(), reason: reason.to_owned() }
    }
}

impl Typed for TypedTheme {
    fn carried_over(&self, before: &Self, now: &Self) -> Self {
        let stands = |member: &Member| if self.get(member.place) == before.get(member.place) { now } else { self };
        let text = |member: &Member| Some((member.place, stands(member).0.get(member.place)?.clone()));
        Self(members().filter_map(text).collect())
    }
}

/// `light` and `accent` of `light.accent`; the first alone where there is one.
fn parts(place: &str) -> (&str, Option<&str>) {
    place.split_once('.').map_or((place, None), |(group, name)| (group, Some(name)))
}

fn put(theme: &mut Map<String, Value>, place: &str, value: Value) {
    let (group, name) = parts(place);
    let Some(name) = name else {
        theme.insert(group.to_owned(), value);
        return;
    };
    if let Value::Object(inner) = theme.entry(group).or_insert_with(|| Value::Object(Map::new())) {
        inner.insert(name.to_owned(), value);
    }
}

/// As JSON has it.
fn written(place: &str, text: &str) -> Value {
    match text.trim().parse::<u8>() {
        Ok(pixels) if place == "radius" => json!(pixels),
        _ if place == "css" => json!(text),
        _ => json!(text.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(texts: &[(&'static str, &str)]) -> TypedTheme {
        let mut theme = TypedTheme::default();
        texts.iter().for_each(|(place, text)| theme.set(place, (*text).to_owned()));
        theme
    }

    #[test]
    fn a_theme_that_nobody_touched_comes_back_as_it_was() {
        let theme: Theme = serde_json::from_value(json!({
            "mode": "dark", "light": { "accent": "#0a7d33", "paper": "#fffdf7", "ink": "#1d2a22" }, "dark": { "paper": "#10170f" },
            "font": "Inter, \"Segoe UI\", sans-serif", "radius": 6, "spacing": "compact",
            "logo": { "url": "/images/logo.svg", "label": "Fernhill" }, "css": ".card { border-width: 2px }\n",
        }))
        .unwrap();
        assert_eq!(TypedTheme::of(&theme).read(), Ok(theme));
    }

    #[test]
    fn a_patch_says_only_what_was_changed_and_takes_away_what_was_emptied() {
        let kept = typed(&[("light.accent", "#aa0055"), ("light.ink", "#222222"), ("radius", "2"), ("font", "Inter")]);
        assert_eq!(kept.patch(&kept), json!({}));
        let now = typed(&[("light.accent", " #0a7d33 "), ("radius", "6"), ("font", "Inter")]);
        assert_eq!(now.patch(&kept), json!({ "light": { "accent": "#0a7d33", "ink": null }, "radius": 6 }));
    }

    #[test]
    fn no_half_of_a_logo_is_sent_or_left() {
        let logo = |url: &str| typed(&[("logo.url", url), ("logo.label", "Fernhill"), ("font", "Inter")]);
        let whole = json!({ "logo": { "url": "/b.svg", "label": "Fernhill" } });
        assert_eq!(logo("/b.svg").patch(&logo("/a.svg")), whole);
        assert_eq!(typed(&[("font", "Inter")]).patch(&logo("/a.svg")), json!({ "logo": null }));
    }

    #[test]
    fn what_was_typed_earlier_leaves_alone_what_somebody_else_has_changed_since() {
        let before = typed(&[("font", "Inter"), ("radius", "2"), ("spacing", "roomy")]);
        let mine = typed(&[("font", "Arial"), ("radius", "2")]);
        let now = typed(&[("font", "Inter"), ("radius", "9"), ("spacing", "roomy"), ("css", ".card {}")]);
        let both = typed(&[("font", "Arial"), ("radius", "9"), ("css", ".card {}")]);
        assert_eq!(mine.carried_over(&before, &now), both);
    }

    #[test]
    fn the_look_of_a_page_leaves_the_logo_and_the_style_sheet_alone() {
        let mut theme = typed(&[("css", ".card {}"), ("logo.url", "/a.svg"), ("font", "Inter"), ("radius", "2")]);
        theme.take_look(&typed(&[("font", "Arial"), ("css", ".point {}")]).read().unwrap());
        assert_eq!(theme, typed(&[("css", ".card {}"), ("logo.url", "/a.svg"), ("font", "Arial")]));
    }

    #[test]
    fn what_makes_no_sense_is_said_by_its_member() {
        let at = |texts: &[(&'static str, &str)]| {
            let Mistake { place, reason } = typed(texts).read().unwrap_err().remove(0);
            (place, reason)
        };
        assert_eq!(at(&[("font", "Inter"), ("dark.ink", "blue")]).0, "dark.ink");
        let (place, reason) = at(&[("light.accent", "#ffcc00")]);
        assert!(place == "light.accent" && reason.starts_with("#ffcc00 has a contrast of 1.51:1"), "{place} {reason}");
        assert_eq!(at(&[("radius", "round")]).0, "radius");
        assert_eq!(at(&[("radius", "25")]).0, "radius");
        assert_eq!(at(&[("logo.url", "/a.svg")]).0, "logo.label");
        assert_eq!(at(&[("logo.label", "Fernhill"), ("logo.url", "javascript:1")]).0, "logo.url");
        assert_eq!(at(&[("font", "a;b")]).0, "font");
        assert_eq!(Mistake::of_refusal("theme.css: 9000 bytes; at most 8192").place, "css");
        assert_eq!(Mistake::of_refusal("you may only read this site").place, "");
    }

    #[test]
    fn every_member_of_a_theme_can_be_typed() {
        let all: Vec<_> = members().map(|member| member.place).collect();
        let default = json!({ "mode": 0, "light": { "accent": 0, "paper": 0, "ink": 0 }, "dark": { "accent": 0, "paper": 0, "ink": 0 },
            "font": 0, "radius": 0, "spacing": 0, "logo": { "url": 0, "label": 0 }, "css": 0 });
        assert_eq!(TypedTheme::of_json(&default).0.len(), all.len());
        let refused = serde_json::from_value::<Theme>(json!({ "x": 1 })).unwrap_err().to_string();
        for (name, _) in default.as_object().unwrap() {
            assert!(refused.contains(&format!("`{name}`")), "{refused}");
        }
        // As many as are named there, and the one that is refused.
        assert_eq!(refused.matches('`').count() / 2, default.as_object().unwrap().len() + 1);
    }
}
