-- People: how somebody joins a site, what programs sign in with, under which keys pages reach a site, and who did what.
-- Of whatever signs somebody in, only a hash is kept. Rows of a site are found by its key; `id` names one within it.

-- Sessions tell when and in what browser they began. Whoever is signed in signs in once more.
DROP TABLE sessions;

CREATE TABLE sessions (
    key_hash BLOB PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES users (number),
    began_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL, -- to the hour
    expires_at INTEGER NOT NULL,
    browser TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_member ON sessions (member, began_at);

CREATE TABLE invitations (
    site TEXT NOT NULL REFERENCES sites (key),
    id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;

-- Whoever has a link or a token does not say of which site it is.
CREATE INDEX invitations_by_id ON invitations (id);

CREATE TABLE api_tokens (
    site TEXT NOT NULL REFERENCES sites (key),
    id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_day INTEGER, -- none before it is used
    PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX api_tokens_by_id ON api_tokens (id);

-- Keys that pages name a site by. The first is the site's permanent name. One that has retired is kept for a while, so that
-- nobody else gets it while it still stands in somebody's pages.
CREATE TABLE site_keys (
    key TEXT PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites (key),
    number INTEGER NOT NULL,  -- counts the keys of a site
    retires_at INTEGER        -- none for the newest
) STRICT, WITHOUT ROWID;

CREATE INDEX site_keys_of_site ON site_keys (site, number);

INSERT INTO site_keys (key, site, number) SELECT key, key, 1 FROM sites;

-- What was done on a site, and by whom.
CREATE TABLE audit_log (
    site TEXT NOT NULL REFERENCES sites (key),
    number INTEGER NOT NULL,
    done_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;
