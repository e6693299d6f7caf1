"""What somebody wrote now is told from what they quoted and from their signature."""

from __future__ import annotations

import time

import pytest

from gtm_pipelines.replies.html import html_to_text
from gtm_pipelines.replies.parse import parse_mail
from gtm_pipelines.replies.quotes import split_reply
from tests.parts import corpora
from tests.reply_parts import our_reply, score_replies

QUOTED = {
    "gmail en": "Sounds good.\n\nOn Mon, 2 Mar 2026 at 10:00, Anna Petrova <anna@sender.test> wrote:\n\n> Hi Ann\n",
    "gmail ru": "Sounds good.\n\nср, 4 мар. 2026 г. в 10:00, Anna Petrova <anna@sender.test>:\n\n> Добрый день\n",
    "gmail folded": "Sounds good.\n\nOn Mon, 2 Mar 2026 at 10:00, A Very Long Name\n<a.long.name@sender.test> wrote:\n> Hi\n",
    "outlook en": "Sounds good.\n\n________________________________\nFrom: Anna <a@sender.test>\nSent: Monday, March 2, 2026\n"
    "To: Ann\nSubject: Quick question\n\nHi Ann\n",
    "outlook ru": "Sounds good.\n\nОт: Анна <a@sender.test>\nОтправлено: 2 марта 2026 г.\nКому: Ann\nТема: x\n\nДобрый день\n",
    "outlook old": "Sounds good.\n\n-----Original Message-----\nFrom: Anna\nSent: Monday\nTo: Ann\n\nHi\n",
    "outlook old ru": "Sounds good.\n\n-----Исходное сообщение-----\nОт: Анна\n\nДобрый день\n",
    "apple en": "Sounds good.\n\n> On 2 Mar 2026, at 10:00, Anna <anna@sender.test> wrote:\n> \n> Hi Ann\n",
    "apple ru": "Sounds good.\n\n2 марта 2026 г., в 10:00, Анна <anna@sender.test> написал(а):\n\nДобрый день\n",
    "thunderbird ru": "Sounds good.\n\n02.03.2026 10:00, Анна пишет:\n> Добрый день\n",
    "yandex": 'Sounds good.\n\n02.03.2026, 10:00, "Анна" <anna@sender.test>:\n\nДобрый день\n',
    "mail.ru": "Sounds good.\n\nПонедельник, 2 марта 2026, 10:00 +03:00 от Анна <anna@sender.test>:\n\nДобрый день\n",
    "forwarded": "Sounds good.\n\n---------- Пересылаемое сообщение ----------\nДобрый день\n",
    "short": "Sounds good.\n\nOn Mon, Rep wrote:\n> Hi there\n",
    "bottom": "> Hi Ann\n> quick question\n\nSounds good.\n",
    "windows line ends": "Sounds good.\r\n\r\nOn Mon, 2 Mar 2026, Anna wrote:\r\n> Hi\r\n",
}


@pytest.mark.parametrize("body", QUOTED.values(), ids=QUOTED.keys())
def test_a_quotation_is_set_apart(body: str) -> None:
    reply = split_reply(body)

    assert reply.text == "Sounds good."
    assert reply.quoted


@pytest.mark.parametrize(
    ("body", "text", "signature"),
    [
        ("Yes.\n\n-- \nAnn Lee\nCTO", "Yes.", "--\nAnn Lee\nCTO"),
        ("Yes.\n\nBest regards,\nAnn Lee\n+44 20 1234", "Yes.", "Best regards,\nAnn Lee\n+44 20 1234"),
        ("Да.\n\nС уважением,\nИван Петров\nООО Ромашка", "Да.", "С уважением,\nИван Петров\nООО Ромашка"),
        ("Да.\n\nС уважением, Иван Петров", "Да.", "С уважением, Иван Петров"),
        ("Yes.\n\nSent from my iPhone", "Yes.", "Sent from my iPhone"),
        ("Да.\n\nОтправлено с iPhone", "Да.", "Отправлено с iPhone"),
        ("Thanks!", "Thanks!", ""),
        ("Thanks for asking. How much is it?", "Thanks for asking. How much is it?", ""),
        ("Спасибо, но нет.", "Спасибо, но нет.", ""),
    ],
)
def test_a_signature_is_kept_apart(body: str, text: str, signature: str) -> None:
    reply = split_reply(body)

    assert (reply.text, reply.signature) == (text, signature)


