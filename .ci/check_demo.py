"""Check what ``gtm demo --headless --json`` printed in a fresh home: ``check_demo.py PRINTED``.

That a second run adds nothing is a test of its own (tests/integration/launch/test_demo.py).
"""

import json
import sys
from pathlib import Path

NONE = ("duplicates_sent", "unknown")
SOME = (
    *("companies", "contacts", "rejected", "segment_members", "targets", "drafts", "approved", "sent"),
    *("delivered", "bounced", "replied", "positive", "auto_replies", "unsubscribed", "lights", "seconds"),
)


def faults(printed: dict) -> list[str]:
    """Say what is wrong with the document; nothing when all is well."""
    found = [f"the run lacks '{name}'" for name in (*NONE, *SOME) if name not in printed]
    if found:
        return found
    found += [f"{name} is {printed[name]}, not 0" for name in NONE if printed[name] != 0]
    return found + [f"{name} is empty" for name in SOME if not printed[name]]


if __name__ == "__main__":
    wrong = faults(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    sys.stderr.write("".join(f"ci: demo: {fault}\n" for fault in wrong) or "ci: demo: as promised\n")
    sys.exit(1 if wrong else 0)
