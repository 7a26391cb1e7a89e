-- The schema as of the SQLite migration 0013: see there for what the index is for.

CREATE INDEX pages_by_bucket ON pages (site, (number / 32));
