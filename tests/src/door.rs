//! How the world reaches a collector over HTTP: a site's pages, and the team that reads the reports.

use anyhow::{Context, bail};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use survey::api::Credentials;

/// What the collector said: a status, and its body as JSON, or as a text where it is none.
#[derive(Clone, PartialEq, Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub body: Value,
}

impl Answered {
    async fn to(request: RequestBuilder) -> anyhow::Result<Self> {
        let answer = request.send().await?;
        let status = answer.status();
        if answer.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream") {
            // It has no end to wait for.
            return Ok(Self { status, body: Value::Null });
        }
        let text = answer.text().await?;
        Ok(Self { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    /// The name that programs know a refusal by; empty where nothing was refused.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }
}

/// The way by which a site's pages send events. Cheap to clone; holds beyond a restart of the collector.
#[derive(Clone, Debug)]
pub struct Door {
    client: Client,
    collector: String,
    key: String,
    /// Where the pages live.
    origin: String,
    /// As the loader has it.
    ticket: String,
}

impl Door {
    /// Fetches the site's loader, as the browser of every visitor does.
    pub(crate) async fn new(collector: &str, key: &str, origin: &str) -> anyhow::Result<Self> {
        let client = Client::builder().user_agent(BROWSER).build()?;
        let loader = client.get(format!("{collector}/w/{key}.js")).send().await?.text().await?;
        let ticket = loader.split("\"/t/").nth(1).and_then(|rest| rest.split('"').next()).with_context(|| {
            format!("the loader has no ticket; is the widget built? `cargo xtask dist` does that: {loader}")
        })?;
        let [collector, key, origin, ticket] = [collector, key, origin, ticket].map(str::to_owned);
        Ok(Self { client, collector, key, origin, ticket })
    }

    /// The same at another collector of the same database.
    pub fn at(&self, collector: &str) -> Self {
        Self { collector: collector.to_owned(), ..self.clone() }
    }

    /// The same for somebody who shows another ticket.
    pub fn with_ticket(&self, ticket: &str) -> Self {
        Self { ticket: ticket.to_owned(), ..self.clone() }
    }

    /// The same for a program that calls itself so; or does not at all.
    pub fn called(&self, user_agent: &str) -> anyhow::Result<Self> {
        let client = match user_agent {
            "" => Client::new(),
            name => Client::builder().user_agent(name).build()?,
        };
        Ok(Self { client, ..self.clone() })
    }

    pub fn ticket(&self) -> &str {
        &self.ticket
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The same, for pages of another origin.
    pub fn from_origin(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// A request with all that a browser says of itself when the widget sends.
    pub fn request(&self) -> RequestBuilder {
        self.request_without_origin().header("origin", &self.origin)
    }

    pub fn request_without_origin(&self) -> RequestBuilder {
        self.request_without_type().header("content-type", "text/plain;charset=UTF-8")
    }

    pub fn request_without_type(&self) -> RequestBuilder {
        self.client.post(format!("{}{}", self.collector, self.path()))
    }

    /// Where the widget sends: below the collector's origin.
    pub fn path(&self) -> String {
        match self.ticket.as_str() {
            "" => "/v1/events".to_owned(),
            ticket => format!("/t/{ticket}/v1/events"),
        }
    }

    /// Sends a page view that tells of itself, as the loader does it.
    pub async fn tells_of(&self, body: impl Into<reqwest::Body>) -> anyhow::Result<Answered> {
        let request = self.client.post(format!("{}/v1/views", self.collector)).header("origin", &self.origin);
        Answered::to(request.header("content-type", "text/plain;charset=UTF-8").header("user-agent", PHONE).body(body))
            .await
    }

    pub async fn post(&self, body: impl Into<reqwest::Body>) -> anyhow::Result<Answered> {
        Answered::to(self.request().body(body)).await
    }

    pub async fn post_without_origin(&self, body: impl Into<reqwest::Body>) -> anyhow::Result<Answered> {
        Answered::to(self.request_without_origin().body(body)).await
    }
}

/// What visitors come with if nothing else is said.
pub const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// A phone with Android and Chrome.
const PHONE: &str =
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36";

/// People who read reports: a browser with a session, or without one.
#[derive(Clone, Debug)]
pub struct Team {
    client: Client,
    collector: String,
}

impl Team {
    /// Somebody who has not signed in.
    pub fn signed_out(collector: &str) -> anyhow::Result<Self> {
        // A connection of its own for each request: one that is kept ends with the collector, when a test restarts it.
        let client = Client::builder().cookie_store(true).pool_max_idle_per_host(0).build()?;
        Ok(Self { client, collector: collector.to_owned() })
    }

    pub async fn signed_in(collector: &str, credentials: &Credentials) -> anyhow::Result<Self> {
        let team = Self::signed_out(collector)?;
        match team.sign_in(credentials).await? {
            Answered { status: StatusCode::OK, .. } => Ok(team),
            refused => bail!("signing in answered {refused:?}"),
        }
    }

    /// A program with a token.
    pub fn with_token(collector: &str, secret: &str) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("Bearer {secret}").parse()?);
        let client = Client::builder().default_headers(headers).build()?;
        Ok(Self { client, collector: collector.to_owned() })
    }

    pub async fn sign_in(&self, credentials: &Credentials) -> anyhow::Result<Answered> {
        Answered::to(self.client.post(self.address("/api/session")).json(credentials)).await
    }

    pub async fn sign_out(&self) -> anyhow::Result<Answered> {
        Answered::to(self.client.delete(self.address("/api/session"))).await
    }

    /// Asks for what is at `path`: `/api/sites`.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answered> {
        Answered::to(self.client.get(self.address(path))).await
    }

    /// Puts something in the place of what is at `path`.
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Answered> {
        Answered::to(self.client.put(self.address(path)).json(body)).await
    }

    /// Hands something in at `path`.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answered> {
        Answered::to(self.client.post(self.address(path)).json(body)).await
    }

    /// Changes some of what is at `path`.
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Answered> {
        Answered::to(self.client.patch(self.address(path)).json(body)).await
    }

    /// Takes away what is at `path`.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answered> {
        Answered::to(self.client.delete(self.address(path))).await
    }

    /// The same as `put` with a text that need not be JSON, though it says so.
    pub async fn put_text(&self, path: &str, body: &str) -> anyhow::Result<Answered> {
        self.send(Method::PUT, path, body).await
    }

    /// The same as `post` with a text that need not be JSON, though it says so.
    pub async fn post_text(&self, path: &str, body: &str) -> anyhow::Result<Answered> {
        self.send(Method::POST, path, body).await
    }

    /// Asks anything; the body says that it is JSON.
    pub async fn send(&self, method: Method, path: &str, body: &str) -> anyhow::Result<Answered> {
        Answered::to(self.request(method, path).header("content-type", "application/json").body(body.to_owned())).await
    }

    /// A request that is still to be completed.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.address(path))
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.collector)
    }
}
