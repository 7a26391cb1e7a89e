//! Requests on their way. Where the session has ended meanwhile, somebody signs in again, and they are sent once more.

use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Failure, accepted, read, unreadable};
use crate::{browser, renewal};

/// Sends a body; hands back what the collector has made of it.
pub(super) async fn change<T: DeserializeOwned>(request: RequestBuilder, body: &impl Serialize) -> Result<T, Failure> {
    read(send(request, body).await?).await
}

/// Sends a body.
pub(super) async fn send(request: RequestBuilder, body: &impl Serialize) -> Result<Response, Failure> {
    accepted(answer(request.json(body).map_err(unreadable)?).await).await
}

pub(super) async fn remove(address: &str) -> Result<Response, Failure> {
    accepted(answer(Request::delete(address).build().map_err(unreadable)?).await).await
}

/// What the collector says, whatever it is.
pub(super) async fn answer(request: Request) -> Result<Response, gloo_net::Error> {
    let (request, again) = browser::twice(request);
    let response = request.send().await?;
    match again {
        Some(again) if response.status() == 401 && renewal::renewed().await => again.send().await,
        _ => Ok(response),
    }
}
