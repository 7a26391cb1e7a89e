//! What is being looked at, as it stands in the address bar: site, period, scale, page. So a reload or a link shows the same.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use survey::api::SiteSummary;
use survey::api::sharing::SharedSite;
use survey::api::sites::SiteChange;

/// The periods to choose from, in days.
pub const PERIODS: [u32; 3] = [7, 30, 90];
const USUAL_PERIOD: u32 = 30;

/// The site and the period that every screen is about.
#[derive(Clone, Copy)]
pub struct Place {
    pub sites: RwSignal<Vec<SiteSummary>>,
    pub site: Memo<SiteSummary>,
    pub days: Memo<u32>,
    /// Those who are alike in at most two dimensions: `device=phone` and `language=de`; all of them, if none is named.
    pub visitors: Memo<Vec<String>>,
    /// What stands behind `#` in a link that was shared.
    share: StoredValue<Option<String>>,
}

/// Where the screens are that a link shows.
pub const SHARED: &str = "/shared";

/// Of what site, days and visitors figures are, and by what right they are asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Scope {
    pub site: String,
    /// What stands behind the `#` of a link that was shared; without it, whoever is signed in asks.
    pub share: Option<String>,
    pub days: u32,
    /// At most two.
    pub visitors: Vec<String>,
}

impl Scope {
    /// Whoever comes by a link sees figures and nothing else.
    pub fn is_guest(&self) -> bool {
        self.share.is_some()
    }

    /// As the collector is asked: what is known of every visitor has parameters of its own.
    pub fn query(&self) -> Vec<(&str, String)> {
        let mut query = vec![("days", self.days.to_string())];
        let mut own = ["segment", "and_segment"].into_iter();
        for visitors in &self.visitors {
            let of_all = visitors.split_once('=').filter(|(dimension, _)| OF_ALL.contains(dimension));
            let asked = of_all.map(|(name, value)| (name, value.to_owned()));
            query.extend(asked.or_else(|| Some((own.next()?, visitors.clone()))));
        }
        query
    }
}

/// What is known of every visitor.
const OF_ALL: [&str; 5] = ["band", "country", "device", "language", "signal"];

/// As the address names the two of [`Place::visitors`].
pub const VISITORS: [&str; 2] = ["visitors", "and"];

/// What an address names of visitors, as far as it can be asked for: at most two, of different dimensions.
fn visitors_named(named: [Option<String>; 2]) -> Vec<String> {
    let mut visitors: Vec<String> = named.into_iter().flatten().filter(|named| named.contains('=')).collect();
    visitors.dedup_by(|second, first| dimension_of(second) == dimension_of(first));
    visitors
}

/// What visitors are told apart by: `device` of `device=phone`.
pub fn dimension_of(segment: &str) -> &str {
    segment.split_once('=').map_or(segment, |(dimension, _)| dimension)
}

impl Place {
    /// Reads it from the address. `first` is the site of an address that names none.
    pub fn provide(sites: Vec<SiteSummary>, first: SiteSummary) -> Self {
        let query = use_query_map();
        let sites = RwSignal::new(sites);
        let site = Memo::new(move |_| {
            let named = query.with(|query| query.get("site"));
            let found = sites.with(|sites| sites.iter().find(|site| Some(&site.key) == named.as_ref()).cloned());
            found.unwrap_or_else(|| first.clone())
        });
        let days = Memo::new(move |_| period(query.with(|query| query.get("days")).as_deref()));
        let visitors = Memo::new(move |_| query.with(|query| visitors_named(VISITORS.map(|name| query.get(name)))));
        let place = Self { sites, site, days, visitors, share: StoredValue::new(None) };
        provide_context(place);
        place
    }

    /// For whoever has a link: one site, and what is not told of it is empty.
    pub fn provide_shared(shared: SharedSite, share: String) -> Self {
        let SharedSite { key, name, demo, .. } = shared;
        let site = SiteSummary { key, name, origins: Vec::new(), snippet: String::new(), demo };
        let place = Self { share: StoredValue::new(Some(share)), ..Self::provide(Vec::new(), site) };
        provide_context(place);
        place
    }

