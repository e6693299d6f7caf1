-- One row a campaign with the names of what it was made of.
CREATE OR REPLACE TEMP VIEW campaign_fact AS
SELECT
    c.id AS campaign_id, c.name AS campaign, c.status, c.released_at, c.created_at, c.variants,
    s.id AS segment_id, s.name AS segment, v.version AS segment_version, v.id AS segment_version_id,
    p.id AS pack_version_id, p.pack, p.version AS pack_version
FROM record.campaign AS c
JOIN record.segment_version AS v ON v.id = c.segment_version_id
JOIN record.segment AS s ON s.id = v.segment_id
JOIN record.pack_version AS p ON p.id = c.pack_version_id;
