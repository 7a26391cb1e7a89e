//! Badges: one score as a picture, for pages that anybody may see. The secret of a share stands in the address, because pictures send no
//! headers.

use actix_web::http::header::CROSS_ORIGIN_RESOURCE_POLICY;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use survey::api::Problem;
use survey::definition::{Band, Metric};
use survey::report::{Listing, PageReport, ReportPeriod, ScaleReport};
use survey::score::Headline;

use super::drawing::{Badge, Tone};
use super::parameters::BadgeParameters;
use super::{fresh, reports_of};
use crate::admin::access::Guest;
use crate::counts::Cut;
use crate::problem::{ApiError, wrong};
use crate::query::Query;
use crate::representation::already_has;
use crate::store::Store;

/// Whoever shows it may show it for a minute without asking again: as long as a link that is withdrawn is still to be seen.
const CACHE: &str = "public, max-age=60";

/// Nothing in it may run, load or be sent, not even where it is opened by itself.
const POLICY: &str = "default-src 'none'; sandbox";

/// How much of a page's address stands on a badge, in characters.
const MAX_PAGE: usize = 30;

/// A score of the site or a page, as a picture. Its secret is that of a share: see `POST /api/sites/{site}/shares`.
#[utoipa::path(
    tag = "sharing",
    params(("token" = String, Path), BadgeParameters),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml"),
        (status = 304),
        (status = "4XX", body = Problem),
    ),
)]
#[get("/shared/{token}/badge.svg")]
pub async fn badge(
    secret: Path<String>,
    query: Query<BadgeParameters>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, ApiError> {
    let Guest { site, .. } = &Guest::admit(&request, &secret).await?;
    let (timeline, page) = (query.timeline(site.today())?, query.page());
    // Before it is drawn, as for every report.
    let tag = fresh::tag(&request, &store, site).await?;
    if already_has(&request, &tag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((ETAG, tag.to_string()))
            .insert_header((CACHE_CONTROL, CACHE))
            .finish());
    }
    let counts = store.counts(site.key(), &timeline, &Cut::all()).await?;
    let reports = reports_of(site, timeline, &counts)?;
    let report = match page {
        Some(page) => reports.page(page),
        None => reports.list(&Listing { limit: 0, ..Listing::all() }).map_err(|error| wrong("page", error))?.site,
    };
    let drawn = of_report(&report, query.metric, &reports.period(), page.unwrap_or(&site.record.name)).to_svg();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "image/svg+xml"))
        .insert_header((ETAG, tag.to_string()))
        .insert_header((CACHE_CONTROL, CACHE))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
        .body(drawn))
}

/// What a badge says. `of` is the page's key, or the site's name.
fn of_report(report: &PageReport, metric: Option<Metric>, period: &ReportPeriod, of: &str) -> Badge {
    let wanted = report.scores.iter().filter(|score| metric.is_none_or(|metric| score.metric == metric));
    let score = wanted.max_by_key(|score| score.figures.n);
    let name = score.map(|score| score.metric).or(metric).map_or("score", abbreviation);
    let label = if report.page.is_empty() { name.to_owned() } else { format!("{} {name}", path_of(of)) };
    let days = format!("{} to {}", period.days.first_day, period.days.last_day);
    let (figure, tone) = score.map_or_else(|| ("no answers yet".to_owned(), Tone::Unsure), figure);
    let n = score.map_or(0, |score| score.figures.n);
    let doubt = if score.is_some_and(|score| score.figures.low_confidence) { ", too few to rely on" } else { "" };
    let title = format!("{name} of {of}: {figure}; n = {n}{doubt}; {days}");
    Badge { label, figure, tone, title }
}

/// `5.94 of 7, good`; where there are hardly any answers, that, and no word on how good they are.
fn figure(score: &ScaleReport) -> (String, Tone) {
    let figures = &score.figures;
    let shown = figures.headline_shown();
    let shown = match figures.headline {
        Headline::Share => format!("{shown}\u{a0}%"),
        Headline::Mean => format!("{shown} of {}", score.last_point),
        Headline::Net => shown,
    };
    let (word, tone) = match figures.majority() {
        _ if figures.low_confidence => ("few answers", Tone::Unsure),
        Band::Positive => ("good", Tone::Good),
        Band::Neutral => ("middling", Tone::Middling),
        Band::Negative => ("bad", Tone::Bad),
    };
    (format!("{shown}, {word}"), tone)
}

fn abbreviation(metric: Metric) -> &'static str {
    match metric {
        Metric::Ces => "CES",
        Metric::Csat => "CSAT",
        Metric::Nps => "NPS",
    }
}

