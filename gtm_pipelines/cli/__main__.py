"""``python -m gtm_pipelines.cli``: the same as ``gtm``."""

from __future__ import annotations

from gtm_pipelines.cli.main import main

main()
