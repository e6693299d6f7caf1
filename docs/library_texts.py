"""Collects the texts of the library that people read, as templates, so that the app can say them in another language.

The library speaks English and knows no languages. What it says is a constant or an f-string; this reads them from its
source: ``f"There is no pack '{name}'."`` becomes the template ``There is no pack '{name}'.``, which the app finds again in
what the library says (app/components/translated.py).

Taken are the texts of errors everywhere, whole sentences everywhere, and every text of more than a word in ``TELLING``.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog

LIBRARY = Path(__file__).parents[1] / "gtm_pipelines"
TOOLS = LIBRARY.parent / "data" / "reference" / "tools.yaml"
NOT_ON_PAGES = """
    cli launch proof mcp api record/migrations record/adopt* record/backup* record/integrity* delivery/sandbox
    coaching/asking.py coaching/beside.py coaching/checking.py coaching/findings.py coaching/looks.py
    coaching/statements.py coaching/telling.py coaching/words.py coaching/rules.py coaching/topics.py coaching/readings.py
    drafting/learning/judged.py drafting/learning/metric.py drafting/learning/task.py
    drafting/learning/search.py drafting/programs/cases.py drafting/programs/writer.py drafting/voice.py
    enrichment/insights/run.py strategy/programs.py llm/typed.py packs/stages.py
    drafting/programs/model.py enrichment/web drafting/learning/splits.py strategy/plan.py metrics/stopping.py
    drafting/checks/lexicon.py replies/phrases* drafting/judging/ask.py
""".split()
"""Rooms whose texts stand in a terminal, in a log or in a question to a model only."""
TELLING = """
    delivery/domains.py delivery/echo.py delivery/planning.py delivery/policy.py delivery/health.py
    delivery/senders/smtp*.py metrics/lights.py metrics/reading.py metrics/model.py packs/rules.py packs/check.py
    packs/content*.py packs/lint.py packs/parse.py packs/parts.py packs/front.py packs/registry.py packs/values.py
    connections/trying.py intake/foreign.py drafting/checks/claims.py drafting/checks/grounds.py drafting/checks/guard.py
    drafting/checks/policy.py drafting/checks/style.py drafting/judging/calibration.py drafting/judging/rules.py
    drafting/learning/proven.py review/decide.py replies/autoreply.py replies/bounces.py replies/bounce_prose.py
    replies/classify.py replies/readers.py replies/reading.py replies/reporting.py replies/reports.py
    replies/service.py replies/inbox.py replies/effects.py record/conversations.py strategy/assess.py
    strategy/ground.py strategy/relations.py strategy/recommend.py strategy/outcome.py wiring/checking.py
    enrichment/waterfall.py enrichment/forecast.py enrichment/decide.py
    enrichment/insights/ground.py enrichment/verification/model.py enrichment/verification/dns.py
    enrichment/verification/bounces.py
""".split()
"""Rooms that give reasons in parts of sentences."""
BUILT_IN = {"ValueError", "TypeError", "AttributeError", "AssertionError", "OSError", "KeyError", "ConstructorError"}
QUIET = {"debug", "info", "warning", "exception", "compile", "Field", "InputField", "OutputField", "text", "literal_column"}
"""Calls whose texts nobody reads on a page: logs, patterns, questions to models, SQL."""
MOST_FORMS = 12
"""Of one text that is put together in more than one way."""
_SENTENCE = re.compile(r"[A-Z'“{].* .*[a-z)'”}][.!?]", re.S)
_WORDS = re.compile(r"[A-Za-z]{2,}.*\s.*[A-Za-z]{2,}", re.S)
_LIST = re.compile(r"[\w /-]{60,}|.*\n\n.*|.{420,}", re.S)
"""Words of a table, a whole letter, or a task of a model: nothing that is said on a page."""
_FIELD = re.compile(r"(?<!\{)\{(\w+)")
_CODE = re.compile(r"\\[bsdwW(]|\(\?|SELECT |<[a-z/]+>|::|\bWHERE\b|(MAIL FROM|RCPT TO):")


def extracted() -> Catalog:
    """Return every template, in the order of the files."""
    found = Catalog(charset="utf-8")
    for path in sorted(LIBRARY.rglob("*.py")):
        place = path.relative_to(LIBRARY)
        if not any(place.match(one) or one in map(str, (*place.parents,)) for one in NOT_ON_PAGES):
            telling = any(place.match(one) for one in TELLING)
            for template in _templates(ast.parse(path.read_text("utf-8")), telling):
                found.add(template)
    for tool in yaml.safe_load(TOOLS.read_text("utf-8"))["tools"]:
        for text in (tool["key"]["steps"], *tool["gives"]):
            found.add(text.replace("{", "{{").replace("}", "}}"))
    return found


def skeleton(template: str) -> str:
    """Return a template without the names of its fields: what the app finds it again by."""
    return re.sub(r"\{\w+\}", "{}", template)


def carry_over(held: Catalog, texts: Catalog) -> None:
    """Keep the translations of texts whose fields are called otherwise now."""
    known = {skeleton(str(one.id)): one for one in held if one.id and one.string}
    for text in (str(one.id) for one in texts if one.id and held.get(one.id) is None):
        before = known.get(skeleton(text))
        if before is not None:
            names = zip(_FIELD.findall(str(before.id)), _FIELD.findall(text), strict=True)
            held.add(text, _renamed(str(before.string), dict(names)))


def _renamed(translation: str, names: dict[str, str]) -> str:
    return _FIELD.sub(lambda found: "{" + names.get(found[1], found[1]), translation)


def _templates(tree: ast.Module, telling: bool) -> Iterator[str]:
    for node, in_error in _texts(tree, in_error=False):
        for template in (form.strip() for form in _forms(node)):
            if (in_error or telling or _SENTENCE.fullmatch(template)) and _for_people(template):
                yield template


def _for_people(template: str) -> bool:
    own = re.sub(r"\{[^{}]*\}", "", template)
    short = own != template and _SENTENCE.fullmatch(template) and re.search(r"[A-Za-z]{3,}", own)
    return bool(_WORDS.search(own) or short) and not _CODE.search(template) and not _LIST.fullmatch(template)


def _texts(node: ast.AST, *, in_error: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the texts below ``node``, each with whether an error or a role's refusal says it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, (ast.JoinedStr, ast.Constant)) or (isinstance(node, ast.BinOp) and _joins(node)):
        if not isinstance(node, ast.Constant) or isinstance(node.value, str):
            yield node, in_error
        if isinstance(node, (ast.JoinedStr, ast.BinOp)):
            yield from (each for value in _values(node) for each in _texts(value, in_error=in_error))
        return
    if isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called in QUIET or called in BUILT_IN:
            return
        in_error = in_error or called.endswith("Error") or called in ("needs", "require")
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, in_error=in_error)


def _joins(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return isinstance(node.op, ast.Add) and any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        or (isinstance(side, ast.BinOp) and _joins(side))
        for side in sides
    )  # fmt: skip


def _values(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what stands in the fields of a text."""
    if isinstance(node, ast.JoinedStr):
        fields = (part.value for part in node.values if isinstance(part, ast.FormattedValue))
        yield from (field for field in fields if len(_parts(field)) == 1)
    elif isinstance(node, ast.BinOp):
        yield from (*_values(node.left), *_values(node.right))
    elif not isinstance(node, ast.Constant):
        yield node


