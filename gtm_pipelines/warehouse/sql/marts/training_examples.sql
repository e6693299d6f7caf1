-- Mart training_examples: one row a draft a person decided on: what was proposed, what was decided, what came of it.
--
-- draft_id, campaign_id, campaign, pack, pack_version, variant, language, drafter, step: the draft and what wrote it
-- first_subject, first_body: the text as it was drafted
-- final_subject, final_body: the text the decision was made on
-- revisions: how many there were up to it
-- edited: whether a person changed the text
-- decision, decided_by, decided_at, decision_reason: approve or reject, by whom, when and why
-- sent, delivered, bounced, replied: whether a message was made of it and what became of that (null where none was)
-- reply_class: class of the last answer by a person
-- split: the side its company stands on: train, validation or held_out (null until 'gtm learn examples')
-- change_kinds: what kinds of change a person made
-- change_share: share of the body's words that were taken out or put in
-- worth: what the draft is worth as an example, from 0 to 1
SELECT
    d.id AS draft_id, d.campaign_id, f.campaign, d.pack, d.pack_version, d.variant, d."language", d.drafter, d.step,
    a.subject AS first_subject, a.body AS first_body, b.subject AS final_subject, b.body AS final_body,
    d.decided_revision AS revisions,
    a.content_hash <> b.content_hash AS edited,
    d.decision, d.decided_by, d.decided_at, d.decision_reason,
    m.is_sent AS sent, m.is_delivered AS delivered, m.is_bounced AS bounced, m.is_replied AS replied,
    m.last_reply_class AS reply_class,
    e.split,
    CAST(json_extract(e.labels, '$.edit.kinds') AS VARCHAR[]) AS change_kinds,
    CAST(json_extract(e.labels, '$.edit.share') AS DOUBLE) AS change_share,
    CAST(json_extract(e.labels, '$.worth') AS DOUBLE) AS worth
FROM draft_fact AS d
JOIN campaign_fact AS f USING (campaign_id)
JOIN record.revision AS a ON a.draft_id = d.id AND a.number = 1
JOIN record.revision AS b ON b.draft_id = d.id AND b.number = d.decided_revision
LEFT JOIN message_fact AS m ON m.draft_id = d.id
LEFT JOIN record.training_example AS e ON e.draft_id = d.id AND e.kind = 'draft'
WHERE d.decision IN ('approve', 'reject')
ORDER BY d.decided_at, d.id
