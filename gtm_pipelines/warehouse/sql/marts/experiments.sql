-- Mart experiments: one row a variant of a campaign, set beside the campaign's first variant, its reference arm.
--
-- campaign_id, campaign, pack, pack_version: the campaign
-- variant, drafter, is_reference: the arm, what wrote it, and whether it is the reference
-- delivered, replied, positive: messages of the arm, see staging/message_fact.sql
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered, Wilson 95 %
-- difference, difference_low, difference_high: positive rate less the reference's, Newcombe 95 % (null for the reference)
-- enough: whether both arms have reached the floor
-- needed: about how many more delivered messages an arm wants before the difference can be told (null where no number would do)
-- verdict: reference, not_enough_data, undecided, better or worse
WITH counts AS (
    SELECT
        c.campaign_id, c.campaign, c.pack, c.pack_version, m.variant, min(m.drafter) AS drafter,
        coalesce(m.variant = json_extract_string(c.variants, '$[0]'), false) AS is_reference,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive
    FROM message_fact AS m JOIN campaign_fact AS c USING (campaign_id)
    GROUP BY c.campaign_id, c.campaign, c.pack, c.pack_version, m.variant, c.variants
)
SELECT
    *,
    rate(positive, delivered) AS positive_rate, rate_low(positive, delivered) AS positive_rate_low,
    rate_high(positive, delivered) AS positive_rate_high,
    rate(replied, delivered) AS reply_rate, rate_low(replied, delivered) AS reply_rate_low,
    rate_high(replied, delivered) AS reply_rate_high
FROM counts
ORDER BY campaign, is_reference DESC, variant
