"""The legal form in a company's name, in one spelling for each."""

from __future__ import annotations

from functools import lru_cache

from gtm_pipelines.intake.normalise.words import folded

_FORMS = """
ООО: общество с ограниченной ответственностью
АО: акционерное общество
ПАО: публичное акционерное общество
НАО: непубличное акционерное общество
ОАО: открытое акционерное общество
ЗАО: закрытое акционерное общество
ИП: индивидуальный предприниматель
АНО: автономная некоммерческая организация
ФГУП: федеральное государственное унитарное предприятие
ГУП: государственное унитарное предприятие
МУП: муниципальное унитарное предприятие
ГБУ: государственное бюджетное учреждение
ФГБУ: федеральное государственное бюджетное учреждение
МБУ: муниципальное бюджетное учреждение
НКО: некоммерческая организация
ГК: группа компаний
ТОО: товарищество с ограниченной ответственностью
ЧП: частное предприятие
ОДО: общество с дополнительной ответственностью
КФХ: крестьянское фермерское хозяйство
Ltd: limited, pvt ltd, private limited, co ltd, company limited, ltda me
LLC: l l c, limited liability company
LLP: limited liability partnership
LP: limited partnership
Inc: incorporated
Corp: corporation
PLC: p l c, public limited company
PBC: public benefit corporation
CIC: community interest company
GmbH: gesellschaft mit beschränkter haftung, g m b h, mbh, ggmbh
GmbH & Co. KG: gmbh and co kg, gmbh co kg
UG: ug haftungsbeschränkt
AG: aktiengesellschaft
KG: kommanditgesellschaft
KGaA: kommanditgesellschaft auf aktien, se and co kgaa
OHG:
GbR:
e.V.: e v, eingetragener verein
e.K.: e k
SE: societas europaea
SA: s a, société anonyme, sociedad anónima
SAS: s a s, société par actions simplifiée
SASU:
SARL: s a r l, société à responsabilité limitée
EURL:
SCA:
SL: s l, sociedad limitada, slu, s l u
S.r.l.: srl, s r l, società a responsabilità limitata
S.p.A.: spa, s p a, società per azioni
Lda: ltda, limitada
BV: b v, besloten vennootschap
NV: n v, naamloze vennootschap
AB: aktiebolag
ASA:
AS: a s, a/s, aksjeselskap
ApS: anpartsselskab
Oy: osakeyhtiö
Oyj:
OÜ: osaühing
UAB:
SIA:
Sp. z o.o.: sp zoo, sp z oo, sp z o o, spółka z ograniczoną odpowiedzialnością
S.A.: spółka akcyjna
s.r.o.: sro, s r o, společnost s ručením omezeným
a.s.:
Kft:
Zrt:
d.o.o.: doo, d o o
EOOD:
OOD:
K.K.: kk, k k, kabushiki kaisha
G.K.:
Pty Ltd: pty limited, proprietary limited
Pte Ltd: pte limited, private limited company
Sdn Bhd: sendirian berhad
Bhd: berhad
PT:
Tbk:
JSC: joint stock company
PJSC: public joint stock company
OJSC: open joint stock company
CJSC: closed joint stock company
FZE:
FZCO:
FZ-LLC: fz llc
A.Ş.: aş, a ş, anonim şirketi
Ltd. Şti.: ltd şti, limited şirketi
"""
_FRONT = frozenset(
    """
    ООО АО ПАО НАО ОАО ЗАО ИП АНО ФГУП ГУП МУП ГБУ ФГБУ МБУ НКО ГК ТОО ЧП ОДО КФХ PT UAB SIA AB LLC JSC PJSC OJSC CJSC
    """.split()
)
"""Forms that stand before the name; all may stand after it."""
_WEAK = frozenset("as sa ag se pt ab sl lp sia spa ug sas ood ltda bv nv kg ohg asa".split())
"""Forms that are words or names as well: they count only where they are written in capitals or with dots."""
_WRITTEN = {"a/s": "A/S", "a.s.": "a.s.", "a.s": "a.s.", "a.ş.": "A.Ş.", "a.ş": "A.Ş."}
"""Forms that differ by their signs alone."""
_MOST_WORDS = 7


@lru_cache(maxsize=100_000)
def legal_form(name: str) -> str | None:
    """Return the legal form that a company's name ends with, or begins with where that is the custom; else ``None``."""
    words = folded(name.replace("&", " and ").replace("/", " ")).split()
    forms = _forms()
    last = name.split()[-1] if words else ""
    if len(words) > 1 and last.lower() in _WRITTEN:
        return _WRITTEN[last.lower()]
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        end = " ".join(words[-size:])
        if end in forms and (end not in _WEAK or last.isupper() or "." in last):
            return forms[end]
    for size in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        start = forms.get(" ".join(words[:size]))
        if start in _FRONT and (words[0] not in _WEAK or name.split()[0].isupper()):
            return start
    return _inside(words, forms)


def _inside(words: list[str], forms: dict[str, str]) -> str | None:
    """Return a form of many words or of Cyrillic letters in the middle: ``Филиал ООО Ромашка в Омске``."""
    for size in range(min(_MOST_WORDS, len(words)), 0, -1):
        for at in range(1, len(words) - size):
            form = forms.get(" ".join(words[at : at + size]))
            if form and not form.isascii() and form in _FRONT:
                return form
    return None


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    """Return every spelling, folded → its canonical form."""
    table: dict[str, str] = {}
    for line in _FORMS.strip().splitlines():
        form, _, others = line.partition(":")
        for spelling in (form.replace("&", " and "), *others.split(",")):
            if key := folded(spelling.replace("/", " ")):
                table.setdefault(key, form)
    return table
