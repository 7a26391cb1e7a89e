//! Waiting for what a page should come to by itself.

use anyhow::bail;
use tokio::time::{Duration, Instant, sleep};

/// How long something that should happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(10);

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Looks again and again until there is something, for [`SOON`].
///
/// That a look fails is no end: a page that is just being left cannot be asked. The last failure is told if none succeeds.
pub(super) async fn soon<T>(
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
    missing: impl Fn() -> String,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + SOON;
    loop {
        match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if Instant::now() > deadline => bail!("{} within {SOON:?}", missing()),
            Err(error) if Instant::now() > deadline => {
                return Err(error.context(format!("{} within {SOON:?}", missing())));
            }
            _ => sleep(LOOK_AGAIN).await,
        }
    }
}
