"""A problem of a document in plain words: the parser's English reasons, said in French and German."""

from __future__ import annotations

import re
from functools import cache

from palier.core.formats import spoken
from palier.core.programme import problems_de, problems_fr

TABLES = {"fr": (problems_fr.PROBLEMS, problems_fr.FOUND), "de": (problems_de.PROBLEMS, problems_de.FOUND)}


def tell_reason(reason: str, language: str) -> str:
    """The reason in fr or de; in English for everybody else, and where a reason has no words yet."""
    tables = TABLES.get(spoken(language))
    if tables is None:
        return reason
    problems, found = tables
    return _said(reason, problems, {**found, **problems}) or reason


def _said(reason: str, table: dict[str, str], gaps: dict[str, str]) -> str:
    """What fills a gap is said too, where it has words: "the text 'x'", or a reason behind its line and column."""
    for pattern, said in table.items():
        match = _pattern(pattern).fullmatch(reason)
        if match is not None:
            return said.format(*(_said(gap, gaps, gaps) or gap for gap in match.groups()))
    return ""


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = template.replace("{{", "\0").replace("}}", "\1").split("{}")
    written = [re.escape(part.replace("\0", "{").replace("\1", "}")) for part in parts]
    return re.compile("(.*?)".join(written), re.DOTALL)
