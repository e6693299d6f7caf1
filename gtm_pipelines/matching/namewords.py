"""The words and signs that names of companies are made of, beside those that tell one from another."""

from __future__ import annotations

import re
from collections.abc import Mapping

_FAMILIES: Mapping[str, str] = {
    "corporation": "inc incorporated corp corporation",
    "limited": "ltd limited plc pcl pc public",
    "llc": "llc ooo gmbh sarl srl bv sro doo mbh",
    "joint stock": """ag aktiengesellschaft sa se nv ab asa oyj oy spa ao pao oao zao nao jsc pjsc ojsc kk tbk bhd berhad as aps
        qpsc qspc qsc saog saoc""",
}
"""Legal forms that stand for one another in lists: how a form is written, and its neighbours, differ more than firms do."""
FORMS = {word: family for family, told in _FAMILIES.items() for word in told.split()}
LEADING = frozenset("group holding predpriyatie zavod torgovyy dom proizvodstvennaya trading fund".split())
"""Weak words that stand before a name too; any other that opens a name belongs to it, as in International Paper."""
BEFORE = frozenset("ooo oao zao ao pao nao".split())
"""Legal forms that stand before a name; others that stand there are initials, as in AG Mortgage."""
ARTICLES = frozenset("the and of de des du la le el al und et y i for a s".split())
EMPTY = ARTICLES | frozenset(
    """co company companies cia kgaa kg lp llp pt publ adr adrs ads gdr class cl ord shs sh shares share dr stock sponsored
    registered reg regs nom obshchestvo aktsionernoe publichnoe kompaniya kompanii firma ogranichennoy otvetstvennostyu""".split()
)
"""Words that say nothing of whose the name is."""
WEAK = frozenset(
    """group holding international global worldwide enterprise technology industry industrial service solution system partner
    capital investment trust national predpriyatie zavod torgovyy dom proizvodstvennaya fund resource property financial
    management development venture product manufacturing trading""".split()
)
"""Words that a name may have or lack and still be the same company's; two different ones may be two companies'."""
REGIONS = frozenset(
    """asia asian europe european africa african america american north south east west northern southern eastern western latin
    pacific india indian china chinese japan korea uk usa us canada australia brasil brazil mexico deutschland germany france
    italia italy iberica espana spain polska poland russia rossiya rus kazakhstan turkey middle gulf nordic baltic emerging
    vostok zapad sever yug sibir ural vietnam thailand indonesia malaysia singapore philippines""".split()
)
"""Words that tell a firm or fund of one region from its sisters."""
_STANDARD = """
    group: grp gr gp grupo gruppe gruppa | holding: holdings hldg hldgs hld hd hdg kholding | international: intl int
    internat | technology: technologies tech techs techn techno technol techl | industry: industries inds ind |
    industrial: indl | enterprise: enterprises entp | service: services svc svcs serv | solution: solutions sol soln |
    system: systems sys syst | partner: partners ptnr ptnrs | capital: cap | investment: investments inv invt invs invest
    | trust: tr | national: natl nat | global: glb gbl glob | worldwide: ww | fund: fd funds | resource: resources res |
    property: properties prop props ptys pties | financial: finl fin finance | management: mgmt mgt manag | development:
    dev devel dvlp | venture: ventures vent | product: products prod prods | manufacturing: mfg manuf mfrs | trading: trdg
    | bank: bk bnk banking | mining: mng min mines | mineral: minerals minls mins | pharmaceutical: pharmaceuticals pharm
    pharma pharmac pharmaceut phar | therapeutics: thera therap therapeut | communication: communications comm comms
    cmncts commun | energy: engy enrgy | electric: elec | electronic: electronics electr | power: pwr | gold: gd |
    medical: md | insurance: ins | laboratories: lab labs laboratory | association: assn | railway: rlwy ry | america:
    amer | united: utd | health: hlth | chemical: chem chemicals | engineering: engr | construction: constr | petroleum:
    petr petrol | estate: est | material: materials matls | metal: metals | science: sciences sci | semiconductor:
    semicond semiconductors | transport: transp trans | university: univ | department: dept | company: cie
    """
SHORT = {short: word for part in _STANDARD.replace("\n", " ").split("|") for word, _, told in [part.partition(":")]
         for word in [word.strip()] for short in told.split()}  # fmt: skip
"""Usual abbreviations and plurals of the words that stand in many names."""
NUMBERED = r"\ *-?,?\ ?\d[\d,/.]*"
NOTATION = re.compile(
    rf"""(?<!^)(?:\b(?:inh|nam(?:\.?\ ?[a-c]\b)?|nom|vna|andien|umt)(?:\.|(?=$|\s|-|\))) # bearer, tendered
    |(?<!\b\w\.)\b(?:o\.?\ ?n\.?|na\.?|namens|inhaber|fgn|loc|cufs|auc|paired|fria|bzr|conv)(?=$|\s|-|\)) # rights
    |\b(?:u?(?:un)?sp(?:on)?\.?\ ?)?u?(?:adrs?|gdrs?|ads|cdi|nvdr|drn|bdr)(?![a-qs-z]).* # receipts and what they stand for
    |\b(?:a\ |b\ )?(?:dl|eo|ls|sk|nk|dk|yc|hd|rc|rp|sf|yn|kc|ba|dz|sd|hk|zy|ir|ta|sw)(?:{NUMBERED}|\ ?-)(?=$|\s).* # par value
    |\bdepositary\ shares\b.* |\b(?:ord|common|preferred|ordinary)\ (?:shs|shares?|stock|series)\b.*
    |\b(?:class|cl\.)\ ?[a-d]\b |\bpfd\b.* |\bser(?:ies)?\.?\ [a-z]\b.* |\b(?:sub\.?|non)\ ?-?v(?:tg|oting)\b.*
    |\b[pc]/w\ .* |\b\d\d(?:/\d\d){{1,2}}(?:\d\d)?\b.*
    |\b\d+(?:[.,]\d+)?\ ?%\ .*\b(?:preferred|pref|notes|bonds?|debentures?)\b.*
    |\bmtn\b.* # warrants, bonds with their years or rate
    |\b(?:st|vz|vzo|svz?)\.?\s*$ |\bnew\s*$ |\(new\) |\ -[a-d]\s*$ |\bto\ ?\d+$)
    """,
    re.I | re.X,
)  # fmt: skip
"""How exchanges write which share of a company a line is about; it is no part of the company's name."""
FORMER = re.compile(
    r"\(ex[-:\s]+|\(?\b(?:formerly(?: known as)?|previously|f/?k/?a|aka|d/?b/?a|t/a|trading as|doing business as|"
    r"ранее|бывш\w*|быв\.)[:\s]+",
    re.I,
)
"""What stands between the name of today and another."""
SAYS = re.compile(
    r"\s*[,(;—]|\s(?:is|was|are|were|has|had|will|does|operates|provides|engages|manufactures|develops|designs|produces|sells|"
    r"offers|focuses|explores|owns|invests|distributes|supplies|researches|acquires|acts|primarily|through|specializes|"
    r"specialises|intends|aims|seeks|publishes|constructs|conducts|aspires|"
    r"является|занимается|производит|разрабатывает|предоставляет|предлагает|выпускает|продает|продаёт|это)\b",
    re.I,
)
"""Where the name ends with which a description opens."""
