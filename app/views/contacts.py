"""Contacts: the people on record, and all that is known and was written to one."""

from __future__ import annotations

from app.components.subject import subjects

if __name__ == "__main__":
    subjects("contact")
