"""Companies: everybody on record, and all that is known of one."""

from __future__ import annotations

from app.components.subject import subjects

if __name__ == "__main__":
    subjects("company")
