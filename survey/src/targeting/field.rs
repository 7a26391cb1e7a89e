//! Fields: what a rule may ask about, by the names that people write in rules.

use serde::{Deserialize, Serialize};

/// What one rule asks about: `path`, or, where there are many of a kind, one of them by its name: `cookie:plan`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Field {
    pub kind: FieldKind,
    /// Empty where the kind needs none.
    pub name: String,
}

impl Field {
    pub fn of(kind: FieldKind) -> Self {
        Self { kind, name: String::new() }
    }

    pub fn named(kind: FieldKind, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }
}

/// As it is written in rules.
impl std::fmt::Display for Field {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.kind.as_str())?;
        match self.name.as_str() {
            "" => Ok(()),
            name => write!(out, ":{name}"),
        }
    }
}

/// What sort of values a field has, and so which operators make sense.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    Text,
    Number,
    /// `true` or `false`.
    Flag,
    /// Whatever the site or the visitor put there.
    Any,
}

/// What stands behind the colon of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Naming {
    Unnamed,
    /// Named, with an example.
    Named(&'static str),
}

macro_rules! field_kinds {
    ($($(#[$meta:meta])* $kind:ident = $text:literal, $nature:ident, $naming:expr;)*) => {
        /// The kinds of fields. The order is part of the wire format: new ones go to the end.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum FieldKind {
            $($(#[$meta])* $kind,)*
        }

        impl FieldKind {
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its name in rules.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $text,)*
                }
            }

            pub fn nature(self) -> Nature {
                match self {
                    $(Self::$kind => Nature::$nature,)*
                }
            }

            pub fn naming(self) -> Naming {
                use Naming::{Named, Unnamed};
                match self {
                    $(Self::$kind => $naming,)*
                }
            }
        }
    };
}

field_kinds! {
    /// The host's name without port, leading `www.` and upper case.
    Host = "host", Text, Unnamed;
    /// The canonical path (see [`crate::page::canonical_path`]): no query, no fragment, no trailing slash.
    Path = "path", Text, Unnamed;
    /// A query parameter of the page, decoded; the first, if there are several of the name.
    Query = "query", Any, Named("plan");
    /// The fragment, without its `#`.
    Hash = "hash", Text, Unnamed;
    Title = "title", Text, Unnamed;
    /// The address of the page that linked here, as far as the browser tells.
    Referrer = "referrer", Text, Unnamed;
    /// A UTM parameter of the page on which the visit began: `utm:source`.
    Utm = "utm", Text, Named("source");
    /// `desktop`, `tablet` or `phone`.
    Device = "device", Text, Unnamed;
    /// See [`super::agent`].
    Browser = "browser", Text, Unnamed;
    /// See [`super::agent`].
    Os = "os", Text, Unnamed;
    /// In CSS pixels.
    ViewportWidth = "viewport_width", Number, Unnamed;
    /// In CSS pixels.
    ViewportHeight = "viewport_height", Number, Unnamed;
    /// The browser's language as a tag. A rule that names `de` means `de-CH` too.
    Language = "language", Text, Unnamed;
    /// As in `Europe/Berlin`.
    TimeZone = "time_zone", Text, Unnamed;
    /// Two letters, where a proxy in front of the collector tells.
    Country = "country", Text, Unnamed;
    /// Whether this is not the visitor's first visit.
    Returning = "returning", Flag, Unnamed;
    /// Pages seen in this visit, this one included.
    SessionPages = "session_pages", Number, Unnamed;
    /// Visits, this one included.
    Visits = "visits", Number, Unnamed;
    /// Seconds since this visit began.
    SiteSeconds = "site_seconds", Number, Unnamed;
    /// Whether the visitor has answered that survey.
    Answered = "answered", Flag, Named("page-ces");
    /// What the visitor last answered to a survey's question: `score:page-ces.ease`.
    Score = "score", Number, Named("page-ces.ease");
    /// What `pagepoll('identify', {…})` told.
    Trait = "trait", Any, Named("plan");
    /// How often `pagepoll('track', name)` was called in this visit.
    Event = "event", Number, Named("added_to_cart");
    /// A value of the page's JavaScript, by its path from `window`.
    Js = "js", Any, Named("shop.user.plan");
    /// The newest value that some object in `window.dataLayer` has under the name.
    DataLayer = "data_layer", Any, Named("pageType");
    Cookie = "cookie", Any, Named("plan");
    /// The content of a `<meta>` element, by its `name` or `property`.
    Meta = "meta", Any, Named("og:type");
    /// Whether the page has an element that the CSS selector matches.
    Selector = "selector", Flag, Named(".cart-item");
}

impl FieldKind {
    /// Whether it can become another without anything that a widget would hear of.
    pub fn is_volatile(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::ViewportWidth
                | Self::ViewportHeight
                | Self::SiteSeconds
                | Self::Js
                | Self::DataLayer
                | Self::Cookie
                | Self::Meta
                | Self::Selector
        )
    }
}
