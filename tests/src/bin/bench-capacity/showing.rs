//! Showings, from the first that is heard of them to an answer with a comment: one stage after the other for all of them, so that each
//! has its own figures; and how the database grows by it.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tests::raw::{RawConnection, RawRequest};
use tests::{Visitor, asked_a_minute_ago};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::TURNS;
use crate::cost::{Cost, Costs, Crowd, Request};
use crate::place::Place;

/// How many connections send at once, each from a page of its own, and what each of them tells of.
const CROWD: usize = 64;
const OF_EACH: usize = 64;
/// One at a time.
const ALONE: usize = 500;

/// A hundred letters.
const COMMENT: &str =
    "I could not find out whether a coat that I ordered in the sale can be sent back, and who pays for that.";

const STAGES: [Request; 4] = [Request::Eligible, Request::Shown, Request::Answer, Request::Comment];

pub async fn measure(place: &Place, costs: &mut Costs) -> anyhow::Result<()> {
    let mut grown = [0; STAGES.len()];
    for _ in 0..TURNS {
        let mut crowd = Senders::gather(place, Crowd::Many).await?;
        for (stage, grown) in STAGES.into_iter().zip(&mut grown) {
            let before = place.site.collector.stored_bytes().await?;
            costs.note(stage, Crowd::Many, crowd.send(place, stage).await?);
            *grown += place.site.collector.stored_bytes().await?.saturating_sub(before);
        }
        let mut alone = Senders::gather(place, Crowd::One).await?;
        for stage in STAGES {
            costs.note(stage, Crowd::One, alone.send(place, stage).await?);
        }
    }
    let [eligible, _, answer, comment] = grown.map(|bytes| bytes as f64 / (TURNS * CROWD * OF_EACH) as f64);
    // Three showings in four are never heard of again, and PostgreSQL keeps what was before a change until it cleans up.
    costs.showing_bytes = eligible;
    costs.answer_bytes = answer + comment;
    Ok(())
}

/// Everybody who sends.
struct Senders(Vec<Sender>);

/// Whoever sends from one page, over one connection.
struct Sender {
    visitor: Visitor,
    path: String,
    connection: RawConnection,
    ids: Vec<Uuid>,
}

impl Senders {
    async fn gather(place: &Place, crowd: Crowd) -> anyhow::Result<Self> {
        let (senders, of_each) = match crowd {
            Crowd::One => (1, ALONE),
            Crowd::Many => (CROWD, OF_EACH),
        };
        let mut gathered = Vec::new();
        for page in 0..senders {
            let visitor = place.site.visitor();
            let path = format!("/help/orders/how-to-return-{page}");
            let first = RawRequest::telling(&place.site, &visitor, &event(&visitor, Request::Eligible, &path))?;
            let connection = RawConnection::open(&place.site, first).await?;
            let ids = (0..of_each).map(|_| asked_a_minute_ago()).collect();
            gathered.push(Sender { visitor, path, connection, ids });
        }
        Ok(Self(gathered))
    }

    fn showings(&self) -> usize {
        self.0.iter().map(|sender| sender.ids.len()).sum()
    }

    /// Tells of one stage of every showing.
    async fn send(&mut self, place: &Place, stage: Request) -> anyhow::Result<Cost> {
        for sender in &mut self.0 {
            let event = event(&sender.visitor, stage, &sender.path);
            sender.connection.turn_to(RawRequest::telling(&place.site, &sender.visitor, &event)?);
        }
        let (began, showings) = (place.begin().await?, self.showings());
        let mut sending = JoinSet::new();
        for mut sender in self.0.drain(..) {
            sending.spawn(async move {
                for id in &sender.ids {
                    let (status, _) = sender.connection.exchange_of(*id).await?;
                    ensure!(status == 204, "unexpected: {}", sender.connection.answer());
                }
                anyhow::Ok(sender)
            });
        }
        while let Some(sent) = sending.join_next().await {
            self.0.push(sent??);
        }
        let used = place.since(began).await?;
        let bytes = self.0.first().context("somebody sends")?.connection.bytes();
        Ok(Cost::of_each(used, showings, bytes))
    }
}

/// As the widget tells of it.
fn event(visitor: &Visitor, stage: Request, path: &str) -> Value {
    let mut event = match stage {
        Request::Shown => visitor.exposure("shown", path),
        Request::Answer => visitor.submission(1, 3, path),
        Request::Comment => visitor.commented(2, 3, COMMENT, path),
        _ => visitor.exposure("eligible", path),
    };
    let visit = json!({
        "title": "How to return an order – Example shop", "referrer": "https://search.example", "language": "en-GB",
        "device": "desktop", "viewport": [1280, 800], "visible_ms": 21_345, "scroll_percent": 64, "signal": "visible_seconds",
    });
    for kind in ["exposure", "submission"] {
        if let Some(told) = event.get_mut(kind) {
            told["presentation"]["visit"] = visit.clone();
        }
    }
    event
}
