"""Words by which an open field, a talking model and a way out of further mails are known, English and Russian."""

from __future__ import annotations

import re


def _any(*patterns: str, flags: re.RegexFlag = re.I) -> re.Pattern[str]:
    return re.compile("|".join(patterns), flags)


OPEN = _any(
    r"\{\{.*?\}\}",
    r"\{%.*?%\}",
    r"\$\{\w+\}",
    r"\*\|\w+\|\*",
    r"%[A-Z_]{3,}%",
    r"<<\s*\w[\w ]*>>",
    r"\{\s*[a-zа-яё_][\wа-яё ]{0,30}\}",
    r"\[(?:your|insert|recipient|first|last|full|company|contact|name|sender|title|position|product|date|city|link|phone)"
    r"[\w '’-]{0,30}\]",
    r"<(?:first|last|full|company|your|name)[\w ]*>",
    r"\[(?:имя|фамили|ваш|вставьте|компани|название|должност|дата|ссылк|телефон|город|продукт|отправител|получател)"
    r"[\w ]{0,30}\]",
    r"\bX{3,}\b",
    r"\bTODO\b",
    r"\bTBD\b",
    r"lorem ipsum",
)
"""A merge field that nothing was put into, in the ways of common tools."""

TALK = _any(
    r"\bas an? (?:ai|artificial intelligence|large language model|language model)\b",
    r"\bi(?:'|’)?a?m an? (?:ai|language model)\b",
    r"\bhere(?: is|'s|’s|s)? (?:your|the|a|an|my) (?:\w+ ){0,3}(?:e-?mail|draft|message|version|rewrite|template)\b",
    r"^\s*(?:sure|certainly|of course|absolutely)[,!.] (?:here|i)\b",
    r"\b(?:let me know|tell me) if you(?:'|’)?d? (?:would )?(?:like|want) me to"
    r" (?:adjust|change|revise|edit|shorten|rewrite|modify)",
    r"\bi (?:hope this|trust this) (?:email|draft|version) (?:meets|works)",
    r"\bfeel free to (?:customi[sz]e|adjust|edit|modify) (?:this|it|the)",
    r"^\s*(?:subject|body|e-?mail)\s*:\s",
    r"```",
    r"\*\*[^*\n]+\*\*",
    r"^#{1,3} ",
    r"\b(?:word count|note to (?:self|sender))\b",
    r"\bknowledge cut-?off\b",
    r"\bi (?:cannot|can(?:'|’)t) (?:assist|help) with",
    r"\bвот (?:ваше? |само |готовое |новое |переписанное |черновик\w* ?)*(?:письм|черновик|текст письма|вариант)\w*",
    r"\bкак (?:языковая модель|искусственный интеллект|ии-?(?:ассистент|модель|помощник))",
    r"\bя (?:—|-|–) (?:ии|языковая модель|нейросеть)",
    r"^\s*(?:конечно|разумеется|хорошо)[,!.] вот\b",
    r"\bнадеюсь, (?:это|письмо|вариант) (?:поможет|подойд[её]т)",
    r"^\s*(?:тема|текст письма|тело письма)\s*:",
    r"\b(?:если нужно|при необходимости|дайте знать),? (?:я )?(?:могу|смогу|если нужно)"
    r" (?:\w+ )?(?:изменить|сократить|переписать|доработать)",
    r"^\s*вариант \d\s*:",
    flags=re.I | re.M,
)
"""A model that speaks to whoever asked it."""

OPT_OUT = _any(
    r"unsubscri",
    r"opt[ -]?out",
    r"(?:reply|answer|write|say)\W+(?:with )?\W*(?:stop|no\b|remove)",
    r"stop (?:writing|these)",
    r"no (?:more|further) (?:e-?)?mails",
    r"won(?:'|’)?t (?:write|hear|bother)",
    r"not (?:write|bother|email) (?:you )?again",
    r"remove (?:me|you)",
    r"отпис",
    r"не (?:писать|пишите|беспокоить)",
    r"больше не (?:напиш|побеспоко|буд)",
    r"писем больше не",
    r"(?:ответьте|напишите)\W+(?:мне )?\W*(?:«?стоп|«?нет)",
    r"отказаться от (?:писем|рассыл)",
)
"""A way to stop such mails."""
