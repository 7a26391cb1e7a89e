-- Surveys say in a list how they end, and their feedback tab's label beside the trigger; answers are choices and contact details, too.

UPDATE surveys
SET definition = json_remove(json_set(definition, '$.endings', json_array(definition -> '$.thanks')), '$.thanks')
WHERE json_type(definition, '$.thanks') IS NOT NULL;

-- {"feedback_tab": {"label": "Feedback"}} among the triggers becomes "feedback_tab" there, and "tab_label": "Feedback" beside.
UPDATE surveys
SET definition = json_set(
    definition,
    '$.tab_label',
    (SELECT value ->> '$.feedback_tab.label' FROM json_each(definition, '$.triggers')
     WHERE type = 'object' AND json_type(value, '$.feedback_tab') = 'object' LIMIT 1),
    '$.triggers',
    (SELECT json('[' || group_concat(
         CASE
             WHEN type <> 'object' THEN json_quote(value)
             WHEN json_type(value, '$.feedback_tab') = 'object' THEN '"feedback_tab"'
             ELSE value
         END, ',') || ']')
     FROM json_each(definition, '$.triggers')))
WHERE EXISTS (
    SELECT 1 FROM json_each(definition, '$.triggers')
    WHERE type = 'object' AND json_type(value, '$.feedback_tab') = 'object');

-- The choices that were picked, each with its place in the question: {"price": 0, "other": 3}. They are counted in `histograms`
-- under their places, and whoever picked any of them once more under 255. `text` has the words of "other".
ALTER TABLE answers ADD COLUMN choices TEXT;
-- What somebody left to be written back to, as pairs: [["email", "ann@home.example"]]. In a column of its own, so that it is never
-- taken for a comment.
ALTER TABLE answers ADD COLUMN contact TEXT;
