-- Mart experiment_days: one row an arm of a campaign and day on which anything happened in the campaign, counts up to that day.
--
-- campaign_id, campaign, variant, is_reference: the arm, see experiments
-- day: the day, UTC
-- sent, delivered, positive, harmed: people of the arm up to and on that day
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
-- ratio_low, ratio_high: how many times as often as the reference it was answered with interest, as known that day (null: no end)
WITH arms AS (
    SELECT DISTINCT campaign_id, variant FROM arm_day
),
happened AS (
    SELECT DISTINCT campaign_id, "day" FROM arm_day
),
daily AS (
    SELECT campaign_id, variant, "day", sum(sent) AS sent, sum(delivered) AS delivered, sum(positive) AS positive, sum(harmed) AS harmed
    FROM arm_day GROUP BY campaign_id, variant, "day"
),
counted AS (
    SELECT
        a.campaign_id, a.variant, h."day",
        (sum(coalesce(d.sent, 0)) OVER so_far)::BIGINT AS sent, (sum(coalesce(d.delivered, 0)) OVER so_far)::BIGINT AS delivered,
        (sum(coalesce(d.positive, 0)) OVER so_far)::BIGINT AS positive, (sum(coalesce(d.harmed, 0)) OVER so_far)::BIGINT AS harmed
    FROM arms AS a
    JOIN happened AS h USING (campaign_id)
    LEFT JOIN daily AS d ON d.campaign_id = a.campaign_id AND d.variant = a.variant AND d."day" = h."day"
    WINDOW so_far AS (PARTITION BY a.campaign_id, a.variant ORDER BY h."day")
)
SELECT
    n.campaign_id, c.campaign, n.variant, n.variant = reference_arm(c.variants) AS is_reference, n."day",
    n.sent, n.delivered, n.positive, n.harmed,
    rate(n.positive, n.delivered) AS positive_rate, rate_low(n.positive, n.delivered) AS positive_rate_low,
    rate_high(n.positive, n.delivered) AS positive_rate_high
FROM counted AS n JOIN campaign_fact AS c USING (campaign_id)
ORDER BY c.campaign, n.campaign_id, n."day", is_reference DESC, n.variant
