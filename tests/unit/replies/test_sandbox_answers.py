"""Whatever the sandbox's people write is understood as it is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from gtm_pipelines.delivery.sandbox.answers import answer, read
from gtm_pipelines.delivery.sandbox.people import Conduct, Person
from gtm_pipelines.record import answers
from gtm_pipelines.replies.classify import judge
from gtm_pipelines.replies.parse import open_mail, parse_mail

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
BODIES = {
    "en": 'Hi Ann,\n\nQuick question.\n\n-- \nYou can reply "unsubscribe" at any time, or open this page: https://u.test/x\n',
    "ru": "Здравствуйте, Анна!\n\n-- \nЧтобы не получать писем, ответьте «отписаться» или откройте страницу: https://u.test/x\n",
}


def sent(language: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "Anna <anna@sender.test>", "ann@client.test", "Quick question"
    mail["Message-ID"] = "<m1@sender.test>"
    mail["List-Unsubscribe"] = "<mailto:anna@sender.test?subject=unsubscribe%20tokentokentoken>"
    mail.set_content(BODIES[language])
    return mail.as_bytes()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("conduct", [c for c in Conduct if c is not Conduct.SILENCE])
def test_an_answer_is_understood_as_it_is_meant(conduct: Conduct, language: str) -> None:
    for manner in range(84):
        raw = answer(read(sent(language)), Person("ann@client.test", conduct, manner), NOW)
        assert raw is not None

        verdict, bounce = judge(open_mail(raw), parse_mail(raw), NOW)

        # a plain no and one with a reason are the same conduct
        meant = answers.DECLINED if conduct is Conduct.NEGATIVE else (conduct.value,)
        assert verdict.cls.value in meant, (verdict, raw.decode())
        if bounce:
            assert bounce.message_ids == ("<m1@sender.test>",)
