//! Bots: programs that call themselves by a name of their own.
//!
//! Search engines run the scripts of the pages that they read, and so do monitors and the browsers that tests drive. Those that
//! mean no harm say what they are. Those that do not are for tickets and speed to doubt.

use std::sync::LazyLock;

use isbot::Bots;

/// The longest name that is looked at, in bytes: the largest that browsers have are a third of it.
const LOOKED_AT: usize = 512;

/// Whether a user agent is a program's and not a browser's. Browsers always have one.
pub fn is_bot(user_agent: &str) -> bool {
    static BOTS: LazyLock<Bots> = LazyLock::new(Bots::default);

    let end = user_agent.floor_char_boundary(LOOKED_AT);
    user_agent.trim().is_empty() || BOTS.is_bot(&user_agent[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_browsers() {
        for bot in [
            "",
            "  ",
            "curl/8.9.1",
            "python-requests/2.32",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
        ] {
            assert!(is_bot(bot), "{bot:?}");
        }
        for browser in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
        ] {
            assert!(!is_bot(browser), "{browser}");
        }
    }

    #[test]
    fn an_endless_name_is_looked_at_in_part() {
        assert!(!is_bot(&"é".repeat(100_000)));
    }
}
