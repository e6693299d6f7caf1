-- Mart pack_performance: one row a pack version, variant and language, over every campaign that used it.
--
-- pack, pack_version, variant, language, drafter: what wrote the text
-- campaigns: how many campaigns sent it
-- edited: sent messages whose text a person changed after drafting
-- sent, refused, bounced, delivered, replied, positive, unsubscribed: messages, see staging/message_fact.sql
-- bounce_rate, bounce_rate_low, bounce_rate_high: bounced or refused over sent or refused, Wilson 95 %
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered, Wilson 95 %
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
WITH counts AS (
    SELECT
        coalesce(d.pack, c.pack) AS pack, coalesce(d.pack_version, c.pack_version) AS pack_version, m.variant, m."language", m.drafter,
        count(DISTINCT c.campaign_id) AS campaigns,
        count(*) FILTER (is_sent AND revision_number > 1) AS edited,
        count(*) FILTER (is_sent) AS sent,
        count(*) FILTER (is_refused) AS refused,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_unsubscribed) AS unsubscribed
    FROM message_fact AS m JOIN campaign_fact AS c USING (campaign_id) LEFT JOIN draft_fact AS d ON d.id = m.draft_id
    GROUP BY ALL
)
SELECT
    *,
    rate(bounced + refused, sent + refused) AS bounce_rate, rate_low(bounced + refused, sent + refused) AS bounce_rate_low,
    rate_high(bounced + refused, sent + refused) AS bounce_rate_high,
    rate(replied, delivered) AS reply_rate, rate_low(replied, delivered) AS reply_rate_low,
    rate_high(replied, delivered) AS reply_rate_high,
    rate(positive, delivered) AS positive_rate, rate_low(positive, delivered) AS positive_rate_low,
    rate_high(positive, delivered) AS positive_rate_high
FROM counts
ORDER BY pack, pack_version, variant, "language"
