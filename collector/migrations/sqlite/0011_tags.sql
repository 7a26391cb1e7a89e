-- What a team calls answers, in words of its own.

-- One row for each tag of an answer. `folded` is what tags are compared by, made by comments::Tag; `tag` is how it was first written on
-- this site, and the same in all rows with one `folded`. A tag is there as long as some answer has it: so it goes with the last one.
CREATE TABLE tags (
    site TEXT NOT NULL,
    response INTEGER NOT NULL, -- its number
    folded TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (site, response, folded)
) STRICT, WITHOUT ROWID;

CREATE INDEX tags_by_name ON tags (site, folded, response);
