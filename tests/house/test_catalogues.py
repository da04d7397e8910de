"""Every text is translated into every language the back-office speaks."""

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

from tests.house.checkout import PACKAGE, shown

CATALOGUES = sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"))

if not CATALOGUES:
    pytest.skip("there are no catalogues yet", allow_module_level=True)


@pytest.mark.parametrize("source", CATALOGUES, ids=shown)
def test_nothing_is_untranslated_or_guessed(source):
    with source.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    assert [message.id for message in messages if message.fuzzy] == []
    assert [message.id for message in messages if not _is_complete(message)] == []


@pytest.mark.parametrize("source", CATALOGUES, ids=shown)
def test_placeholders_survive_translation(source):
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    assert [(m.id, [str(error) for error in errors]) for m, errors in catalogue.check()] == []


def test_every_language_but_english_has_a_catalogue():
    translated = {source.parent.parent.name for source in CATALOGUES}
    assert {code for code, _ in settings.LANGUAGES} - {"en"} <= translated


def _is_complete(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(texts) and all(texts)
