"""API keys and widget secrets: made, used, revoked, changed."""

import logging
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from palier.api import keys
from palier.core.access import ABOUT, SCOPES, is_key
from palier.flows.access import use_api_key as used
from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
from palier.flows.access.issue_api_key import InvalidApiKey, IssueApiKey, issue_api_key
from palier.flows.access.revoke_api_key import RevokeApiKey, UnknownApiKey, revoke_api_key
from palier.flows.programme.open_shop import OpenShop, open_shop
from palier.store.access.load import load_widget_secrets
from palier.store.models import ApiKey, Programme, WidgetSecret
from tests.flows.world import World


@pytest.fixture(autouse=True)
def _nothing_known():
    keys.forget()
    yield
    keys.forget()


def issue(world, *scopes, name="till"):
    return issue_api_key(IssueApiKey(world.shop_id, name, scopes or ("carts",), "mia"), now=world.now)


def caller(world, issued):
    return keys.authenticate(f"Bearer {issued.key}", now=world.now)


def test_every_scope_says_what_it_allows():
    assert all(ABOUT[scope] for scope in SCOPES)


def test_a_key_opens_its_shop_with_its_scopes(world):
    issued = issue(world, "carts", "orders:write")
    assert is_key(issued.key)
    opened = caller(world, issued)
    assert (opened.shop_id, opened.programme_id, opened.currency) == (
        world.shop_id,
        world.programme_id,
        "EUR",
    )
    assert opened.scopes == {"carts", "orders:write"}
    assert opened.now(world.now) == world.now


def test_only_a_digest_of_the_key_is_stored(world):
    issued = issue(world)
    row = ApiKey.objects.values().get()
    assert issued.key not in str(row)
    assert (row["prefix"], row["author"], len(row["prefix"])) == (issued.key[:12], "mia", 12)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {key}", "{key}", "Bearer {key}x", "Bearer palier_", "Bearer {prefix}",
     "Bearer {key}\x00", "Bearer {key} {key}", "Bearer clé", "Token {key}"],
)  # fmt: skip
def test_anything_but_a_good_key_opens_nothing(world, header):
    issued = issue(world)
    text = header.format(key=issued.key, prefix=issued.prefix)
    assert keys.authenticate(text, now=world.now) is None


def test_the_scheme_is_read_in_any_case(world):
    assert keys.authenticate(f"bearer  {issue(world).key} ", now=world.now) is not None


def test_a_known_key_costs_no_statement_for_a_minute(world):
    issued = issue(world)
    first = caller(world, issued)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert caller(world.later(seconds=59), issued) is first
        assert len(caught) == 0
        assert caller(world.later(seconds=1), issued) == first
    assert len(caught) == 2


def test_a_revoked_key_dies_within_a_minute(world):
    issued = issue(world)
    assert caller(world, issued) is not None
    command = RevokeApiKey(world.programme_id, issued.id)
    assert revoke_api_key(command, now=world.now)
    assert not revoke_api_key(command, now=world.now)
    assert caller(world.later(seconds=61), issued) is None


def test_a_key_of_another_programme_is_not_revoked(world):
    issued, other = issue(world), World.new()
    with pytest.raises(UnknownApiKey):
        revoke_api_key(RevokeApiKey(other.programme_id, issued.id), now=world.now)
    assert caller(world, issued) is not None


def test_a_key_opens_no_other_shop_of_its_programme(world):
    issue(world)
    second = open_shop(OpenShop(world.programme_id, "second", "Second"), now=world.now)
    issued = issue_api_key(IssueApiKey(second, "till", ("carts",)), now=world.now)
    assert caller(world, issued).shop_id == second


def test_its_use_is_noted_once_a_minute_at_most(world):
    issued = issue(world)
    assert ApiKey.objects.get().last_used_at is None
    first = world.now
    caller(world, issued)
    assert ApiKey.objects.get().last_used_at == first
    world.later(seconds=30)
    keys.forget()  # another process
    caller(world, issued)
    assert ApiKey.objects.get().last_used_at == first
    caller(world.later(seconds=60), issued)
    assert ApiKey.objects.get().last_used_at == world.now


def test_a_database_that_cannot_note_the_use_locks_nobody_out(world, monkeypatch):
    issued = issue(world)

    def fail(*_, **__):
        raise DatabaseError("database is locked")

    monkeypatch.setattr(used, "record_use", fail)
    assert caller(world, issued) is not None


def test_a_programmes_clock_shifts_now(world):
    issued = issue(world)
    Programme.objects.update(clock_offset_s=3600)
    assert caller(world, issued).now(world.now) == world.now + timedelta(hours=1)


def test_the_demo_whose_clock_jumps_reads_its_keys_each_time(world, settings):
    settings.PALIER_DEMO = True
    issued = issue(world)
    caller(world, issued)
    Programme.objects.update(clock_offset_s=3600)
    assert caller(world, issued).clock_offset_s == 3600


@pytest.mark.parametrize(
    ("name", "scopes", "path"),
    [("", ["carts"], "name"), ("x" * 201, ["carts"], "name"), ("till", [], "scopes"), ("till", ["all"], "scopes")],
)  # fmt: skip
def test_a_key_without_name_or_with_scopes_that_there_are_not_is_refused(world, name, scopes, path):
    with pytest.raises(InvalidApiKey) as refused:
        issue_api_key(IssueApiKey(world.shop_id, name, scopes), now=world.now)
    assert refused.value.path == path
    assert not ApiKey.objects.exists()


def test_no_key_is_written_to_a_log(world, caplog):
    caplog.set_level(logging.DEBUG)
    issued = issue(world)
    caller(world, issued)
    keys.authenticate(f"Bearer {issued.key}x", now=world.now)
    revoke_api_key(RevokeApiKey(world.programme_id, issued.id), now=world.now)
    assert issued.key not in caplog.text
    assert not re.search(r"palier_\S{20}", caplog.text)


def test_the_newest_two_widget_secrets_are_good(world):
    assert load_widget_secrets(world.shop_id) == ()
    made = [change_widget_secret(ChangeWidgetSecret(world.shop_id), now=world.now) for _ in range(4)]
    assert load_widget_secrets(world.shop_id) == (made[3], made[2])
    assert WidgetSecret.objects.count() == 2
    assert len(set(made)) == 4
    assert all(32 <= len(secret) <= 64 for secret in made)


def test_a_shops_widget_secret_is_its_own(world):
    second = open_shop(OpenShop(world.programme_id, "second", "Second"), now=world.now)
    mine = change_widget_secret(ChangeWidgetSecret(world.shop_id), now=world.now)
    theirs = change_widget_secret(ChangeWidgetSecret(second), now=world.now)
    change_widget_secret(ChangeWidgetSecret(second), now=world.now)
    assert load_widget_secrets(world.shop_id) == (mine,)
    assert load_widget_secrets(second)[1] == theirs
