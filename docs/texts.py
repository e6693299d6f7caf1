"""Brings the translations of the app up to date: new texts are added with nothing in their place, unused ones go.

python docs/texts.py            # writes app/texts/*.po
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "app" / "texts"
KEYWORDS = {"t": None, "tn": (1, 2), "mark": None}
"""The functions of app/components/language.py, and which of their arguments are texts."""


def extracted() -> Catalog:
    """Return every text the app shows, in the order of its files."""
    found = Catalog(charset="utf-8")
    for _file, _line, message, _comments, _context in extract_from_dir(
        ROOT / "app", method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        found.add(message)
    return found


def update(place: Path) -> None:
    """Bring one catalogue up to date; its head stays as it is."""
    head, _, _ = place.read_text("utf-8").partition("\n\n")
    with place.open("rb") as file:
        held = read_po(file, locale=place.stem)
    held.update(extracted(), no_fuzzy_matching=True)
    body = BytesIO()
    write_po(body, held, width=0, no_location=True, omit_header=True, ignore_obsolete=True)
    place.write_text(f"{head}\n\n{body.getvalue().decode().strip()}\n", "utf-8")


if __name__ == "__main__":
    for one in sorted(TEXTS.glob("*.po")):
        update(one)
