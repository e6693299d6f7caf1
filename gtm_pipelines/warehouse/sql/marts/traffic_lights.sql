-- Mart traffic_lights: one row a campaign and its light.
--
-- campaign_id, campaign, status: the campaign
-- sent, refused, bounced, delivered, replied, positive, unsubscribed, complained, opened: what the light was computed from, in messages
-- most: the most messages it can ever send: people who may be written to, times the mails each is sent; null where there are none
-- authentication_failing: whether the sender's SPF, DKIM or DMARC is known to fail
-- colour: GREY, RED, GREEN or YELLOW
-- headline, advice: what it means and what to do next
-- reasons: the figures behind it, one a line, the deciding one first
-- needed: delivered messages still wanted before replies are judged; 0 unless GREY
WITH size AS (
    SELECT
        c.id AS campaign_id,
        (count(*) * (1 + coalesce(any_value(json_array_length(c.settings, '$.sequence')), 0)))::BIGINT AS most
    FROM record.campaign AS c JOIN record.target AS t ON t.campaign_id = c.id AND t.status = 'active' GROUP BY c.id
),
messages AS (
    SELECT
        campaign_id,
        count(*) FILTER (is_sent) AS sent,
        count(*) FILTER (is_refused) AS refused,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_delivered) AS delivered,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_unsubscribed) AS unsubscribed,
        count(*) FILTER (is_complained) AS complained,
        CASE WHEN bool_or(is_opened) THEN count(*) FILTER (is_opened) END AS opened
    FROM message_fact GROUP BY campaign_id
)
SELECT
    c.campaign_id, c.campaign, c.status,
    coalesce(m.sent, 0) AS sent, coalesce(m.refused, 0) AS refused, coalesce(m.bounced, 0) AS bounced, coalesce(m.delivered, 0) AS delivered,
    coalesce(m.replied, 0) AS replied, coalesce(m.positive, 0) AS positive, coalesce(m.unsubscribed, 0) AS unsubscribed,
    coalesce(m.complained, 0) AS complained, m.opened, s.most,
    false AS authentication_failing
FROM campaign_fact AS c LEFT JOIN messages AS m USING (campaign_id) LEFT JOIN size AS s USING (campaign_id)
ORDER BY c.created_at, c.campaign_id
