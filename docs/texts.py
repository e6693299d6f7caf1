"""Brings the translations up to date: new texts are added with nothing in their place, unused ones go.

python docs/texts.py            # writes app/texts/*.po, and app/texts/library/*.po for what the library says
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "app" / "texts"
TAKEN = {"t": 1, "mark": 1, "tn": 2}
"""The functions of app/components/language.py, and how many of their first arguments are texts."""


def extracted() -> Catalog:
    """Return every text the app shows, in the order of its files. Read as Python reads it: calls within calls count too."""
    found = Catalog(charset="utf-8")
    for path in sorted((ROOT / "app").rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            texts = tuple(_texts(call))
            if texts:
                found.add(texts[0] if len(texts) == 1 else texts)
    return found


def _texts(call: ast.Call) -> Iterator[str]:
    wanted = TAKEN.get(call.func.id, 0) if isinstance(call.func, ast.Name) else 0
    for argument in call.args[:wanted]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
            yield argument.value


def update(place: Path, texts: Catalog, prepare: Callable[[Catalog, Catalog], None] | None = None) -> None:
    """Bring one catalogue up to date; its head stays as it is."""
    head, _, _ = place.read_text("utf-8").partition("\n\n")
    with place.open("rb") as file:
        held = read_po(file, locale=place.stem)
    if prepare:
        prepare(held, texts)
    held.update(texts, no_fuzzy_matching=True)
    body = BytesIO()
    write_po(body, held, width=0, no_location=True, omit_header=True, ignore_obsolete=True)
    place.write_text(f"{head}\n\n{body.getvalue().decode().strip()}\n", "utf-8")


if __name__ == "__main__":
    import library_texts

    for one in sorted(TEXTS.glob("*.po")):
        update(one, extracted())
        update(TEXTS / "library" / one.name, library_texts.extracted(), library_texts.carry_over)
