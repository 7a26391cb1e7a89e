//! Admission: whether a request may speak for a site at all, before anything that it says is looked at.
//!
//! In the order of what it costs: how much the sender's network has sent, what kind of body it is and how large, whether there is
//! room for what it brings, the envelope,
//! the site, the page's origin, and how much is sent for the site. Whatever is doubtful about a sender who is admitted goes with
//! what they sent, as [`Flags`].

mod body;
mod bots;
mod strangers;
pub mod ticket;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{ORIGIN, USER_AGENT};
use actix_web::web::Payload;
use serde::de::DeserializeOwned;
use survey::definition::SiteKey;
use survey::wire::MAX_EVENTS;

use crate::clock;
use crate::ingest::flags::Flags;
use crate::ingest::room::{Room, TOO_MUCH_WAITS};
use crate::json::{self, Unreadable};
use crate::limits::{Limits, TooMany, Traffic};
use crate::live::{LiveSite, NotReadable, Watcher};
use crate::network::Network;
use crate::origin::Origin;
use crate::sockets::ARRIVES_WITHIN;
use strangers::Strangers;
use ticket::TicketKey;

/// How deep what pages send may nest. A batch needs nine levels.
const MAX_DEPTH: usize = 16;

/// What surrounds what a page sends.
pub trait Envelope: DeserializeOwned {
    /// Of the envelope. A collector refuses what it does not know.
    const VERSION: u8;
    /// The largest body.
    const MAX_BYTES: usize;
    const TRAFFIC: Traffic;

    fn version(&self) -> u8;
    fn site(&self) -> &SiteKey;

    /// Whether there is no more in it than there may be.
    fn check(&self) -> Result<(), NotAdmitted> {
        Ok(())
    }
}

/// What was sent by a page of the site that it speaks of.
pub struct Admitted<E> {
    pub site: Arc<LiveSite>,
    pub envelope: E,
    /// What is doubtful about whoever sent it.
    pub doubts: Flags,
    /// As the browser calls itself; empty where it does not.
    pub user_agent: String,
}

/// Why a request is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    #[error("more is sent from this network, or for this site, than is taken; try again in {} s", .0.retry_after_seconds)]
    TooMany(TooMany),
    #[error("{TOO_MUCH_WAITS}")]
    NoRoom,
    #[error("{0:?} is not taken here; send text/plain or application/json")]
    ContentType(String),
    #[error("the body did not arrive whole: {0}")]
    Incomplete(PayloadError),
    #[error("the body did not arrive within {} s", ARRIVES_WITHIN.as_secs())]
    TooSlow,
    #[error("a body has at most {0} bytes here")]
    TooLarge(usize),
    #[error("it nests more than {MAX_DEPTH} levels deep")]
    TooDeep,
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("this collector knows version {known} of what is sent here, this is of version {version}")]
    UnknownEnvelope { version: u8, known: u8 },
    #[error("there is no site {0}; copy the snippet from the console")]
    UnknownSite(SiteKey),
    #[error("the header is missing; browsers send it")]
    NoOrigin,
    #[error(
        "{origin:?} is not an origin of site {site}; name it beside the others, in the console under \"Settings\" or with \
         `pagepoll site add`"
    )]
    ForeignOrigin { origin: String, site: SiteKey },
    #[error("a batch has at most {MAX_EVENTS} events, this one {0}")]
    TooManyEvents(usize),
}

impl From<TooMany> for NotAdmitted {
    fn from(too_many: TooMany) -> Self {
        Self::TooMany(too_many)
    }
}

/// Who admits.
pub struct Admission {
    live: Watcher,
    limits: Arc<Limits>,
    tickets: TicketKey,
    /// Where what is admitted waits to be stored.
    room: Room,
    strangers: Strangers,
}

impl Admission {
    pub fn new(live: Watcher, limits: Arc<Limits>, tickets: TicketKey, room: Room) -> Self {
        Self { live, limits, tickets, room, strangers: Strangers::default() }
    }

