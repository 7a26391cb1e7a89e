-- Counts in blocks: what reports read. A commit writes down what changes; a moment later that is folded in.

-- What commits changed in the counts, until it is folded into them. `entry` is counts::Entry, packed.
CREATE TABLE journal (
    site TEXT NOT NULL,
    number INTEGER NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

-- How often each point and choice was answered, and how often each stage was reached: of one series, on a day or in a week, among
-- one part of the visitors, on up to 32 pages. `cells` is counts::Cells, packed.
CREATE TABLE counts (
    site TEXT NOT NULL,
    cut INTEGER NOT NULL,
    grain INTEGER NOT NULL,   -- 0: a day, 1: a week from Monday
    start INTEGER NOT NULL,   -- the first day
    series INTEGER NOT NULL,
    bucket INTEGER NOT NULL,  -- the numbers of its pages, divided by 32
    cells BLOB NOT NULL,
    PRIMARY KEY (site, cut, grain, start, series, bucket)
) STRICT, WITHOUT ROWID;

-- Parts of the visitors that are counted apart: `device=phone`; all of them under an empty name.
CREATE TABLE cuts (
    site TEXT NOT NULL,
    cut TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (site, cut)
) STRICT, WITHOUT ROWID;

-- Questions of versions of surveys; how far a survey got under an empty name.
CREATE TABLE series (
    site TEXT NOT NULL,
    survey TEXT NOT NULL,
    version INTEGER NOT NULL,
    question TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (site, survey, version, question)
) STRICT, WITHOUT ROWID;

ALTER TABLE ledgers ADD COLUMN next_entry INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ledgers ADD COLUMN next_page INTEGER NOT NULL DEFAULT 0;

-- What a page is called in the keys of blocks; nothing before it is first counted.
ALTER TABLE pages ADD COLUMN number INTEGER;

-- Segments name their dimensions.
UPDATE presentations SET segment = 'device=' || segment;

-- The counts are made anew from the rows, which are whole, when this version first opens the database.
INSERT INTO singles (name, number) SELECT 'counts to rebuild', 1 WHERE EXISTS (SELECT 1 FROM presentations);

DROP TABLE histograms;
DROP TABLE funnel;
