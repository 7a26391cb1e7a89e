//! Scrubbing: takes out of what visitors write in their own words what tells who they are or what they pay with, for sites that
//! want it. E-mail addresses, card numbers and telephone numbers give way to a mark that says what stood there. What somebody
//! leaves to be written back to, in a field made for it, stays.
//!
//! It is a matter of shapes, and so never complete: a name or a street looks like any other word. Telephone numbers are found
//! where they begin with `+`, `00` or `0`, and in the groupings that North America, Russia, Poland and Spain write; dates,
//! prices, years and order numbers have other shapes. In doubt whole runs of digits without a leading zero stay.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Match, Regex};
use survey::accept::{Accepted, AcceptedChoices, AcceptedValue, Text};
use survey::definition::MAX_COMMENT;

const EMAIL: &str = "[e-mail]";
const CARD: &str = "[card number]";
const PHONE: &str = "[phone number]";

/// Takes it out of everything that was written in a submission but contact details.
pub fn scrub(submission: &mut Accepted) {
    for answer in &mut submission.answers {
        match &mut answer.value {
            AcceptedValue::Text(text) | AcceptedValue::Choices(AcceptedChoices { other: Some(text), .. }) => {
                scrub_text(text)
            }
            AcceptedValue::Choices(_) | AcceptedValue::Score(_) | AcceptedValue::Contact(_) => {}
        }
    }
}

fn scrub_text(text: &mut Text) {
    if let Cow::Owned(scrubbed) = scrubbed(text.as_str()) {
        // Marks may be longer than what they stand for.
        let scrubbed = scrubbed.chars().take(MAX_COMMENT).collect();
        if let Ok(scrubbed) = Text::parse(scrubbed, MAX_COMMENT) {
            *text = scrubbed;
        }
    }
}

/// The text with marks in the place of what tells who somebody is.
pub fn scrubbed(text: &str) -> Cow<'_, str> {
    static EMAILS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+").ok());

    let without_emails = match EMAILS.as_ref() {
        Some(emails) => emails.replace_all(text, EMAIL),
        None => Cow::Borrowed(text),
    };
    match without_numbers(&without_emails) {
        Some(scrubbed) => Cow::Owned(scrubbed),
        None => without_emails,
    }
}

/// None if there is nothing to take out.
fn without_numbers(text: &str) -> Option<String> {
    // Digits with up to three separators between any two: "+49 (0) 170 - 1234567".
    static NUMBERS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\+?\(?[0-9](?:[ \u{a0}\u{202f}.()/–-]{0,3}[0-9])+").ok());

    let (mut scrubbed, mut kept_to) = (String::new(), 0);
    for found in NUMBERS.as_ref()?.find_iter(text) {
        for (from, to, mark) in Number::read(text, found).marks() {
            scrubbed.push_str(&text[kept_to..from]);
            scrubbed.push_str(mark);
            kept_to = to;
        }
    }
    (kept_to > 0).then(|| scrubbed + &text[kept_to..])
}

/// Groups of digits that stand together.
struct Number<'t> {
    text: &'t str,
    /// Where each group begins and ends in the text.
    groups: Vec<(usize, usize)>,
    /// Where the first begins, with its `+` or parenthesis.
    begins: usize,
    has_plus: bool,
    /// Whether it may be a telephone number without saying so by a `+`: no part of a word, a price or a number of something.
    stands_alone: bool,
}

