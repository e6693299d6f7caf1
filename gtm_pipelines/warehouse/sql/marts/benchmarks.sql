-- Mart benchmarks: one row a pack version, model and held-out case of a benchmark.
--
-- run_id, run: the benchmark and its name
-- pack, pack_version, variant, model, language, case_id: what was scored on what
-- outcome: written, or why no draft came of it
-- quality: the metric, from 0 to 1; a draft that did not come of it scores 0
-- grounded: whether no rule blocks it (null without rules)
-- likeness: chrF2 to the text a person approved
-- cost_usd: of the draft (null where the price is unknown)
-- latency_ms: from question to draft, all stages
-- created_at: when
SELECT
    s.run_id, r.name AS run, s.pack, s.pack_version, s.variant, s.model, s."language", s.case_id, s.outcome, s.quality,
    s.groundedness AS grounded, TRY_CAST(json_extract_string(s.details, '$.likeness') AS DOUBLE) AS likeness,
    s.cost_usd, s.latency_ms, s.created_at
FROM record.benchmark_score AS s
JOIN record.benchmark_run AS r ON r.id = s.run_id
ORDER BY s.created_at, s.id
