"""The elements of a statement behind ``compare``: each is written in the words of its engine."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from gtm_pipelines.record.text import LIKE_ESCAPE, SQLITE_FUNCTION, fold

NUMBER_FUNCTION = "gtm_number"
WORD_FUNCTION = "gtm_word"
_PLACE = re.compile(r"\{(\d)(f?)\}")
_NOT_ASCII = "length({0}) <> length(CAST({0} AS BLOB))"
_DIGITS = "translate({0}, ', \u00a0\u202f''’', '.')"


class _Comparison(sa.sql.functions.FunctionElement[bool]):
    type = sa.Boolean()
    inherit_cache = True


class same_ascii(_Comparison):  # noqa: N801 - elements of a statement, as SQLAlchemy names them
    """``(column, folded)``: equal, folded being ASCII."""

    inherit_cache = True


class like_ascii(_Comparison):  # noqa: N801
    """``(column, pattern)``: like an ASCII pattern, folded."""

    inherit_cache = True


class like_letters(_Comparison):  # noqa: N801
    """``(column, glob, pattern)``: like a pattern with letters of other alphabets, given for each engine."""

    inherit_cache = True


class among_ascii(_Comparison):  # noqa: N801
    """``(column, json, array)``: one of many ASCII texts, folded, given for each engine."""

    inherit_cache = True


class among_letters(_Comparison):  # noqa: N801
    """``(column, json, array)``: one of many texts of other alphabets, folded."""

    inherit_cache = True


class word(_Comparison):  # noqa: N801
    """``(column, folded, pattern)``: holds a word; the pattern is PostgreSQL's."""

    inherit_cache = True


class number(sa.sql.functions.FunctionElement[float]):  # noqa: N801
    """``(column)``: the number a text is, or null."""

    type = sa.Float()
    inherit_cache = True


class unindexed(sa.sql.functions.FunctionElement[Any]):  # noqa: N801
    """``(column)``: the column, by which SQLite looks nothing up."""

    inherit_cache = True


class json_path(sa.sql.functions.FunctionElement[str]):  # noqa: N801
    """``(column, path, name)``: the text under a name of a JSON object, where a path can say the name."""

    type = sa.Text()
    inherit_cache = True


class json_member(json_path):  # noqa: N801
    """``(column, path, name)``: the same for any name, found among the names of the object."""

    inherit_cache = True


class json_mentions(_Comparison):  # noqa: N801
    """``(column, pattern)``: may hold a text; true wherever finding out costs more than reading the object."""

    inherit_cache = True


_WRITTEN = {
    same_ascii: ("({0} = {1} COLLATE NOCASE)", "({0f} = {1})"),
    like_ascii: (f"({{0}} LIKE {{1}} ESCAPE '{LIKE_ESCAPE}')", f"({{0f}} LIKE {{1}} ESCAPE '{LIKE_ESCAPE}')"),
    like_letters: (f"(CASE WHEN {_NOT_ASCII} THEN {{0}} GLOB {{1}} ELSE 0 END)", f"({{0f}} LIKE {{2}} ESCAPE '{LIKE_ESCAPE}')"),
    among_ascii: ("({0} COLLATE NOCASE IN (SELECT value FROM json_each({1})))", "({0f} = ANY ({2}))"),
    among_letters: (
        f"(CASE WHEN {_NOT_ASCII} THEN {SQLITE_FUNCTION}({{0}}) IN (SELECT value FROM json_each({{1}})) ELSE 0 END)",
        "({0f} = ANY ({2}))",
    ),
    word: (f"({WORD_FUNCTION}({{0}}, {{1}}) = 1)", "({0f} ~ {2})"),
    number: (
        f"{NUMBER_FUNCTION}({{0}})",
        f"CASE WHEN {_DIGITS} ~ '^[+-]?[0-9]{{1,15}}(\\.[0-9]{{0,15}})?$' THEN CAST({_DIGITS} AS double precision) END",
    ),
    unindexed: ("+{0}", "{0}"),
    json_path: ("CAST(json_extract({0}, {1}) AS TEXT)", "({0} ->> CAST({2} AS TEXT))"),
    json_member: ("(SELECT CAST(value AS TEXT) FROM json_each({0}) WHERE key = {2})", "({0} ->> CAST({2} AS TEXT))"),
    json_mentions: (f"({{0}} LIKE {{1}} ESCAPE '{LIKE_ESCAPE}')", "true"),
}
"""Element → its text on SQLite and on PostgreSQL; ``{0}`` is its first argument, ``{0f}`` that argument folded."""


def _register(element: type[Any], dialect: str, template: str) -> None:
    @compiles(element, dialect)
    def write(made: Any, compiler: Any, **kw: Any) -> str:
        arguments = list(made.clauses)

        def place(found: re.Match[str]) -> str:
            argument = arguments[int(found[1])]
            return str(compiler.process(fold(argument) if found[2] else argument, **kw))

        return _PLACE.sub(place, template)


for _element, (_sqlite, _postgresql) in _WRITTEN.items():
    _register(_element, "sqlite", _sqlite)
    _register(_element, "postgresql", _postgresql)
