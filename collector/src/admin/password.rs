//! Passwords: Argon2id with the library's default cost, off the threads that serve.

use std::sync::LazyLock;

use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rand::distr::{Alphanumeric, SampleString};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::problem::ApiError;

/// Fewer could be guessed offline from a stolen database.
const MIN_CHARACTERS: usize = 10;

/// Hashing costs time in proportion to nothing else that a caller can choose.
const MAX_BYTES: usize = 1_024;

/// How many are hashed at a time: each takes 19 MiB, and anybody may ask.
static TURNS: Semaphore = Semaphore::const_new(4);

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has {MIN_CHARACTERS} characters or more and at most {MAX_BYTES} bytes")]
    Length,
    #[error("the password cannot be hashed: {0}")]
    Hashing(String),
}

/// Hashes a new password, in the format of password-hash competitions: `$argon2id$…`. Takes tens of milliseconds.
pub fn hash(password: &SecretString) -> Result<String, PasswordError> {
    let password = password.expose_secret();
    if password.chars().count() < MIN_CHARACTERS || password.len() > MAX_BYTES {
        return Err(PasswordError::Length);
    }
    hash_any(password)
}

fn hash_any(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hashing(error.to_string()))
}

/// The same off the threads that serve, for the field of a request.
pub async fn hash_in_turn(password: SecretString, field: &'static str) -> Result<String, ApiError> {
    let _turn = TURNS.acquire().await.map_err(|error| ApiError::Internal(error.into()))?;
    let hashed = web::block(move || hash(&password)).await.map_err(|error| ApiError::Internal(error.into()))?;
    hashed.map_err(|error| match error {
        PasswordError::Length => {
            ApiError::BadParameter { field: field.to_owned(), reason: format!("{field}: {error}") }
        }
        PasswordError::Hashing(_) => ApiError::Internal(error.into()),
    })
}

/// A password for somebody who did not choose one: 119 bits.
pub fn generate() -> SecretString {
    Alphanumeric.sample_string(&mut rand::rng(), 20).into()
}

/// Whether this is the password that was hashed. Without a hash, because there is no such user, it takes as long and fails, so
/// that the time does not tell who has an account.
pub async fn verify(password: SecretString, hash: Option<String>) -> Result<Verdict, ApiError> {
    // Closed by nobody, so there is always a turn to wait for.
    let _turn = TURNS.acquire().await.map_err(|error| ApiError::Internal(error.into()))?;
    web::block(move || check(&password, hash.as_deref())).await.map_err(|error| ApiError::Internal(error.into()))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Right,
    Wrong,
}

fn check(password: &SecretString, hash: Option<&str>) -> Verdict {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash_any("").unwrap_or_default());

    let expected = hash.unwrap_or(&NOBODY);
    let is_right = PasswordHash::new(expected).is_ok_and(|expected| {
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &expected).is_ok()
    });
    if is_right && hash.is_some() { Verdict::Right } else { Verdict::Wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_only_for_the_account_it_was_hashed_for() {
        let hashed = hash(&"correct horse".into()).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$"), "{hashed}");
        assert_eq!(check(&"correct horse".into(), Some(&hashed)), Verdict::Right);
        assert_eq!(check(&"battery staple".into(), Some(&hashed)), Verdict::Wrong);
        assert_eq!(check(&"".into(), None), Verdict::Wrong);
        assert_eq!(check(&"correct horse".into(), Some("not a hash")), Verdict::Wrong);
    }

    #[test]
    fn a_password_that_could_be_guessed_is_refused_with_the_way_out() {
        let refused = hash(&"short".into()).unwrap_err().to_string();
        assert!(refused.contains("10 characters or more"), "{refused}");
    }
}
