//! Page keys of any address: what becomes a key is bounded and harmless, reads back as itself, and is known by its own path.
//!
//! The input is host, path and query, each on a line.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use survey::page::{MAX_KEY, PageKey, UrlParts, canonical_host, canonical_path};

fuzz_target!(|input: &str| -> Corpus {
    let mut lines = input.splitn(3, '\n');
    let (Some(host), Some(path), Some(query)) = (lines.next(), lines.next(), lines.next()) else {
        return Corpus::Reject;
    };
    let keep = ["q", "page", "q[]"].map(str::to_owned);

    if let Ok(host) = canonical_host(host) {
        assert_eq!(canonical_host(&host).as_ref(), Ok(&host), "a canonical host has another one");
    }
    let canonical = canonical_path(path);
    assert_eq!(canonical_path(&canonical), canonical, "a canonical path has another one");

    if let Ok(key) = PageKey::new(UrlParts { host, path, query }, &keep) {
        assert!(key.as_str().len() <= MAX_KEY && !key.as_str().contains(char::is_control), "{key:?}");
        assert!(!key.as_str().contains(['<', '>', '"', '\\', ' ', '#']), "{key:?} is more than an address");
        assert!(!key.host().is_empty() && key.path().starts_with('/'), "{key:?}");
        assert_eq!(key.path(), canonical);
        assert_eq!(PageKey::parse(key.as_str(), &keep).as_ref(), Ok(&key), "a key reads back as another one");
    }
    Corpus::Keep
});
