"""The words in which programmes are described, by language; every language has the same keys and gaps."""

from __future__ import annotations

from palier.core.programme import words_de, words_en, words_fr

WORDS: dict[str, dict[str, str]] = {"fr": words_fr.WORDS, "de": words_de.WORDS, "en": words_en.WORDS}


def words_of(language: str) -> dict[str, str]:
    """The words of a language (``fr-CH`` reads fr), else the English ones."""
    return WORDS.get(language.split("-")[0].lower(), WORDS["en"])
