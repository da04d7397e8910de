"""``palier key``: issued, listed, revoked."""

import json
import re

import pytest

from palier.cli import main
from palier.core.access import SCOPES
from tests.entrances.backoffice_shop import full_shop


@pytest.fixture
def palier(db, capsys):
    """Runs a command: (exit status, standard output, standard error)."""
    full_shop()

    def run(*words):
        status = main(["key", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def listed(palier):
    status, out, _err = palier("list", "--json")
    assert status == 0
    return json.loads(out)


def test_a_key_is_shown_once_and_never_again(palier):
    status, out, err = palier("issue", "--name", "Till", "--scope", "carts", "--scope", "orders:write")
    assert (status, err) == (0, "")
    key = out.splitlines()[0]
    assert re.fullmatch(r"palier_[\w-]{43}", key)
    status, out, _err = palier("list")
    assert key not in out
    assert f"{key[:12]}…  Till" in out
    assert "never used" in out
    [facts] = listed(palier)
    assert (facts["name"], facts["scopes"], facts["revoked_at"]) == ("Till", ["orders:write", "carts"], None)


def test_all_scopes_are_asked_for_in_one_word(palier):
    status, out, _err = palier("issue", "--name", "Till", "--scope", "all", "--json")
    assert status == 0
    assert set(json.loads(out)["scopes"]) == set(SCOPES)


def test_a_key_is_revoked_by_its_id(palier):
    palier("issue", "--name", "Till", "--scope", "carts")
    [facts] = listed(palier)
    assert palier("revoke", facts["id"])[0] == 0
    assert palier("revoke", facts["id"])[1] == "It was revoked already.\n"
    assert "revoked 20" in palier("list")[1]


def test_an_unknown_key_is_refused(palier):
    status, out, err = palier("revoke", "nothing")
    assert (status, out) == (2, "")
    assert "there is no such key" in err


def test_a_scope_that_there_is_not_is_refused(palier):
    with pytest.raises(SystemExit):
        palier("issue", "--name", "Till", "--scope", "everything")
