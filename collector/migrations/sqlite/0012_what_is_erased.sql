-- What is left of erased answers is found without reading all that is older, once an hour and on every site.
CREATE INDEX presentations_erased ON presentations (site, day) WHERE standing = 3;

-- Who went back from an ending's form and answered again had answered everything all the same; the stages have it (rollup::Stages).
UPDATE responses SET completed = 1
WHERE completed = 0 AND EXISTS (
    SELECT 1 FROM presentations AS p
    WHERE p.site = responses.site AND p.response_id = responses.response_id AND p.stages & 16 <> 0
);
