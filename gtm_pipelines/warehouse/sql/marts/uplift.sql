-- Mart uplift: one row a variant of a pack version and language, over every campaign in which both it and the control arm were sent.
-- The control arm is the campaign's first variant.
--
-- pack, pack_version, variant, control, language: the arm and the arm it is compared with
-- campaigns: how many campaigns sent both
-- delivered, positive: messages of the variant; control_delivered, control_positive: of the control
-- positive_rate, control_rate: positive over delivered of each
-- difference, difference_low, difference_high: variant less control, Newcombe 95 %
-- enough: whether both arms have reached the floor
-- needed: about how many more delivered messages an arm wants before the difference can be told (null where no number would do)
-- verdict: not_enough_data, undecided, better or worse
WITH arms AS (
    SELECT
        c.campaign_id, c.pack, c.pack_version, m.variant, m."language", json_extract_string(c.variants, '$[0]') AS control,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_positive) AS positive
    FROM message_fact AS m JOIN campaign_fact AS c USING (campaign_id)
    GROUP BY c.campaign_id, c.pack, c.pack_version, m.variant, m."language", c.variants
)
SELECT
    a.pack, a.pack_version, a.variant, a.control, a."language",
    count(DISTINCT a.campaign_id) AS campaigns,
    sum(a.delivered)::BIGINT AS delivered, sum(a.positive)::BIGINT AS positive,
    sum(k.delivered)::BIGINT AS control_delivered, sum(k.positive)::BIGINT AS control_positive,
    rate(sum(a.positive), sum(a.delivered)) AS positive_rate,
    rate(sum(k.positive), sum(k.delivered)) AS control_rate
FROM arms AS a
JOIN arms AS k ON k.campaign_id = a.campaign_id AND k."language" = a."language" AND k.variant = a.control
WHERE a.variant <> a.control
GROUP BY a.pack, a.pack_version, a.variant, a.control, a."language"
ORDER BY a.pack, a.pack_version, a.variant, a."language"
