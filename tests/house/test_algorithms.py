"""The pages on algorithms name the stages as the code does."""

import re

import pytest

from tests.house.checkout import PACKAGE, ROOT

PAGES = sorted((ROOT / "docs" / "algorithms").glob("*.md"))
DOTTED = re.compile(r"`([a-z_]+)\.([a-zA-Z_]+)(?:\([^`]*\))?`")
PRIVATE = re.compile(r"`(_[a-z_]+)(?:\([^`]*\))?`")


def modules():
    """The core's modules by name; those that lie deeper only if no other has the name."""
    files = sorted((PACKAGE / "core").rglob("*.py"), key=lambda file: -len(file.parts))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def says(text, name):
    return re.search(rf"\b{name}\b", text) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page):
    text, core = page.read_text(encoding="utf-8"), modules()
    named = [(module, name) for module, name in DOTTED.findall(text) if module in core]
    missing = [f"{module}.{name}" for module, name in named if not says(core[module], name)]
    everything = "\n".join(core.values())
    missing += [name for name in PRIVATE.findall(text) if not says(everything, name)]
    assert missing == []
