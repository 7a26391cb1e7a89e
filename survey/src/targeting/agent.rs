//! Browsers and operating systems, by what a browser says of itself: coarse, and only for rules that ask.

/// The browser's name in rules.
pub fn browser(user_agent: &str) -> &'static str {
    // The first that fits: many call themselves by their ancestors' names as well.
    const KNOWN: [(&str, &str); 9] = [
        ("Edg", "edge"),
        ("OPR/", "opera"),
        ("SamsungBrowser/", "samsung"),
        ("YaBrowser/", "yandex"),
        ("Firefox/", "firefox"),
        ("FxiOS/", "firefox"),
        ("CriOS/", "chrome"),
        ("Chrome/", "chrome"),
        ("Safari/", "safari"),
    ];
    first(user_agent, &KNOWN)
}

/// The operating system's name in rules.
pub fn os(user_agent: &str) -> &'static str {
    const KNOWN: [(&str, &str); 8] = [
        ("Windows", "windows"),
        ("Android", "android"),
        ("iPhone", "ios"),
        ("iPad", "ios"),
        ("CrOS", "chromeos"),
        ("Mac OS X", "macos"),
        ("Linux", "linux"),
        ("X11", "linux"),
    ];
    first(user_agent, &KNOWN)
}

/// The names that [`browser`] gives.
pub const BROWSERS: [&str; 8] = ["chrome", "edge", "firefox", "opera", "other", "safari", "samsung", "yandex"];
/// The names that [`os`] gives.
pub const SYSTEMS: [&str; 7] = ["android", "chromeos", "ios", "linux", "macos", "other", "windows"];

fn first(user_agent: &str, known: &[(&str, &'static str)]) -> &'static str {
    known.iter().find(|(mark, _)| user_agent.contains(mark)).map_or("other", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_its_most_telling_mark() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let pixel = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36";
        assert_eq!((browser(edge), os(edge)), ("edge", "windows"));
        assert_eq!((browser(iphone), os(iphone)), ("safari", "ios"));
        assert_eq!((browser(firefox), os(firefox)), ("firefox", "linux"));
        assert_eq!((browser(pixel), os(pixel)), ("chrome", "android"));
        assert_eq!((browser("curl/8"), os("curl/8")), ("other", "other"));
    }
}
