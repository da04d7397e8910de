"""Every text of the widgets and of the demo's shop is in French and in German."""

import pytest
from babel.messages.pofile import read_po

from palier.storefront.demo.shelves import articles, shelf_of
from tests.entrances.test_backoffice_texts import texts_in
from tests.house.checkout import PACKAGE

pytestmark = pytest.mark.once


@pytest.mark.parametrize("language", ["fr", "de"])
def test_every_text_is_in_the_catalogue(language):
    known = set()
    for folder in (PACKAGE / "locale", PACKAGE / "storefront" / "locale"):
        with (folder / language / "LC_MESSAGES" / "django.po").open("rb") as file:
            known |= {
                (message.context, message.id[0] if isinstance(message.id, tuple) else message.id)
                for message in read_po(file)
            }
    ours = texts_in(PACKAGE / "storefront") | texts_in(PACKAGE / "api" / "widget")
    assert ours - known == set()


def test_everything_on_the_shelves_has_a_name_in_each_language():
    for article in articles().values():
        assert set(article.names) == set(shelf_of(article).names) == {"en", "fr", "de"}, article.id


def test_every_drawing_that_is_named_is_there():
    drawn = (PACKAGE / "storefront" / "static" / "palier" / "demo" / "motifs.svg").read_text(encoding="utf-8")
    assert [article.id for article in articles().values() if f'id="{article.motif}"' not in drawn] == []
