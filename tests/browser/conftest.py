"""What every test in a browser needs."""

import pytest


@pytest.fixture(autouse=True)
def _forget_programmes():
    """Ids come again in an emptied database, and the process remembers programmes by their ids."""
    from palier.store.programmes import load

    load._versions.clear()
    load._timelines.clear()
