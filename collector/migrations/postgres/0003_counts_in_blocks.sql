-- The schema as of the SQLite migration 0007: see there for what each table is for.

CREATE TABLE journal (
    site TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (site, number)
);

CREATE TABLE counts (
    site TEXT COLLATE "C" NOT NULL,
    cut BIGINT NOT NULL,
    grain BIGINT NOT NULL,
    start BIGINT NOT NULL,
    series BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    cells BYTEA NOT NULL,
    PRIMARY KEY (site, cut, grain, start, series, bucket)
);

CREATE TABLE cuts (
    site TEXT COLLATE "C" NOT NULL,
    cut TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (site, cut)
);

CREATE TABLE series (
    site TEXT COLLATE "C" NOT NULL,
    survey TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (site, survey, version, question)
);

ALTER TABLE ledgers ADD COLUMN next_entry BIGINT NOT NULL DEFAULT 1;
ALTER TABLE ledgers ADD COLUMN next_page BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN number BIGINT;

UPDATE presentations SET segment = 'device=' || segment;

INSERT INTO singles (name, number) SELECT 'counts to rebuild', 1 WHERE EXISTS (SELECT 1 FROM presentations);

DROP TABLE histograms;
DROP TABLE funnel;
