"""Measure the search for duplicates on generated people whose truth is known, at any size.

    python tests/benchmarks/match_people.py --rows 10000 100000 1000000

Few names are held by many (some seventy first and eight hundred last names, the commonest a hundred
times as common as the rarest), colleagues share a city, a switchboard and a domain, firms have role mailboxes, and
one row in a hundred is somebody a second time: under another address, with a name misspelt, cut to
an initial, in the other alphabet or in the other order, a company spelt otherwise or left out, half
of them with the same telephone. Prints, for each size in a process of its own: precision and recall
of what would be proposed, the table of reliability (how many of the pairs that are given such a
probability are one; a score is calibrated where both agree), seconds, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NamedTuple

PROPOSED = 0.5
PLANTED = 100
"""Every hundredth row is somebody a second time."""
EDGES = (0.0, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 1.0001)
FIRST = """
    anna maria olga elena irina natalia svetlana ivan sergey pavel dmitry alexey mikhail andrey nikolay viktor yuri oleg
    john james robert michael david william richard thomas charles daniel matthew anthony mark paul steven george mary
    patricia jennifer linda barbara susan jessica sarah karen nancy lisa betty sandra ashley emily peter klaus hans stefan
    jan marek tomas petra katrin julia sofia laura giulia marco luca paolo jean pierre marie camille antoine carlos jose
    luis ana lucia miguel
    """.split()
STEMS = """
    ivan petr sidor smirn kuzn pop vasil sokol mikhail novik fedor moroz volk alekse lebed semen egor pavl kozl stepan
    nikol orl andre makar zakh zaits solov boris yakovl grig roman vorob serge frol alexandr dmitri korol gusev kisel ilin
    maks pol sorok vinogr kov bel med anton tar zhuk bar fil koma dav
    """.split()
ENDINGS = ("ov", "ova", "in", "ina", "enko", "sky", "son", "er", "mann", "ski", "ez", "i", "eau", "ley", "ton", "field")
CITIES = tuple((f"{stem.title()}{end}", country) for country, stem in enumerate(STEMS[:24]) for end in ("burg", "grad", "ton"))
TITLES = """CEO|CTO|CFO|COO|Head of Sales|Head of Marketing|VP Operations|Accountant|Sales Manager|Account Executive|Engineer|
    Senior Engineer|Product Manager|HR Manager|Founder|Director|Analyst|Consultant|Procurement Manager|Office Manager""".split(
    "|"
)
ROLES = ("info", "sales", "office", "hr", "support")
NICKNAMES = {"robert": "bob", "william": "bill", "richard": "rick", "dmitry": "dima", "alexey": "alex", "michael": "mike",
             "thomas": "tom", "jennifer": "jenny", "daniel": "dan", "elena": "lena", "maria": "masha"}  # fmt: skip
CYRILLIC = dict(zip("abvgdezijklmnoprstufhycwq", "абвгдезийклмнопрстуфхыквк", strict=True))


class Firm(NamedTuple):
    """An employer."""

    id: str
    name: str
    domain: str
    city: str
    country: str
    switchboard: str | None


class Row(NamedTuple):
    """A row and whom it is about; ``None`` for a mailbox of nobody."""

    person: int
    values: dict[str, Any]


def people(rows: int) -> Iterator[Row]:
    """Yield rows about people, one in ``PLANTED`` about somebody who came before."""
    chance = random.Random(rows)
    firms = [_firm(number, chance) for number in range(max(rows // 12, 1))]
    lasts = [stem + end for stem in STEMS for end in ENDINGS]
    chance.shuffle(lasts)
    first_weights = list(accumulate(1 / (place + 3) for place in range(len(FIRST))))
    last_weights = list(accumulate(1 / (place + 8) for place in range(len(lasts))))
    kept: list[tuple[int, str, str, Firm, str | None]] = []
    for number in range(rows):
        if number % PLANTED == PLANTED - 1:
            yield Row(*_again(chance.choice(kept), firms, chance))
            continue
        firm = chance.choice(firms)
        if chance.random() < 0.02:
            yield Row(number, _role(firm, chance))
            continue
        first, last = (
            chance.choices(FIRST, cum_weights=first_weights)[0],
            chance.choices(lasts, cum_weights=last_weights)[0],
        )
        phone = f"+7{chance.randrange(10**9, 10**10)}" if chance.random() < 0.4 else firm.switchboard
        if len(kept) < 50_000 or chance.random() < 0.2:
            kept.append((number, first, last, firm, phone))
        yield Row(number, _values(first, last, firm, phone, _address(first, last, firm, chance), chance))


def _firm(number: int, chance: random.Random) -> Firm:
    city, country = chance.choice(CITIES)
    name = f"{chance.choice(STEMS).title()}{chance.choice(('tech', 'bau', 'prom', 'soft', 'trade', 'med'))} {number}"
    board = f"+49{chance.randrange(10**9, 10**10)}" if chance.random() < 0.3 else None
    return Firm(f"firm-{number}", name, f"firm{number}.example", city, f"Country {country}", board)


def _address(first: str, last: str, firm: Firm, chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.12:
        return f"{first}.{last}{chance.randrange(100)}@gmail.com"
    shape = chance.choice((f"{first}.{last}", f"{first[0]}.{last}", last, f"{first}{last[0]}"))
    return f"{shape}{chance.randrange(1000) if chance.random() < 0.3 else ''}@{firm.domain}"


def _values(first: str, last: str, firm: Firm | None, phone: str | None, address: str, chance: random.Random) -> dict[str, Any]:
    return {
        "first_name": first.title() or None,
        "last_name": last.title() or None,
        "full_name": f"{first} {last}".strip().title(),
        "email": address,
        "email_key": address,
        "email_domain": address.rpartition("@")[2],
        "company_id": firm and firm.id,
        "company_name": firm and firm.name,
        "position": chance.choice(TITLES).strip() if chance.random() < 0.8 else None,
        "phone": phone,
        "phone_e164": phone,
        "country": firm and firm.country,
        "city": firm.city if firm and chance.random() < 0.7 else None,
        "attributes": {"Source list": f"list {chance.randrange(5)}"},
    }


def _role(firm: Firm, chance: random.Random) -> dict[str, Any]:
    return _values("", "", firm, firm.switchboard, f"{chance.choice(ROLES)}@{firm.domain}", chance)


def _again(known: tuple[int, str, str, Firm, str | None], firms: list[Firm], chance: random.Random) -> tuple[int, dict[str, Any]]:
    number, first, last, firm, phone = known
    kind = chance.random()
    if kind < 0.15:
        place = chance.randrange(1, len(last) - 1)
        last = last[:place] + last[place + 1] + last[place] + last[place + 2 :]
    elif kind < 0.3:
        first = NICKNAMES.get(first, first[0])
    elif kind < 0.4:
        first, last = ("".join(CYRILLIC.get(letter, letter) for letter in name) for name in (first, last))
    elif kind < 0.45:
        first, last = last, first
    moved = chance.random() < 0.1
    at: Firm | None = chance.choice(firms) if moved else firm if chance.random() < 0.8 else None
    address = _address(known[1], known[2], at or firm, chance) if at else f"{known[1]}.{known[2]}.{chance.randrange(99)}@mail.ru"
    values = _values(first, last, at, phone if chance.random() < 0.5 else None, address, chance)
    if at and not moved and chance.random() < 0.3:
        values |= {"company_id": None, "company_name": f"{at.name} LLC"}
    return number, values


def unlike(listed: Iterator[Row]) -> list[Row]:
    """Leave out rows with an address that came before: an import makes them one."""
    seen: set[str] = set()
    kept = []
    for row in listed:
        if row.values["email_key"] not in seen:
            seen.add(row.values["email_key"])
            kept.append(row)
    return kept


def measure(rows: int) -> dict[str, Any]:
    """Search ``rows`` generated people and return the figures."""
    sys.path.insert(0, __file__.rpartition("/")[0])
    from match_duplicates import ours  # type: ignore[import-not-found]

    listed = unlike(people(rows))
    whose = [row.person for row in listed]
    true = sum(n * (n - 1) // 2 for n in Counter(whose).values())
    started, used = time.perf_counter(), time.process_time()
    bands: Counter[int] = Counter()
    ones: Counter[int] = Counter()
    weighed = right = proposed = 0
    for older, newer, score in ours("contact", [row.values for row in listed]):
        band = next(place for place, edge in enumerate(EDGES[1:]) if score < edge)
        same = whose[older] == whose[newer]
        weighed += 1
        bands[band] += 1
        ones[band] += same
        proposed += score >= PROPOSED
        right += same and score >= PROPOSED
    return {
        "rows": rows,
        "planted": true,
        "weighed": weighed,
        "proposed": proposed,
        "P": round(right / max(proposed, 1), 4),
        "R": round(right / max(true, 1), 4),
        "reliability": [
            {"from": EDGES[band], "pairs": bands[band], "one": ones[band], "share": round(ones[band] / bands[band], 3)}
            for band in sorted(bands)
        ],
        "seconds": round(time.perf_counter() - started, 1),
        "processor": round(time.process_time() - used, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure every size, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    for rows in arguments.rows:
        done = subprocess.run([sys.executable, __file__, "--one", str(rows)], capture_output=True, text=True, check=False)
        print(done.stdout.splitlines()[-1] if done.returncode == 0 else done.stderr[-2000:], flush=True)


if __name__ == "__main__":
    main()
