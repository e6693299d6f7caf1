"""``gtm contact``."""

from __future__ import annotations

from gtm_pipelines.cli.lists import list_group
from gtm_pipelines.record import contacts

command = list_group("contact", "contacts", contacts, ("full_name", "email", "position", "company_name", "language"))