impl<'t> Number<'t> {
    fn read(text: &'t str, found: Match<'_>) -> Self {
        let mut groups: Vec<(usize, usize)> = Vec::new();
        for (place, _) in found.as_str().char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            let at = found.start() + place;
            match groups.last_mut() {
                Some((_, end)) if *end == at => *end = at + 1,
                _ => groups.push((at, at + 1)),
            }
        }
        let (before, after) = (&text[..found.start()], &text[found.end()..]);
        let has_plus = found.as_str().starts_with('+');
        Self { text, groups, begins: found.start(), has_plus, stands_alone: is_bare(before, after) }
    }

    /// What to take out: from, to, and what to put in its place.
    fn marks(&self) -> Vec<(usize, usize, &'static str)> {
        let (mut marks, mut first) = (Vec::new(), 0);
        while first < self.groups.len() {
            let rest = self.groups.len() - first;
            let card = (1..=rest).rev().find(|count| self.is_card(first, *count)).map(|count| (count, CARD));
            let phone = || (1..=rest).rev().find(|count| self.is_phone(first, *count)).map(|count| (count, PHONE));
            let date = || self.is_date(first).then_some(3);
            match card.or_else(|| if date().is_some() { None } else { phone() }) {
                Some((count, mark)) => {
                    let from = if first == 0 { self.begins } else { self.groups[first].0 };
                    marks.push((from, self.groups[first + count - 1].1, mark));
                    first += count;
                }
                None => first += date().unwrap_or(1),
            }
        }
        marks
    }

    fn digits(&self, first: usize, count: usize) -> String {
        self.groups[first..first + count].iter().map(|(from, to)| &self.text[*from..*to]).collect()
    }

    fn lengths(&self, first: usize, count: usize) -> Vec<usize> {
        self.groups[first..first + count].iter().map(|(from, to)| to - from).collect()
    }

    /// What stands between a group and the next.
    fn separator(&self, group: usize) -> &str {
        match (self.groups.get(group), self.groups.get(group + 1)) {
            (Some((_, from)), Some((to, _))) => &self.text[*from..*to],
            _ => "",
        }
    }

    fn is_separated_by(&self, first: usize, count: usize, separators: &[&str]) -> bool {
        (first..first + count - 1).all(|group| separators.contains(&self.separator(group)))
    }

    /// In the groups in which cards have it, or in one; with a right check digit.
    fn is_card(&self, first: usize, count: usize) -> bool {
        let is_grouped = matches!(
            self.lengths(first, count).as_slice(),
            [14..=19] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [4, 6, 5] | [4, 6, 4] | [8, 8]
        );
        let digits = self.digits(first, count);
        // With a plus it is a telephone number, also where it happens to have a check digit.
        is_grouped
            && !(first == 0 && self.has_plus)
            && self.is_separated_by(first, count, &[" ", "-", "\u{a0}"])
            && digits.starts_with(['2', '3', '4', '5', '6'])
            && has_check_digit(&digits)
    }

    /// Day, month and year, in any order that is in use.
    fn is_date(&self, first: usize) -> bool {
        let Some(groups) = self.groups.get(first..first + 3) else { return false };
        let separator = self.separator(first);
        if ![".", "-", "/", ". "].contains(&separator) || self.separator(first + 1) != separator {
            return false;
        }
        let number = |(from, to): (usize, usize)| self.text[from..to].parse::<u32>().unwrap_or(u32::MAX);
        let [one, two, three] = [0, 1, 2].map(|group| (groups[group].1 - groups[group].0, number(groups[group])));
        let is_year = |(length, year): (usize, u32)| length == 4 && (1900..2100).contains(&year);
        let is_day = |(length, day): (usize, u32)| length <= 2 && (1..=31).contains(&day);
        // A short year: French telephone numbers go on in the same way.
        let is_short = three.0 == 2 && self.separator(first + 2) != separator;
        (is_year(one) && is_day(two) && is_day(three)) || (is_day(one) && is_day(two) && (is_year(three) || is_short))
    }

    fn is_phone(&self, first: usize, count: usize) -> bool {
        let digits = self.digits(first, count);
        if first == 0 && self.has_plus {
            return (8..=15).contains(&digits.len());
        }
        // In the middle of something only where a space says that something else begins.
        let begins = first == 0 || self.separator(first - 1).contains(' ');
        let ends = first + count == self.groups.len() || self.separator(first + count - 1).contains(' ');
        let lengths = self.lengths(first, count);
        begins
            && ends
            && self.stands_alone
            && (is_dialled_abroad(&digits) || self.is_national(first, &digits, &lengths))
    }

    fn is_national(&self, first: usize, digits: &str, lengths: &[usize]) -> bool {
        let count = lengths.len();
        let leading = |place: usize| digits.as_bytes().get(place).copied().unwrap_or_default();
        match (leading(0), lengths) {
            // With the zero that is dialled before an area code; "0.123456789" is none.
            (b'0', _) if (b'1'..=b'9').contains(&leading(1)) => match lengths {
                [length] => (10..=11).contains(length),
                [1, ..] => self.separator(first) == " " && (9..=12).contains(&digits.len()),
                _ => (9..=12).contains(&digits.len()) && count <= 6,
            },
            // North America.
            (area, [3, 3, 4]) => (b'2'..=b'9').contains(&area) && (b'2'..=b'9').contains(&leading(3)),
            (b'1', [1, 3, 3, 4]) => (b'2'..=b'9').contains(&leading(1)),
            // Russia, with the eight that is dialled first.
            (b'8', [11]) => leading(1) == b'9',
            (b'8', [1, 3, ..]) => digits.len() == 11 && b"3489".contains(&leading(1)),
            // Poland and Spain.
            (b'4'..=b'9', [3, 3, 3]) => {
                self.is_separated_by(first, count, &[" "]) || self.is_separated_by(first, count, &["-"])
            }
            _ => false,
        }
    }
}

