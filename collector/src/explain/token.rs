//! Tokens: leave to be told on a page why surveys show there or do not, or to see there a survey that is being written. They name one
//! site, and perhaps a survey of it, end after a day, and are signed, so that no visitor can make one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use survey::definition::{SiteKey, SurveyId};

use crate::clock::{DAY_MS, UnixMs};
use crate::signing::SigningKey;
use crate::store::{Store, StoreError};

/// How long a token is good for.
const LIFETIME_MS: i64 = DAY_MS;

/// Tells this use of the store's secret from all others: what signs cookies never signs tokens, nor the other way round.
const PURPOSE: &[u8] = b"pagepoll why link 1";

/// The same, for previews.
const PREVIEW: &[u8] = b"pagepoll preview link 1";

/// How long a moment and a signature are.
const HEAD: usize = 8 + 32;

/// What tokens are signed with.
#[derive(Clone)]
pub struct WhyKey {
    why: SigningKey,
    preview: SigningKey,
}

/// A token, and when it ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Leave {
    pub token: String,
    pub expires_at: UnixMs,
}

impl WhyKey {
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        Ok(Self::from_secret(&store.secret().await?))
    }

    fn from_secret(secret: &[u8]) -> Self {
        Self { why: SigningKey::derived(secret, PURPOSE), preview: SigningKey::derived(secret, PREVIEW) }
    }

    pub fn give(&self, site: &SiteKey, now: UnixMs) -> Leave {
        let expires_at = now + LIFETIME_MS;
        let expiry = expires_at.to_be_bytes();
        let token = [expiry.as_slice(), &self.why.sign(&[&expiry, site.as_str().as_bytes()])].concat();
        Leave { token: URL_SAFE_NO_PAD.encode(token), expires_at }
    }

    /// Whether a token is of this site, signed by us, and still good.
    pub fn admits(&self, site: &SiteKey, token: &str, now: UnixMs) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((expiry, signature)) = token.split_first_chunk::<8>() else { return false };
        // A signature is whole here; has_signed would take a part of one.
        let is_good = signature.len() == 32 && self.why.has_signed(&[expiry, site.as_str().as_bytes()], signature);
        is_good && now < UnixMs::from_be_bytes(*expiry)
    }

    /// Leave to see one survey of a site as it is being written.
    pub fn give_preview(&self, site: &SiteKey, survey: &SurveyId, now: UnixMs) -> Leave {
        let expires_at = now + LIFETIME_MS;
        let expiry = expires_at.to_be_bytes();
        let signature = self.preview.sign(&preview_of(&expiry, site, survey));
        let token = [expiry.as_slice(), &signature, survey.as_str().as_bytes()].concat();
        Leave { token: URL_SAFE_NO_PAD.encode(token), expires_at }
    }

    /// The survey of this site that a token lets somebody see, if it is signed by us and still good.
    pub fn previews(&self, site: &SiteKey, token: &str, now: UnixMs) -> Option<SurveyId> {
        let token = URL_SAFE_NO_PAD.decode(token).ok().filter(|token| token.len() > HEAD)?;
        let (expiry, rest) = token.split_first_chunk::<8>()?;
        let (signature, survey) = rest.split_at_checked(HEAD - 8)?;
        let survey: SurveyId = std::str::from_utf8(survey).ok()?.parse().ok()?;
        let is_good = self.preview.has_signed(&preview_of(expiry, site, &survey), signature);
        (is_good && now < UnixMs::from_be_bytes(*expiry)).then_some(survey)
    }
}

/// What is signed. No name has a slash in it, so none can be taken for the beginning of another.
fn preview_of<'a>(expiry: &'a [u8; 8], site: &'a SiteKey, survey: &'a SurveyId) -> [&'a [u8]; 4] {
    [expiry, site.as_str().as_bytes(), b"/", survey.as_str().as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UnixMs = 1_764_000_000_000;

    #[test]
    fn a_token_is_good_for_its_site_and_a_day() {
        let key = WhyKey::from_secret(b"secret");
        let (shop, other): (SiteKey, SiteKey) = ("shop".parse().unwrap(), "other".parse().unwrap());
        let Leave { token, expires_at } = key.give(&shop, NOON);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        assert!(key.admits(&shop, &token, NOON) && key.admits(&shop, &token, expires_at - 1));
        assert!(!key.admits(&shop, &token, expires_at), "it has ended");
        assert!(!key.admits(&other, &token, NOON), "it is of another site");
        assert!(!WhyKey::from_secret(b"another").admits(&shop, &token, NOON), "somebody else signed it");
    }

    #[test]
    fn leave_to_preview_is_for_one_survey_of_one_site_and_a_day() {
        let key = WhyKey::from_secret(b"secret");
        let (shop, other): (SiteKey, SiteKey) = ("shop".parse().unwrap(), "shop-a".parse().unwrap());
        let (survey, longer): (SurveyId, SurveyId) = ("a-b".parse().unwrap(), "b".parse().unwrap());
        let Leave { token, expires_at } = key.give_preview(&shop, &survey, NOON);
        assert_eq!(key.previews(&shop, &token, expires_at - 1), Some(survey));
        assert_eq!(key.previews(&shop, &token, expires_at), None, "it has ended");
        assert_eq!(key.previews(&other, &token, NOON), None, "it is of another site");
        assert!(!key.admits(&shop, &token, NOON), "it explains nothing");
        assert_eq!(key.previews(&shop, &key.give(&shop, NOON).token, NOON), None, "nor the other way round");
        let renamed = [&URL_SAFE_NO_PAD.decode(&token).unwrap()[..HEAD], longer.as_str().as_bytes()].concat();
        for forged in [URL_SAFE_NO_PAD.encode(renamed), token[..30].to_owned(), String::new(), format!("{token}AAAA")] {
            assert_eq!(key.previews(&shop, &forged, NOON), None, "{forged}");
        }
    }

    #[test]
    fn a_token_that_was_changed_is_worth_nothing() {
        let key = WhyKey::from_secret(b"secret");
        let shop: SiteKey = "shop".parse().unwrap();
        let token = key.give(&shop, NOON).token;
        let later = URL_SAFE_NO_PAD.encode(
            [(NOON + 365 * DAY_MS).to_be_bytes().as_slice(), &URL_SAFE_NO_PAD.decode(&token).unwrap()[8..]].concat(),
        );
        for forged in ["", "x", &later, &token[..token.len() - 4], &format!("{token}AAAA"), &"A".repeat(54), "ä.."] {
            assert!(!key.admits(&shop, forged, NOON), "{forged}");
        }
    }
}
