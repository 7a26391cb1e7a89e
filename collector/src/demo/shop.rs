//! The demo shop's own server: a site of somebody else's, on an origin of its own, that knows of Pagepoll only the one line in
//! its pages.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

use crate::assets::Assets;
use crate::origin::PublicUrl;
use crate::representation::Representation;

/// The collector's address as the shop's pages have it written down.
const WRITTEN_ADDRESS: &str = "http://127.0.0.1:8700";

/// The shop's files, with the snippet as somebody would have pasted it.
struct Shop {
    assets: Assets,
    collector: String,
}

/// Serves the shop until it is told to stop.
pub fn serve(listener: TcpListener, public_url: &PublicUrl) -> std::io::Result<Server> {
    let shop = Data::new(Shop { assets: Assets::load(), collector: public_url.to_string() });
    let server = HttpServer::new(move || App::new().app_data(shop.clone()).default_service(web::to(visit)));
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

async fn visit(request: HttpRequest, shop: Data<Shop>) -> HttpResponse {
    match shop.file(request.path()) {
        Some(file) => shop.deliver(&request, file),
        None => shop.not_found(&request),
    }
}

impl Shop {
    /// `/help` is `help.html`, `/` is `index.html`, and a picture is itself.
    fn file(&self, path: &str) -> Option<&Representation> {
        let name = path.trim_matches('/');
        let name = if name.is_empty() { "index" } else { name };
        self.assets.file(&format!("shop/{name}")).or_else(|| self.assets.file(&format!("shop/{name}.html")))
    }

    fn deliver(&self, request: &HttpRequest, file: &Representation) -> HttpResponse {
        const CACHE: &str = "no-cache";
        match std::str::from_utf8(file.plain()) {
            Ok(page) if file.content_type().starts_with("text/html") && self.collector != WRITTEN_ADDRESS => {
                let page = page.replace(WRITTEN_ADDRESS, &self.collector);
                Representation::precompressed(file.content_type(), page.into(), None, None).respond(request, CACHE)
            }
            _ => file.respond(request, CACHE),
        }
    }

    fn not_found(&self, request: &HttpRequest) -> HttpResponse {
        let Some(page) = self.file("/404") else {
            return HttpResponse::ServiceUnavailable()
                .body("This build has no shop; make it with `cargo xtask dist` and start the demo again.\n");
        };
        let mut response = self.deliver(request, page);
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }
}
