//! Every address that the collector answers at, and the OpenAPI document that describes them.
//!
//! | address | for whom | room |
//! |---|---|---|
//! | `/w/…` | pages of any site | [`crate::deliver`] |
//! | `/v1/events` | widgets on any site | [`crate::ingest`] |
//! | `/t/TICKET/…` | the same and `/w/country`, for widgets that show the ticket of their page | [`crate::admission::ticket`] |
//! | `/v1/views` | loaders on any site | [`crate::views`] |
//! | `/api/…` | signed-in people of this site | [`crate::report`], [`crate::editing`], [`crate::export`], [`crate::explain`], [`crate::templates`], [`crate::admin`] |
//! | `/preview/SITE` | the editor, in a frame | [`crate::deliver::stage`] |
//! | `/shared/…/badge.svg` | whoever has a link to a site's figures | [`crate::report::badge`] |
//! | `/docs/…` | whoever wants to read how it is used | [`crate::documentation`] |
//! | `/healthz`, `/readyz` | whoever watches over the collector | [`crate::health`] |
//! | all else | people in front of the console | [`crate::console`] |

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, CROSS_ORIGIN_RESOURCE_POLICY};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, get};
use utoipa::OpenApi;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::admin::{
    account, invitations, keys, log, members, own_pages, session, settings, setup, shares, sites, tokens,
};
use crate::representation::{Effort, Representation};
use crate::review::{respondent, standing, tags};
use crate::{deliver, editing, explain, export, health, ingest, problem, report, templates, views};

#[derive(OpenApi)]
#[openapi(info(
    title = "Pagepoll",
    description = "The collector's API: deliver the widget, take answers, report scores per page."
))]
struct Description;

/// The OpenAPI document, ready to be delivered.
pub struct Document(Representation);

impl Document {
    /// Collected from the same routes that are served.
    pub fn describe() -> Self {
        let app = utoipa_actix_web::UtoipaApp::from(App::new()).openapi(Description::openapi());
        let (_, openapi) = app.configure(configure).split_for_parts();
        // Texts in maps: there is nothing here that JSON could not say.
        let json = openapi.to_pretty_json().unwrap_or_default();
        Self(Representation::compressed("application/json", json, Effort::Best))
    }
}

/// Sets up every route, but for the console's.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(scope::scope("/w").wrap(for_every_page()).service(deliver::country::tell).service(deliver::deliver))
        .service(scope::scope("/v1").wrap(from_every_page()).service(ingest::receive).service(views::receive))
        .service(
            // Where the loader tells the widget that the collector is. What stands behind it is what the widget asks for.
            scope::scope("/t/{ticket}")
                .service(scope::scope("/w").wrap(for_every_page()).service(deliver::country::tell))
                .service(scope::scope("/v1").wrap(from_every_page()).service(ingest::receive)),
        )
        .service(
            scope::scope("/api")
                .wrap(from_fn(own_pages::only))
                .wrap(from_fn(problem::explain))
                .service(document)
                .service(setup::state)
                .service(setup::begin)
                .service(session::sign_in)
                .service(session::who)
                .service(session::sign_out)
                .service(account::sessions)
                .service(account::end_session)
                .service(account::end_other_sessions)
                .service(account::change_password)
                .service(invitations::look)
                .service(invitations::accept)
                .service(members::own_role)
                .service(members::list)
                .service(members::change_role)
                .service(members::remove)
                .service(invitations::make)
                .service(invitations::list)
                .service(invitations::withdraw)
                .service(tokens::make)
                .service(tokens::list)
                .service(tokens::revoke)
                .service(shares::make)
                .service(shares::list)
                .service(shares::withdraw)
                .service(shares::look)
                .service(keys::list)
                .service(keys::rotate)
                .service(log::read)
                .service(report::sites)
                .service(sites::add)
                .service(sites::change)
                .service(sites::remove)
                .service(report::pages)
                .service(report::page)
                .service(report::groups)
                .service(report::stages)
                .service(report::suggested_groups)
                .service(report::segments)
                .service(report::shape::heat_map)
                .service(report::shape::cross_table)
                .service(report::shape::drivers)
                .service(report::answers)
                .service(report::stream::live)
                .service(export::route::export)
                .service(report::words::words)
                .service(report::surveys::surveys)
                .service(editing::surveys::begin)
                .service(editing::surveys::look)
                .service(editing::draft::save)
                .service(editing::draft::discard)
                .service(editing::publication::publish)
                .service(editing::lifecycle::pause)
                .service(editing::lifecycle::resume)
                .service(editing::lifecycle::archive)
                .service(editing::lifecycle::unarchive)
                .service(editing::preview::preview_link)
                .service(editing::versions::list)
                .service(editing::versions::one)
                .service(standing::settle)
                .service(standing::erase)
                .service(tags::set)
                .service(tags::change)
                .service(tags::list)
                .service(respondent::tell)
                .service(respondent::erase)
                .service(templates::list)
                .service(templates::one)
                .service(settings::read)
                .service(settings::replace)
                .service(settings::change)
                .service(explain::why::why)
                .service(explain::why::why_survey)
                .service(explain::reach::tell)
                .service(explain::link::why_link)
                .default_service(web::to(problem::not_found)),
        )
        .service(deliver::stage::show)
        .service(report::badge::badge)
        .service(health::alive)
        .service(health::ready);
}

/// Whatever is delivered may be used by any page, and never carries a cookie. Said always, and not only to those who send an
/// Origin: what a browser has kept must serve both.
fn for_every_page() -> DefaultHeaders {
    DefaultHeaders::new().add((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).add((CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
}

/// Any page may send and read the answer; which pages are believed is for [`crate::admission`] to say.
fn from_every_page() -> Cors {
    const A_DAY: usize = 24 * 60 * 60;
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .disable_vary_header()
        .allowed_methods([Method::POST])
        .allowed_header(CONTENT_TYPE)
        .max_age(A_DAY)
}

/// This document.
#[utoipa::path(tag = "about", responses((status = 200, description = "The OpenAPI document")))]
#[get("/openapi.json")]
async fn document(request: HttpRequest, description: Data<Document>) -> HttpResponse {
    description.0.respond(&request, "no-cache")
}
