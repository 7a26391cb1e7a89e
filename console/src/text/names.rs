//! What metrics, bands, devices and pages are called.

use survey::api::people::Role;
use survey::definition::Metric;
use survey::report::{PointBand, PointCount};
use survey::wire::Device;

use super::DASH;

pub fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Ces => tr!("Ease"),
        Metric::Csat => tr!("Satisfaction"),
        Metric::Nps => tr!("Recommendation"),
    }
}

pub fn metric_abbreviation(metric: Metric) -> &'static str {
    match metric {
        Metric::Ces => "CES",
        Metric::Csat => "CSAT",
        Metric::Nps => "NPS",
    }
}

/// "Ease (CES)".
pub fn metric_label(metric: Metric) -> String {
    format!("{} ({})", metric_name(metric), metric_abbreviation(metric))
}

/// What those are called who answered in a band.
pub fn band_name(metric: Metric, band: PointBand) -> &'static str {
    match (metric, band) {
        (Metric::Ces, PointBand::Positive) => tr!("easy"),
        (Metric::Ces, PointBand::Negative) => tr!("hard"),
        (Metric::Csat, PointBand::Positive) => tr!("satisfied"),
        (Metric::Csat, PointBand::Negative) => tr!("dissatisfied"),
        (Metric::Nps, PointBand::Positive) => tr!("promoters"),
        (Metric::Nps, PointBand::Neutral) => tr!("passives"),
        (Metric::Nps, PointBand::Negative) => tr!("detractors"),
        (_, PointBand::Neutral) => tr!("neutral"),
    }
}

/// The points of a band and how many answers they got: "5 – 7" and 210; nothing where no point is of that band.
pub fn band_points(distribution: &[PointCount], band: PointBand) -> Option<(String, u64)> {
    let of_band: Vec<&PointCount> = distribution.iter().filter(|point| point.band == band).collect();
    let (first, last) = (of_band.first()?.point, of_band.last()?.point);
    let points = if first == last { first.to_string() } else { format!("{first}{DASH}{last}") };
    Some((points, of_band.iter().map(|point| point.count).sum()))
}

/// Why an answer may not be a visitor's: "sent by a program, faster than anybody reads".
pub fn doubts_in_words(doubts: &[String]) -> String {
    let words = doubts.iter().map(|doubt| match doubt.as_str() {
        "bot" => tr!("a doubt" => "sent by a program"),
        "too_fast" => tr!("a doubt" => "faster than anybody reads"),
        "no_ticket" => tr!("a doubt" => "not from one of the site’s pages"),
        // Of a newer collector.
        other => other,
    });
    words.collect::<Vec<_>>().join(", ")
}

pub fn device_name(device: Device) -> &'static str {
    match device {
        Device::Desktop => tr!("desktop"),
        Device::Tablet => tr!("tablet"),
        Device::Phone => tr!("phone"),
    }
}

/// What somebody is, in a sentence.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => tr!("viewer"),
        Role::Editor => tr!("editor"),
        Role::Owner => tr!("owner"),
    }
}

/// Whether all pages have the same host, which then need not be said again with each.
pub fn shares_one_host<'a>(mut pages: impl Iterator<Item = &'a str>) -> bool {
    let Some(first) = pages.next().map(host) else { return true };
    pages.all(|page| host(page) == first)
}

fn host(page: &str) -> &str {
    page.split('/').next().unwrap_or_default()
}

/// A page as it is listed: its path alone, if `one_host`.
pub fn page_label(page: &str, one_host: bool) -> &str {
    let label = if one_host { &page[host(page).len()..] } else { page };
    if label.is_empty() { page } else { label }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_listed_by_its_path_where_all_share_one_host() {
        assert!(shares_one_host(["a.b/help", "a.b/", "a.b/cart"].into_iter()));
        assert!(!shares_one_host(["a.b/help", "c.d/help"].into_iter()));
        assert!(shares_one_host(std::iter::empty()));
        assert_eq!(page_label("a.b/help", true), "/help");
        assert_eq!(page_label("a.b/help", false), "a.b/help");
        assert_eq!(page_label("a.b", true), "a.b");
    }

    #[test]
    fn a_band_says_its_points_and_how_many_chose_them() {
        let point = |point, band, count| PointCount { point, band, count };
        let distribution = [
            point(1, PointBand::Negative, 4),
            point(2, PointBand::Negative, 1),
            point(3, PointBand::Neutral, 2),
            point(4, PointBand::Positive, 0),
        ];
        assert_eq!(band_points(&distribution, PointBand::Negative), Some((format!("1{DASH}2"), 5)));
        assert_eq!(band_points(&distribution, PointBand::Neutral), Some(("3".to_owned(), 2)));
        assert_eq!(band_points(&distribution[..2], PointBand::Positive), None);
    }
}
