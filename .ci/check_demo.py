"""Check what two runs of ``gtm demo --headless --json`` in one home printed: ``check_demo.py FIRST SECOND``."""

import json
import sys
from pathlib import Path

NONE = ("duplicates_sent", "unknown")
SOME = (
    *("companies", "contacts", "rejected", "segment_members", "targets", "drafts", "approved", "sent"),
    *("delivered", "bounced", "replied", "positive", "auto_replies", "unsubscribed", "lights", "seconds"),
)


def faults(first: dict, second: dict) -> list[str]:
    """Say what is wrong with the two documents; nothing when all is well."""
    found = [f"the first run lacks '{name}'" for name in (*NONE, *SOME) if name not in first]
    if found:
        return found
    found += [f"{name} is {first[name]}, not 0" for name in NONE if first[name] != 0]
    found += [f"{name} is empty" for name in SOME if not first[name]]
    changed = [name for name in (*NONE, *SOME) if name != "seconds" and second.get(name) != first[name]]
    found += [f"the second run changed {name}: {first[name]} became {second.get(name)}" for name in changed]
    return found


if __name__ == "__main__":
    wrong = faults(*(json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3]))
    sys.stderr.write("".join(f"ci: demo: {fault}\n" for fault in wrong) or "ci: demo: as promised, and the same again\n")
    sys.exit(1 if wrong else 0)
