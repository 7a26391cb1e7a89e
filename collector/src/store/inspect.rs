//! Looking after a database: whether it answers, and whether what it holds is whole.

use super::{Store, StoreError, sql};

impl Store {
    /// Whether it answers anything at all.
    pub async fn answers_at_all(&self) -> Result<(), StoreError> {
        self.database.one(sql("SELECT number FROM singles WHERE name = 'publications'")).await.map(|_| ())
    }
}