/// A page's key without its host, and not all of it if it is long.
fn path_of(page: &str) -> String {
    let path = page.find('/').map_or(page, |slash| &page[slash..]);
    let length = path.chars().count();
    if length <= MAX_PAGE {
        return path.to_owned();
    }
    // What tells pages of a site apart is at the end.
    std::iter::once('…').chain(path.chars().skip(length - MAX_PAGE + 1)).collect()
}

#[cfg(test)]
mod tests {
    use survey::definition::Scale;
    use survey::report::{Period, TrendUnit};
    use survey::score::{Histogram, figures};

    use super::*;

    fn score(scale: &Scale, counts: &[u64]) -> ScaleReport {
        ScaleReport {
            metric: scale.metric(),
            first_point: scale.first(),
            last_point: scale.last(),
            figures: figures(&Histogram::from_counts(scale, counts.to_vec()).unwrap()).unwrap(),
            change: None,
            verdict_among_all: None,
            distribution: Vec::new(),
            trend: Vec::new(),
            shrunken_share: None,
            below_site: None,
            hurts: false,
        }
    }

    fn badge(page: &str, scores: Vec<ScaleReport>, metric: Option<Metric>) -> Badge {
        let days = Period { first_day: "2026-10-28".into(), last_day: "2026-11-26".into() };
        let period = ReportPeriod { days, trend: TrendUnit::Week };
        let report = PageReport { scores, ..PageReport::empty(page) };
        of_report(&report, metric, &period, if page.is_empty() { "Shop" } else { page })
    }

    #[test]
    fn a_badge_has_the_headline_of_its_metric_and_says_how_good_it_is() {
        let told = |scale: &Scale, counts: &[u64]| {
            let Badge { label, figure, tone, .. } = badge("", vec![score(scale, counts)], None);
            (label, figure, tone)
        };
        let is = |label: &str, figure: &str, tone| (label.to_owned(), figure.to_owned(), tone);
        assert_eq!(told(&Scale::ces7(), &[0, 0, 2, 0, 2, 4, 4]), is("CES", "5.67 of 7, good", Tone::Good));
        assert_eq!(told(&Scale::csat5(), &[8, 0, 0, 2, 0]), is("CSAT", "20\u{a0}%, bad", Tone::Bad));
        let nps = [2, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0];
        assert_eq!(told(&Scale::nps(), &nps), is("NPS", "+20, middling", Tone::Middling));
        assert_eq!(told(&Scale::ces5_effort(), &[9, 1, 0, 0, 0]), is("CES", "1.10 of 5, good", Tone::Good));
    }

    #[test]
    fn few_answers_are_called_few_and_not_good_or_bad() {
        let Badge { figure, tone, title, .. } = badge("a.b/help", vec![score(&Scale::csat5(), &[9, 0, 0, 0, 0])], None);
        assert_eq!((figure.as_str(), tone), ("0\u{a0}%, few answers", Tone::Unsure));
        let expected = "CSAT of a.b/help: 0\u{a0}%, few answers; n = 9, too few to rely on; 2026-10-28 to 2026-11-26";
        assert_eq!(title, expected);
    }

    #[test]
    fn no_answers_are_no_zero() {
        for metric in [None, Some(Metric::Nps)] {
            let Badge { figure, tone, title, .. } = badge("a.b/help", Vec::new(), metric);
            assert_eq!((figure.as_str(), tone), ("no answers yet", Tone::Unsure));
            assert!(title.contains("n = 0"), "{title}");
        }
        let other = badge("", vec![score(&Scale::ces7(), &[0, 0, 0, 0, 0, 0, 40])], Some(Metric::Nps));
        assert_eq!((other.label.as_str(), other.figure.as_str()), ("NPS", "no answers yet"));
    }

    #[test]
    fn of_several_scores_the_one_with_most_answers_is_told() {
        let scores = vec![score(&Scale::csat5(), &[0, 0, 0, 0, 10]), score(&Scale::ces7(), &[0, 0, 0, 0, 0, 0, 11])];
        assert_eq!(badge("", scores.clone(), None).label, "CES");
        assert_eq!(badge("", scores, Some(Metric::Csat)).label, "CSAT");
    }

    #[test]
    fn a_page_is_known_by_the_end_of_its_path() {
        assert_eq!(path_of("shop.example/help"), "/help");
        assert_eq!(path_of("shop.example/"), "/");
        assert_eq!(path_of("nothing"), "nothing");
        let long = path_of("shop.example/a/very/long/way/to/the/page/that/is/meant");
        assert_eq!((long.as_str(), long.chars().count()), ("…way/to/the/page/that/is/meant", 30));
    }
}