/// `0049 170 1234567`
fn is_dialled_abroad(digits: &str) -> bool {
    digits.strip_prefix("00").is_some_and(|rest| !rest.starts_with('0') && (8..=15).contains(&rest.len()))
}

fn is_bare(before: &str, after: &str) -> bool {
    const MONEY: [char; 9] = ['€', '$', '£', '¥', '₽', '₴', '₺', 'z', '%'];
    let last = before.chars().next_back();
    // "ORD-0123456789" and "#0123456789" are numbers of something.
    let is_name = last.is_some_and(|last| last.is_alphanumeric() || ['#', '№', '_', ',', '°', 'º'].contains(&last));
    let is_tail = last.is_some_and(|last| ['-', '/', '.', ':'].contains(&last))
        && before.chars().rev().nth(1).is_some_and(char::is_alphanumeric)
        && last != Some(':');
    let is_number_of = ["No.", "no.", "Nr.", "nr.", "Nr", "nr", "№", "n°", "nº", "N°"]
        .iter()
        .any(|word| before.trim_end().strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)));
    let is_price = before.trim_end().ends_with(&MONEY[..5])
        || after.trim_start_matches([' ', '\u{a0}', '\u{202f}']).starts_with(MONEY)
        || after.strip_prefix([',', ':']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    !is_name && !is_tail && !is_number_of && !is_price && !goes_on
}

