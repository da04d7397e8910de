"""What is priced and said changes only where somebody looks at the difference: see tests/core/approved."""

import pytest

from tests.core.approved.texts import FOLDER, TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_priced_and_said_is_what_was_last_looked_at(name):
    approved = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = list(TEXTS[name]())
    assert found == approved, (
        "look at the difference: python -m tests.core.approved && git diff tests/core/approved"
    )