    /// Reads a request and lets it in, or says why not.
    pub async fn admit<E: Envelope>(&self, request: &HttpRequest, body: Payload) -> Result<Admitted<E>, NotAdmitted> {
        self.limits.take_from(Network::of_request(request), E::TRAFFIC)?;
        body::check_head(request, E::MAX_BYTES)?;
        let body = body::read(body, E::MAX_BYTES).await?;
        // Before anything is made of it: under a flood, most is sent away here.
        if E::TRAFFIC == Traffic::Events && self.room.waits_too_long() {
            return Err(NotAdmitted::NoRoom);
        }
        if json::depth(&body) > MAX_DEPTH {
            return Err(NotAdmitted::TooDeep);
        }
        let envelope: E = json::parse(&body)?;
        if envelope.version() != E::VERSION {
            return Err(NotAdmitted::UnknownEnvelope { version: envelope.version(), known: E::VERSION });
        }
        let ticket = ticket::shown(request);
        let site = self.site(&envelope, ticket.as_ref().map(|(key, _)| key))?;
        self.check_origin(request, &site)?;
        self.limits.take_for(site.key(), E::TRAFFIC)?;
        envelope.check()?;
        let user_agent = header(request, USER_AGENT.as_str());
        let has_ticket = ticket.is_some_and(|(key, ticket)| self.tickets.is_good(&key, ticket, clock::now()));
        let doubts = [(!has_ticket, Flags::NO_TICKET), (bots::is_bot(user_agent), Flags::BOT)];
        let doubts = doubts.into_iter().filter(|(is_doubtful, _)| *is_doubtful);
        let doubts = doubts.fold(Flags::NONE, |doubts, (_, doubt)| doubts.with(doubt));
        Ok(Admitted { site, envelope, doubts, user_agent: user_agent.to_owned() })
    }

    /// The site as it is now in the store, for who speaks of a survey that this collector has not heard of: another one may have
    /// published it a moment ago.
    ///
    /// # Errors
    /// When the store could not be read, so that nobody knows.
    pub async fn anew(&self, site: &Arc<LiveSite>) -> Result<Arc<LiveSite>, NotReadable> {
        self.live.look_now().await?;
        Ok(self.live.present().site(site.key()).unwrap_or(site).clone())
    }

    /// The site of the key under which the page was given its loader; without one, the site that the envelope names. The two
    /// must not be of different sites.
    fn site(&self, envelope: &impl Envelope, shown: Option<&SiteKey>) -> Result<Arc<LiveSite>, NotAdmitted> {
        let snapshot = self.live.present();
        let unknown = |key: &SiteKey| NotAdmitted::UnknownSite(key.clone());
        let key = shown.unwrap_or(envelope.site());
        let site = snapshot.site_of(key, clock::now()).ok_or_else(|| unknown(key))?;
        if site.is_named(envelope.site()) { Ok(site.clone()) } else { Err(unknown(envelope.site())) }
    }

    /// Whether the request comes from a page of the site, as its browser says.
    fn check_origin(&self, request: &HttpRequest, site: &LiveSite) -> Result<(), NotAdmitted> {
        let origin = request.headers().get(ORIGIN).ok_or(NotAdmitted::NoOrigin)?;
        // Whatever is not plain text is no site's.
        let origin = origin.to_str().unwrap_or_default();
        if site.is_own_origin(origin) {
            return Ok(());
        }
        let (origin, key): (String, _) = (origin.chars().take(80).collect(), site.key());
        // Only what is an origin: anybody can write anything there, an address of somebody's, say.
        if let Ok(origin) = origin.parse::<Origin>() {
            self.strangers.refused(key, &origin.to_string());
        }
        Err(NotAdmitted::ForeignOrigin { origin, site: key.clone() })
    }
}

/// Nothing for what is missing or is no plain text.
fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
