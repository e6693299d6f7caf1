-- One row a company or contact that came from a file: the row that made it, and how many rows spoke of it.
CREATE OR REPLACE TEMP VIEW import_origin AS
SELECT
    b.kind, r.entity_id,
    arg_min(b.id, r.id) AS batch_id,
    arg_min(b.file_name, r.id) AS file_name,
    arg_min(b.session_key, r.id) AS session_key,
    arg_min(r.line_number, r.id) AS line_number,
    arg_min(r.id, r.id) AS import_row_id,
    count(*) AS rows
FROM record.import_row AS r
JOIN record.import_batch AS b ON b.id = r.batch_id
WHERE r.entity_id IS NOT NULL AND r.outcome IN ('imported', 'merged', 'unchanged')
GROUP BY b.kind, r.entity_id;
