-- Mart pack_drafts: one row a pack version, variant, language and drafter: what people and the judge made of its drafts.
--
-- pack, pack_version, variant, language, drafter: what wrote them
-- drafts: how many were written
-- decided, approved: those that a person approved or rejected, as they decided last; those approved
-- edited: of the approved those that were changed after drafting
-- judged: those whose text as it stands was judged
-- quality, quality_low, quality_high: mean of the judge's quality from 0 to 1, with its 95 % interval (null below two)
-- risk: mean of the judge's risk from 0 to 1
WITH scored AS (
    SELECT j.draft_id, avg(j.quality) AS quality, avg(j.risk) AS risk
    FROM record.judgement AS j JOIN record.draft AS d ON d.id = j.draft_id AND d.current_revision = j.revision_number
    GROUP BY j.draft_id
),
counts AS (
    SELECT
        d.pack, d.pack_version, d.variant, d."language", d.drafter,
        count(*) AS drafts,
        count(*) FILTER (d.decision IN ('approve', 'reject')) AS decided,
        count(*) FILTER (d.decision = 'approve') AS approved,
        count(*) FILTER (d.decision = 'approve' AND d.decided_revision > 1) AS edited,
        count(s.draft_id) AS judged,
        avg(s.quality) AS quality,
        CASE WHEN count(s.draft_id) > 1 THEN 1.959963984540054 * stddev_samp(s.quality) / sqrt(count(s.draft_id)) END AS half,
        avg(s.risk) AS risk
    FROM draft_fact AS d LEFT JOIN scored AS s ON s.draft_id = d.id
    GROUP BY ALL
)
SELECT
    pack, pack_version, variant, "language", drafter, drafts, decided, approved, edited, judged,
    quality, greatest(0.0, quality - half) AS quality_low, least(1.0, quality + half) AS quality_high, risk
FROM counts
ORDER BY pack, pack_version, variant, "language", drafter
