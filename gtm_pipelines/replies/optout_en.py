"""How people say in English that they want no more mail: patterns, each bounded, so time grows in line with the text."""

from __future__ import annotations

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
_WHO = (
    r"(?:me|us|him|her|them|everyone|everybody|all of us|my \w+|our \w+|this \w+|these \w+|his \w+|her \w+|"
    r"their \w+|that \w+|the whole \w+|whoever \w+)(?: \w+)?"
)

PATTERNS = (
    r"\bun-?sub(?:s?\b|scr|sc?i|c|sr|rs|ns)\w{0,9}|\bun-?su[bs]?[a-z]{0,3}cr?i?[bp]\w*",
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
    rf"\b(?:{_REMOVE}|tak(?:e|en|ing)|took|pull|cut|cross|keep|kick|wip(?:e|ing)|get(?= (?:me|us|him|her|them|my|our)\b))\b "
    rf"(?:{_WHO})\b[^.!?\n]{{0,25}}\b(?:off\b|of (?:this|the|your|ur|that)\b|out of (?:this|the|your|it|these|that|here)\b|"
    rf"from (?:\w+ ){{0,3}}{_LISTS})|\b(?:cross|drop|scrub|strike|wipe|purge|kick) (?:{_WHO}) (?:off|out|from)\b",
    rf"\b(?:be|get|been|being) (?:\w+ )?(?:removed|taken (?:off|out)|deleted|dropped|excluded|struck(?: off)?|erased) "
    rf"(?:from|of|off)?\b[^.!?\n]{{0,15}}\b{_LISTS}",
    rf"\b{_REMOVE}\b (?:\w+ ){{0,2}}(?:his|her|their|everyone|everybody|all of us|the whole|every|any|whatever|all)\b"
    rf"[^.!?\n]{{0,30}}\b(?:{_LISTS}|{_PARTS}|you (?:have|hold|keep))",
    rf"\bwants? (?:to be )?(?:off|out of|removed from) (?:\w+ ){{0,3}}{_LISTS}",
    r"\b(?:do not|don[’']?t|dont|not to|never|refrain from|abstain from|avoid|please not) (?:\w+ )?(?:send(?:ing)?|writ(?:e|ing)|"
    r"contact(?:ing)?|e-?mail(?:ing)?|mail(?:ing)?|messag(?:e|ing)|follow(?:ing)? up|reach(?:ing)? out|approach(?:ing)?|"
    r"solicit(?:ing)?|chas(?:e|ing)|ping(?:ing)?|call(?:ing)?|bother(?:ing)?)\b[^.!?\n]{0,40}\b(?:again|any ?more|further|"
    r"in (?:the )?future|ever|to this (?:address|inbox|mailbox|account)|to us|to me|here)\b",
    rf"\b(?:don[’']?t|do not|does not|doesn[’']?t|no longer|never) (?:\w+ )?(?:want|wish|need|care for|accept|take)\b"
    rf"[^.!?\n]{{0,30}}\b{_MAIL}[^.!?\n]{{0,20}}\b(?:any ?more|again|here|from you|from your|at this|to this)\b",
    r"\b(?:would|[’']d|much) (?:much )?(?:rather|prefer) (?:not|you didn[’']?t|you did not) (?:to )?(?:receive|get|hear|be)\b",
    rf"\b(?:please|kindly|must|demand(?: that)?|ask(?: that)?|need to|time to|got to|have to|just) (?:\w+ ){{0,3}}"
    rf"(?:stop|cease|end|halt|quit|discontinue)\b[^.!?\n]{{0,40}}\b(?:{_MAIL}|correspondence|this|these)\b",
    r"\b(?:make|ensure|see to it|see that)\b[^.!?\n]{0,15}\b(?:they|it|this|these|that|all|the \w+) stops?\b",
    rf"\b(?:be|is|was|as|make this|stay) (?:the|your|our) (?:very )?(?:last|final) (?:one|time|{_MAIL}|I hear|we hear|from)",
    r"\b(?:this|another|next|one more)\b[^.!?\n]{0,50}\b(?:report|block|complain|sue|solicitor|lawyer|regulator|ICO|FTC|authorit)"
    r"\w*\b|\breport(?:ing|ed)? (?:your|you|this)\b[^.!?\n]{0,20}\b(?:domain|spam|abuse|to)\b",
    r"\b(?:honou?r|consider|treat|process|regard|count)\b[^.!?\n]{0,40}\b(?:opt[ -]?out|unsubscri\w+|removal|objection)\b",
    r"\b(?:withdraw|revoke|retract)\w*\b[^.!?\n]{0,40}\b(?:consent|permission)\b|\b(?:no|never|nor)\b[^.!?\n]{0,20}\bconsent"
    r"(?:ed|ing)? to (?:receiv|be|get|any|this|these|your)\w*",
    r"\b(?:do-not-contact|do-not-mail|no-contact)\b|\b(?:on|to|in) (?:your|the|a) (?:\w+ )?(?:suppression|block|stop|"
    r"exclusion) list\b",
    r"\bknock it off\b|\bpiss off\b|\bf\*+ ?off\b|\bget lost\b|\bbugger off\b|^\W*enough\W*(?:$|!|already)",
    r"\b(?:delete|erase|lose|forget|destroy|bin|ditch|drop) (?:my|our|this|these|the|his|her|"
    r"that) (?:\w+ ){0,2}(?:e-?mail|address|"
    r"number|name|details?|data|record|inbox|info)\w*",
    rf"\bnot (?:to )?(?:disturb|bother|send|writ|contact|e-?mail|mail|call|approach|messag|"
    rf"pester)\w*[^.!?\n]{{0,40}}\b(?:any|further|"
    rf"again|in (?:the )?future|no more|ever|to (?:this|us|me))\b|\brefrain from\b[^.!?\n]{{0,40}}\b(?:{_MAIL}|using|"
    rf"from now on|further)\b",
    r"(?:\bnot|n[’']?t|\bno longer|\bnever) (?:wish|want|care|like|agree|consent|ask)(?:es|s|ed)? to be (?:contacted|"
    r"e-?mailed|written|called|"
    r"approached|messaged|part of|included|on (?:your|this|any))\b",
    r"(?:\bnot|n[’']t) (?:receive|get|hear) (?:any(?:thing)?(?: ?more| further)|these|further|more of)\b",
    rf"\b(?:no longer|not|never|gone|out|absent|vanish\w*|disappear\w*|off) (?:be |to be |appear )?(?:on|in|from|of) "
    rf"(?:your|this|the|any of your) (?:\w+ )?{_LISTS}|\blet (?:me|us) (?:out|go)\b",
    r"\bleave (?:me|us|him|her|them|this \w+|my \w+|our \w+) (?:\w+ )?(?:alone|in peace|be\b)",
    rf"\b(?:scratch|clear(?: out)?|tick|rub|blot) (?:{_WHO}|all \w+|every \w+) (?:off|out)\b|\b(?:scratch|rub) (?:me|"
    rf"us) (?:off|out)\b|"
    rf"\bforget (?:that )?(?:i|we) (?:ever )?exist|\b(?:lose|forget|bin) (?:my|our|this) ad+res+\b",
    r"\b(?:erasure|deletion|removal) of (?:my|our|all|his|her|this|the) (?:\w+ )?(?:personal|data|details|address|"
    r"e-?mail|record|contact)\w*",
    r"\b(?:nothing|not one|not a single|no) (?:further|more|other|single)\b[^.!?\n]{0,40}\b(?:reach\w*|from you|to me|"
    r"to us|in my inbox|"
    r"to this)\b|\bany (?:subsequent|further|future) (?:communication|message|e-?mail|mail|contact|"
    r"approach)\w*\b[^.!?\n]{0,120}\b"
    r"(?:invoice|report|legal|court|complain|treat|regard|harass)\w*",
)
