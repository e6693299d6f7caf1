from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.drafting.samples import ModelSamples
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.llm.engines.scripted import Line
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.packs.model import Pack, Sample, Simulated
from gtm_pipelines.packs.service import PackService
from gtm_pipelines.packs.simulate import samples
from gtm_pipelines.record.tables import draft, interaction, message
from gtm_pipelines.workbench import Workbench
from tests.drafting_parts import BODY, Answer, drafter, honest, writers


class Scripted:
    """Writes what it was told to, and keeps what it was asked."""

    name = "scripted"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def write(self, pack: Pack, jobs: Sequence[tuple[str, Sample]]) -> list[Simulated]:
        self.asked += [(pack.version, variant, sample.name) for variant, sample in jobs]
        long = ("body.long",) if pack.version == "1.1.0" else ()
        return [
            Simulated(refusal=("model.form", "No answer of the right form."))
            if variant == "casual"
            else Simulated("S", "one two", long)
            for variant, _ in jobs
        ]


def test_versions_stand_side_by_side_over_the_same_people(workbench: Workbench) -> None:
    workbench.promotions.promote("cold-email", "1.0.0", by="anna")
    found = workbench.pack_versions.simulate("cold-email")
    assert found.before is not None
    assert (found.before.version, found.after.version) == ("cold-email@1.0.0", "cold-email@1.1.0")
    assert found.before.written == found.after.written == 16
    assert found.after.refusals == {"value.missing": 2, "value.link": 2}
    assert found.after.warnings["phrase.fallback"] == 12
    least, middle, most = found.after.words
    assert 0 < least <= middle <= most
    pair = found.pairs[0]
    assert pair.before is not None
    assert pair.before.body != pair.after.body
    assert pair.sample.snapshot["contact"]["first_name"] in pair.after.body


def test_the_version_that_counts_is_compared_with_nothing(workbench: Workbench) -> None:
    found = workbench.pack_versions.simulate("cold-email")
    assert found.before is None
    assert all(pair.before is None for pair in found.pairs)


def test_nothing_is_kept_of_a_simulation(workbench: Workbench) -> None:
    workbench.pack_versions.simulate("follow-ups")
    with workbench.record.read() as connection:
        assert connection.execute(draft.select()).first() is None
        assert connection.execute(message.select()).first() is None


def test_whatever_writes_can_be_put_in_its_place(workbench: Workbench) -> None:
    workbench.promotions.promote("cold-email", "1.0.0", by="anna")
    scripted, reports = Scripted(), []
    service = PackService(
        workbench.packs,
        workbench.settings.home_path,
        {"scripted": lambda: scripted},
        lambda *_: samples()[:1],
        lambda *_: samples()[0],
    )
    found = service.simulate(
        "cold-email", writer="scripted", segment="any", progress=lambda done, total: reports.append((done, total))
    )
    assert found.writer == "scripted"
    assert (found.after.written, found.after.refusals, found.after.warnings) == (1, {"model.form": 1}, {"body.long": 1})
    assert found.before is not None
    assert found.before.warnings == {}
    assert [version for version, _, _ in scripted.asked] == ["1.1.0", "1.1.0", "1.0.0", "1.0.0"]
    assert reports[-1] == (4, 4)


def test_people_of_a_segment_are_taken_as_a_campaign_would_freeze_them(workbench: Workbench) -> None:
    from tests.parts import ROOT

    workbench.intake.import_file(ROOT / "data" / "sample" / "contacts.csv", "contact")
    workbench.segments.save("Chiefs", {"all": [{"field": "contact.position", "op": "contains", "value": "chief"}]}, by="anna")
    found = workbench.pack_versions.simulate("cold-email", segment="Chiefs", limit=3, variants=["direct"])
    assert len(found.pairs) == 3
    assert all("chief" in pair.sample.snapshot["contact"]["position"].lower() for pair in found.pairs)
    with pytest.raises(NotFoundError):
        workbench.pack_versions.simulate("cold-email", segment="Nobody")


@pytest.mark.parametrize(
    "choices", [{"writer": "parrot"}, {"variants": ["shouted"]}, {"pack": "judge"}], ids=["writer", "variant", "judge"]
)
def test_what_cannot_be_tried_is_refused_with_what_can(workbench: Workbench, choices: dict[str, object]) -> None:
    with pytest.raises(InputError):
        workbench.pack_versions.simulate(**{"pack": "cold-email"} | choices)  # type: ignore[arg-type]


def test_the_people_that_come_along_are_made_up_and_speak_both_languages() -> None:
    people = samples()
    assert {person.language for person in people} == {"en", "ru"}
    assert all(person.snapshot["contact"]["email"].endswith(".example") for person in people)


class TestWithAModel:
    def service(self, workbench: Workbench, answer: Answer = honest) -> tuple[PackService, LlmService]:
        _, _, asks = writers(workbench, answer)
        own = {"model": lambda: ModelSamples(drafter(workbench, asks), workbench.settings.mailboxes[0])}
        return PackService(workbench.packs, workbench.settings.home_path, own, lambda *_: [], lambda *_: samples()[0]), asks

    def test_it_writes_by_the_instructions_of_each_version_and_is_on_record(self, workbench: Workbench) -> None:
        first = workbench.packs.get("cold-email@1.1.0")
        told = first.files["parts/write.md"].replace("You write one cold mail", "You write one very cold mail")
        workbench.pack_versions.derive(first, {"parts/write.md": told}, step="patch")
        seen: list[str] = []

        def answer(request: Any) -> Line | str:
            seen.append(request.system or "".join(message.text or "" for message in request.messages))
            return honest(request)

        service, _ = self.service(workbench, answer)
        found = service.simulate("cold-email", "1.1.1", writer="model", variants=["casual"])
        assert found.before is not None
        assert (found.before.written, found.after.written) == (8, 8)
        mail = found.pairs[0].after
        assert BODY["en"] in mail.body
        assert mail.body.startswith("Hi Maya,")
        assert "Sampletown" in mail.body
        assert sum("very cold mail" in text for text in seen) == 8
        with workbench.record.read() as connection:
            rows = connection.execute(sa.select(interaction.c.pack_version, interaction.c.campaign_id)).all()
        assert {row.pack_version for row in rows} == {"cold-email@1.1.0", "cold-email@1.1.1"}
        assert len({row.campaign_id for row in rows}) == 1, "one trial, one budget"
        with workbench.record.read() as connection:
            assert connection.execute(draft.select()).first() is None

    def test_what_a_model_cannot_write_is_counted_with_its_reason(self, workbench: Workbench) -> None:
        service, _ = self.service(workbench, lambda _request: "I would rather not.")
        found = service.simulate("cold-email", writer="model", variants=["direct"])
        assert found.after.written == 0
        assert sum(found.after.refusals.values()) == 10
