-- Mart lineage: one row a message and thing that came back to it, down to the CSV rows it began with.
-- A message nothing came back to has one row without inbound; a reply that matched nothing has one without message.
--
-- inbound_id, received_at, class, attribution: what came back, when, as what, and how it was matched
-- message_id, state, sent_at, mailbox, recipient, step: the message
-- campaign_id, campaign: its campaign
-- draft_id, variant, language, drafter, revision_number: the text that was sent
-- decision_id, decision, decided_by, decided_at: the approval of exactly that text
-- target_id, segment, segment_version, pack, pack_version: what it was made from
-- contact_id, contact: the person
-- contact_batch_id, contact_file, contact_session_key, contact_line, contact_rows: the row the person came from; rows that spoke of them
-- company_id, company: the company
-- company_batch_id, company_file, company_session_key, company_line, company_rows: the row the company came from
WITH inbound AS (
    SELECT id, message_id, contact_id, received_at, "class", attribution
    FROM record.inbound_message WHERE attribution <> 'own_copy'
)
SELECT
    i.id AS inbound_id, i.received_at, i."class", i.attribution,
    m.id AS message_id, m.state, m.sent_at, m.mailbox, m.recipient, m.step,
    f.campaign_id, f.campaign,
    m.draft_id, d.variant, d."language", d.drafter, m.revision_number,
    m.decision_id, x.kind AS decision, x.decided_by, x.created_at AS decided_at,
    m.target_id, f.segment, f.segment_version, coalesce(d.pack, f.pack) AS pack, coalesce(d.pack_version, f.pack_version) AS pack_version,
    p.id AS contact_id, coalesce(p.full_name, p.email) AS contact,
    pr.batch_id AS contact_batch_id, pr.file_name AS contact_file, pr.session_key AS contact_session_key,
    pr.line_number AS contact_line, pr.rows AS contact_rows,
    c.id AS company_id, c.name AS company,
    coalesce(cr.batch_id, cb.id) AS company_batch_id, coalesce(cr.file_name, cb.file_name) AS company_file,
    coalesce(cr.session_key, cb.session_key) AS company_session_key,
    coalesce(cr.line_number, CASE WHEN cb.id = pr.batch_id THEN pr.line_number END) AS company_line,
    coalesce(cr.rows, 0) AS company_rows
FROM record.message AS m
FULL JOIN inbound AS i ON i.message_id = m.id
LEFT JOIN campaign_fact AS f ON f.campaign_id = m.campaign_id
LEFT JOIN draft_fact AS d ON d.id = m.draft_id
LEFT JOIN record.decision AS x ON x.id = m.decision_id
LEFT JOIN record.target AS t ON t.id = m.target_id
LEFT JOIN record.contact AS p ON p.id = coalesce(m.contact_id, i.contact_id)
LEFT JOIN record.company AS c ON c.id = coalesce(t.company_id, p.company_id)
LEFT JOIN record.import_batch AS cb ON cb.id = c.batch_id
LEFT JOIN import_origin AS pr ON pr.kind = 'contact' AND pr.entity_id = p.id
LEFT JOIN import_origin AS cr ON cr.kind = 'company' AND cr.entity_id = c.id
ORDER BY m.sent_at, m.id, i.received_at, i.id
