"""What changed between two versions of a segment: conditions in words, people in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from gtm_pipelines.segments.describe import describe_condition
from gtm_pipelines.segments.findings import CompanyRow, ContactRow, SegmentDiff
from gtm_pipelines.segments.model import FilterTree, Group, SegmentVersion

SAMPLE = 5
Look = Callable[[FilterTree, int], tuple[int, tuple[ContactRow | CompanyRow, ...]]]
_KINDS = {"all": "", "any": "one of: ", "none": "not: "}


def diff(before: SegmentVersion, after: SegmentVersion, look: Look) -> SegmentDiff:
    """Compare two versions as they stand over today's people.

    Args:
        before: the one.
        after: the other.
        look: counts a filter and samples up to so many of those it matches.
    """
    old, new = Counter(_lines(before.filter)), Counter(_lines(after.filter))
    leaving, leaving_sample = look(_only(before.filter, after.filter), SAMPLE)
    coming, coming_sample = look(_only(after.filter, before.filter), SAMPLE)
    matched, _ = look(before.filter, 0)
    return SegmentDiff(
        before=before,
        after=after,
        removed=tuple((old - new).elements()),
        added=tuple((new - old).elements()),
        stay=matched - leaving,
        leaving=leaving,
        coming=coming,
        leaving_sample=leaving_sample,
        coming_sample=coming_sample,
    )


def _only(these: FilterTree, not_those: FilterTree) -> FilterTree:
    return FilterTree.model_construct(all=(_plain(these), Group.model_construct(all=None, any=None, none=(_plain(not_those),))))


def _plain(tree: FilterTree) -> Group:
    return Group.model_construct(all=tree.all, any=tree.any, none=tree.none)


def _lines(group: Group, path: str = "") -> Iterator[str]:
    """Yield each condition in words, with the groups it stands in where they are not ``all``."""
    inner = path + _KINDS[group.kind]
    for node in group.nodes:
        if isinstance(node, Group):
            yield from _lines(node, inner)
        else:
            yield inner + describe_condition(node)
