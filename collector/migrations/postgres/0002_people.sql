-- The schema as of the SQLite migration 0006: see there for what each table is for.

DROP TABLE sessions;

CREATE TABLE sessions (
    key_hash BYTEA PRIMARY KEY,
    member BIGINT NOT NULL REFERENCES users (number),
    began_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    browser TEXT NOT NULL
);

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_of_member ON sessions (member, began_at);

CREATE TABLE invitations (
    site TEXT COLLATE "C" NOT NULL REFERENCES sites (key),
    id TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (site, id)
);

CREATE INDEX invitations_by_id ON invitations (id);

CREATE TABLE api_tokens (
    site TEXT COLLATE "C" NOT NULL REFERENCES sites (key),
    id TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_day BIGINT,
    PRIMARY KEY (site, id)
);

CREATE INDEX api_tokens_by_id ON api_tokens (id);

CREATE TABLE site_keys (
    key TEXT COLLATE "C" PRIMARY KEY,
    site TEXT COLLATE "C" NOT NULL REFERENCES sites (key),
    number BIGINT NOT NULL,
    retires_at BIGINT
);

CREATE INDEX site_keys_of_site ON site_keys (site, number);

INSERT INTO site_keys (key, site, number) SELECT key, key, 1 FROM sites;

CREATE TABLE audit_log (
    site TEXT COLLATE "C" NOT NULL REFERENCES sites (key),
    number BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (site, number)
);
