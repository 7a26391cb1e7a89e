-- Sites and what is published on them, what visitors did, the counts made of that, and who may look at it.
-- Times are Unix milliseconds; days are counted from 1970-01-01 in UTC.

-- Single values: the key that signs session cookies, and how often something has been published.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO settings (name, value) VALUES ('publications', 0), ('cookie_key', randomblob(64));

CREATE TABLE sites (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    origins TEXT NOT NULL,    -- a JSON array: ["https://shop.example"]
    keep_query TEXT NOT NULL, -- a JSON array of query parameters that tell pages apart
    demo INTEGER NOT NULL     -- 1: its answers are made up
) STRICT, WITHOUT ROWID;

-- Every version of every survey. `number` keeps the order of publication, which is the order of priority.
CREATE TABLE surveys (
    number INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites (key),
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    definition TEXT NOT NULL,
    UNIQUE (site, id, version)
) STRICT;

-- One row for each time that a survey met a visitor. Where and when it is counted is fixed by the first that is heard of it, so
-- that whatever is counted can later be subtracted from the same place.
CREATE TABLE presentations (
    response_id BLOB PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites (key),
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    page TEXT NOT NULL,
    day INTEGER NOT NULL,
    segment TEXT NOT NULL,
    stages INTEGER NOT NULL -- a set of bits: see rollup::Stages
) STRICT, WITHOUT ROWID;

-- The latest revision of what a visitor answered. `number` is the collector's own name for it: the response id is a secret
-- between widget and collector.
CREATE TABLE responses (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    response_id BLOB NOT NULL UNIQUE REFERENCES presentations (response_id),
    site TEXT NOT NULL REFERENCES sites (key),
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    page TEXT NOT NULL,
    day INTEGER NOT NULL,
    segment TEXT NOT NULL,
    rev INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    referrer TEXT NOT NULL,
    language TEXT NOT NULL,
    viewport_width INTEGER NOT NULL,
    viewport_height INTEGER NOT NULL,
    visible_ms INTEGER NOT NULL,
    scroll_percent INTEGER NOT NULL,
    signal TEXT
) STRICT;

CREATE INDEX responses_of_site ON responses (site, number);
CREATE INDEX responses_of_page ON responses (site, page, number);

CREATE TABLE answers (
    response INTEGER NOT NULL REFERENCES responses (number),
    question TEXT NOT NULL,
    point INTEGER, -- on the question's scale, for a score
    text TEXT,     -- for a comment
    PRIMARY KEY (response, question)
) STRICT, WITHOUT ROWID;

-- How many answers each point of each scale got. Reports read these and never the answers. The key begins as every report
-- asks: one site, a span of days.
CREATE TABLE histograms (
    site TEXT NOT NULL,
    day INTEGER NOT NULL,
    page TEXT NOT NULL,
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    segment TEXT NOT NULL,
    question TEXT NOT NULL,
    point INTEGER NOT NULL,
    -- No CHECK (count >= 0): an upsert checks the row that it would insert, -1 for a revision, before it finds the one to update.
    count INTEGER NOT NULL,
    PRIMARY KEY (site, day, page, survey, version, segment, question, point)
) STRICT, WITHOUT ROWID;

-- How many presentations reached each stage.
CREATE TABLE funnel (
    site TEXT NOT NULL,
    day INTEGER NOT NULL,
    page TEXT NOT NULL,
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    segment TEXT NOT NULL,
    eligible INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    started INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    dismissed INTEGER NOT NULL,
    PRIMARY KEY (site, day, page, survey, version, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    number INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE memberships (
    user INTEGER NOT NULL REFERENCES users (number),
    site TEXT NOT NULL REFERENCES sites (key),
    PRIMARY KEY (user, site)
) STRICT, WITHOUT ROWID;

-- Signed-in browsers. Only a hash of the key that the cookie carries is kept.
CREATE TABLE sessions (
    key_hash BLOB PRIMARY KEY,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_expiry ON sessions (expires_at);
