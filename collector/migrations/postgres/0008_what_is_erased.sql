-- The schema as of the SQLite migration 0012: see there for what each part is for.

CREATE INDEX presentations_erased ON presentations (site, day) WHERE standing = 3;

UPDATE responses SET completed = 1
WHERE completed = 0 AND EXISTS (
    SELECT 1 FROM presentations AS p
    WHERE p.site = responses.site AND p.response_id = responses.response_id AND p.stages & 16 <> 0
);
