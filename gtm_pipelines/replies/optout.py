"""How people say that they want no more mail, in English and Russian.

Told by words that stand together in a sentence, not by phrases: whoever asks out must be heard however they
put it, and a wish that is read into a mail costs one contact. Bounded, so time grows in line with the text.
"""

from __future__ import annotations

import re

_MAIL = (
    r"(?:e-?mail|mail|messag|communicat|contact|writ|send|correspond|newsletter|outreach|campaign|bother|spam|"
    r"disturb|pester|harass|"
    r"annoy|this sequence|reaching out)\w*"
)
_US = r"(?:me|us|my|our|mine|this (?:e-?mail|address|domain|contact|mailbox)|everything you|all (?:my|our|of my))"
_LISTS = (
    r"(?:list|sequence|campaign|mailing|database|record|crm|system|distribution|e-?mails?|outreach|cadence|"
    r"newsletter|contacts|"
    r"whatever this)\w*"
)
_PARTS = r"(?:e-?mail|address|name|domain|data|details|contact|information|number|record|mailbox)\w*"
_REMOVE = r"(?:remov|delet|exclud|eras|scrub|strik|unlist|drop|purg|struck)(?:e|ed|es|ing)?"
_MAIL_RU = (
    r"(?:пис(?:ать|ьм|ем)|пиш|присыл|прислать|слать|шл[иё]|отправл|отправк|общени|рассыл|донима|беспоко|сообщени|"
    r"спам|звон|переписк|"
    r"контакт|тревож|навязыва|долби)\w*"
)
_REMOVE_RU = r"(?:удал|исключ|убер|убрать|убира|вывед|вывести|вычерк|сотр|стер|забуд|вынес)\w*"
_US_RU = (
    r"(?:меня|нас|мой|моё|мое|мою|мои|моей|моего|наш|нашу|наши|нашего|адрес|почт|имя|фамили|домен|мои данн|"
    r"контакт|e-?mail|имейл|ящик|"
    r"всё, что|все, что)\w*"
)
_LISTS_RU = r"(?:спис|рассыл|баз[аыеу]|цепочк|кампани|подпис|писем|реестр|crm)\w*"

