"""A world of its own for every test of flows; what a test leaves must be what ``palier verify`` calls whole."""

from collections.abc import Iterator

import pytest
from django_scopes import scopes_disabled

from palier.cli.verification.strays import load_strays
from palier.cli.verification.whole import load_problems, load_programme_ids
from tests.flows.world import World


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture(autouse=True)
def _is_whole_afterwards(request: pytest.FixtureRequest, _unscoped: None) -> Iterator[None]:
    """Nothing that ``palier verify`` looks at is wrong in the database that the test leaves.

    ``@pytest.mark.damages("why")`` is for tests that leave what cannot come about.
    """
    uses = {"db", "transactional_db"} & set(request.fixturenames)
    for name in uses:
        request.getfixturevalue(name)
    yield
    if uses and not request.node.get_closest_marker("damages"):
        found = [problem for programme in load_programme_ids() for problem in load_problems(programme)]
        found += load_strays()
        assert not found, "\n".join(map(str, found))


@pytest.fixture
def world(db):
    return World.new()


@pytest.fixture
def committed_world(transactional_db):
    """The same, committed: other processes and threads see it."""
    return World.new()
