//! The demo: a shop with surveys on four of its pages and a feedback tab on all of them, a collector beside it, and two months
//! of made-up answers.

mod answers;
mod comments;
mod conversation;
mod page_views;
mod seed;
mod shop;
mod stories;

use std::net::SocketAddr;

use survey::api::WhyLink;

use crate::application::{self, Application};
use crate::clock;
use crate::config::Config;
use crate::explain::link;
use crate::explain::token::WhyKey;
use crate::ingest::commit::GROUP;
use crate::limits::Rates;
use crate::origin::Origin;
use crate::origin::PublicUrl;
use crate::store::{DatabaseAddress, SiteRecord, Store};
use seed::{Answers, seed};

const EMAIL: &str = "marketer@demo.example";
const PASSWORD: &str = "fernhill-demo";

/// Where it is.
pub struct Demo {
    pub database: DatabaseAddress,
    /// Where the collector listens.
    pub listen: SocketAddr,
    /// Where the shop listens.
    pub shop_listen: SocketAddr,
}

/// Makes what is missing, then serves the shop and the collector until Ctrl-C.
pub async fn run(Demo { database, listen, shop_listen }: Demo) -> anyhow::Result<()> {
    let shop_listener = application::listen(shop_listen)?;
    let shop_address = shop_listener.local_addr()?;
    let store = Store::open(&database).await?;
    let seeded = seed(&store, &shop_origins(shop_address)?).await?;
    let why = why_link(&store, &seeded.site, shop_address).await?;
    store.close().await;

    let application = Application::build(Config {
        database,
        listen,
        public_url: None,
        country_header: None,
        trusted_proxies: Vec::new(),
        rates: Rates::default(),
        commit_group: GROUP,
        metrics_listen: None,
        stop_notice: std::time::Duration::ZERO,
    })
    .await?;
    let shop = shop::serve(shop_listener, application.public_url())?;
    print!("{}", welcome(&seeded.answers, application.public_url(), shop_address, &why));
    let shop_handle = shop.handle();
    let shop = tokio::spawn(shop);
    let ended = application.run_until_stopped().await;
    shop_handle.stop(true).await;
    shop.await.map_err(std::io::Error::from)??;
    println!("Both are stopped.");
    Ok(ended?)
}

/// The shop's address under both of its names: people type either.
fn shop_origins(address: SocketAddr) -> anyhow::Result<Vec<Origin>> {
    let names = [format!("http://{address}"), format!("http://localhost:{}", address.port())];
    Ok(names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?)
}

/// The help page, with leave to explain itself.
async fn why_link(store: &Store, site: &SiteRecord, shop: SocketAddr) -> anyhow::Result<WhyLink> {
    Ok(link::make(site, &format!("http://{shop}/help"), &WhyKey::of(store).await?, clock::now())?)
}

fn welcome(answers: &Answers, collector: &PublicUrl, shop: SocketAddr, why: &WhyLink) -> String {
    let answers = match answers {
        Answers::MadeUp(answers) => format!("All {answers} answers in it are made up"),
        Answers::Kept => "The answers of the first run, and all since, are kept".to_owned(),
    };
    let why = &why.url;
    format!(
        "
Pagepoll demo. {answers}.

  The shop     http://{shop}   the snippet is pasted into its pages
  The console  {collector}   sign in: {EMAIL} / {PASSWORD}

Try this:
  1. Open http://{shop}/help, stay for three seconds, then move the pointer out through the top of the window.
  2. Press a score, write a comment.
  3. Look at the page in the console: its score has changed.
  4. See why surveys show or do not, live on the page; the link is good for a day:
     {why}

Ctrl-C stops both.
"
    )
}
