-- The schema as of the SQLite migration 0008: see there for what the table is for.

CREATE TABLE texts (
    site TEXT COLLATE "C" NOT NULL,
    response BIGINT NOT NULL,
    day BIGINT NOT NULL,
    terms TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (site, response)
);

CREATE INDEX texts_by_day ON texts (site, day, response);

-- Site and block stand before each term, as in SQLite: an index of this kind cannot lead with a column. No parser and no dictionary:
-- splitting and folding is done. A short list of what waits to be entered keeps both a commit and a search from stopping for it.
CREATE INDEX texts_by_word ON texts USING gin (
    array_to_tsvector(string_to_array(
        site || '/' || CAST(response >> 16 AS TEXT) || '/'
            || replace(terms, ' ', ' ' || site || '/' || CAST(response >> 16 AS TEXT) || '/'),
        ' '))
) WITH (gin_pending_list_limit = 256);

INSERT INTO singles (name, number)
SELECT 'texts to index', 1 WHERE EXISTS (SELECT 1 FROM answers WHERE text IS NOT NULL);