_ENGLISH = (
    r"\bun-?su[bs]?[a-z]{0,3}cr?i?[bp]\w*",
    r"\bopt(?:ing|ed)?[ -]?(?:me |us )?out\b",
    rf"(?<!we )(?<!they )(?<!had to )(?<!\bi )\b(?:stop|cease|quit|halt|discontinue)\b(?! by\b)[^.!?\n]{{0,40}}\b{_MAIL}",
    rf"\b(?:no more|no further|enough (?:of|with)|(?:sick|tired|fed up) (?:of|with) (?:your|these|this|getting|"
    rf"receiving|all))\b[^.!?\n]{{0,30}}\b{_MAIL}",
    rf"\b{_REMOVE}\b[^.!?\n]{{0,20}}\b{_US}\b[^.!?\n]{{0,40}}\b(?:{_LISTS}|{_PARTS}|off|from (?:this|your|it|here))\b",
    rf"\b(?:{_REMOVE}|tak(?:e|en))\s+(?:(?:me|us|please|him|her|my \w+|our \w+|this \w+|kindly)\s+){{0,2}}(?:from|"
    rf"off)\s+(?:\w+ ){{0,3}}"
    rf"{_LISTS}",
    rf"\b(?:take|get|leave|count|strike|remove) (?:me|us) (?:off|out(?: of)?|from)\b[^.!?\n]{{0,30}}\b{_LISTS}|"
    rf"\btake (?:me|us) off\b",
    r"\bremoved?\s+(?:me|us)\b|\bget me off\b|\bremove (?:this|our) (?:address|e-?mail|domain)\b",
    r"\b(?:put|add|place) (?:me|us|this \w+|our \w+) (?:on|to|in) (?:\w+ ){0,3}(?:do[ -]not|dnc|black|stop|"
    r"suppress|block|no[ -]contact)",
    r"\b(?:do not|don[’']?t|dont|never|not allowed to|no right to|not permitted to|must not|"
    r"stop trying to)(?: (?:ever|dare|you dare|"
    r"please|even|keep|try to|again))* (?:contact|e-?mail|write|message|mail|approach|reach out|spam|bother|"
    r"disturb|call|pester)(?:ing)?\b"
    r"[^.!?\n]{0,40}\b(?:me|us|again|any ?more|any(?:one|body)|this|our|ever)\b",
    r"\b(?:do not|don[’']?t|dont|never) (?:ever )?send\b[^.!?\n]{0,30}\b(?:any(?:thing|more| more| further|"
    r" other)?|these|such|more|again|"
    r"else)\b",
    r"\b(?:don[’']?t|do not|no longer|rather not|prefer not to|not|never) (?:\w+ ){0,2}(?:want|wish|care|like|"
    r"need|receive|hear|get)\b"
    r"[^.!?\n]{0,30}\b(?:(?:any ?more|further|such|these|your|other|more) ){1,3}(?:of (?:these|this|your|them)|"
    r"messages?|e-?mails?|mails?|"
    r"spam|communications?|newsletters?)\b",
    r"\b(?:not wish|no longer wish|not want|don[’']?t want|no longer want|rather not|prefer not) to (?:receive|"
    r"get|hear|be (?:contacted|"
    r"e-?mailed|written to|approached))\b|\bwithout my consent\b",
    r"\b(?:withdraw|revoke|retract)\w*\b[^.!?\n]{0,20}\bconsent\b|\bright to (?:erasure|be forgotten|object)\b|"
    r"\bgdpr (?:request|erasure|removal|deletion)\b|\bobject to (?:the |this |any |your )?(?:processing|use|"
    r"storage|further)\b",
    r"\b(?:delete|erase|purge)\b[^.!?\n]{0,20}\b(?:my|our|me|personal)\b[^.!?\n]{0,20}\b(?:data|details|"
    r"information|everything|records?)\b",
    r"\b(?:delete|erase) (?:everything|all)\b[^.!?\n]{0,20}\b(?:me|us)\b",
    r"\bleave (?:me|us) alone\b|\b(?:lose|forget) (?:my|this|our) (?:e-?mail|address|number|contact)\b|"
    r"\bfuck off\b|^\W*go away\b|"
    r"\bcease and desist\b|\bblock(?:ed|ing)? (?:you\b|this sender)|\breport(?:ed|ing)? (?:you\b|(?:this|it) as)",
    r"\b(?:this is|mark(?:ed|ing)?(?: \w+)? as|considered?) (?:\w+ )?spam\b(?!,? (?:but|though))|"
    r"\bnever (?:signed up|subscribed|opted|asked (?:for|to (?:get|receive)) (?:this|these|your)|agreed to (?:get|"
    r"receive|this)|"
    r"gave (?:you )?(?:my )?consent)\b|\bhow (?:do|can) (?:i|we) (?:get off|stop)\b|\bdo[ -]not[ -](?:contact|"
    r"e-?mail|mail)\b",
)
_RUSSIAN = (
    r"\b(?:меня|нас|мой адрес|наш адрес)\s+(?:\w+\s+)?(?:удал|убра|исключ|вычерк)\w+",
    r"отпи(?:сать|шите|ши|ска|сываюсь|сываться|саться|шусь|шитесь|сан)\w*|отпис(?:ку|ки)\b",
    rf"(?:прекра|переста|хватит\b|довольно\b|остановите|завязывайте|кончайте|достали|надоел\w*|"
    rf"сколько можно)\w*[^.!?\n]{{0,40}}{_MAIL_RU}",
    rf"\b(?:никаких|ни одного|без)\b[^.!?\n]{{0,20}}{_MAIL_RU}(?![^.!?\n]{{0,20}}не (?:получ|приход|было|"
    rf"видел))[^.!?\n]{{0,20}}(?:больше|впредь|$)",
    r"\bне\s+(?:\w+\s+){0,2}?(?:пишите|писать|пиши|присылайте|присылать|шлите|слать|отправляйте|отправлять|"
    r"беспокойте|беспокоить|звоните|"
    r"обращайтесь|тревожьте|тревожить|донимайте|спамить|спамьте)\b(?! (?:дальше|пока|ещё|больше информации))",
    rf"\b{_REMOVE_RU}[^.!?\n]{{0,30}}\b{_US_RU}[^.!?\n]{{0,40}}(?:{_LISTS_RU}|данн|контакт|адрес|почт|обо мне|"
    rf"о нас|$|[.!?,])",
    rf"\b(?:удалите|уберите|исключите|вычеркните|выведите|исключить|удалить|убрать|вычеркнуть),?\s+(?:пожалуйста,?\s+)?из\b"
    rf"[^.!?\n]{{0,20}}{_LISTS_RU}",
    r"\bвн(?:ес|ёс|ос)\w*[^.!?\n]{0,20}(?:стоп|ч[её]рн|исключени|не беспокоить)|в (?:стоп|ч[её]рн\w+)[- ]?(?:лист|спис)",
    r"(?:удал|сотр|уничт)\w+[^.!?\n]{0,30}(?:персональн|личн)\w* данн|(?:персональн|"
    r"личн)\w+ данн\w+[^.!?\n]{0,30}(?:удал|сотр|уничт)",
    r"(?:отзываю|отозвать|отзыв\w*)[^.!?\n]{0,20}согласи|не (?:давал|дава)\w*[^.!?\n]{0,20}согласи|без моего согласия",
    r"(?:возража|против|запреща|прекрат|не соглас)\w*[^.!?\n]{0,30}обработк\w+",
    r"не (?:хочу|хотим|желаю|желаем|надо|нужно)\s+(?:\w+\s+){0,3}?(?:получать|видеть|писем|письм\w*|рассыл\w*|"
    r"сообщени\w*|спам\w*|"
    r"писать|слать|присылать)\b",
    r"(?:отстаньте|отвалите|отвяжитесь|отъебитесь|идите (?:на|в)\b|оставьте (?:меня|нас) в покое)",
    r"это (?:\w+ )?спам\b(?!,? но)|пометил\w* как спам|\bспам[!.]*$|не подписывал|заблокирую|пожалуюсь|(?:подам|"
    r"напишу|направлю) жалобу|"
    r"стоп.?рассылк|без рассылок|не имеете права[^.!?\n]{0,30}(?:писать|слать|присылать|звонить)|требую прекратить|"
    r"как (?:мне )?(?:отключить|остановить|прекратить) (?:это|эт|рассыл|письм|вас|ваш)|больше не надо\b",
)
_OPT_OUT = re.compile("|".join(_ENGLISH + _RUSSIAN), re.I | re.M)
_OF_PRODUCT = re.compile(
    r"\b(?:you|your|it|tool|platform|product|service|вы|ваш\w*|у вас|сервис\w*|систем\w*|программ\w*)\b", re.I
)
_OF_ONESELF = re.compile(
    r"\b(?:me|us|my|i|our|this|these|меня|мне|нас|нам|мой|моё|мои|мою|я|мы|наш\w*|эт\w+)\b|"
    r"(?:un-?su|отпи)\w+ (?:button|link|here|от)",
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


def wish_to_leave(words: str) -> re.Match[str] | None:
    """Return where somebody asks to be left alone; questions about what a product does are no such wish."""
    for match in _OPT_OUT.finditer(words):
        if not _asks_about_product(words, match):
            return match
    return None


def _asks_about_product(words: str, match: re.Match[str]) -> bool:
    begin = max(words.rfind(mark, 0, match.start()) for mark in ".!?\n") + 1
    rest = _SENTENCE.match(words, match.end())
    end = rest.end() if rest else match.end()
    sentence = words[max(begin, match.start() - 400) : end]
    return words[end : end + 1] == "?" and bool(_OF_PRODUCT.search(sentence)) and not _OF_ONESELF.search(sentence)
