-- Sessions know whose they are, so that a new password ends those of the old one. Whoever is signed in signs in once more.

DROP TABLE sessions;

CREATE TABLE sessions (
    key_hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (number),
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_user ON sessions (user);
