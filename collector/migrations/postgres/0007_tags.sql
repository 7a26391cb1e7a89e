-- The schema as of the SQLite migration 0011: see there for what the table is for.

CREATE TABLE tags (
    site TEXT COLLATE "C" NOT NULL,
    response BIGINT NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (site, response, folded)
);

CREATE INDEX tags_by_name ON tags (site, folded, response);