    /// Hears that a site has another name, or other origins.
    pub fn learn(&self, key: &str, change: SiteChange) {
        let SiteChange { name, origins } = change;
        self.sites.update(|sites| {
            if let Some(site) = sites.iter_mut().find(|site| site.key == key) {
                site.name = name.unwrap_or_else(|| std::mem::take(&mut site.name));
                site.origins = origins.unwrap_or_else(|| std::mem::take(&mut site.origins));
            }
        });
    }

    pub fn is_shared(&self) -> bool {
        self.share.with_value(Option::is_some)
    }

    /// The place of the screen that asks.
    pub fn here() -> Self {
        expect_context()
    }

    /// What figures are asked for.
    pub fn scope(&self) -> Scope {
        let share = self.share.get_value();
        Scope { site: self.site.get().key, share, days: self.days.get(), visitors: self.visitors.get() }
    }

    /// The address of a screen, at the same site, in the same period and of the same visitors.
    pub fn href(&self, path: &str, query: &[(&str, &str)]) -> String {
        let (site, days) = (self.site.get(), self.days.get());
        let days_text = days.to_string();
        let mut all = query.to_vec();
        if !self.is_shared() {
            // Always, so that a link says what it is of even when there are more sites than today.
            all.push(("site", &site.key));
        }
        if days != USUAL_PERIOD {
            all.push(("days", &days_text));
        }
        let visitors = self.visitors.get();
        all.extend(VISITORS.into_iter().zip(visitors.iter().map(String::as_str)));
        self.share.with_value(|share| match share {
            Some(share) => format!("{}#{share}", with_query(&shared_path(path), &all)),
            None => with_query(path, &all),
        })
    }

    /// The address of one page's screen.
    pub fn page_href(&self, page: &str) -> String {
        self.href("/page", &[("page", page)])
    }
}

fn shared_path(path: &str) -> String {
    if path == "/" { SHARED.to_owned() } else { format!("{SHARED}{path}") }
}

fn period(named: Option<&str>) -> u32 {
    let named = named.and_then(|days| days.parse().ok());
    named.filter(|days| PERIODS.contains(days)).unwrap_or(USUAL_PERIOD)
}

/// One parameter of the address.
pub fn parameter(name: &'static str) -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name)))
}

/// Returns what changes one parameter of the address and nothing else: neither the scroll position nor the history. An empty value
/// takes the parameter away.
pub fn change_parameter(name: &'static str) -> Callback<String> {
    let change = change_parameters();
    Callback::new(move |value: String| change.run(vec![(name, value)]))
}

/// Likewise of several at once.
pub fn change_parameters() -> Callback<Vec<(&'static str, String)>> {
    let (navigate, location) = (use_navigate(), use_location());
    let is_shared = Place::here().is_shared();
    Callback::new(move |changes: Vec<(&'static str, String)>| {
        let query = location.query.get_untracked();
        let mut pairs: Vec<(String, String)> = query
            .into_iter()
            .filter(|(other, _)| !changes.iter().any(|(name, _)| other == name))
            .map(|(name, value)| (name.into_owned(), value))
            .collect();
        let set = changes.into_iter().filter(|(_, value)| !value.is_empty());
        pairs.extend(set.map(|(name, value)| (name.to_owned(), value)));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        let mut address = with_query(&location.pathname.get_untracked(), &pairs);
        if is_shared {
            // Without it, a reload would show nothing.
            address.push_str(&location.hash.get_untracked());
        }
        navigate(&address, options);
    })
}

/// A path with a query, encoded.
pub fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (index, (name, value)) in query.iter().enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        push_encoded(&mut address, value);
    }
    address
}

fn push_encoded(address: &mut String, value: &str) {
    use std::fmt::Write;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
}

/// The address at which a page can be visited, if one of the site's origins is its host.
pub fn address_of_page(page: &str, origins: &[String]) -> Option<String> {
    let (host, path) = page.split_at(page.find('/')?);
    let origin = origins.iter().find(|origin| host_of_origin(origin).eq_ignore_ascii_case(host))?;
    Some(format!("{origin}{path}"))
}

