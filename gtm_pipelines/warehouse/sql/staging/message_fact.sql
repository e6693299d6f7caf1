-- One row a message, with what became of it. The definitions of sent, bounced, delivered and replied live here alone.
-- Sent: accepted by a server, or settled so later. Refused: not accepted, for the recipient's sake; counts in the bounce rate.
-- Bounced: sent, came back hard or soft, and no person answered: an answer proves that it arrived.
-- Delivered: sent and not bounced.
CREATE OR REPLACE TEMP VIEW message_fact AS
WITH joined AS (
    SELECT
        m.*,
        coalesce(r.is_replied, false) AS has_reply,
        coalesce(m.outcome = 'bounced_hard', false) AS came_back_hard,
        coalesce(m.outcome = 'bounced_soft', false) AS came_back_soft,
        coalesce(e.is_opened, false) AS has_open,
        coalesce(e.is_complained, false) OR coalesce(r.is_complaint, false) AS has_complaint,
        coalesce(e.is_unsubscribed, false) OR coalesce(r.is_unsubscribe, false) AS has_unsubscribe,
        coalesce(r.is_positive, false) AS has_positive,
        coalesce(r.is_meeting, false) AS has_meeting,
        coalesce(r.is_negative, false) AS has_negative,
        coalesce(r.is_information_request, false) AS has_information_request,
        coalesce(r.is_other, false) AS has_other,
        coalesce(r.is_auto_reply, false) AS has_auto_reply,
        r.first_reply_at,
        r.first_positive_at,
        least(r.first_objection_at, e.first_objection_at) AS first_objection_at,
        r.last_reply_class,
        lower(split_part(m.recipient, '@', -1)) AS recipient_domain
    FROM record.message AS m
    LEFT JOIN reply_fact AS r ON r.message_id = m.id
    LEFT JOIN event_fact AS e ON e.message_id = m.id
),
settled AS (
    SELECT
        *,
        state = 'sent' OR (state = 'reconciled' AND sent_at IS NOT NULL) AS is_sent,
        state = 'failed' AND came_back_hard AS is_refused
    FROM joined
)
SELECT
    s.id, s.campaign_id, s.contact_id, s.target_id, s.draft_id, s.step, s.revision_number, s.decision_id, s.mailbox, s.state,
    s.sent_at, coalesce(s.sent_at, s.handed_at, s.due_at, s.created_at) AS tried_at, s.created_at, s.recipient_domain, s.first_reply_at, s.last_reply_class,
    s.first_positive_at, s.first_objection_at,
    d.variant, d.language, d.drafter,
    s.is_sent, s.is_refused,
    s.is_sent AND NOT s.has_reply AND s.came_back_hard AS is_bounced_hard,
    s.is_sent AND NOT s.has_reply AND s.came_back_soft AS is_bounced_soft,
    s.is_sent AND NOT s.has_reply AND (s.came_back_hard OR s.came_back_soft) AS is_bounced,
    s.is_sent AND (s.has_reply OR NOT (s.came_back_hard OR s.came_back_soft)) AS is_delivered,
    s.is_sent AND s.has_open AS is_opened,
    s.is_sent AND s.has_reply AS is_replied,
    s.is_sent AND s.has_positive AS is_positive,
    s.is_sent AND s.has_meeting AS is_meeting,
    s.is_sent AND s.has_negative AS is_negative,
    s.is_sent AND s.has_information_request AS is_information_request,
    s.is_sent AND s.has_other AS is_other,
    s.is_sent AND s.has_unsubscribe AS is_unsubscribed,
    s.is_sent AND s.has_auto_reply AS is_auto_replied,
    s.is_sent AND s.has_complaint AS is_complained
FROM settled AS s
LEFT JOIN record.draft AS d ON d.id = s.draft_id;
