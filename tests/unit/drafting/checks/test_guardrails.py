"""What must not go out whatever it rests on: open fields, talking models, another language, the law, and the signs of spam."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gtm_pipelines.drafting.checks.alike import alike
from gtm_pipelines.drafting.checks.checker import RuleChecker
from gtm_pipelines.drafting.checks.reading import measure
from gtm_pipelines.drafting.checks.rules import Rules
from gtm_pipelines.drafting.evidence import Claim, Evidence, Material
from gtm_pipelines.enrichment.web.language import language_of

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
FOOTER = '\n\n-- \nAcme Ltd, 1 Sample Street\nNot for you? Reply "unsubscribe" and I will not write again.\n'
OWN = (
    Evidence("sender.name", "name", "Ben Carter", "sender"),
    Evidence("sender.postal_address", "postal_address", "Acme Ltd, 1 Sample Street", "sender"),
)
GOOD = (
    "Hi Anna,\n\nplanning by hand takes time, and time is what a dispatcher never has. We make the plan overnight, so that it "
    "is there in the morning.\n\nWould a short look be of use to you?\n\nBest regards,\nBen Carter"
)
GOOD_RU = (
    "Здравствуйте, Анна!\n\nПланировать вручную долго, а времени у диспетчера всегда мало. Мы составляем план за ночь, и утром "
    "он уже готов.\n\nПоказать вам, как это выглядит?\n\nС уважением,\nBen Carter"
)
FOOTER_RU = "\n\n-- \nAcme Ltd, 1 Sample Street\nНе по адресу? Ответьте «отписаться», и писем больше не будет.\n"


def mail(
    body: str = GOOD, subject: str = "The plan for tomorrow", language: str = "en", footer: str = FOOTER, **more: object
) -> Material:
    made = Material(subject, body + footer, language, (), OWN, ("Ben Carter",), ("Anna",))
    return replace(made, **more)  # type: ignore[arg-type]


def rules(material: Material, **chosen: object) -> dict[str, str]:
    found = RuleChecker(Rules(**chosen)).check(material, now=NOW).findings  # type: ignore[arg-type]
    return {one.rule: one.severity for one in found}


def test_a_decent_mail_passes_in_both_languages() -> None:
    assert rules(mail(), guess=language_of) == {}
    assert rules(mail(GOOD_RU, "План на завтра", "ru", FOOTER_RU), guess=language_of) == {}


@pytest.mark.parametrize(
    "field",
    ["{{ first_name }}", "{first_name}", "[Your Name]", "[Company Name]", "*|FNAME|*", "%FIRST_NAME%", "<first name>", "${name}",
     "[имя]", "[вставьте название]", "{имя}", "XXXX", "TODO"],
)  # fmt: skip
def test_an_open_field_stops_a_mail(field: str) -> None:
    assert rules(mail(GOOD.replace("Anna", field)))["merge.open"] == "block"


@pytest.mark.parametrize(
    "words",
    [
        *("As an AI language model, I suggest this.", "Here is your email:", "Here's a draft of the message."),
        *("Certainly! Here is it.", "Feel free to customize this.", "Let me know if you'd like me to shorten it."),
        *("Subject: hello", "**Planning**", "Вот письмо:", "Вот ваш черновик", "Как языковая модель, я не могу."),
        *("Конечно! Вот", "Тема: план", "Надеюсь, это поможет!"),
    ],
)
def test_a_model_that_talks_to_whoever_asked_it_stops_a_mail(words: str) -> None:
    assert rules(mail(f"{words}\n\n{GOOD}"))["model.talk"] == "block"


def test_another_language_than_the_one_asked_for_stops_a_mail() -> None:
    assert rules(mail(GOOD_RU))["language.wrong"] == "block"
    assert rules(mail(GOOD, language="ru"))["language.wrong"] == "block"
    german = "Hallo Anna,\n\nwir planen die Touren in der Nacht und sie sind am Morgen fertig, damit Sie nicht warten."
    assert rules(mail(german), guess=language_of)["language.wrong"] == "block"
    russian = "Мы составляем план за ночь, и он готов к утру."
    strange = f"{GOOD}\n\n{russian}"
    assert rules(mail(strange))["language.mixed"] == "flag"


def test_what_no_reader_sees_stops_a_mail() -> None:
    assert rules(mail(GOOD.replace("plan", "pl\u200ban")))["hidden.sign"] == "block"
    assert rules(mail(GOOD.replace("Anna", "Аnna")))["hidden.letters"] == "block"


def test_forbidden_words_are_found_in_any_form() -> None:
    assert rules(mail(GOOD.replace("plan overnight", "Synergies overnight")), forbidden=("synergy", "synergies"))[
        "forbidden.word"
    ]
    found = rules(mail(GOOD_RU.replace("времени", "синергии"), language="ru", footer=FOOTER_RU), forbidden=("синергия",))
    assert found["forbidden.word"] == "block"


def test_the_law_asks_for_a_sender_an_address_and_a_way_out() -> None:
    assert rules(mail(GOOD.replace("Ben Carter", "B.")))["compliance.identity"] == "block"
    assert rules(mail(footer="\n\n-- \nReply stop and I stop.\n"))["compliance.postal_address"] == "block"
    assert rules(mail(footer="\n\n-- \nAcme Ltd, 1 Sample Street\n"))["compliance.opt_out"] == "block"


def test_signs_of_spam_are_flagged() -> None:
    loud = GOOD.replace("planning by hand", "PLANNING by HAND takes TIME!!! It")
    assert {"spam.shouting", "spam.exclaiming"} <= set(rules(mail(loud)))
    assert rules(mail(subject="Re: our talk"))["spam.fake_reply"] == "flag"
    from gtm_pipelines.packs.wording import found

    assert rules(mail(GOOD.replace("We make", "Act now! We make")), phrases=found)["spam.phrase"] == "flag"


def test_lengths_and_ease_of_reading_are_flagged() -> None:
    hard = "Organisational transformation necessitates comprehensive interdepartmental reconciliation of responsibilities. "
    assert rules(mail(hard * 5))["reading.hard"] == "flag"
    hard_ru = "Организационная трансформация предполагает всеобъемлющее межведомственное согласование ответственности. "
    assert rules(mail(hard_ru * 5, language="ru", footer=FOOTER_RU))["reading.hard"] == "flag"
    assert rules(mail(GOOD.replace(". We", " and we") * 12))["length.words"] == "flag"
    assert rules(mail(subject="word " * 30))["length.subject"] == "flag"
    assert rules(mail(subject=""))["length.subject"] == "block"


def test_ease_is_flesch_s_formula() -> None:
    plain = "The cat sat on the mat. " * 10
    assert measure(plain, "en").ease == pytest.approx(206.835 - 1.015 * 6 - 84.6 * 1, abs=0.1)
    assert measure("Мама мыла раму. " * 10, "ru").ease == pytest.approx(206.835 - 1.3 * 3 - 60.1 * 2, abs=0.1)
    assert measure("Too short.", "en").ease is None


def known(**more: object) -> Evidence:
    return replace(Evidence("fact:1", "employee_count", "140 people", "website", 0.9, NOW), **more)  # type: ignore[arg-type]


def test_stale_and_unsure_evidence_needs_a_person() -> None:
    said = mail(GOOD.replace("planning by hand", "with 140 people planning by hand"))
    assert rules(replace(said, evidence=(*OWN, known()))) == {}
    old = known(retrieved_at=NOW - timedelta(days=181))
    assert rules(replace(said, evidence=(*OWN, old))) == {"evidence.stale": "flag"}
    assert rules(replace(said, evidence=(*OWN, known(confidence=0.59)))) == {"evidence.unsure": "flag"}
    assert rules(mail(evidence=(*OWN, old))) == {}, "what a draft does not use does not matter"


def test_an_address_that_nobody_verified_needs_a_person() -> None:
    address = Evidence("contact.email_verification", "email_verification", "unchecked", "verification")
    assert rules(mail(evidence=(*OWN, address))) == {"recipient.unverified": "flag"}
    assert rules(mail(evidence=(*OWN, replace(address, text="valid")))) == {}


def test_a_claim_names_evidence_that_tells_it() -> None:
    body = GOOD.replace("planning by hand", "you have 140 people, and planning by hand")
    evidence = (*OWN, known(), Evidence("fact:2", "city", "Hamburg harbour", "website"))

    def of(*ids: str, text: str = "you have 140 people") -> dict[str, str]:
        return rules(mail(body, evidence=evidence, claims=(Claim(text, ids),)))

    assert of("fact:1") == {}
    assert of() == {"claim.no_evidence": "block"}
    assert of("fact:9") == {"claim.unknown_evidence": "block"}
    assert of("fact:2")["claim.other_evidence"] == "flag"
    assert of("fact:1", text="you have 150 people")["claim.unsupported"] == "block"


def test_the_senders_own_footer_makes_no_claim_about_the_reader() -> None:
    theirs = (
        Evidence("company.name", "name", "Oakwater Payments Ltd", "import"),
        Evidence("company.legal_form", "legal_form", "Ltd", "import"),
    )
    here = mail(footer=FOOTER.replace("Acme Ltd", "Brightleaf Ltd"), evidence=(*OWN, *theirs))
    there = mail(GOOD.replace("the plan overnight", "the plan for Oakwater Payments Ltd overnight"), evidence=(*OWN, *theirs))
    said = [[claim.text for claim in RuleChecker(Rules()).check(one, now=NOW).claims] for one in (here, there)]
    assert said == [[], ["Oakwater Payments Ltd"]]


def test_links_stand_in_no_fact_that_others_wrote() -> None:
    body = GOOD.replace("Would a short", "See https://evil.example/x first. Would a short")
    fact = Evidence("fact:3", "quote", "Visit https://evil.example/x for more", "website")
    assert rules(mail(body, evidence=(*OWN, fact)))["ungrounded.link"] == "block"
    offer = replace(fact, id="campaign.offer", source="campaign")
    assert rules(mail(body, evidence=(*OWN, offer))) == {}


def test_drafts_that_say_nearly_the_same_are_found() -> None:
    base = "planning by hand takes time and time is what a dispatcher never has so we make the plan over night for you all"
    texts = {
        "a": base,
        "b": base.replace("for you all", "for your team"),
        "c": "a wholly other mail about boats and the sea at dawn in May",
    }
    (group,) = alike(texts)
    assert group.draft_ids == ("a", "b")
    assert 0.7 <= group.likeness < 1


def test_the_same_draft_is_always_found_the_same() -> None:
    made = mail(GOOD.replace("Anna", "{{ x }}"))
    assert RuleChecker().check(made, now=NOW) == RuleChecker().check(made, now=NOW)
    assert RuleChecker(Rules(forbidden=("x",))).version != RuleChecker().version
