-- What a site's team has settled for all of its surveys, which surveys are stopped, how many answers each has, and a sample of
-- page views for estimates of reach.

-- A JSON object: see survey::definition::SiteSettings. What is not in it has its default.
ALTER TABLE sites ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
UPDATE sites SET settings = json_object('keep_query', json(keep_query));
ALTER TABLE sites DROP COLUMN keep_query;

-- Surveys that somebody stopped, whatever their version.
CREATE TABLE stopped_surveys (
    site TEXT NOT NULL REFERENCES sites (key),
    survey TEXT NOT NULL,
    PRIMARY KEY (site, survey)
) STRICT, WITHOUT ROWID;

-- How many visitors have answered each survey, in all its versions: what quotas go by. Looked at every second, so it is kept
-- beside the counts by day and page, of which there are ever more.
CREATE TABLE answered (
    site TEXT NOT NULL,
    survey TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (site, survey)
) STRICT, WITHOUT ROWID;

INSERT INTO answered (site, survey, count)
SELECT site, survey, SUM(answered) FROM funnel GROUP BY site, survey;

-- Page views that told of themselves, counted by what they had in common. Kept for eight days.
CREATE TABLE page_views (
    site TEXT NOT NULL,
    day INTEGER NOT NULL,
    page TEXT NOT NULL,     -- a page key without a query; '(other)' where a day has too many
    referrer TEXT NOT NULL, -- an origin, or nothing
    device TEXT NOT NULL,
    browser TEXT NOT NULL,
    os TEXT NOT NULL,
    language TEXT NOT NULL, -- the first part of a tag
    sampled INTEGER NOT NULL,
    stands_for REAL NOT NULL, -- how many page views those are, by the share that was sampled when they came in
    PRIMARY KEY (site, day, page, referrer, device, browser, os, language)
) STRICT, WITHOUT ROWID;

CREATE INDEX page_views_by_day ON page_views (day);
