"""``gtm company``."""

from __future__ import annotations

from gtm_pipelines.cli.lists import list_group
from gtm_pipelines.record import companies

command = list_group("company", "companies", companies, ("name", "domain", "industry", "country", "city", "employee_count"))
