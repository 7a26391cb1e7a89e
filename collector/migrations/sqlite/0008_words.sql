-- What visitors say in their own words, ready to be searched.

-- One row for each response with a text. `terms` is made by comments::Said: the words of all its texts, split and folded, with what
-- else it can be found by; a space between any two. What an index is made of stands here, so that a copy makes it anew.
CREATE TABLE texts (
    site TEXT NOT NULL,
    response INTEGER NOT NULL, -- its number
    day INTEGER NOT NULL,
    terms TEXT NOT NULL,
    PRIMARY KEY (site, response)
) STRICT, WITHOUT ROWID;

CREATE INDEX texts_by_day ON texts (site, day, response);

-- The index, which the triggers below keep: site and block (65,536 numbers of responses) stand before each term, so that a search
-- reads what belongs to its site and to the newest answers, and nothing else. Splitting and folding is done; the tokenizer divides at
-- spaces. secure-delete: what is erased is gone at once, and not when segments happen to be merged.
CREATE VIRTUAL TABLE words USING fts5 (
    terms, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '-/='"
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

-- Numbers for sites, from which the index's row numbers are made: in their order, answers are in theirs.
CREATE TABLE words_sites (
    number INTEGER PRIMARY KEY,
    site TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
    INSERT INTO words_sites (site) SELECT new.site WHERE NOT EXISTS (SELECT 1 FROM words_sites WHERE site = new.site);
    INSERT INTO words (rowid, terms)
    SELECT (number << 40) | new.response,
           new.site || '/' || (new.response >> 16) || '/'
               || replace(new.terms, ' ', ' ' || new.site || '/' || (new.response >> 16) || '/')
    FROM words_sites WHERE site = new.site;
END;

CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
    INSERT INTO words (words, rowid, terms)
    SELECT 'delete', (number << 40) | old.response,
           old.site || '/' || (old.response >> 16) || '/'
               || replace(old.terms, ' ', ' ' || old.site || '/' || (old.response >> 16) || '/')
    FROM words_sites WHERE site = old.site;
END;

CREATE TRIGGER texts_changed AFTER UPDATE ON texts BEGIN
    INSERT INTO words (words, rowid, terms)
    SELECT 'delete', (number << 40) | old.response,
           old.site || '/' || (old.response >> 16) || '/'
               || replace(old.terms, ' ', ' ' || old.site || '/' || (old.response >> 16) || '/')
    FROM words_sites WHERE site = old.site;
    INSERT INTO words (rowid, terms)
    SELECT (number << 40) | new.response,
           new.site || '/' || (new.response >> 16) || '/'
               || replace(new.terms, ' ', ' ' || new.site || '/' || (new.response >> 16) || '/')
    FROM words_sites WHERE site = new.site;
END;

CREATE TRIGGER sites_removed AFTER DELETE ON sites BEGIN
    DELETE FROM words_sites WHERE site = old.key;
END;

-- What is there already is split and folded when this version first opens the database.
INSERT INTO singles (name, number)
SELECT 'texts to index', 1 WHERE EXISTS (SELECT 1 FROM answers WHERE text IS NOT NULL);
