-- Blocks of counts are packed more densely, and there are some of four weeks, too (grain 2). The counts are made anew from the rows,
-- which are whole, when this version first opens the database; until then nothing reads the old ones.
DELETE FROM counts;
DELETE FROM journal;
INSERT INTO singles (name, number) SELECT 'counts to rebuild', 1
WHERE EXISTS (SELECT 1 FROM presentations) AND NOT EXISTS (SELECT 1 FROM singles WHERE name = 'counts to rebuild');