/// Luhn's: whether the last digit is the one that belongs to the others.
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn becomes(text: &str, expected: &str) {
        assert_eq!(scrubbed(text), expected, "{text}");
    }

    #[track_caller]
    fn stays(text: &str) {
        becomes(text, text);
    }

    #[test]
    fn email_addresses_are_taken_out() {
        becomes("Write to ann.lee+shop@mail.example.com, please.", "Write to [e-mail], please.");
        becomes("Пишите на иван@почта.рф!", "Пишите на [e-mail]!");
        becomes("Schreibt mir: jürgen@müller.de.", "Schreibt mir: [e-mail].");
        becomes("a@b.co/c@d.org", "[e-mail]/[e-mail]");
        for text in ["I was @ home", "me@home", "50 @ 3.99", "@shop.example is slow"] {
            stays(text);
        }
    }

    #[test]
    fn card_numbers_are_taken_out() {
        becomes("I paid with 4111 1111 1111 1111 twice", "I paid with [card number] twice");
        becomes("4111111111111111", "[card number]");
        becomes("Karte 5500-0000-0000-0004, 12/27", "Karte [card number], 12/27");
        becomes("3782 822463 10005 (amex)", "[card number] (amex)");
        // The check digit is wrong; an EAN; an IBAN.
        for text in ["4111 1111 1111 1112", "EAN 4006381333931", "DE89 3704 0044 0532 0130 00"] {
            stays(text);
        }
    }

    #[test]
    fn telephone_numbers_are_taken_out_as_each_country_writes_them() {
        for (text, expected) in [
            ("Call +1 (415) 555-2671.", "Call [phone number]."),
            ("Call me: 415-555-2671!", "Call me: [phone number]!"),
            ("(415) 555 2671", "[phone number]"),
            ("1-800-555-2671 never answers", "[phone number] never answers"),
            ("Ruft an: 0170 1234567 oder 089/12345678", "Ruft an: [phone number] oder [phone number]"),
            ("+49 (0)170 1234567", "[phone number]"),
            ("+39 68 80 61 15 99 08", "[phone number]"),
            ("+39688061159908", "[phone number]"),
            ("0049 170 1234567 ab 17 Uhr", "[phone number] ab 17 Uhr"),
            ("Mon numéro : 06 12 34 56 78.", "Mon numéro : [phone number]."),
            ("06.12.34.56.78", "[phone number]"),
            ("Tel. 020 7946 0958, ask for Ann", "Tel. [phone number], ask for Ann"),
            ("Звоните 8 (912) 345-67-89", "Звоните [phone number]"),
            ("Мой номер +7 912 345 67 89", "Мой номер [phone number]"),
            ("тел. 89123456789", "тел. [phone number]"),
            ("Llámame al 612 345 678", "Llámame al [phone number]"),
            ("Proszę dzwonić: 601-234-567", "Proszę dzwonić: [phone number]"),
            ("電話は 03-1234-5678 です", "電話は [phone number] です"),
            ("Chiamate lo 06 1234 5678", "Chiamate lo [phone number]"),
            ("Zürich 044 668 18 00", "Zürich [phone number]"),
            ("after 22.11.2026: 0170 1234567", "after 22.11.2026: [phone number]"),
            ("am 22.11.2026 0170 1234567", "am 22.11.2026 [phone number]"),
        ] {
            becomes(text, expected);
        }
    }

    #[test]
    fn what_only_has_digits_stays() {
        for text in [
            "since 1998, and again in 2024-2026",
            "on 22.11.2026 at 10:30, or 2026-11-22 10:30",
            "01.02.2026 12.30 Uhr",
            "01/02/2026 - 03/04/2026",
            "le 05.06.24 vers 10 h",
            "1.234.567,89 €, or $1,234,567.89",
            "612 345 678 zł is too much",
            "$612 345 678",
            "order 4711-0815-2342",
            "Bestellung Nr. 0123456789",
            "ORD-0123456789 and #0123456789",
            "order number 1234567890",
            "заказ № 0123456789",
            "0.123456789",
            "version 10.0.19045.3693, from 192.168.100.200",
            "ISBN 978-3-16-148410-0",
            "7 of 10 times, 100 %, 24/7, 365",
            "80331 München",
            "3 x 1000 = 3000",
        ] {
            stays(text);
        }
    }

    #[test]
    fn a_line_ends_a_number() {
        stays("1234\n5678\n91011");
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_what_was_scrubbed_stays_so(text in "[-+0-9 ().@a-zé/€#\n]{0,60}|\\PC{0,60}") {
            let once = scrubbed(&text).into_owned();
            prop_assert_eq!(scrubbed(&once).into_owned(), once.clone());
        }

        #[test]
        fn any_number_that_is_dialled_from_abroad_is_taken_out(digits in "[1-9][0-9]{7,13}", gap in 2_usize..5) {
            let grouped: Vec<&str> = digits.as_bytes().chunks(gap).map(|group| std::str::from_utf8(group).unwrap()).collect();
            for number in [format!("+{digits}"), format!("+{}", grouped.join(" ")), format!("+{}", grouped.join("-"))] {
                let told = scrubbed(&format!("call {number}, please")).into_owned();
                prop_assert_eq!(told, "call [phone number], please");
            }
        }

        #[test]
        fn no_date_is_taken_for_a_number(year in 1900..2100, month in 1..13, day in 1..29, hour in 0..24, minute in 0..60) {
            for date in [
                format!("{day:02}.{month:02}.{year} {hour:02}:{minute:02}"),
                format!("{day:02}.{month:02}.{year} {hour:02}.{minute:02}"),
                format!("{month}/{day}/{year}"),
                format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
                format!("{day}. {month}. {year}"),
            ] {
                prop_assert_eq!(scrubbed(&date).into_owned(), date);
            }
        }

        #[test]
        fn no_price_is_taken_for_a_number(price in 1_u64..100_000_000) {
            for text in [format!("{price} €"), format!("${price}.99"), format!("{price},50 zł"), format!("€ {price}")] {
                prop_assert_eq!(scrubbed(&text).into_owned(), text);
            }
        }

        #[test]
        fn no_address_of_an_email_is_left(who in "[a-z][a-z0-9.]{0,10}[a-z]", host in "[a-z]{2,8}\\.(com|de|co\\.uk)") {
            let text = format!("Please write to {who}@{host}.");
            prop_assert_eq!(scrubbed(&text).into_owned(), "Please write to [e-mail].");
        }
    }
}
