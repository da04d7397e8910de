"""A world of its own for every test of flows."""

import pytest
from django_scopes import scopes_disabled

from tests.flows.world import World


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def world(db):
    return World.new()


@pytest.fixture
def committed_world(transactional_db):
    """The same, committed: other processes and threads see it."""
    return World.new()
