-- Every key leads with the site, so that a database can be spread over machines site by site; what two collectors could fight
-- over hangs on one row of the site's. Answers can be doubted and set apart, and people have roles.

-- Single values: how often something has been published, and the secret that cookies and links are signed with.
CREATE TABLE singles (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    bytes BLOB
) STRICT, WITHOUT ROWID;

INSERT INTO singles (name, number) SELECT 'publications', value FROM settings WHERE name = 'publications';
INSERT INTO singles (name, number, bytes)
SELECT 'secret', 0, value FROM settings WHERE name = 'cookie_key' AND EXISTS (SELECT 1 FROM sites);
DROP TABLE settings;

-- One row for each site. Whoever stores answers of it holds that row until they are stored, and numbers them from there.
CREATE TABLE ledgers (
    site TEXT PRIMARY KEY,
    next_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO ledgers (site, next_number)
SELECT s.key, 1 + COALESCE((SELECT MAX(number) FROM responses AS r WHERE r.site = s.key), 0) FROM sites AS s;

ALTER TABLE surveys RENAME TO earlier_surveys;
CREATE TABLE surveys (
    site TEXT NOT NULL REFERENCES sites (key),
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL, -- keeps the order of publication on the site
    definition TEXT NOT NULL,
    PRIMARY KEY (site, id, version)
) STRICT;
INSERT INTO surveys (site, id, version, number, definition)
SELECT site, id, version, number, definition FROM earlier_surveys;
DROP TABLE earlier_surveys;

-- Pages that something has been counted on, with the day on which that began: a day has room for so many new ones.
CREATE TABLE pages (
    site TEXT NOT NULL,
    page TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    PRIMARY KEY (site, page)
) STRICT, WITHOUT ROWID;

CREATE INDEX pages_by_day ON pages (site, first_day);
INSERT INTO pages (site, page, first_day) SELECT site, page, MIN(day) FROM funnel GROUP BY site, page;

-- One row for each time that a survey met a visitor. Where and when it is counted is fixed by the first that is heard of it, so
-- that whatever is counted can later be subtracted from the same place.
ALTER TABLE presentations RENAME TO earlier_presentations;
CREATE TABLE presentations (
    site TEXT NOT NULL,
    response_id BLOB NOT NULL,
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    page TEXT NOT NULL,
    day INTEGER NOT NULL,
    segment TEXT NOT NULL,
    stages INTEGER NOT NULL,   -- a set of bits: see rollup::Stages
    flags INTEGER NOT NULL,    -- a set of bits: see ingest::flags
    standing INTEGER NOT NULL, -- see rollup::Standing
    number INTEGER,            -- of the response, once there is one
    rev INTEGER,               -- its latest revision
    PRIMARY KEY (site, response_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX presentations_by_day ON presentations (site, day);
CREATE INDEX presentations_apart ON presentations (site, number) WHERE flags <> 0 OR standing <> 0;
INSERT INTO presentations (site, response_id, survey, version, page, day, segment, stages, flags, standing, number, rev)
SELECT p.site, p.response_id, p.survey, p.version, p.page, p.day, p.segment, p.stages, 0, 0, r.number, r.rev
FROM earlier_presentations AS p LEFT JOIN responses AS r ON r.response_id = p.response_id;

ALTER TABLE answers RENAME TO earlier_answers;
ALTER TABLE responses RENAME TO earlier_responses;
DROP INDEX responses_of_page;
DROP INDEX responses_of_site;
CREATE TABLE responses (
    site TEXT NOT NULL,
    number INTEGER NOT NULL,
    response_id BLOB NOT NULL,
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    page TEXT NOT NULL,
    day INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    referrer TEXT NOT NULL,
    device TEXT NOT NULL,
    language TEXT NOT NULL,
    viewport_width INTEGER NOT NULL,
    viewport_height INTEGER NOT NULL,
    visible_ms INTEGER NOT NULL,
    scroll_percent INTEGER NOT NULL,
    signal TEXT,
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX responses_of_page ON responses (site, page, number);
INSERT INTO responses (site, number, response_id, survey, version, page, day, completed, answered_at, received_at, title,
                       referrer, device, language, viewport_width, viewport_height, visible_ms, scroll_percent, signal)
SELECT site, number, response_id, survey, version, page, day, completed, answered_at, received_at, title,
       referrer, segment, language, viewport_width, viewport_height, visible_ms, scroll_percent, signal
FROM earlier_responses;

CREATE TABLE answers (
    site TEXT NOT NULL,
    response INTEGER NOT NULL, -- its number
    question TEXT NOT NULL,
    point INTEGER, -- on the question's scale, for a score
    text TEXT,     -- for a comment, or the words of "other"
    choices TEXT,  -- {"price": 0, "other": 3}: what was picked, with its place in the question
    contact TEXT,  -- [["email", "ann@home.example"]]: in a column of its own, so that it is never taken for a comment
    PRIMARY KEY (site, response, question)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_with_contact ON answers (site, response) WHERE contact IS NOT NULL;
INSERT INTO answers (site, response, question, point, text, choices, contact)
SELECT r.site, a.response, a.question, a.point, a.text, a.choices, a.contact
FROM earlier_answers AS a JOIN earlier_responses AS r ON r.number = a.response;
DROP TABLE earlier_answers;
DROP TABLE earlier_responses;
DROP TABLE earlier_presentations;

-- Whoever was a member could do everything there was.
ALTER TABLE memberships RENAME TO earlier_memberships;
CREATE TABLE memberships (
    site TEXT NOT NULL REFERENCES sites (key),
    member INTEGER NOT NULL REFERENCES users (number),
    role TEXT NOT NULL, -- owner, editor or viewer
    PRIMARY KEY (site, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_of_member ON memberships (member);
INSERT INTO memberships (site, member, role) SELECT site, user, 'owner' FROM earlier_memberships;
DROP TABLE earlier_memberships;

ALTER TABLE sessions RENAME COLUMN user TO member;
