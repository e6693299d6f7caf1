-- One row a message that anything came back to: who answered, and how. A booked meeting is as good as a yes; an objection,
-- a wish for later and a wrong person are kinds of no; a referral is counted with the rest. Groups: record/answers.py.
CREATE OR REPLACE TEMP VIEW reply_fact AS
SELECT
    message_id,
    bool_or("class" IN ('positive', 'meeting_booked')) AS is_positive,
    bool_or("class" = 'meeting_booked') AS is_meeting,
    bool_or("class" IN ('negative', 'objection', 'not_now', 'wrong_person')) AS is_negative,
    bool_or("class" = 'information_request') AS is_information_request,
    bool_or("class" IN ('other', 'referral')) AS is_other,
    bool_or("class" = 'unsubscribe') AS is_unsubscribe,
    bool_or("class" = 'auto_reply') AS is_auto_reply,
    bool_or("class" = 'complaint') AS is_complaint,
    bool_or("class" NOT IN ('bounce_hard', 'bounce_soft', 'auto_reply', 'complaint')) AS is_replied,
    min(received_at) FILTER ("class" NOT IN ('bounce_hard', 'bounce_soft', 'auto_reply', 'complaint')) AS first_reply_at,
    min(received_at) FILTER ("class" IN ('positive', 'meeting_booked')) AS first_positive_at,
    min(received_at) FILTER ("class" IN ('unsubscribe', 'complaint')) AS first_objection_at,
    arg_max("class", received_at) FILTER ("class" NOT IN ('bounce_hard', 'bounce_soft', 'auto_reply', 'complaint'))
        AS last_reply_class
FROM record.inbound_message
WHERE message_id IS NOT NULL AND attribution <> 'own_copy'
GROUP BY message_id;
