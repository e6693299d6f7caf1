"""How people say what they mean, in English and Russian: patterns a class is known by.

Each pattern is bounded, so its time grows in line with the text. Order of classes
is kept by ``classify``; this file only holds words.
"""

from __future__ import annotations

import re

REFUSAL = re.compile(
    r"\bnot (?:really |very |particularly |at all )?interested\b|\bno(?:t any)? interest\b|\bno,? thank|\bthanks,? but no\b|"
    r"\bnot for us\b|\b(?:we|i)[’']?(?:ll| will) pass\b|\bi[’']ll pass\b|\bdecline\b|\bnot a (?:good )?fit\b|"
    r"(?:не|неин)\s?(?:очень\s+)?интересн|не интересует|не заинтересован|нет[, ]+спасибо|спасибо[, ]+(?:но )?нет\b|"
    r"отказ(?:ываемся|"
    r"аться)|не для нас|не подходит",
    re.I,
)
"""A plain no, which a reason beside it does not soften."""

NEGATIVE = re.compile(
    r"^\W*(?:nope|nah|no way|negative)\b|\bthank(?:s| you)[,.!]? but no\b|^\W*no[,.!]|\banswer is (?:a )?no\b|"
    r"\bconsider (?:this|it) a no\b|"
    r"\b(?:is|are)n[’']?t (?:a |the |an |really |quite )*(?:fit|match|relevant|interested|for us|for me|something|"
    r"of interest|interesting|looking)\b|"
    r"\b(?:does|do)(?: not|n[’']?t) (?:apply|concern|interest|suit|fit|sound|appeal)|\bdecided (?:against|not to)\b|"
    r"\bdecline\b|"
    r"\bof no (?:interest|use|relevance)\b|\bno longer (?:interested|looking|need)|\bnot (?:want|wanting) to pursue\b|"
    r"\b(?:no|not any) (?:need|use|demand|plans?) (?:for|of|to)\b|\bwon[’']?t be (?:moving|going|taking|needing|pursuing|able)|"
    r"\bwithout us\b|\bcount (?:us|me) out\b|\bthis is a no\b|\bnot our (?:thing|focus|cup)|"
    r"^\W*(?:неа|не)\W*$|^\W*нет[,.! ]|интереса (?:нет|не)|к нам (?:это )?не относится|не относится к нам|"
    r"решили (?:не|отказ)|не для нас|"
    r"отклон(?:ить|яем|яю)|ответ (?:—|-)?\s?(?:отрицательн|нет)|(?:ничего )?(?:такого|подобного|"
    r"не)[^.!?\n]{0,10}ищем|не хотим\b|"
    r"не (?:заинтерес|интерес|пользу|рассчит|стан|буд|желаем|видим смысл|соответств|продолж)\w*|продолжать не|"
    r"считайте (?:это )?отказом|"
    r"без нас\b|не по нашей части|не наш профиль|обойд[её]мся|"
    r"\bnot (?:really |very |currently |particularly |at all )?interested\b|\bno(?:t any)? interest\b|"
    r"\bno,? thank(?:s| you)\b|\bnot for (?:us|me)\b|\bnot (?:a|the right|a good|a great) (?:fit|match|priority|"
    r"need)\b|"
    r"\bnot (?:looking|in the market|considering|something we|something i|relevant|a priority|needed|required|now|"
    r"at this time|at the moment|right now|possible)\b|"
    r"\b(?:don[’']?t|do not|does not|doesn[’']?t|won[’']?t|will not) (?:need|require|see a need|have (?:a |the |"
    r"any )?(?:need|budget|interest)|be (?:going|moving|proceeding|interested)|want (?:this|it|that|any)|think (?:it|"
    r"this|we|that)|work for us|fit)\b|"
    r"\b(?:we|i) (?:already|currently) (?:have|use|work with|got)\b|\balready (?:have|using|use|working with|"
    r"covered)\b|\bhappy with (?:our|the|what)\b|"
    r"\b(?:we|i)(?:[’']ll| will| would|[’']d)? (?:have to |must |going to )?(?:pass|decline)\b|\bi[’']ll pass\b|"
    r"\bhard pass\b|\bno budget\b|\bno need\b|\bnot (?:going|able) to\b|\bwrong (?:person|time|company)\b|\bgo(?:ne|"
    r"ing)? with (?:another|a different|someone)\b|\bplease don[’']?t\b|"
    r"\bmaybe (?:next|another|later)\b|\bwe[’']re (?:good|all set|fine|covered)\b|\ball set\b|"
    r"не\s+(?:очень\s+|особо\s+|совсем\s+)?(?:интересн|интересу|актуальн|заинтересован|нужн|нужда|требуетс|подходит|"
    r"подойд|рассматрив|планиру|готов|сейчас|наш|видим|вижу|буд)\w*|нет[, ]+(?:спасибо|благодар)|"
    r"спасибо[, ]+(?:но )?(?:не|нет)\b|неинтересн|неактуальн|"
    r"(?:нет|отсутству\w+)\s+(?:интереса|потребности|бюджета|необходимости|надобности|желания)|(?:уже|"
    r"сейчас)\s+(?:есть|используем|работаем с|пользуемся|закрыли|решили)|вынужден\w* отказать|отказ(?:ываемся|аться|"
    r"ываюсь|ано)|откаж|в другой раз|не до (?:этого|того)|нас (?:всё |все )?устраивает|(?:вам|вы) ошиблись|"
    r"пока не\b|^\W*нет\W*$|^\W*no\W*$",
    re.I | re.S | re.M,
)
POSITIVE = re.compile(
    r"\bintrigued\b|\bkeen to\b|\bhappy to (?:take|have|see|look|try|hear|meet|talk|chat)|\b(?:great|good|perfect|"
    r"right) (?:timing|moment)\b|"
    r"\bthis is timely\b|\b(?:exactly|precisely) (?:this|the|our|what)\b|\b(?:small |a )?(?:pilot|trial run|"
    r"proof of concept)\b|"
    r"\bshow me (?:what|how)\b|\b(?:could|can|would) (?:you|we) (?:\w+ )?(?:come by|visit|demo|meet|do a (?:call|"
    r"demo)|walk (?:me|us)|show)\b|"
    r"\bdo you have (?:half an hour|\d+ minutes|time|a moment|availability)\b|\bwhat (?:slots|times?) (?:do|are|"
    r"work)\b|\bwhen (?:can|could) "
    r"(?:we|you) (?:\w+ )?(?:demo|talk|meet|speak|start|call|show)|\blike to (?:start|try|proceed|move forward|go ahead|see)\b|"
    r"\bping me with\b|\bbe up for\b|\btell me when\b|\bset (?:something|it) up\b|"
    r"(?:найд[её]тся|есть|будет) (?:у вас )?(?:полчаса|минут|время|часок|\d+ минут)|(?:очень |как раз )?кстати\b|"
    r"вовремя (?:написали|вы)|"
    r"(?:рад[аы]?|буду рад\w?|хочу|хотелось бы|хотел\w? бы|хотим|готов\w*|интересно)\s+(?:\w+\s+)?(?:посмотреть|увидеть|узнать|"
    r"попробовать|встретиться|поговорить|пообщаться|обсудить|созвониться|начать)|показывайте|покажите|заинтриг|"
    r"(?:ровно|именно|как раз) (?:эта|такая|то|такой|это)\b|когда (?:сможете|можете|можно|удобно|"
    r"готовы)[^.!?\n]{0,20}(?:показать|встретиться|"
    r"созвониться|поговорить|продемонстр|обсудить|начать)|назначайте|(?:почему бы и|отчего бы) нет|"
    r"тема (?:нам )?близк|открыт\w? к|"
    r"стоит (?:\w+ )?(?:встретиться|познакомиться|поговорить|обсудить|попробовать)|свобод(?:ен|на|ны) (?:в|во|"
    r"завтра|после)|нам (?:такое|это|"
    r"как раз) (?:нужно|надо|пригод)|вариант\w* времени|предложите\b[^.!?\n]{0,20}время|какое время|пилот\w?\b|"
    r"\b(?:i[’']?m|we[’']?re|i am|we are|am|very|definitely|quite|would be|be|really|certainly) (?:very |definitely |"
    r"quite |really |be |potentially )?(?:interested|keen|intrigued|up for|open to)\b|^\W*interested\b|"
    r"\bsounds? (?:good|great|interesting|perfect|intriguing|like a plan|fantastic|awesome|promising|relevant)\b|"
    r"\b(?:let[’']?s|lets|happy to|glad to|love to|like to|could we|can we|shall we|we should|free to|"
    r"available (?:for|to|on|at|next|this)|open to|up for|want to|keen to)\b.{0,30}?\b(?:talk|chat|call|meet|discuss|"
    r"connect|speak|schedule|book|set up|hop on|jump on|hear more|learn more|explore|try|demo|see)\b|"
    r"\b(?:book|schedule|arrange|set up) (?:a|the|some|in a) (?:\w+ )?(?:call|meeting|demo|time|chat|slot)\b|"
    r"\b(?:call|ring) me\b|\bgive me a (?:call|ring)\b|\bsend (?:me |us )?(?:over )?(?:an? |the |your )?(?:invite|"
    r"invitation|calendar|contract)\b|"
    r"\b(?:tuesday|monday|wednesday|thursday|friday|tomorrow|next week|this week|\d{1,2} ?(?:am|"
    r"pm))\b.{0,40}?\b(?:works?|suits?|is (?:fine|good|ok)|free|available)\b|\bworks for (?:me|us)\b|\b(?:i am|i[’']m|"
    r"we are|we[’']re) free\b|"
    r"\byes,? (?:please|sure|let|we|i|that|of course|definitely|absolutely)\b|^\W*(?:yes|sure|absolutely|definitely|"
    r"of course)\b|\bgood timing\b|\bexactly what we\b|\blooks? (?:good|great|interesting|promising)\b|\bcount (?:me|"
    r"us) in\b|\bgo ahead\b|"
    r"(?:нам|мне|это|очень|звучит|было бы|весьма|предложение|тема|идея)\s+(?:это\s+|очень\s+|бы\s+|было\s+бы\s+|"
    r"действительно\s+)?(?:интересн|актуальн|любопытн)\w*|^\W*(?:очень )?интересно\b|заинтересова\w+|звучит (?:хорошо|"
    r"отлично|интересно|неплохо|здорово)|"
    r"(?:давайте|готов[ыа]?|можем|можно|хотел[аи]? бы|хотим|предлагаю|с удовольствием|"
    r"рад[аы]? буд\w+)\b.{0,40}?(?:обсуд|созвон|встрет|встреч|поговор|пообща|звон|попроб|тестир|демо|познаком|"
    r"рассмотр|подключ|посмотр)\w*|"
    r"(?:назначим|назначьте|запланируем|договоримся|забронир)\w*|(?:позвоните|наберите|перезвоните) (?:мне|нам|"
    r"пожалуйста|завтра|в|на)|удобно (?:в|во|завтра|на|после|будет)|(?:мне|нам) подходит|согласен|согласны|^\W*(?:да|"
    r"конечно|хорошо)[,!. ]|присылайте (?:договор|приглашение|инвайт|ссылку)",
    re.I | re.S | re.M,
)
QUESTION = re.compile(
    r"\b(?:pric(?:e|es|ing)|costs?|how much|rates?|quote|fees?|tariffs?)\b|\b(?:send|share|provide|forward|"
    r"e-?mail) (?:me |us |over |across |some |more |any |the |your |further |additional |"
    r"detailed |a ){0,6}(?:info|information|details?|deck|brochure|pricing|prices|case stud|presentation|materials?|"
    r"documentation|one.?pager|overview|examples?|references?|specs?|link)\w*|"
    r"\b(?:more|further|additional) (?:info|information|details?)\b|\btell (?:me|us) more\b|\bcould you (?:explain|"
    r"clarify|elaborate|tell|share|send|provide|describe)\b|\bcan you (?:explain|clarify|elaborate|tell|share|send|"
    r"provide|describe|give)\b|"
    r"\b(?:what|how|which|who|where|when|does|do you|is there|are there|can it|can you|have you|"
    r"why)\b[^.!?\n]{0,150}\?|\bcurious (?:how|what|about|if|whether)\b|\bwondering (?:how|what|if|whether)\b|"
    r"\blearn more\b|"
    r"(?:сколько (?:это )?стоит|стоимост|цен[аыуе]?\b|прайс|тариф|расценк|смет)\w*|(?:пришлите|вышлите|отправьте|"
    r"скиньте|направьте|поделитесь|можете прислать|можно (?:получить|прислать))\b.{0,50}?(?:информац|презентац|"
    r"подробн|детал|материал|прайс|кп|предложени|услови|пример|кейс|документ|ссылк)\w*|"
    r"(?:перешлите|пришлите|скиньте|направьте|вышлите)\b[^.!?\n]{0,40}(?:презентац|предложени|кп\b|материал|опис)\w*|"
    r"(?:подробн|детальн)(?:ее|ей|ости|остей|ую|ую информацию)|расскажите|уточните|поясните|объясните|"
    r"(?:что|как|какой|какая|какие|каков\w*|кто|где|когда|сколько|есть ли|можно ли|зачем|почему|чем|а если|"
    r"вы работаете|поддержива\w+|интегриру\w+|откуда|у вас)\b[^.!?\n]{0,150}\?",
    re.I | re.S,
)
