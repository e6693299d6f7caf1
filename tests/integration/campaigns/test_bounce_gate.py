"""No campaign is released from which too many mails would come back, unless a person takes that upon themselves."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.verification.service import Whom
from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import audit_event, contact, fact, message, target
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import drafted


def ready(workbench: Workbench, people: int) -> list[str]:
    """Make the campaign 'spring' with everybody approved; return the contacts."""
    drafts = drafted(workbench, people)
    workbench.review.approve_recommended("spring", by="anna")
    return sorted({draft.contact_id for draft in drafts})


def told(workbench: Workbench, ids: list[str], verdict: str, source: str = "hunter_verifier") -> None:
    """Let a vendor have said this of these people's addresses."""
    with workbench.record.write() as connection:
        for one in ids:
            address = connection.execute(sa.select(contact.c.email).where(contact.c.id == one)).scalar_one()
            values = {"subject_type": "contact", "subject_id": one, "field": "email_verification", "value": verdict}
            where = {"id": new_id(), "workspace_id": "default", "source": source, "evidence": f"{address} is {verdict}"}
            now = workbench.clock.now()
            connection.execute(sa.insert(fact).values(**values, **where, confidence=0.95, retrieved_at=now))


def releases(workbench: Workbench) -> list[dict[str, object]]:
    with workbench.record.read() as connection:
        query = sa.select(audit_event.c.detail).where(audit_event.c.action == "campaign.release")
        return list(connection.execute(query).scalars())


def test_a_list_that_nobody_checked_is_released_as_before(workbench: Workbench) -> None:
    ready(workbench, 4)
    assert workbench.campaigns.release("spring", by="anna").status == "sending"
    assert releases(workbench)[0]["projected_bounces"]["rate"] == 0.033  # type: ignore[index]


def test_dead_addresses_hold_it_back_and_the_text_says_what_to_do(workbench: Workbench) -> None:
    ids = ready(workbench, 10)
    told(workbench, ids[:1], "invalid")
    with pytest.raises(PolicyError, match="gtm verify --campaign spring") as refused:
        workbench.campaigns.release("spring", by="anna")
    assert refused.value.rule == "bounces.projected"
    assert workbench.campaigns.get("spring").released_at is None


def test_a_person_may_release_it_all_the_same_and_that_is_kept(workbench: Workbench) -> None:
    told(workbench, ready(workbench, 4), "invalid")
    with pytest.raises(InputError, match="Say why"):
        workbench.campaigns.release("spring", by="anna", accept_bounces="  ")
    assert workbench.campaigns.release("spring", by="anna", accept_bounces="They moved; forwarding works.").status == "sending"
    (kept,) = releases(workbench)
    assert kept["accepted"] == "They moved; forwarding works."
    assert kept["rule"] == "bounces.projected"


def test_those_left_out_and_those_written_to_do_not_count(workbench: Workbench) -> None:
    ids = ready(workbench, 4)
    told(workbench, ids[:2], "invalid")
    assert workbench.verification.project(Whom(campaign="spring")).gate == "blocked"
    with workbench.record.write() as connection:
        connection.execute(sa.update(target).where(target.c.contact_id.in_(ids[:2])).values(status="excluded"))
    projection = workbench.verification.project(Whom(campaign="spring"))
    assert (projection.recipients, projection.gate) == (2, "warn")
    workbench.campaigns.release("spring", by="anna")
    workbench.delivery.queue("spring")
    workbench.delivery.send("spring")
    assert workbench.verification.project(Whom(campaign="spring")).recipients == 0


def test_a_campaign_that_is_sending_is_not_judged_again(workbench: Workbench) -> None:
    ids = ready(workbench, 4)
    workbench.campaigns.release("spring", by="anna")
    told(workbench, ids, "invalid")
    assert workbench.campaigns.release("spring", by="anna").status == "sending"


def test_after_a_hold_it_is_judged_again(workbench: Workbench) -> None:
    ids = ready(workbench, 4)
    workbench.campaigns.release("spring", by="anna")
    workbench.campaigns.hold("spring", by="anna")
    told(workbench, ids, "invalid")
    with pytest.raises(PolicyError, match="expected to bounce"):
        workbench.campaigns.release("spring", by="anna")


def test_own_bounces_are_learned_under_the_verdict_that_stood_when_the_mail_left(
    workbench: Workbench, clock: VirtualClock
) -> None:
    ids = ready(workbench, 6)
    told(workbench, ids[:3], "valid")
    workbench.campaigns.release("spring", by="anna")
    workbench.delivery.queue("spring")
    workbench.delivery.send("spring")
    with workbench.record.write() as connection:
        bounced = sa.update(message).where(message.c.contact_id == ids[0])
        connection.execute(bounced.values(outcome="bounced_hard"))
    clock.advance(hours=1)
    told(workbench, ids, "invalid", source="leadmagic_verifier")
    measured = workbench.verification.measured()
    assert {verdict: sent for verdict, (sent, _) in measured.items()} == {"valid": 3, "unchecked": 3}
    assert measured["valid"][1] >= 1


def test_simulated_mail_teaches_nothing_once_there_is_a_real_mailbox(workbench: Workbench) -> None:
    ready(workbench, 3)
    workbench.campaigns.release("spring", by="anna")
    workbench.delivery.queue("spring")
    workbench.delivery.send("spring")
    assert workbench.verification.measured()
    real = workbench.settings.mailboxes[0].model_copy(update={"name": "real", "sender": "smtp"})
    settings = workbench.settings.model_copy(update={"mailboxes": (*workbench.settings.mailboxes, real)})
    assert Workbench(settings, workbench.record, workbench.clock).verification.measured() == {}
