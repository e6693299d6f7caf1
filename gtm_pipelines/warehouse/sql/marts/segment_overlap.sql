-- Mart segment_overlap: one row a pair of segment versions that wrote to the same people.
--
-- segment_id, segment, segment_version: one of the two
-- other_segment_id, other_segment, other_version: the other
-- people: whom the first wrote to
-- shared: those of them whom the other wrote to as well: their answers count in both
WITH written AS (
    SELECT DISTINCT c.segment_id, c.segment, c.segment_version, m.contact_id
    FROM message_fact AS m JOIN campaign_fact AS c USING (campaign_id)
    WHERE m.is_sent
),
sizes AS (
    SELECT segment_id, segment_version, count(*) AS people FROM written GROUP BY ALL
)
SELECT
    a.segment_id, a.segment, a.segment_version,
    b.segment_id AS other_segment_id, b.segment AS other_segment, b.segment_version AS other_version,
    any_value(s.people) AS people, count(*) AS shared
FROM written AS a
JOIN written AS b ON b.contact_id = a.contact_id AND (b.segment_id <> a.segment_id OR b.segment_version <> a.segment_version)
JOIN sizes AS s ON s.segment_id = a.segment_id AND s.segment_version = a.segment_version
GROUP BY ALL
ORDER BY a.segment, a.segment_version, shared DESC, b.segment, b.segment_version
