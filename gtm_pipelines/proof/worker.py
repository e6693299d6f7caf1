"""A sending process to be killed: the real delivery service over the settings in ``GTM_CONFIG``.

Run as ``python -m gtm_pipelines.proof.worker CAMPAIGN``. Prints ``ready`` when it is about to
send, sends until nothing waits, and exits with 0.
"""

from __future__ import annotations

import sys

from gtm_pipelines.workbench import open_workbench


def work(campaign: str) -> None:
    """Send ``campaign`` until no message of it waits."""
    bench = open_workbench(migrate=False)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while bench.delivery.send(campaign).waiting:
        bench.clock.sleep(0.05)
    bench.close()


if __name__ == "__main__":
    work(sys.argv[1])
