"""The texts by name, made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.core.approved.documents import document_lines
from tests.core.approved.doubts import doubt_lines
from tests.core.approved.edges import drop_lines, edge_lines
from tests.core.approved.kinds import kind_lines
from tests.core.approved.ledger import ledger_lines
from tests.core.approved.loads import load_lines
from tests.core.approved.messages import message_lines
from tests.core.approved.problems import problem_lines
from tests.core.approved.quotes import quote_lines
from tests.core.approved.sayings import saying_lines
from tests.core.approved.sections import section_lines
from tests.core.approved.stories import story_lines
from tests.core.approved.worths import worth_lines

FOLDER = Path(__file__).parent

TEXTS: dict[str, Callable[[], Iterator[str]]] = {
    "documents": document_lines,
    "doubts": doubt_lines,
    "drops": drop_lines,
    "edges": edge_lines,
    "kinds": kind_lines,
    "ledger": ledger_lines,
    "loads": load_lines,
    "messages": message_lines,
    "problems": problem_lines,
    "quotes": quote_lines,
    "sayings": saying_lines,
    "sections": section_lines,
    "stories": story_lines,
    "worths": worth_lines,
}