def test_answers_between_quoted_lines_are_kept() -> None:
    body = "On Mon, 2 Mar 2026, Anna wrote:\n> Are you the right person?\n\nYes.\n\n> May I call?\n\nOn Friday.\n"

    assert split_reply(body).text.split() == ["Yes.", "On", "Friday."]


def test_words_that_only_look_like_a_quotation_stay() -> None:
    for body in ("On your host you can run:\n\n  telnet\n", "From: here to there it is far.", "I wrote:\n\nthis"):
        assert split_reply(body).text == body.strip()


def test_a_greeting_that_names_nobody_is_left_out() -> None:
    assert split_reply("Hi,\n\nYes please.").text == "Yes please."
    assert split_reply("Добрый день!\nДа, давайте.").text == "Да, давайте."
    for kept in ("Hi Anna,\nYes.", "Hello!", "Hi,\n> quoted\nYes."):
        assert split_reply(kept).text.startswith(kept.split("\n")[0])


def test_real_replies_are_split_as_their_gold_standard_says() -> None:
    score = score_replies(corpora("replies"), our_reply)

    assert score.share >= 0.95, score.wrong
    assert score.slowest < 1


@pytest.mark.parametrize(
    "unit",
    [
        "> x\n",
        "On 2 Mar 2026 x <a@b> \n",
        "From: x\n",
        "Thanks\n",
        ">" * 5000 + "\n",
        "-- \n",
        "\n",
        "wrote: 10:00 <" * 40 + ":\n",
    ],
)
def test_time_grows_in_line_with_the_mail(unit: str) -> None:
    body = "Hi\n" + unit * (1_000_000 // len(unit))
    started = time.process_time()
    split_reply(body)
    assert time.process_time() - started < 1


def test_html_becomes_the_text_a_person_sees() -> None:
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Hello&nbsp;Ann,</p><div>yes<br>please</div>"
        "<script>alert(1)</script><div class='gmail_quote'>On Mon wrote:<blockquote>Hi</blockquote></div></body></html>"
    )
    assert html_to_text(html) == "Hello Ann,\n\nyes\nplease\n\n> On Mon wrote:\n> > Hi"
    assert split_reply(html_to_text(html)).text == "Hello Ann,\n\nyes\nplease"


def test_broken_html_is_read_in_linear_time() -> None:
    for piece in ("<div>", "<!--", "<a href='", "</div>", "<![CDATA[", "&#x", "<"):
        started = time.process_time()
        html_to_text(piece * (300_000 // len(piece)) + "end")
        assert time.process_time() - started < 3, piece


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "iso-8859-5"])
def test_a_russian_mail_is_read_in_its_declared_charset(charset: str) -> None:
    body = "Спасибо, нам это интересно.".encode(charset)
    mail = parse_mail(b"From: a@b.test\nContent-Type: text/plain; charset=" + charset.encode() + b"\n\n" + body)

    assert (mail.reply.text, mail.language) == ("Спасибо, нам это интересно.", "ru")


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r"])
@pytest.mark.parametrize("declared", ["", "us-ascii", "x-nonsense", "iso-8859-1"])
def test_a_russian_mail_with_a_wrong_charset_is_read_all_the_same(charset: str, declared: str) -> None:
    subject, body = "Вопрос о ценах".encode(charset), "Здравствуйте, сколько это стоит?".encode(charset)
    header = b"Content-Type: text/plain; charset=" + declared.encode() + b"\n" if declared else b""

    mail = parse_mail(b"Subject: " + subject + b"\n" + header + b"\n" + body)

    assert (mail.subject, mail.reply.text) == ("Вопрос о ценах", "Здравствуйте, сколько это стоит?")


def test_an_html_only_mail_is_judged_by_its_words() -> None:
    raw = (
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>Давайте созвонимся</p>"
        "<div>От: Анна<br>Отправлено: 2 марта 2026<br>Кому: Ann<br>Тема: x<br><br>Добрый день</div>"
    )
    assert parse_mail(raw.encode()).reply.text == "Давайте созвонимся"
