//! Browsers that tests share: starting one takes longer than most tests do.
//!
//! Two cores bear three browsers at once, because a test waits more than it works. Each is lent to one test after the other, with a
//! new tab for each. Nothing passes from test to test, because each has a site on origins of its own, and storage and caches go by
//! origin.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Browser, Engine, Hand};

const AT_ONCE: u32 = 3;

static SEATS: Semaphore = Semaphore::const_new(AT_ONCE as usize);
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

/// A browser for one test. Goes back when it is dropped.
pub struct Lent {
    /// There until it is given back.
    browser: Option<Browser>,
    _seat: SemaphorePermit<'static>,
}

impl Browser {
    /// Waits for a seat, then lends a browser with one empty tab.
    pub async fn lend(engine: Engine, hand: Hand) -> anyhow::Result<Lent> {
        Self::lend_for(1, engine, hand).await
    }

    /// Waits until no other browser is lent, and lends no other meanwhile: for tests that hold how long something takes.
    pub async fn lend_alone(engine: Engine, hand: Hand) -> anyhow::Result<Lent> {
        Self::lend_for(AT_ONCE, engine, hand).await
    }

    async fn lend_for(seats: u32, engine: Engine, hand: Hand) -> anyhow::Result<Lent> {
        let seat = SEATS.acquire_many(seats).await?;
        let browser = match idle(engine) {
            // One that has died meanwhile is no loss.
            Some(mut idle) => match idle.begin_anew(hand).await {
                Ok(()) => idle,
                Err(_) => begun(engine, hand).await?,
            },
            None => begun(engine, hand).await?,
        };
        Ok(Lent { browser: Some(browser), _seat: seat })
    }
}

async fn begun(engine: Engine, hand: Hand) -> anyhow::Result<Browser> {
    let mut browser = Browser::start_engine(engine).await?;
    browser.begin_anew(hand).await?;
    Ok(browser)
}

fn idle(engine: Engine) -> Option<Browser> {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let place = idle.iter().position(|browser| browser.engine() == engine)?;
    Some(idle.swap_remove(place))
}

impl Deref for Lent {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        self.browser.as_ref().expect("it is there until it is given back")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // What a failed test has left behind is nobody's business: such a browser ends here.
        if let (Some(browser), false) = (self.browser.take(), std::thread::panicking()) {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(browser);
        }
    }
}
