"""Every text of the back-office and of Unfold is in the catalogues."""

import io
from pathlib import Path

import pytest
import unfold
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from tests.house.checkout import PACKAGE

pytestmark = pytest.mark.once

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def texts_in(folder: Path) -> set[tuple[str | None, str]]:
    """(context, text) of everything that is marked for translation; of plurals the singular."""
    found = set()
    for file in [*folder.rglob("*.html"), *folder.rglob("*.py")]:
        source = file.read_text(encoding="utf-8")
        if file.suffix == ".html":
            source = "\n".join(line.strip() for line in templatize(source, origin=str(file)).splitlines())
        for _line, text, _comments, context in extract(
            "python", io.BytesIO(source.encode()), keywords=KEYWORDS
        ):
            found.add((context, text[0] if isinstance(text, tuple) else text))
    return found


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_every_text_of_ours_is_in_the_catalogue(language):
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        known = {
            (message.context, message.id[0] if isinstance(message.id, tuple) else message.id)
            for message in read_po(file)
        }
    ours = texts_in(PACKAGE / "backoffice") | texts_in(PACKAGE / "config")
    assert ours - known == set()


@pytest.mark.parametrize("language", ["fr", "de"])
def test_nothing_of_unfold_is_left_in_english(language):
    """Unfold ships no catalogue: Django's or ours must have each of its texts."""
    root = Path(unfold.__file__).parent
    texts = texts_in(root / "templates") | {text for file in root.glob("*.py") for text in _texts_of(file)}
    catalogue = trans_real.translation(language)._catalog
    untranslated = [
        text
        for context, text in texts
        if not catalogue.get(f"{context}\x04{text}" if context else text) and not catalogue.get((text, 0))
    ]
    assert untranslated == []


def _texts_of(file: Path) -> set[tuple[str | None, str]]:
    found = extract("python", io.BytesIO(file.read_bytes()), keywords=KEYWORDS)
    return {
        (context, text[0] if isinstance(text, tuple) else text) for _line, text, _comments, context in found
    }