/// The address that somebody means by what they typed: a path belongs to the site's first origin, and nobody types schemes.
pub fn address_meant(typed: &str, origins: &[String]) -> String {
    let typed = typed.trim();
    if typed.starts_with('/') {
        return origins.first().map_or_else(|| typed.to_owned(), |origin| format!("{origin}{typed}"));
    }
    if typed.is_empty() || typed.contains("://") {
        return typed.to_owned();
    }
    let bare = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned()).unwrap_or_default();
    let authority = typed.split(['/', '?', '#']).next().unwrap_or_default();
    let origin = origins.iter().find(|origin| bare(origin).eq_ignore_ascii_case(authority));
    let scheme = origin.and_then(|origin| origin.split_once("://")).map_or("https", |(scheme, _)| scheme);
    format!("{scheme}://{typed}")
}

/// Whether an address is one of the web: nothing else is ever linked.
pub fn is_web_address(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// Whether a page's path is enough to tell it from all others of its site: every origin of the site has its host.
pub fn is_known_by_path(page: &str, origins: &[String]) -> bool {
    let host = page.split('/').next().unwrap_or_default();
    !origins.is_empty() && origins.iter().all(|origin| host_of_origin(origin).eq_ignore_ascii_case(host))
}

/// An origin's host as it stands in the pages' keys. Empty for what is not a web address.
fn host_of_origin(origin: &str) -> &str {
    let bare = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
    // The port goes, but not what follows the last colon of an IPv6 literal.
    let name = bare.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(bare, |(name, _)| name);
    name.trim_start_matches("www.")
}

/// The origin of an address as people type or copy it: `shop.example/help` is of `https://shop.example`. What runs on this computer
/// seldom has a certificate. What is no address of a site stays as it was typed, for the collector to refuse.
pub fn origin_of(address: &str) -> String {
    let address = address.trim();
    if !address.contains("://") && !names_a_host(address) {
        return address.to_owned();
    }
    let (scheme, rest) = address.split_once("://").unwrap_or_else(|| (scheme_meant(address), address));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}")
}

fn scheme_meant(address: &str) -> &'static str {
    if is_own(address) { "http" } else { "https" }
}

/// On this computer.
fn is_own(address: &str) -> bool {
    ["localhost", "127.", "[::1]"].iter().any(|own| address.starts_with(own))
}

