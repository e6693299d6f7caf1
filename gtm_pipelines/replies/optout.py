"""How people say that they want no more mail, in English and Russian.

Told by words that stand together in a sentence, not by phrases: whoever asks out must be heard however they
put it, and a wish that is read into a mail costs one contact. Bounded, so time grows in line with the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gtm_pipelines.replies import optout_en, optout_ru

_OPT_OUT = re.compile("|".join(optout_en.PATTERNS + optout_ru.PATTERNS), re.I | re.M)
_OF_PRODUCT = re.compile(
    r"\b(?:you|your|it|tool|platform|product|service|вы|ваш\w*|у вас|сервис\w*|систем\w*|программ\w*)\b", re.I
)
_OF_ONESELF = re.compile(
    r"\b(?:me|us|my|i|our|this|these|меня|мне|нас|нам|мой|моё|мои|мою|я|мы|наш\w*|эт\w+)\b|"
    r"(?:un-?su|отпи)\w+ (?:button|link|here|от)|\bplease\b|\bkindly\b|\bso kind\b|"
    r"\b(?:could|would|can|will) (?:you|someone|somebody) (?:make|see|ensure|stop|not|be|get|put|mark|mind)\b|"
    r"\bпожалуйста\b|\bпрос\w+",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?\n]{0,400}")
BARE_STOP = re.compile(
    r"^\W*(?:stop|remove|unsubscribe|no more|out|cancel|стоп|отписка|отписаться|отпишите|хватит|удалить|"
    r"убрать)\W*(?:me|please|"
    r"пожалуйста|thanks|спасибо)?\W*$",
    re.I,
)
"""One word that is the whole mail."""


_ELSEWHERE = re.compile(
    r"\b(?:call|invite|invitation|meeting|agenda|proposal|quote|offer|contract|agreement|item|slides?|deck|field|cc|attachment|"
    r"heavy|beforehand|catalogues?|brochures?|MB|PDFs?|files?|zip|attachments|by post|by fax|slot|trial|samples?|order|"
    r"invoice|draft|document|clause|section)\b"
    r"(?! (?:me|us|again|any))|"
    r"\b(?:subscribers?|recipients|customers|clients|users|people who|your (?:tool|platform|product|system)|"
    r"our (?:newsletter|lists?)|"
    r"agency|competitors?|users?|people)\b|\d ?%|\b(?:until|unless|for now|just yet)\b|"
    r"\bпочтой\b|\bтуда\b|архив|приглашени|звонк|созвон|\b(?:в|из) (?:\w+ )?(?:кп|предложени[ия]|договор|смет|сч[её]т)|"
    r"пункт|курьер|"
    r"бумажн|\bпока\b|\bдо (?:\w+ )?(?:конца|понедельн|вторн|сред|четв|пятн|январ|феврал|март|апрел|ма[яй]|июн|июл|"
    r"август|сентябр|"
    r"октябр|ноябр|декабр|осен|весн|лет|зим|\d)|подрядчик|клиент|подписчик|покупател|полбазы|как (?:у вас|устроен)|"
    r"презентаци|слайд|файл|вложени|\bpdf|пользовател",
    re.I,
)
"""Words in the sentence of a wish that may turn it to something else: a call, a paper, somebody else's mailings, a date."""
_INSTEAD = re.compile(
    r"\binstead\b|\b(?:write|talk|speak|go|send (?:it|them|this)|reach out|turn) to (?!us\b|me\b)[\"']?(?-i:[A-Z])|"
    r"\b(?:ask|contact|e-?mail|try) (?-i:[A-Z])[a-z]+|\bвместо\b|\bзамените\b|(?:пишите|обратитесь|обращайтесь|"
    r"поговорите|свяжитесь|"
    r"звоните|направьте|адресуйте)\b[^.!?\n]{0,15}(?-i:[А-ЯЁ])",
    re.I,
)
"""Somebody else is named to be written to: what is refused may be this one subject only."""


@dataclass(frozen=True)
class Wish:
    """Where somebody asks to be left alone; ``certain`` where nothing in the mail turns the words to something else."""

    words: str
    certain: bool


def wish_to_leave(words: str) -> Wish | None:
    """Return where somebody asks to be left alone; questions about what a product does are no such wish."""
    turned: Wish | None = None
    for match in _OPT_OUT.finditer(words):
        sentence, asked = _sentence(words, match)
        if asked and _OF_PRODUCT.search(sentence) and not _OF_ONESELF.search(sentence):
            continue
        if not _ELSEWHERE.search(sentence) and not _INSTEAD.search(words):
            return Wish(match[0], certain=True)
        turned = turned or Wish(match[0], certain=False)
    return turned


def _sentence(words: str, match: re.Match[str]) -> tuple[str, bool]:
    """Return the sentence a match stands in, and whether it is a question."""
    begin = max(words.rfind(mark, 0, match.start()) for mark in ".!?\n") + 1
    rest = _SENTENCE.match(words, match.end())
    end = rest.end() if rest else match.end()
    return words[max(begin, match.start() - 400) : end], words[end : end + 1] == "?"
