"""What is learnt from people's edits and from replies."""

import dagster as dg

from assets.marts import build_mart


@dg.definitions
def learning() -> dg.Definitions:
    return dg.Definitions(
        assets=[
            build_mart("training_examples", group="learning", deps=["record_copy"]),
            build_mart("uplift", group="learning", deps=["experiments"]),
        ]
    )
