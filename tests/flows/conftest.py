"""A world of its own for every test of flows."""

import pytest
from django_scopes import scopes_disabled

from palier.store.programmes import load
from tests.flows.world import World


@pytest.fixture(autouse=True)
def _fresh():
    """Tests roll back, so that ids come again: what a process may keep for ever must go with them."""
    load._versions.clear()
    load._timelines.clear()
    with scopes_disabled():
        yield


@pytest.fixture
def world(db):
    return World.new()


@pytest.fixture
def committed_world(transactional_db):
    """The same, committed: other processes and threads see it."""
    return World.new()
