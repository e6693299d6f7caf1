-- Mart compiled_packs: one row an attempt to better a pack: what it cost and whether held-out cases show that it helped.
--
-- attempt_id, pack, base_version, program, optimiser, status: the attempt
-- result_version: the version that came of it (null where none did)
-- verdict: better, undecided, worse or not_enough_data
-- offered: whether a person may promote it without overruling
-- held_out_cases, companies: how many it was proved on
-- old_score, new_score: means on the held-out cases
-- difference, difference_low, difference_high: of the means, with the ends of its 95 % interval
-- better, worse: cases that scored higher, and lower
-- validation_old, validation_new: means on the cases it was chosen by
-- cost_usd, calls: what it took
-- created_at, finished_at: when
SELECT
    o.id AS attempt_id, o.pack, o.base_version, o.program, o.optimiser, o.status, o.result_version,
    json_extract_string(o.report, '$.verdict') AS verdict,
    coalesce(CAST(json_extract(o.report, '$.offered') AS BOOLEAN), false) AS offered,
    CAST(json_extract(o.report, '$.held_out.cases') AS BIGINT) AS held_out_cases,
    CAST(json_extract(o.report, '$.held_out.companies') AS BIGINT) AS companies,
    TRY_CAST(json_extract_string(o.report, '$.held_out.old') AS DOUBLE) AS old_score,
    TRY_CAST(json_extract_string(o.report, '$.held_out.new') AS DOUBLE) AS new_score,
    TRY_CAST(json_extract_string(o.report, '$.held_out.difference') AS DOUBLE) AS difference,
    TRY_CAST(json_extract_string(o.report, '$.held_out.low') AS DOUBLE) AS difference_low,
    TRY_CAST(json_extract_string(o.report, '$.held_out.high') AS DOUBLE) AS difference_high,
    CAST(json_extract(o.report, '$.held_out.better') AS BIGINT) AS better,
    CAST(json_extract(o.report, '$.held_out.worse') AS BIGINT) AS worse,
    TRY_CAST(json_extract_string(o.report, '$.validation.old') AS DOUBLE) AS validation_old,
    TRY_CAST(json_extract_string(o.report, '$.validation.new') AS DOUBLE) AS validation_new,
    o.cost_usd, o.calls, o.created_at, o.finished_at
FROM record.optimisation AS o
ORDER BY o.created_at, o.id
