-- Surveys that are being written, surveys that were put away, and who published what.

-- One row for each survey that has a draft, or had one: revisions go on counting, so that nobody who knows an earlier draft by its number
-- takes a later one for it. Without a document there is none; who and when then tell of its end.
CREATE TABLE drafts (
    site TEXT NOT NULL REFERENCES sites (key),
    survey TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document TEXT, -- JSON as the editor has it; it need not be a survey yet
    based_on INTEGER, -- the version that it was begun from
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (site, survey)
) STRICT;

CREATE TABLE archived_surveys (
    site TEXT NOT NULL REFERENCES sites (key),
    survey TEXT NOT NULL,
    PRIMARY KEY (site, survey)
) STRICT, WITHOUT ROWID;

-- Not known of versions that are older than the site's log.
ALTER TABLE surveys ADD COLUMN published_at INTEGER;
ALTER TABLE surveys ADD COLUMN published_by TEXT;

UPDATE surveys SET
    published_at = (SELECT MAX(done_at) FROM audit_log AS log
                    WHERE log.site = surveys.site AND log.deed = 'survey_published' AND log.subject = surveys.id
                      AND log.details LIKE 'version ' || surveys.version || ':%'),
    published_by = (SELECT MAX(actor) FROM audit_log AS log
                    WHERE log.site = surveys.site AND log.deed = 'survey_published' AND log.subject = surveys.id
                      AND log.details LIKE 'version ' || surveys.version || ':%');
