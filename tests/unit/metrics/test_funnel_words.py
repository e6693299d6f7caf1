"""Counts that are easily mistaken for one another are told apart in words."""

from __future__ import annotations

from dataclasses import fields

from gtm_pipelines.metrics.model import Funnel


def funnel(**counts: int) -> Funnel:
    return Funnel(**{field.name: counts.get(field.name, 0) for field in fields(Funnel)})


def test_who_was_left_out_and_what_came_back_is_said_with_every_part() -> None:
    frozen, back = funnel(targets=315, excluded=23, sent=311, failed=4, refused=4, bounced=9).explained()
    assert frozen.startswith("338 people were frozen into the campaign: 315 targets, and 23 left out")
    assert back.startswith("13 of 315 mails came back: 9 bounced after they were sent, 4 were refused")


def test_nothing_is_explained_where_nothing_could_be_mistaken() -> None:
    assert funnel(targets=3, sent=3).explained() == ()