/// `shop.example:8080/help`, and not `velo` or `mailto:ann@shop.example`.
fn names_a_host(address: &str) -> bool {
    let host = address.split(['/', '?', '#']).next().unwrap_or_default();
    is_own(host) || (host.contains('.') && !host.contains(['@', ' ', '(']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_page_is_called_its_address_is_plain_ascii() {
        let address = with_query("/page", &[("page", "a.b/<script>?q=ä&b#c"), ("days", "7")]);
        assert_eq!(address, "/page?page=a.b/%3Cscript%3E%3Fq%3D%C3%A4%26b%23c&days=7");
        assert_eq!(with_query("/", &[]), "/");
    }

    #[test]
    fn visitors_are_asked_for_by_their_own_parameter_or_as_a_segment() {
        let query = |visitors: &[&str]| {
            let visitors = visitors.iter().map(|visitors| (*visitors).to_owned()).collect();
            let scope = Scope { site: "shop".into(), share: None, days: 30, visitors };
            scope.query().into_iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>()
        };
        assert_eq!(query(&[]), ["days 30"]);
        assert_eq!(query(&["device=phone"]), ["days 30", "device phone"]);
        assert_eq!(query(&["trait:plan=a=b"]), ["days 30", "segment trait:plan=a=b"]);
        assert_eq!(query(&["device=phone", "os=ios"]), ["days 30", "device phone", "segment os=ios"]);
        assert_eq!(query(&["os=ios", "trait:plan=pro"]), ["days 30", "segment os=ios", "and_segment trait:plan=pro"]);
    }

    #[test]
    fn visitors_are_named_by_two_dimensions_at_most_and_never_twice_by_one() {
        let named =
            |one: Option<&str>, other: Option<&str>| visitors_named([one, other].map(|it| it.map(str::to_owned)));
        assert_eq!(named(Some("device=phone"), Some("language=de")), ["device=phone", "language=de"]);
        assert_eq!(named(None, Some("language=de")), ["language=de"]);
        assert_eq!(named(Some("device=phone"), Some("device=tablet")), ["device=phone"]);
        assert!(named(Some("everybody"), None).is_empty());
    }

    #[test]
    fn only_the_periods_on_offer_can_be_chosen() {
        assert_eq!(period(Some("7")), 7);
        assert_eq!(period(Some("100000")), 30);
        assert_eq!(period(Some("-1")), 30);
        assert_eq!(period(None), 30);
    }

    #[test]
    fn a_page_is_visited_at_the_origin_of_its_host() {
        let origins = ["https://www.shop.example".to_owned(), "http://127.0.0.1:8701".to_owned()];
        assert_eq!(address_of_page("shop.example/help", &origins).as_deref(), Some("https://www.shop.example/help"));
        assert_eq!(address_of_page("127.0.0.1/cart", &origins).as_deref(), Some("http://127.0.0.1:8701/cart"));
        assert_eq!(address_of_page("elsewhere.example/", &origins), None);
        assert_eq!(address_of_page("", &origins), None);
    }

    #[test]
    fn a_page_is_known_by_its_path_where_all_origins_have_its_host() {
        let shop = ["https://www.shop.example".to_owned(), "http://shop.example:8080".to_owned()];
        assert!(is_known_by_path("shop.example/help", &shop));
        assert!(!is_known_by_path("old.example/help", &shop));
        let two = ["http://127.0.0.1:8701".to_owned(), "http://localhost:8701".to_owned()];
        assert!(!is_known_by_path("127.0.0.1/help", &two));
        assert!(!is_known_by_path("shop.example/help", &[]));
    }

    #[test]
    fn what_people_type_becomes_the_address_they_mean() {
        let origins = ["http://127.0.0.1:8701".to_owned(), "https://shop.example".to_owned()];
        assert_eq!(address_meant(" /help?a=1 ", &origins), "http://127.0.0.1:8701/help?a=1");
        assert_eq!(address_meant("127.0.0.1:8701/help", &origins), "http://127.0.0.1:8701/help");
        assert_eq!(address_meant("shop.example/help", &origins), "https://shop.example/help");
        assert_eq!(address_meant("elsewhere.example", &origins), "https://elsewhere.example");
        assert_eq!(address_meant("https://shop.example/", &origins), "https://shop.example/");
        assert_eq!(address_meant("", &origins), "");
    }

    #[test]
    fn what_a_link_shows_stays_below_its_own_address() {
        assert_eq!((shared_path("/").as_str(), shared_path("/page").as_str()), ("/shared", "/shared/page"));
    }

    #[test]
    fn only_addresses_of_the_web_are_linked() {
        assert!(is_web_address("https://shop.example/?pagepoll=why.a"));
        assert!(!is_web_address("javascript:alert(1)"));
    }

    #[test]
    fn an_origin_that_is_not_a_web_address_is_never_linked() {
        assert_eq!(address_of_page("alert(1)/x", &["javascript:alert(1)".to_owned()]), None);
    }

    #[test]
    fn an_address_is_taken_as_it_is_copied() {
        for (typed, origin) in [
            (" https://shop.example/help?a=b#c ", "https://shop.example"),
            ("shop.example", "https://shop.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("127.0.0.1:8080/index.html", "http://127.0.0.1:8080"),
            ("localhost:3000", "http://localhost:3000"),
            ("http://velo/", "http://velo"),
            // What names no host is the collector's to refuse.
            ("velo", "velo"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("mailto:ann@shop.example", "mailto:ann@shop.example"),
            ("", ""),
        ] {
            assert_eq!(origin_of(typed), origin);
        }
    }
}
