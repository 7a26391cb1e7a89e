//! Secrets that let somebody in: of a session, a token, an invitation, a share. 256 bits each, of which the store knows only the SHA-256,
//! so that a copy of the database signs nobody in.

use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// How many letters and digits are 256 bits.
const LENGTH: usize = 43;

/// What a secret is for; it begins with a word that says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    Session,
    Token,
    Invitation,
    Share,
}

impl Purpose {
    /// Whether a text says that it is for this, be it a secret or not.
    pub fn is_named_by(self, text: &str) -> bool {
        text.starts_with(self.prefix())
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "ps_",
            Self::Token => "pp_",
            Self::Invitation => "pi_",
            Self::Share => "pf_",
        }
    }
}

/// A secret as it is handed out, once.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    pub fn make(purpose: Purpose) -> Self {
        let random = Alphanumeric.sample_string(&mut rand::rng(), LENGTH);
        Self(format!("{}{random}", purpose.prefix()).into())
    }

    /// What somebody sends; nothing where it cannot be one.
    pub fn read(purpose: Purpose, text: &str) -> Option<Self> {
        let random = text.strip_prefix(purpose.prefix())?;
        let fits = random.len() == LENGTH && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Self(text.into()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.expose().as_bytes()).into())
    }
}

/// What is stored of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Names the secret where it is listed. Tells nothing of it: whoever guessed it would have to guess 256 bits.
    pub fn id(&self) -> String {
        self.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<Vec<u8>> for SecretHash {
    type Error = Vec<u8>;

    fn try_from(bytes: Vec<u8>) -> Result<Self, Vec<u8>> {
        bytes.try_into().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_only_for_what_it_was_made() {
        let token = Secret::make(Purpose::Token);
        assert!(token.expose().starts_with("pp_"), "{}", token.expose());
        let read = Secret::read(Purpose::Token, token.expose()).unwrap();
        assert_eq!((read.hash(), read.hash().id().len()), (token.hash(), 16));
        for other in [Purpose::Session, Purpose::Invitation, Purpose::Share] {
            assert!(Secret::read(other, token.expose()).is_none() && !other.is_named_by(token.expose()));
        }
        assert!(Purpose::Token.is_named_by(token.expose()) && Purpose::Token.is_named_by("pp_"));
        for wrong in ["", "pp_", "pp_short", &format!("{} ", token.expose()), &token.expose().replace("pp_", "pp-")] {
            assert!(Secret::read(Purpose::Token, wrong).is_none(), "{wrong:?}");
        }
        assert_ne!(Secret::make(Purpose::Token).hash(), token.hash());
    }
}
