//! What a query asks for: read, or refused with the parameter that is wrong.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::problem::ApiError;
use crate::written;

/// A query's parameters. As actix's own, but that a wrong value is told with its name.
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

/// A page's key in a query. None has a control character in it, and PostgreSQL would not take it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct PageNamed(String);

impl PageNamed {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PageNamed {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        if key.contains(char::is_control) { Err(format!("{key:?} is no page's key")) } else { Ok(Self(key)) }
    }
}

impl From<PageNamed> for String {
    fn from(page: PageNamed) -> Self {
        page.0
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let parameters = url::form_urlencoded::parse(query.as_bytes());
    let parameters = serde_urlencoded::Deserializer::new(parameters);
    serde_path_to_error::deserialize(parameters).map_err(|error| {
        let (path, reason) = (error.path().to_string(), error.inner().to_string());
        let path = if path == "." || path == "?" { "" } else { &path };
        match reason.as_str() {
            "invalid digit found in string" => {
                ApiError::BadParameter { field: path.to_owned(), reason: format!("{path}: this is not a whole number") }
            }
            _ => written::explain(path, &reason).into(),
        }
    })
}
