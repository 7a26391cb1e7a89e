-- A report reads the pages of its blocks, and not all that a site ever had. A block has 32 (counts::PAGES); with their numbers, the index is
-- all that is read.
CREATE INDEX pages_by_bucket ON pages (site, (number / 32), number);