def _forms(node: ast.expr) -> Iterator[str]:
    """Yield a text as a template, in each way it is put together: ``row{'s' if many else ''}`` gives two."""
    ways = list(itertools.islice(itertools.product(*(_parts(part) for part in _flat(node))), MOST_FORMS + 1))
    if len(ways) > MOST_FORMS:
        ways = [tuple(next(iter(_parts(part))) for part in _flat(node))]
    for way in ways:
        yield _named([piece for pieces in way for piece in pieces], formatted_later=isinstance(node, ast.Constant))


Piece = str | ast.expr
"""Of a template: words as they stand, or an expression in a field."""


def _flat(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [*_flat(node.left), *_flat(node.right)]
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
    return [node]


def _parts(part: ast.expr) -> list[list[Piece]]:
    """Return the ways in which one part of a text is said."""
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return [[part.value]]
    if isinstance(part, ast.JoinedStr):
        return [[*way] for way in itertools.product(*(each[0] for each in map(_parts, _flat(part))))][:1]
    if isinstance(part, ast.IfExp) and all(_short(side) for side in (part.body, part.orelse)):
        return [*_parts(part.body), *_parts(part.orelse)]
    return [[part]]


def _short(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _named(pieces: list[Piece], *, formatted_later: bool) -> str:
    """Put a template together; fields that touch are one, as nobody could tell them apart again."""
    said, used, after_field = "", dict[str, int](), False
    for piece in pieces:
        if isinstance(piece, str):
            said += _later(piece) if formatted_later and "{{" not in piece else piece.replace("{", "{{").replace("}", "}}")
            after_field = after_field and not piece
            continue
        if after_field:
            continue
        name = _name(piece)
        used[name] = used.get(name, 0) + 1
        said += "{" + (name if used[name] == 1 else f"{name}_{used[name]}") + "}"
        after_field = True
    return said


def _later(words: str) -> str:
    """Return a text that ``format`` fills in, its fields without how they are written, each with a name of its own."""
    count = itertools.count(1)
    return re.sub(r"\{(\w*)[^{}]*\}", lambda found: "{" + (found[1] or f"value_{next(count)}") + "}", words)


def _name(node: ast.expr) -> str:
    """Return what a field is called: after what stands in it."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        found = node.slice.value
    elif isinstance(node, ast.Attribute):
        found = node.attr
    elif isinstance(node, ast.Name):
        found = node.id
    else:
        inner = next((one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id not in _HELPERS), None)
        outer = next((one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.value is inner), None)
        found = (outer if outer not in _METHODS else None) or (inner.id if inner else "value")
    return re.sub(r"\W", "", found).strip("_").lower() or "value"


_HELPERS = {"len", "str", "repr", "int", "float", "max", "min", "sorted", "list", "map", "sum", "round", "self", "type", "ord"}
_METHODS = {None, "join", "replace", "strip", "upper", "lower", "get", "format", "removeprefix", "removesuffix", "isoformat"}
