-- Mart segment_performance: one row a version of a segment, over every campaign that used it.
--
-- segment_id, segment, segment_version: the segment and the version of its filter
-- campaigns: how many campaigns sent to it
-- sent, refused, bounced, delivered, replied, positive, unsubscribed: messages, see staging/message_fact.sql
-- bounce_rate, bounce_rate_low, bounce_rate_high: bounced or refused over sent or refused, Wilson 95 %
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered, Wilson 95 %
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
WITH counts AS (
    SELECT
        c.segment_id, c.segment, c.segment_version,
        count(DISTINCT c.campaign_id) AS campaigns,
        count(*) FILTER (is_sent) AS sent,
        count(*) FILTER (is_refused) AS refused,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_unsubscribed) AS unsubscribed
    FROM message_fact AS m JOIN campaign_fact AS c USING (campaign_id)
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
ORDER BY segment, segment_version
