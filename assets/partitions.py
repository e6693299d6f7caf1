"""Campaign-shaped assets have one partition a campaign; its key is the campaign's name."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

CAMPAIGNS = dg.DynamicPartitionsDefinition(name="campaign")
_NOT_IN_A_KEY = ("...", "\a", "\b", "\f", "\n", "\r", "\t", "\v", "\0")


def partition_key(name: str, campaign_id: str) -> str:
    """Return the campaign's name, or its id where Dagster does not take the name as a key."""
    return campaign_id if any(part in name for part in _NOT_IN_A_KEY) else name


def ensure(instance: dg.DagsterInstance, keys: Iterable[str]) -> None:
    """Make the partitions known to ``instance``, those that are not yet."""
    missing = [key for key in dict.fromkeys(keys) if not instance.has_dynamic_partition(CAMPAIGNS.name or "", key)]
    if missing:
        instance.add_dynamic_partitions(CAMPAIGNS.name or "", missing)
