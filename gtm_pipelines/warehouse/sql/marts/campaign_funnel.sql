-- Mart campaign_funnel: one row a campaign, how far its targets came. Counts of people up to approved, of messages from queued on.
--
-- campaign_id, campaign, status: the campaign and its state
-- segment, segment_version, pack, pack_version: what it was made of
-- targets: people frozen into it who may be written to
-- excluded: people frozen into it who may not (suppressed, no address, do not contact)
-- drafted, approved: targets with a draft; targets with a draft approved as it stands
-- queued: messages made, whatever became of them
-- waiting, failed, unknown: messages not settled yet, given up without leaving, or perhaps left and never sent again
-- refused: those of failed that a server refused for the recipient's sake; they count in the bounce rate
-- sent, bounced_hard, bounced_soft, bounced, delivered: see staging/message_fact.sql; sent = bounced + delivered
-- opens_tracked, opened: whether any open is known; messages opened (null where not tracked)
-- replied, positive, negative, information_request, other: messages a person answered, and by kind of answer: positive with
--   booked meetings; negative with objections, not now and wrong person; other with referrals
-- meetings: those of positive that booked a meeting
-- unsubscribed, auto_replied, complained: messages whose recipient asked out, was away, or reported spam
-- bounce_rate, bounce_rate_low, bounce_rate_high: bounced or refused over sent or refused, Wilson 95 %
-- reply_rate, reply_rate_low, reply_rate_high: replied over delivered, Wilson 95 %
-- positive_rate, positive_rate_low, positive_rate_high: positive over delivered, Wilson 95 %
-- created_at, released_at, first_sent_at, last_sent_at: UTC
WITH people AS (
    SELECT
        campaign_id,
        count(*) FILTER (status = 'active') AS targets,
        count(*) FILTER (status <> 'active') AS excluded
    FROM record.target GROUP BY campaign_id
),
drafts AS (
    SELECT
        campaign_id,
        count(DISTINCT target_id) AS drafted,
        count(DISTINCT target_id) FILTER (is_approved) AS approved
    FROM draft_fact GROUP BY campaign_id
),
messages AS (
    SELECT
        campaign_id,
        count(*) AS queued,
        count(*) FILTER (state IN ('queued', 'claimed', 'handing', 'deferred')) AS waiting,
        count(*) FILTER (state IN ('failed', 'reconciled') AND NOT is_sent) AS failed,
        count(*) FILTER (state = 'unknown') AS unknown,
        count(*) FILTER (is_refused) AS refused,
        count(*) FILTER (is_sent) AS sent,
        count(*) FILTER (is_bounced_hard) AS bounced_hard,
        count(*) FILTER (is_bounced_soft) AS bounced_soft,
        count(*) FILTER (is_bounced) AS bounced,
        count(*) FILTER (is_delivered) AS delivered,
        bool_or(is_opened) AS opens_tracked,
        count(*) FILTER (is_opened) AS opened,
        count(*) FILTER (is_replied) AS replied,
        count(*) FILTER (is_positive) AS positive,
        count(*) FILTER (is_meeting) AS meetings,
        count(*) FILTER (is_negative) AS negative,
        count(*) FILTER (is_information_request) AS information_request,
        count(*) FILTER (is_other) AS other,
        count(*) FILTER (is_unsubscribed) AS unsubscribed,
        count(*) FILTER (is_auto_replied) AS auto_replied,
        count(*) FILTER (is_complained) AS complained,
        min(sent_at) FILTER (is_sent) AS first_sent_at,
        max(sent_at) FILTER (is_sent) AS last_sent_at
    FROM message_fact GROUP BY campaign_id
)
SELECT
    c.campaign_id, c.campaign, c.status, c.segment, c.segment_version, c.pack, c.pack_version,
    coalesce(p.targets, 0) AS targets, coalesce(p.excluded, 0) AS excluded,
    coalesce(d.drafted, 0) AS drafted, coalesce(d.approved, 0) AS approved,
    coalesce(m.queued, 0) AS queued, coalesce(m.waiting, 0) AS waiting, coalesce(m.failed, 0) AS failed,
    coalesce(m.unknown, 0) AS unknown, coalesce(m.refused, 0) AS refused, coalesce(m.sent, 0) AS sent,
    coalesce(m.bounced_hard, 0) AS bounced_hard, coalesce(m.bounced_soft, 0) AS bounced_soft,
    coalesce(m.bounced, 0) AS bounced, coalesce(m.delivered, 0) AS delivered,
    coalesce(m.opens_tracked, false) AS opens_tracked,
    CASE WHEN m.opens_tracked THEN m.opened END AS opened,
    coalesce(m.replied, 0) AS replied, coalesce(m.positive, 0) AS positive, coalesce(m.meetings, 0) AS meetings,
    coalesce(m.negative, 0) AS negative,
    coalesce(m.information_request, 0) AS information_request, coalesce(m.other, 0) AS other,
    coalesce(m.unsubscribed, 0) AS unsubscribed, coalesce(m.auto_replied, 0) AS auto_replied,
    coalesce(m.complained, 0) AS complained,
    rate(coalesce(m.bounced + m.refused, 0), coalesce(m.sent + m.refused, 0)) AS bounce_rate,
    rate_low(coalesce(m.bounced + m.refused, 0), coalesce(m.sent + m.refused, 0)) AS bounce_rate_low,
    rate_high(coalesce(m.bounced + m.refused, 0), coalesce(m.sent + m.refused, 0)) AS bounce_rate_high,
    rate(coalesce(m.replied, 0), coalesce(m.delivered, 0)) AS reply_rate,
    rate_low(coalesce(m.replied, 0), coalesce(m.delivered, 0)) AS reply_rate_low,
    rate_high(coalesce(m.replied, 0), coalesce(m.delivered, 0)) AS reply_rate_high,
    rate(coalesce(m.positive, 0), coalesce(m.delivered, 0)) AS positive_rate,
    rate_low(coalesce(m.positive, 0), coalesce(m.delivered, 0)) AS positive_rate_low,
    rate_high(coalesce(m.positive, 0), coalesce(m.delivered, 0)) AS positive_rate_high,
    c.created_at, c.released_at, m.first_sent_at, m.last_sent_at
FROM campaign_fact AS c
LEFT JOIN people AS p USING (campaign_id)
LEFT JOIN drafts AS d USING (campaign_id)
LEFT JOIN messages AS m USING (campaign_id)
ORDER BY c.created_at, c.campaign_id
