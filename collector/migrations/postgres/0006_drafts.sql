-- Surveys that are being written, surveys that were put away, and who published what: see the SQLite migration 0010.

CREATE TABLE drafts (
    site TEXT COLLATE "C" NOT NULL REFERENCES sites (key),
    survey TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    document TEXT,
    based_on BIGINT,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (site, survey)
);

CREATE TABLE archived_surveys (
    site TEXT COLLATE "C" NOT NULL REFERENCES sites (key),
    survey TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (site, survey)
);

ALTER TABLE surveys ADD COLUMN published_at BIGINT;
ALTER TABLE surveys ADD COLUMN published_by TEXT;

UPDATE surveys SET
    published_at = (SELECT MAX(done_at) FROM audit_log AS log
                    WHERE log.site = surveys.site AND log.deed = 'survey_published' AND log.subject = surveys.id
                      AND log.details LIKE 'version ' || surveys.version || ':%'),
    published_by = (SELECT MAX(actor) FROM audit_log AS log
                    WHERE log.site = surveys.site AND log.deed = 'survey_published' AND log.subject = surveys.id
                      AND log.details LIKE 'version ' || surveys.version || ':%');
